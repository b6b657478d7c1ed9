/* One play in progress. Internal to play/. */
#ifndef HALFOPEN_PLAY_PLAYER_H
#define HALFOPEN_PLAY_PLAYER_H

#include <stdio.h>
#include <sys/types.h>

#include "capture/capture.h"
#include "capture/flow.h"
#include "model/settings.h"
#include "sandbox/conntrack.h"
#include "sandbox/cpus.h"
#include "sandbox/counters.h"
#include "sandbox/firewall.h"
#include "sandbox/kernel.h"
#include "sandbox/ping.h"
#include "sandbox/socket_diag.h"
#include "sandbox/topology.h"
#include "scenario/scenario.h"
#include "timeline/event.h"

/* A moment that never comes. */
#define NEVER INT64_MAX

/*
 * A process that makes calls that block, as an application would, on a socket of an end: it has
 * nothing else open, and tells what it was told through a channel.
 */
struct caller {
	pid_t pid; /* 0: there is none */
	int channel;
};

struct player_end {
	int fd;		 /* -1 while there is none */
	int64_t witness; /* when its timer is due at the latest; NEVER: it has none */
	bool readable;	 /* in our event loop: end of file has not been read yet */
	struct caller observer;
	struct caller closer; /* is in a close() that lingers */
	bool reading;	      /* its application takes what is there */
	int64_t last_poll;    /* revents that were last recorded; -1: none */
	struct address local, remote;
	struct socket_status status; /* as last sampled */
	enum tcp_state state;	     /* as last recorded */
	int seen[ANCHORS];	     /* how many of each: anchors count them */
	bool window_closed;	     /* as it announced last */
	bool reached;		     /* by the byte that was sent in the end to see who is alive */
};

struct player_step {
	int64_t due; /* NEVER until its anchor was seen; then when it is to run */
	bool done;
	/* Handles of the rules that it added, by place; 0: none in force. */
	uint64_t rules[TOPOLOGY_PLACES];
	struct delay *delay; /* NULL: it is none */
};

/* What is open in one namespace. */
struct player_place {
	struct firewall *firewall;
	struct socket_diag *diag;
};

/* Echoes one after the other: those of a step, or the monitor's. */
struct pinger {
	enum end from;
	int64_t step; /* its index; -1: the monitor */
	int64_t interval, timeout;
	int64_t left;	   /* echoes to come; NEVER: without end */
	bool many;	   /* what it holds is read before and behind its echoes */
	bool dispose;	   /* each echo's socket is closed behind it */
	int64_t number;	   /* of the last echo, from 1 */
	int64_t sent;	   /* when */
	struct ping *ping; /* that waits for an answer; NULL: none */
	int64_t due;	   /* of the next echo, or when it waits no more; NEVER: it is done */
	int64_t exact;	   /* the same, had no timer of ours been late */
	struct ping **kept;
	size_t kept_count;
	int64_t threshold; /* the monitor's: failures in a row … */
	int64_t failures;
	enum host_state says;
};

struct player {
	const struct scenario *scenario;
	FILE *stream;
	int epoll, wake, listener, lifeline;
	int64_t zero;		 /* CLOCK_MONOTONIC at which the timeline reads 0 */
	int64_t realtime_offset; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	struct kernel kernel;
	struct topology topology;
	bool inside; /* the topology was entered: else we are in a namespace that is not ours */
	struct player_place places[TOPOLOGY_PLACES]; /* on loopback only the client's */
	struct conntrack *conntrack;		     /* of the router, where it tracks */
	enum conntrack_state tracked;		     /* as last recorded */
	struct wire *wire;
	struct flow flow;
	struct counters counters;  /* before */
	int64_t backlog;	   /* before */
	struct player_end ends[3]; /* by enum end */
	struct player_step *steps;
	struct pinger *pingers; /* of each step, and behind them the monitor */
	bool connecting;
	struct {
		int fd, accepted; /* of the latest; -1: none */
		bool connecting;
		uint16_t *ports; /* the client's, of all of them */
		size_t count;
	} later;		  /* connections that were made again */
	bool answers;		  /* the last segment that was sent answers a probe */
	enum segment_role probed; /* of what kind the last probe was: a reply does not say */
	bool happened;		  /* something was seen since the sockets were last sampled */
	int64_t last_happened;
	int64_t softirq_delay; /* how long they had waited when a timer was overdue; -1: none is */
	int schedstat;	       /* /proc/self/schedstat; -1 where this kernel has none */
	int stat;	       /* /proc/stat */
	int64_t stolen;	       /* of all CPUs, when we were woken last; see sandbox/cpus.h */
	int64_t run_delay;     /* how long we had waited for a CPU when we slept last */
	struct jiffies_reading jiffies; /* the last one */
	int64_t overdue; /* a timer should have fired then, and was not seen; NEVER: none */
	int64_t woken;	 /* how often */
	int64_t unasked; /* since when we could have asked the sockets, and have not */
	int64_t until;	 /* when the scenario says to stop; NEVER: it does not, or not yet */
	int64_t ended;	 /* when the observation ended; 0: it has not */
	int64_t bound;	 /* when to stop at the latest */
	int64_t checked; /* when a byte was sent to see who is alive; NEVER: not yet */
	bool stopped;	 /* the lifeline closed, or the play cannot go on */
};

/* The timeline's clock. */
int64_t player_now(const struct player *player);

/* Writes an event; its texts stay the caller's. at is filled in where it is -1. */
void player_emit(struct player *player, struct event event);

/* Notes that the play cannot be made or finished. Returns -error. */
int player_unable(struct player *player, int reason, int line, int error, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* places.c: the namespaces of the topology, and what is opened in each of them. */
bool places_have(const struct player *player, enum topology_place place);

#define for_each_place(place, player)                                                              \
	for (enum topology_place place = TOPOLOGY_CLIENT; place <= TOPOLOGY_ROUTER; place++)       \
		if (!places_have(player, place)) {                                                 \
		} else

/* Where an end lives; on loopback both live in one. */
struct player_place *place_of(struct player *player, enum end end);

/* Whether a sysctl is one of this place's: those of connection tracking are the router's. */
bool place_takes(enum topology_place place, const char *sysctl);

int places_enter(struct player *player);
/* Moves into a place: what is opened next belongs to it. */
int places_switch(struct player *player, enum topology_place place);
int places_open_router(struct player *player);
int places_apply_sysctls(struct player *player);
/* Records every setting that the model knows, so that a timeline can be judged elsewhere. */
void places_record_sysctls(struct player *player, struct settings *settings);
int places_open_netlink(struct player *player);
int places_count(struct player *player, struct counters *ret_counters);
void places_close(struct player *player);

/* setup.c: all that is there before the connection; and what is read when the play is over. */
int player_set_up(struct player *player);
void player_begin(struct player *player);
void player_read_counters(struct player *player);

/* Whether an error says that this kernel lacks something. */
bool is_missing_feature(int error);

/* options.c: socket options of a record; at a mistake of the kernel, the play is over. */
int options_set(struct player *player, const struct record *record, enum end end, int fd);

/* sockets.c: a bound socket that does not block; where it cannot be had, the play is over. */
int socket_open(struct player *player, const struct address *address, const char *what,
		int *ret_fd);
int socket_await(struct player *player, int fd, uint32_t events, int operation);
/*
 * What to await of one that connects: each change once, since an ICMP error that does not end the
 * attempt stays to be seen until it is over (net/ipv4/tcp.c, tcp_poll).
 */
#define SOCKET_CONNECTS (EPOLLOUT | EPOLLET)
struct address socket_address(int fd);
/* The address of an end, with the port that the scenario says. */
struct address socket_address_of(const struct player *player, enum end end,
				 const struct address *said);
/* What has become of a connect() that does not wait: 0, its error, or EINPROGRESS. */
int socket_connected(int fd);

/* again.c: connections that the client makes when the first is over. */
int again_connect(struct player *player);
void again_connected(struct player *player);
/* Takes an accepted socket where it is of one of them. Returns whether it is. */
bool again_accept(struct player *player, int fd);
/* Whether a client's port is that of one of them. */
bool again_is_port(const struct player *player, uint16_t port);

/* endpoint.c: sockets and what the application is told. */
int endpoint_listen(struct player *player);
int endpoint_connect(struct player *player);
void endpoint_accept(struct player *player);
void endpoint_connected(struct player *player);
void endpoint_observe(struct player *player, enum end end);
/* What a call of an application returned; at -1: now. */
void endpoint_told(struct player *player, enum end end, enum application_call call, int64_t at,
		   int64_t result, int error);
void endpoint_heard(struct player *player, enum end end, int64_t at, struct application_event told);
/* Reads no more, or goes on. */
void endpoint_read(struct player *player, enum end end, bool reading);
void endpoint_close(struct player *player, enum end end, enum application_call call);
/* Begins to observe an end's socket, which is connected, in the way that its record says. */
int endpoint_watch(struct player *player, enum end end);
/* close() with SO_LINGER, which is set: another process is in it. */
int endpoint_linger(struct player *player, enum end end);
/* Sends a byte from each end. */
void endpoint_check_alive(struct player *player);
/* Ends what is connected, and sends nothing. */
void endpoint_vanish(struct player *player);

/* What a process does that plays an application; it ends with it. */
struct calls;
typedef void calls_function(struct calls *calls);

/* caller.c: making a process for calls on a socket, hearing what it says, ending it. */
int caller_start(struct player *player, enum end end, struct caller *caller, int fd,
		 calls_function *run);
/* Lets it call: until then it holds the socket, and waits. */
void caller_go(const struct caller *caller);
void caller_hear(struct player *player, enum end end, struct caller *caller);
void caller_stop(struct player *player, enum end end, struct caller *caller);

/* calls.c: what an observer does. */
calls_function *calls_of(const struct record *end);
/* close(), by the last holder of a socket. */
calls_function close_and_wait;

/* wire.c: the captures, and what they see in order. */
int wire_open(struct player *player);
bool wire_owns(const struct player *player, int fd);
/* Takes all segments that are there. Returns 0 or -errno. */
int watch_wire(struct player *player);
/* How many frames the captures lost. */
int64_t wire_lost(const struct player *player);
void wire_close(struct player *player);

/* translate.c: undoes the router's translation in a segment of the server and in its frame. */
void translate_back(const struct player *player, struct segment *segment, uint8_t *bytes);

/* watch.c: what the wire says, the sockets' states, the clock. */
void watch_segment(struct player *player, const struct frame *frame, const struct segment *segment);
/* When a frame passed, on the timeline's clock. */
int64_t watch_stamp(const struct player *player, const struct frame *frame);
/* An answer to a probe, from this end, has arrived. */
void watch_answer(struct player *player, enum end from, int64_t at);
void watch_sockets(struct player *player);
/* Asks the kernel for an end's socket. Returns 0 or -errno. */
int watch_ask(struct player *player, enum end end, struct socket_status *ret_status);
void watch_clock(struct player *player);

/*
 * witnesses.c: how late the machine was at a moment. Each lateness, or such as can matter to what
 * is done upon a segment.
 */
void witness_record(struct player *player, int64_t at, int64_t lateness);
void witness_waited(struct player *player, int64_t at, int64_t waited);
/* Arms the witness of an end's timer, as the kernel says it stands. */
void witness_expect(const struct player *player, struct player_end *watched,
		    const struct socket_status *status);
/* Records how late we learn that one of these is due. */
void witness_timers(struct player *player, int64_t woken);
/* Where a timer is overdue: what keeps a CPU from it is a witness. */
void witness_overdue(struct player *player);
/* Records how late jiffies can have been counted up since it was called last. */
void witness_jiffies(struct player *player);
/*
 * What no segment announces, as an error when timers give up in silence, has no stamp but ours. So
 * how long we waited for a CPU is a witness too: witness_sleep() and witness_wake() stand around
 * what waits, witness_told() before an error is recorded, and tells how long it may have been
 * there; witness_connect() behind a connect() that had been called at a moment: its SYN left until
 * now.
 */
void witness_sleep(struct player *player);
void witness_wake(struct player *player, int64_t woken);
void witness_told(struct player *player);
void witness_connect(struct player *player, int64_t called);
/* What should have happened at once has happened now: a witness, if that took long. */
void witness_delay(struct player *player, int64_t since);

/* delays.c: segments that are kept for a while. */
bool delays_take(struct player *player, int fd);
/* When the next one goes on; NEVER: none is kept. */
int64_t delays_next(const struct player *player);
/* Lets go on what was kept for long enough. Returns 0 or -errno. */
int delays_run(struct player *player);
void delay_end(struct player *player, struct player_step *step);
void delays_close(struct player *player);

/* pings.c: ICMP echoes. */
void pings_begin(struct player *player);
/* When the next echo is to be sent or given up; NEVER: none. */
int64_t pings_next(const struct player *player);
/* Whether a step has echoes to come. */
bool pings_pending(const struct player *player);
/* Takes what came for the echo with this descriptor; returns whether there is one. */
bool pings_take(struct player *player, int fd);
/* Sends and gives up what is due. */
void pings_run(struct player *player);
void pings_close(struct player *player);
/* A step's function: 0 or -errno. */
typedef int step_function(struct player *player, const struct record *record,
			  struct player_step *step);

/* steps_path.c, steps_loss.c, steps_application.c, steps_settings.c, pings.c:
 * one function for each kind. */
step_function step_drop, step_reject, step_delay, step_heal;
step_function step_vanish, step_reboot, step_kill, step_destroy;
step_function step_connect, step_send, step_stop_reading, step_receive, step_shutdown, step_close;
step_function step_set, step_sysctl;
step_function step_ping;
step_function step_link, step_cable, step_route, step_conntrack;

/* steps_path.c: records what the rules of a step have counted, where it has any in force. */
int fault_count(struct player *player, size_t step);

/* tracking.c: what the router knows of the connection. */
void watch_conntrack(struct player *player);
/* Records what it knows in the end, and what its filter dropped. */
void conntrack_count(struct player *player);

/* steps.c: anchors and what is done at them. */
int steps_before(struct player *player);
void steps_start(struct player *player);
/* The next of its kind. */
void steps_seen(struct player *player, enum anchor anchor, enum end end, int64_t at);
void steps_reached(struct player *player, enum anchor anchor, enum end end, int ordinal,
		   int64_t at);
void steps_run(struct player *player);
bool steps_pending(const struct player *player);

#endif

/* One play in progress. Internal to play/. */
#ifndef HALFOPEN_PLAY_PLAYER_H
#define HALFOPEN_PLAY_PLAYER_H

#include <stdio.h>

#include "capture/capture.h"
#include "capture/flow.h"
#include "sandbox/counters.h"
#include "sandbox/firewall.h"
#include "sandbox/kernel.h"
#include "sandbox/ping.h"
#include "sandbox/socket_diag.h"
#include "scenario/scenario.h"
#include "timeline/event.h"

/* A moment that never comes. */
#define NEVER INT64_MAX

struct player_end {
	int fd;		   /* -1 while there is none */
	int64_t witness;   /* when its timer is due at the latest; NEVER: it has none */
	bool readable;	   /* end of file has not been read yet */
	bool reading;	   /* its application takes what is there */
	int64_t last_poll; /* revents that were last recorded; -1: none */
	struct address local, remote;
	struct socket_status status; /* as last sampled */
	enum tcp_state state;	     /* as last recorded */
	int seen[ANCHORS];	     /* how many of each: anchors count them */
	bool window_closed;	     /* as it announced last */
};

struct player_step {
	int64_t due; /* NEVER until its anchor was seen; then when it is to run */
	bool done;
	uint64_t rule; /* handle of the rule that it added; 0: none in force */
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
	struct capture *capture;
	struct flow flow;
	struct firewall *firewall;
	struct socket_diag *diag;
	struct counters counters;  /* before */
	int64_t backlog;	   /* before */
	struct player_end ends[3]; /* by enum end */
	struct player_step *steps;
	struct pinger *pingers; /* of each step, and behind them the monitor */
	bool connecting;
	enum segment_role probed; /* of what kind the last probe was: a reply does not say */
	bool happened;		  /* something was seen since the sockets were last sampled */
	int64_t last_happened;
	int schedstat;	   /* /proc/self/schedstat; -1 where this kernel has none */
	int64_t run_delay; /* how long we have waited for a CPU so far */
	int64_t until;	   /* when the scenario says to stop; NEVER: it does not, or not yet */
	int64_t ended;	   /* when the observation ended; 0: it has not */
	int64_t bound;	   /* when to stop at the latest */
	int64_t checked;   /* when a byte was sent to see who is alive; NEVER: not yet */
	bool stopped;	   /* the lifeline closed, or the play cannot go on */
};

/* The timeline's clock. */
int64_t player_now(const struct player *player);

/* Writes an event; its texts stay the caller's. at is filled in where it is -1. */
void player_emit(struct player *player, struct event event);

/* Notes that the play cannot be made or finished. Returns -error. */
int player_unable(struct player *player, int reason, int line, int error, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* setup.c: namespaces, sysctls, capture, netlink; and what is read when the play is over. */
int player_set_up(struct player *player);
void player_begin(struct player *player);
void player_read_counters(struct player *player);

/* options.c: socket options of a record; at a mistake of the kernel, the play is over. */
int options_set(struct player *player, const struct record *record, int fd);

/* endpoint.c: sockets and what the application is told. */
int endpoint_listen(struct player *player);
int endpoint_connect(struct player *player);
void endpoint_accept(struct player *player);
void endpoint_connected(struct player *player);
void endpoint_observe(struct player *player, enum end end);
/* What a call of an application returned; at -1: now. */
void endpoint_told(struct player *player, enum end end, enum application_call call, int64_t at,
		   int64_t result, int error);
/* Reads no more, or goes on. */
void endpoint_read(struct player *player, enum end end, bool reading);
void endpoint_close(struct player *player, enum end end, enum application_call call);
/* Sends a byte from each end. */
void endpoint_check_alive(struct player *player);

/* watch.c: the wire, the sockets' states, the clock, the machine. */
int watch_wire(struct player *player);
void watch_sockets(struct player *player);
void watch_clock(struct player *player);
void watch_witnesses(struct player *player, int64_t woken);
void watch_scheduling(struct player *player, int64_t woken);
/* What should have happened at once has happened now: a witness, if that took long. */
void watch_delay(struct player *player, int64_t since);

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
/* How long a ping's echoes can take. */
int64_t ping_bound(const struct record *step);

/* A step's function: 0 or -errno. */
typedef int step_function(struct player *player, const struct record *record,
			  struct player_step *step);

/* steps_path.c, steps_loss.c, steps_application.c, steps_settings.c, pings.c:
 * one function for each kind. */
step_function step_drop, step_reject, step_heal;
step_function step_vanish, step_reboot, step_kill, step_destroy;
step_function step_send, step_stop_reading, step_receive, step_shutdown, step_close;
step_function step_set, step_sysctl;
step_function step_ping;

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

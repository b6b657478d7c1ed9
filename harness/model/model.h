/*
 * The model: what the Linux kernel's rules say is due next on one TCP connection.
 *
 * Theory of operation. Both ends' kernels are kept as the few fields that their rules read: the
 * moment of the last segment received, probes without answer, the retransmission time-out, the
 * timers. What happened is told to the model (model_segment, model_call, …); model_next() then
 * lists what is due, with a window for each. Nothing here asks a kernel or reads a clock.
 *
 * Every moment is a window. Seen moments have no width. Timers have a lateness (wheel.h), so what
 * is computed has a width, and model_assume() takes a due as having happened somewhere in its
 * window: so the same engine runs forward with no observation at all, and the windows
 * grow as they must. Two windows that come from one cause are not independent; therefore timers
 * carry how much time has passed since the moment that their rule counts from ("reach"), and what
 * follows its cause at once has the same "instant".
 *
 * Where the windows do not say which of two outcomes an expiry has (one more probe, or the
 * reset), both are listed and marked "either".
 */
#ifndef HALFOPEN_MODEL_MODEL_H
#define HALFOPEN_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/rules.h"
#include "model/settings.h"
#include "model/wheel.h"
#include "timeline/event.h"

enum due_kind {
	DUE_NONE,
	DUE_PROBE,	    /* a keepalive probe */
	DUE_RETRANSMISSION, /* of data or FIN, by time-out */
	DUE_LOSS_PROBE,	    /* the last segment again, earlier than the time-out */
	DUE_WINDOW_PROBE,
	DUE_SYN, /* also again */
	DUE_SYN_ACK,
	DUE_DATA,
	DUE_FIN,
	DUE_ACK, /* the answer to what was received; any segment with an ACK does */
	DUE_RST,
	DUE_ERROR, /* the application is told an errno */
	DUE_STATE, /* the socket changes its state, or is gone, without a segment */
};

struct due {
	enum due_kind kind;
	enum end end; /* the sender, or whose application or socket */
	struct window at;
	enum rule rule;
	enum segment_role role; /* of the segment; ROLE_NONE where there is none */
	int ordinal;		/* of probes and what is sent again: this many without an answer */
	int error;		/* errno of DUE_ERROR */
	enum tcp_state state;	/* of DUE_STATE: the new one; STATE_CLOSED is "gone" */
	bool either;		/* one of several outcomes of one expiry */
	bool unseen;		/* never on the wire: the sender's own firewall eats it */
	int64_t wait;		/* what the timer was armed for; 0 where it is due at once */
	int64_t asked;		/* the earliest moment that the timer was armed for */
	struct window elapsed;	/* since the moment that the rule counts from */
	int instant;		/* 0: a new one */
};

/* At most this many things are due at one time. */
#define MODEL_DUE_LIMIT 24

/* A segment, as much of it as the rules read. */
struct model_segment {
	enum segment_role role;
	int flags;
	uint32_t seq, ack;
	int64_t length; /* payload bytes */
	int64_t window; /* bytes, scaled */
};

/* What happens to segments on their way to an end. */
enum path {
	PATH_OPEN,
	PATH_DROP,
	PATH_REJECT_RESET,   /* a firewall answers with RST */
	PATH_REJECT_PORT,    /* … with ICMP port unreachable: ECONNREFUSED */
	PATH_REJECT_HOST,    /* … with host unreachable or prohibited: EHOSTUNREACH */
	PATH_DROP_AT_SENDER, /* its output hook drops: it knows, nothing is on the wire */
};

enum model_call {
	MODEL_CONNECT,
	MODEL_SEND,	/* argument: bytes accepted */
	MODEL_SHUTDOWN, /* of the sending direction */
	MODEL_SHUTDOWN_RECEIVE,
	MODEL_LINGER, /* close() waits (SO_LINGER): the socket is no orphan yet */
	MODEL_CLOSE,
	MODEL_DESTROY,	    /* SOCK_DESTROY */
	MODEL_ABORT,	    /* close() with SO_LINGER and 0 s */
	MODEL_READ,	    /* the receive buffer is drained: the window opens again */
	MODEL_FULL,	    /* the receive buffer is full: the window is closed */
	MODEL_STOP_READING, /* what comes stays in the receive buffer, until it is full */
	MODEL_TOLD,	    /* the application took the error that was due */
	MODEL_VANISH,	    /* the socket is gone without a segment: power cut, reboot */
};

enum model_option {
	OPTION_KEEPALIVE,
	OPTION_IDLE,
	OPTION_INTERVAL,
	OPTION_COUNT,
	OPTION_USER_TIMEOUT,
	OPTION_SYN_COUNT,
	OPTION_LINGER2,
	OPTION_RTO_MAX,
	OPTION_THIN_LINEAR_TIMEOUTS,
};

/* A timer of a socket. */
struct model_timer {
	bool armed;
	struct window armed_at;
	struct window expires;	/* what it was armed for; it fires after that (wheel_fire) */
	struct window distance; /* from armed_at to expires */
	struct window reach; /* at expires, this much has passed since what its rule counts from */
	bool decides;	     /* armed for the user timeout's end: it is reached for certain */
	int instant;
};

/* What the socket's one timer for sending is armed for (icsk_pending). */
enum write_timer {
	WRITE_NONE,
	WRITE_RETRANSMIT,
	WRITE_LOSS_PROBE,
	WRITE_PERSIST,
};

#define MODEL_PENDING_LIMIT 8

/* A segment in flight; more than so many in flight are not timed. */
struct model_sent {
	uint32_t next; /* sequence number behind it */
	struct window at;
	bool again;
};

#define MODEL_SENT_LIMIT 32

struct model_end {
	enum end end;
	struct end_settings options;
	enum tcp_state state;
	bool listening;
	bool orphan;	 /* closed by its application (SOCK_DEAD) */
	bool unattended; /* its application can be told nothing any more */
	bool unaware;	 /* … waits for nothing any more: it is told when it calls */
	bool deaf;	 /* RCV_SHUTDOWN */
	int error;	 /* what the application is to be told; 0: nothing */

	/* What it has received. */
	bool rcv_known;
	uint32_t rcv_nxt;
	bool fin_received;
	bool window_shut; /* its own receive buffer is full */
	bool reads_no_more;
	int64_t unread;		   /* bytes in the receive buffer since then */
	struct window received_at; /* the later of rcv_tstamp and icsk_ack.lrcvtime */
	int received_instant;
	bool duplicate_answered;
	struct window duplicate_at; /* when it last answered one (last_oow_ack_time) */

	/* Keepalive. A range, since not every segment received sets the counter back. */
	struct model_timer keepalive;
	int probes_low, probes_high; /* icsk_probes_out */

	/* What it has sent. */
	bool snd_known;
	uint32_t snd_una, snd_nxt;
	int segments;		    /* in flight (packets_out) */
	int64_t written, sequenced; /* payload bytes: by calls, and given a sequence number */
	bool fin_wanted, fin_sent;
	uint32_t fin_seq;
	int64_t peer_window;
	struct model_sent sent[MODEL_SENT_LIMIT];
	int sent_count;
	bool rtt_known; /* measured from what was seen */
	struct window srtt;
	int64_t deviation, rttvar; /* at most */

	/* Retransmission, SYN, window probes. */
	struct model_timer write;
	enum write_timer pending_timer;
	struct window rto;   /* icsk_rto */
	int backoff;	     /* icsk_backoff */
	int retransmits;     /* icsk_retransmits */
	int timeouts;	     /* total_rto */
	bool recovering;     /* in CA_Loss: no tail loss probes */
	bool loss_probed;    /* a tail loss probe is out (tlp_high_seq) */
	bool stamped;	     /* retrans_stamp, or in persist icsk_probes_tstamp, is set */
	struct window stamp; /* … to this */
	int window_probes;   /* icsk_probes_out while window probes run */

	/* The server's request before there is a socket: SYN-ACK; FIN-WAIT-2 and TIME-WAIT. */
	struct model_timer request;
	int request_timeouts; /* num_timeout */
	bool request_acked;   /* the ACK came and was put off (TCP_DEFER_ACCEPT) */
	struct model_timer linger;

	struct due pending[MODEL_PENDING_LIMIT];
	int pending_count;
};

struct model {
	struct settings settings;
	struct model_end client, server;
	enum path to_client, to_server;
	int instants; /* handed out so far */
	int instant;  /* of what is being told right now; 0 for observations */
	bool elapsed_known;
	struct window elapsed; /* of the due that is being assumed */
};

/* Starts with no connection: the server listens. */
void model_start(struct model *model, const struct settings *settings);

/* Starts with an idle, established connection whose handshake ended at a moment. */
void model_start_established(struct model *model, const struct settings *settings,
			     struct window at);

/* An end sent a segment; lost says that the other end never got it. */
void model_segment(struct model *model, enum end sender, const struct model_segment *segment,
		   struct window at, bool lost);

/* An application's system call took effect. Times of all calls here must not go back. */
void model_call(struct model *model, enum end end, enum model_call call, int64_t argument,
		struct window at);

/* setsockopt() took effect. */
void model_option(struct model *model, enum end end, enum model_option option, int64_t value,
		  struct window at);

/* A sysctl of an end's namespace changed; of END_NONE: of both. Returns what settings_sysctl()
 * does. */
int model_sysctl(struct model *model, enum end end, const char *name, const char *value,
		 struct window at);

/* The path to an end changed. */
void model_path(struct model *model, enum end to, enum path path);

/*
 * Takes an event of a timeline: segments (lost as the path says), calls of applications and
 * kernel facts; others are of no interest here and ignored. A step's consequences are told with
 * the functions above. Before EVENT_CONNECTION nothing of one is expected.
 */
void model_event(struct model *model, const struct event *event);

/* A segment of a timeline. */
struct model_segment model_segment_of(const struct event *event);

/* The same for a call of an application that took effect at some moment of a window. */
void model_called(struct model *model, const struct event *event, struct window at);

/* Whether a segment to this end is lost on the path as it is now. */
bool model_lost(const struct model *model, enum end to);

/*
 * Lists what is due, the earliest first. Returns how many. A due of the past that did not happen
 * stays in the list until it does.
 */
size_t model_next(const struct model *model, struct due list[static MODEL_DUE_LIMIT]);

/*
 * Takes a due of model_next() as having happened in its window, with its consequences on the path
 * as it is now. Answers that follow are due themselves.
 */
void model_assume(struct model *model, const struct due *due);

/* Which outcome of an expiry to take where the windows leave two. */
enum model_choice {
	CHOOSE_ON,  /* it goes on: what comes latest */
	CHOOSE_END, /* it gives up: what comes earliest */
};

/* The earliest due; false where nothing is due any more. */
bool model_choose(const struct model *model, enum model_choice choice, struct due *ret_due);

/* The segment that a due with a role is. */
struct model_segment model_due_segment(const struct model *model, const struct due *due);

/* Assumes the earliest due and returns it; false where nothing is due any more. */
bool model_step(struct model *model, enum model_choice choice, struct due *ret_due);

/* What a call of the application returns now: an errno, or 0. */
int model_call_error(const struct model *model, enum end end, enum application_call call);

/* The situations in which a dead peer is to be noticed. */
enum situation {
	SITUATION_IDLE,	  /* nothing in flight; the clock starts with the last segment received */
	SITUATION_DATA,	  /* data in flight; it starts when the data is sent */
	SITUATION_WINDOW, /* the peer's window is closed; with the last segment received */
	SITUATION_CONNECTING, /* with the first SYN */
};

struct detection {
	bool never;	      /* nothing in these settings notices it */
	struct window within; /* best and worst case */
	enum rule rule;	      /* that notices, in the worst case */
	int error;	      /* what the client's application is told */
	int segments;	      /* sent in vain until then, in the worst case */
};

/* When the client notices that the server is dead, and nothing answers any more. */
struct detection model_detection(const struct settings *settings, enum situation situation);

static inline struct model_end *model_end(struct model *model, enum end end)
{
	return end == END_SERVER ? &model->server : &model->client;
}

#endif

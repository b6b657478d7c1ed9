/*
 * The event: one thing that was observed, or done, at one moment. Whatever a verdict needs is an
 * event; nothing after the run asks a socket or the kernel again.
 */
#ifndef HALFOPEN_TIMELINE_EVENT_H
#define HALFOPEN_TIMELINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/address.h"
#include "base/names.h"

enum event_kind {
	EVENT_NONE,
	EVENT_KERNEL,	   /* first: which kernel, which clock */
	EVENT_CAPTURE,	   /* first instead of a kernel: all that follows is what a file shows */
	EVENT_SYSCTL,	   /* a setting of the namespace, before the connection is made */
	EVENT_CONNECTION,  /* addresses of both ends */
	EVENT_SEGMENT,	   /* a TCP segment on the wire */
	EVENT_SOCKET,	   /* state and timer of one end's socket, as inet_diag shows them */
	EVENT_APPLICATION, /* what a system call on the socket returned */
	EVENT_STEP,	   /* a step of the scenario ran */
	EVENT_PING,	   /* what became of one ICMP echo */
	EVENT_MONITOR,	   /* what an ICMP echo monitor says now, and did not say before */
	EVENT_RESOURCES,   /* what the play itself holds, between two echoes */
	EVENT_RULE,	   /* a firewall rule's packet counter */
	EVENT_COUNTER,	   /* a counter of the namespace that grew, before the run and after it */
	EVENT_CONNTRACK,   /* what the router's connection tracking knows of the connection */
	EVENT_WITNESS,	   /* a timer of our own came this late: what the machine did to everyone */
	EVENT_LOSS,	   /* packets were lost before or in the capture */
	EVENT_CLOCK_STEP,  /* CLOCK_REALTIME was set between two packet stamps */
	EVENT_UNTIL,	   /* the moment at which the scenario says to stop */
	EVENT_UNABLE,	   /* the run could not be made or finished: why */
	EVENT_END,	   /* last: the observation ended here, and nothing is missing before it */
};

extern const struct word event_words[];

/* What a segment is to its connection; capture/flow decides. */
enum segment_role {
	ROLE_NONE,
	ROLE_SYN,
	ROLE_SYN_ACK,
	ROLE_HANDSHAKE_ACK, /* the third segment of the handshake */
	ROLE_DATA,
	ROLE_RETRANSMISSION, /* of data, SYN, SYN-ACK or FIN: sequence space sent before */
	ROLE_PROBE, /* keepalive probe, RFC 9293 3.8.4: one below SND.NXT, nothing in flight */
	ROLE_PROBE_REPLY,  /* the ACK that answers a keepalive or window probe */
	ROLE_WINDOW_PROBE, /* the peer's window is closed, RFC 9293 3.8.6.1 */
	ROLE_ACK,	   /* pure acknowledgement of data or FIN, or window update */
	ROLE_FIN,
	ROLE_RST,
	ROLE_OTHER, /* not of the scenario's connection */
	ROLE_LATER, /* of one that the client made later */
};

extern const struct word role_words[];

/* Whether a segment is none of the connection that is judged. */
static inline bool role_is_foreign(int role)
{
	return role == ROLE_OTHER || role == ROLE_LATER;
}

/* TCP flags as the header has them. */
enum {
	FLAG_FIN = 0x01,
	FLAG_SYN = 0x02,
	FLAG_RST = 0x04,
	FLAG_PSH = 0x08,
	FLAG_ACK = 0x10,
	FLAG_URG = 0x20,
};

enum application_call {
	CALL_NONE,
	CALL_CONNECT,
	CALL_ACCEPT,
	CALL_POLL,   /* result is the revents */
	CALL_SELECT, /* result is how many descriptors are readable: 0 or 1 */
	CALL_EPOLL,  /* result is the events */
	CALL_RECV,
	CALL_SEND,
	CALL_SO_ERROR,	       /* getsockopt(SO_ERROR); error is the value */
	CALL_SHUTDOWN,	       /* SHUT_WR */
	CALL_SHUTDOWN_RECEIVE, /* SHUT_RD */
	CALL_SHUTDOWN_BOTH,    /* SHUT_RDWR */
	CALL_CLOSE,
	CALL_LINGER,	    /* close() with SO_LINGER was called; CALL_CLOSE is when it returned */
	CALL_ABORT,	    /* close() with SO_LINGER and 0 s */
	CALL_KILL,	    /* the process that held the socket was killed */
	CALL_VANISH,	    /* the socket's state was taken away, and nothing sent */
	CALL_DESTROY,	    /* SOCK_DESTROY by somebody else */
	CALL_CONNECT_AGAIN, /* of another socket, when the first was over */
	CALL_ALIVE,	    /* send() of one byte in the end, to see whether it arrives */
};

extern const struct word call_words[];

enum loss_place {
	LOSS_CAPTURE, /* pcap_stats(): the ring was full */
	LOSS_BACKLOG, /* /proc/net/softnet_stat: the CPU's backlog was full; on loopback the
			 capture never sees those */
	LOSS_UNSEEN,  /* an end acknowledged what is not in a capture file */
};

extern const struct word loss_words[];

enum unable_reason {
	UNABLE_FEATURE, /* the kernel lacks what the scenario needs: skip */
	UNABLE_RUN,	/* something failed that should not: inconclusive */
};

extern const struct word unable_words[];

enum ping_outcome {
	PING_ANSWERED,
	PING_UNANSWERED, /* nothing came while the answer was waited for */
	PING_ERROR,	 /* an ICMP error came */
	PING_REFUSED,	 /* the kernel did not open the socket, or did not send */
};

extern const struct word ping_words[];

/* What a monitor says. */
enum host_state {
	HOST_UNKNOWN,
	HOST_ANSWERS,
	HOST_SILENT,
};

extern const struct word host_words[];

enum clock_kind {
	CLOCK_REAL,
	CLOCK_VIRTUAL,
};

extern const struct word clock_words[];

struct kernel_event {
	char *release; /* utsname.release */
	int64_t hz;
	int clock;	    /* enum clock_kind */
	int64_t zero;	    /* CLOCK_MONOTONIC at which the timeline's clock reads 0 */
	int64_t realtime;   /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	int64_t jiffies;    /* with jiffies_at, where readable: this many jiffies … */
	int64_t jiffies_at; /* … began at this CLOCK_MONOTONIC; 0 where not known */
};

/*
 * The timeline comes from a capture file: only the wire was observed. No socket was asked, no
 * application, no counter, and no step was run.
 */
struct capture_event {
	int64_t hz;	  /* timer frequency of the kernels; 0: nobody said it */
	int64_t realtime; /* CLOCK_REALTIME at which the timeline's clock reads 0 */
	int64_t packets;  /* in the file, of all connections */
	/*
	 * How long after a segment of the handshake passed the capture its answer came from the
	 * client, and from the server: how far away from them the capture was made. -1: not known.
	 */
	int64_t client_away, server_away;
};

struct sysctl_event {
	char *name;
	char *value; /* empty where this kernel has no such sysctl */
};

struct connection_event {
	struct address client, server;
};

struct segment_event {
	int64_t number;	 /* frame number in the capture, from 1 */
	int role;	 /* enum segment_role */
	int64_t answers; /* a probe reply: the frame number of its probe */
	int flags;
	int64_t seq, ack;    /* as on the wire */
	int64_t window;	     /* bytes, scaled where the handshake was seen */
	int64_t length;	     /* payload bytes on the wire */
	int64_t linktype;    /* LINKTYPE_… of frame */
	int64_t wire_length; /* of the whole frame */
	uint8_t *frame;	     /* the captured bytes */
	size_t frame_length;
};

struct socket_event {
	int state;	 /* enum tcp_state */
	int timer;	 /* enum socket_timer */
	int64_t expires; /* how long until the timer is due */
	int64_t retransmits;
	int64_t probes;
};

struct application_event {
	int call; /* enum application_call */
	int64_t result;
	int error;	/* errno, 0 where the call did not fail */
	int64_t lasted; /* how long a call that may block did; 0 where nobody measured it */
};

struct step_event {
	int64_t index; /* in the scenario's timeline, from 0 */
	int64_t line;  /* in the scenario's file */
	char *what;    /* the action, as the scenario words it */
	int64_t due;   /* when its moment had come */
	int64_t began; /* when it was begun; the event's own time is when it had taken effect */
};

struct ping_event {
	int64_t step;	/* that sent it, from 0; -1: the monitor */
	int64_t number; /* of its echoes, from 1 */
	int64_t sent;	/* when; the event's own time is when its outcome was known */
	int outcome;	/* enum ping_outcome */
	int error;	/* errno of PING_ERROR and PING_REFUSED */
};

struct monitor_event {
	int says;	  /* enum host_state */
	int64_t failures; /* echoes in a row that were not answered */
};

struct resources_event {
	int64_t step;	     /* the ping */
	int64_t echoes;	     /* that it had sent by then */
	int64_t descriptors; /* of the play's process */
	int64_t ports;	     /* TCP and UDP sockets in use, of the namespace */
	int64_t memory;	     /* bytes allocated by the play's process */
};

struct rule_event {
	int64_t index; /* of the step that added the rule */
	int64_t packets;
	int64_t bytes;
};

struct counter_event {
	char *name; /* as nstat prints it: TcpExtTCPKeepAlive */
	int64_t before, after;
};

struct conntrack_event {
	int state;	  /* enum conntrack_state */
	int64_t filtered; /* packets that the router's filter has dropped so far */
};

struct witness_event {
	int64_t due;	  /* on the timeline's clock; the event's own time is when it came */
	int64_t lateness; /* of our timer, of our reading of a packet, of a process that was killed
			   */
	int64_t jiffies;  /* how late jiffies were counted up: what was armed then may be early */
};

struct loss_event {
	int place; /* enum loss_place */
	int64_t packets;
};

struct clock_step_event {
	int64_t size;
};

struct end_event {
	int64_t woken; /* how often the playing process was: its cost follows what happened */
};

struct unable_event {
	int reason;    /* enum unable_reason */
	int64_t line;  /* of the scenario's file; 0 where no line is to blame */
	char *message; /* one sentence: what, the call, its errno */
};

struct event {
	int64_t at; /* CLOCK_MONOTONIC since the timeline's zero: just before connect() */
	enum event_kind kind;
	enum end end; /* whose: sender of a segment, owner of a socket */
	union {
		struct kernel_event kernel;
		struct capture_event capture;
		struct sysctl_event sysctl;
		struct connection_event connection;
		struct segment_event segment;
		struct socket_event socket;
		struct application_event application;
		struct step_event step;
		struct ping_event ping;
		struct monitor_event monitor;
		struct resources_event resources;
		struct rule_event rule;
		struct counter_event counter;
		struct conntrack_event conntrack;
		struct witness_event witness;
		struct loss_event loss;
		struct clock_step_event clock_step;
		struct unable_event unable;
		struct end_event finish;
	};
};

/* Frees what the event owns: its strings and bytes. */
void event_release(struct event *event);

/* Copies an event with all it owns. */
struct event event_copy(const struct event *event);

/* Writes one line of JSON, without the newline, to a stream that no other thread uses. */
void event_write(FILE *stream, const struct event *event);
/* The same as a text, which the caller frees. */
char *event_to_json(const struct event *event);

/*
 * Reads such a line, of the given length. On error returns -EINVAL and, in ret_error (to be freed
 * by the caller), one sentence; the event is untouched.
 */
int event_from_json(const char *line, size_t length, struct event *ret_event, char **ret_error);

#endif

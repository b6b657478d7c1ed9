/*
 * The scenario: what was asked, checked and ready to play. Everything a file says is in records:
 * a record is one mapping of the file (an end, a step, an expectation) and has a value for each of
 * its keys. Which records and keys there are is said once, in vocabulary.c.
 */
#ifndef HALFOPEN_SCENARIO_SCENARIO_H
#define HALFOPEN_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/names.h"
#include "base/problem.h"

/* What a value may be. */
enum value_type {
	TYPE_SWITCH,	   /* on, off -> number 1, 0 */
	TYPE_COUNT,	   /* whole number -> number */
	TYPE_DURATION,	   /* "200ms" -> number, ns */
	TYPE_SECONDS,	   /* duration of whole seconds -> number, ns; min and max are in ns too */
	TYPE_MILLISECONDS, /* duration of whole milliseconds -> number, ns */
	TYPE_END,	   /* client, server -> number, enum end */
	TYPE_STATE,	   /* ESTABLISHED … -> number, enum tcp_state */
	TYPE_ERROR,	   /* ETIMEDOUT … -> number, errno; "none" -> 0 */
	TYPE_MOMENT,	   /* "probe 2 answered + 1s" -> moment */
	TYPE_ADDRESS,	   /* 127.0.0.1:12345, or 12345 -> address; then its family is 0 */
	TYPE_WORD,	   /* one of key_spec.words -> number */
	TYPE_TEXT,	   /* -> text */
	TYPE_WORDS,	   /* a list of texts, each checked by key_spec.check -> list */
	TYPE_COUNTERS,	   /* mapping of counter name to number -> list of texts and numbers */
	TYPE_SYSCTLS,	   /* mapping of sysctls -> list of texts and settings */
};

/* The event that a moment is anchored to. */
enum anchor {
	ANCHOR_START,	       /* a plain duration: since connect() was called */
	ANCHOR_BEFORE,	       /* in force before connect() is called */
	ANCHOR_ESTABLISHED,    /* the client's connect() succeeded */
	ANCHOR_PROBE,	       /* the Nth keepalive probe of an end */
	ANCHOR_PROBE_ANSWERED, /* the reply to the Nth answered one */
	ANCHOR_RESET,	       /* an RST of an end */
	ANCHOR_ERROR,	       /* an end's application was told an error */
	ANCHOR_STEP,	       /* the Nth step of the timeline, from 1, had taken effect */
	ANCHOR_SYN,	       /* the Nth SYN or SYN-ACK of an end, the first one included */
	ANCHOR_RETRANSMISSION, /* the Nth segment with data or FIN that an end sent again */
	ANCHOR_WINDOW_PROBE,   /* the Nth window probe of an end */
	ANCHOR_WINDOW_CLOSED,  /* an end announced a window of 0 for the Nth time */
	ANCHOR_FIN,	       /* an end's first FIN */
	ANCHOR_STATE,	       /* an end's socket was seen in a state */
	ANCHORS,	       /* their number */
};

/* What the delay of an expectation is measured from. */
enum after {
	AFTER_LAST_PROBE,
	AFTER_LAST_ANSWER,
	AFTER_FAULT, /* the last step that had taken effect */
	AFTER_ESTABLISHED,
	AFTER_FIRST_RETRANSMISSION,
};

/*
 * A moment: "5s", "established + 1s", "probe 2", "server probe 1 answered", "reset",
 * "client error + 1s", "step 1 + 200ms", "server CLOSE-WAIT". The end is the client where none is
 * said.
 */
struct moment {
	enum anchor anchor;
	enum end end;
	int ordinal;   /* from 1; of ANCHOR_STATE: the state */
	int64_t delay; /* after the anchor */
};

struct list_item {
	char *text;
	char *setting; /* of TYPE_SYSCTLS: the value in the kernel's own unit; else NULL */
	int64_t number;
	struct position at;
};

struct value {
	bool set;
	bool bad; /* could not be read; never in a scenario that was loaded */
	struct position at;
	char *text;	/* as written, parameters replaced */
	int64_t number; /* of most types */
	union {
		struct moment moment;
		struct address address;
		struct {
			struct list_item *items;
			size_t item_count;
		};
	};
};

/* Every key of every record. */
enum key {
	/* of an end */
	KEY_LISTEN, /* server: address */
	KEY_BIND,   /* client: address */
	KEY_KEEPALIVE,
	KEY_IDLE,
	KEY_INTERVAL, /* also of expectations */
	KEY_COUNT_,   /* TCP_KEEPCNT */
	KEY_USER_TIMEOUT,
	KEY_SYN_COUNT,
	KEY_DEFER_ACCEPT,
	KEY_LINGER2,
	KEY_SEND_BUFFER,
	KEY_RECEIVE_BUFFER,
	KEY_CONGESTION,
	KEY_FASTOPEN_CONNECT,
	KEY_THIN_LINEAR_TIMEOUTS,
	KEY_RTO_MAX,
	KEY_OBSERVE, /* how its application learns of anything */
	KEY_WAIT,    /* the time-out of its poll(), select(), epoll_wait() */
	KEY_READING,
	KEY_RECEIVE_TIMEOUT,
	KEY_INHERIT, /* server: options are set on the listener, so that accept() passes them on */
	/* of the router */
	KEY_FILTER,
	KEY_MASQUERADE,
	/* of a step */
	KEY_AT,
	KEY_TO,	  /* drop: only what goes to this end */
	KEY_STEP, /* heal: which drop step to take away, from 1 */
	KEY_END,  /* whose application it is */
	KEY_BYTES,
	KEY_LINGER,
	KEY_HOW,  /* shutdown: which direction */
	KEY_KIND, /* of segments that a fault takes */
	KEY_FIRST_ONES,
	KEY_EVERY,
	KEY_PROBABILITY, /* percent */
	KEY_SEED,
	KEY_HOOK,
	KEY_WITH,    /* reject: what its sender gets */
	KEY_SYSCTLS, /* list of names and values */
	/* of a ping or a monitor, beside from, count and interval */
	KEY_TIMEOUT,   /* how long an answer is waited for */
	KEY_DISPOSE,   /* ping: each echo's socket is closed behind it */
	KEY_THRESHOLD, /* monitor: failures in a row */
	KEY_LINK,      /* what becomes of the end's link, cable or route */
	KEY_CONNTRACK,
	KEY_BY, /* how long a delay keeps a segment */
	/* of an expectation */
	KEY_FROM,
	KEY_ANSWERED,
	KEY_UNANSWERED,
	KEY_FIRST,
	KEY_AFTER,
	KEY_DELAY,
	KEY_OF,
	KEY_STATE,
	KEY_ERROR,
	KEY_POLL, /* list: what poll() said, in order, without repeats: "nothing", "IN",
		     "IN|ERR|HUP" */
	KEY_RECV, /* list: what recv() returned, in order: "ETIMEDOUT", "end of file", "5 bytes" */
	KEY_GOES, /* list: timer column, in order, without repeats: "keepalive 0/1", "gone" */
	KEY_PACKETS, /* of a rule's counter */
	KEY_RULE_STEP,
	KEY_COUNTERS,
	KEY_DOUBLING,
	KEY_CEILING,
	KEY_LOSS_PROBE,
	KEY_SEND,	   /* list: what send() returned, in order: "17 bytes", "EPIPE" */
	KEY_CONNECT,	   /* list: what connect() returned: "ok", "ETIMEDOUT" */
	KEY_STATES,	   /* list: states in order, without repeats */
	KEY_TRACKED,	   /* list: states of the router's entry, in order, without repeats */
	KEY_TRACKED_STATE, /* the last of them */
	KEY_FILTERED,	   /* how many packets the router's filter dropped */
	KEY_SAYS,	   /* list: what a monitor said, in order: "answers", "silent" */
	KEY_DESCRIPTORS,
	KEY_PORTS,
	KEY_MEMORY,
	KEY_SELECT, /* list: what select() said, in order, without repeats: "nothing", "readable" */
	KEY_EPOLL,  /* list: what epoll_wait() said; as KEY_POLL */
	KEY_CLOSE,  /* list: what close() returned */
	KEY_LASTED, /* how long each call lasted that waited in vain */
	KEY_LIMIT,  /* the number of keys */
};

/* Which record it is. */
enum record_kind {
	RECORD_CLIENT,
	RECORD_SERVER,
	RECORD_MONITOR,
	RECORD_ROUTER,
	RECORD_STEP_DROP,
	RECORD_STEP_REJECT,
	RECORD_STEP_DELAY,
	RECORD_STEP_HEAL,
	RECORD_STEP_VANISH,
	RECORD_STEP_REBOOT,
	RECORD_STEP_KILL,
	RECORD_STEP_DESTROY,
	RECORD_STEP_SEND,
	RECORD_STEP_STOP_READING,
	RECORD_STEP_RECEIVE,
	RECORD_STEP_SHUTDOWN,
	RECORD_STEP_CLOSE,
	RECORD_STEP_CONNECT,
	RECORD_STEP_SET,
	RECORD_STEP_SYSCTL,
	RECORD_STEP_PING,
	RECORD_STEP_LINK,
	RECORD_STEP_CABLE,
	RECORD_STEP_ROUTE,
	RECORD_STEP_CONNTRACK,
	RECORD_EXPECT_PROBES,
	RECORD_EXPECT_WINDOW_PROBES,
	RECORD_EXPECT_RETRANSMISSIONS,
	RECORD_EXPECT_SYNS,
	RECORD_EXPECT_SYN_ACKS,
	RECORD_EXPECT_RESET,
	RECORD_EXPECT_CLIENT,
	RECORD_EXPECT_SERVER,
	RECORD_EXPECT_TIMER,
	RECORD_EXPECT_RULE,
	RECORD_EXPECT_COUNTERS,
	RECORD_EXPECT_PING,
	RECORD_EXPECT_MONITOR,
	RECORD_EXPECT_RESOURCES,
	RECORD_EXPECT_CONNTRACK,
	RECORD_EXPECT_ALIVE,	    /* the word "alive"; no keys */
	RECORD_EXPECT_MODEL,	    /* the word "model"; no keys */
	RECORD_EXPECT_NOTHING_ELSE, /* the words "nothing else on the wire"; no keys */
	RECORD_KINDS,		    /* their number */
};

struct record {
	enum record_kind kind;
	bool bad; /* something in it could not be read; never in a scenario that was loaded */
	struct position at;
	char *text; /* the whole record on one line, as written in flow style, parameters replaced
		     */
	struct value value[KEY_LIMIT];
};

/* Shorthands: whether a key was written, and its number. */
static inline bool record_has(const struct record *record, enum key key)
{
	return record->value[key].set;
}

static inline int64_t record_number(const struct record *record, enum key key)
{
	return record->value[key].number;
}

struct sysctl_setting {
	char *name;
	char *value; /* in the kernel's own unit; NULL where it could not be read */
	struct position at;
};

/* One scenario: a file, or one variant of a file. */
struct scenario {
	char *path; /* of the file, as found */
	char *id;   /* path without suffix and the root that was asked for; "@variant" behind it */
	char *title;
	char *source;
	char *documented; /* the number that the source states, for people; or NULL */
	char **tags;
	size_t tag_count;
	struct sysctl_setting *sysctls;
	size_t sysctl_count;
	enum topology_kind topology;
	int family; /* 4 or 6 */
	struct record client, server, router;
	struct record monitor; /* its text is NULL where there is none */
	struct record *steps;
	size_t step_count;
	struct record *expectations;
	size_t expectation_count;
	struct value until; /* TYPE_MOMENT; not set: until nothing can happen any more */
};

struct scenarios {
	struct scenario *list;
	size_t count;
};

bool scenario_has_tag(const struct scenario *scenario, const char *tag);

/* What a fault takes; those of the firewall's rules. */
enum fault_kind {
	FAULT_ANY,
	FAULT_DATA,
	FAULT_ACK,
	FAULT_SYN,
	FAULT_SYN_ACK,
	FAULT_FIN,
	FAULT_RST,
	FAULT_ECHO, /* no segments: ICMP and ICMPv6 echoes */
};

/* How an end's application learns what becomes of its connection. */
enum observer {
	OBSERVE_LOOP,	   /* an event loop: poll() and recv() whenever anything happened */
	OBSERVE_RECV,	   /* a blocking recv() */
	OBSERVE_POLL,	   /* a blocking poll() */
	OBSERVE_SELECT,	   /* a blocking select() */
	OBSERVE_EPOLL,	   /* a blocking epoll_wait() */
	OBSERVE_HEARTBEAT, /* it never looks, and writes periodically */
	OBSERVE_NOTHING,   /* it never looks */
};

static inline enum observer observer_of(const struct record *end)
{
	return (enum observer)record_number(end, KEY_OBSERVE);
}

/* Whether the listener's options are those of the accepted socket; else they are set on that one.
 */
static inline bool server_inherits(const struct record *server)
{
	return !record_has(server, KEY_INHERIT) || record_number(server, KEY_INHERIT);
}

/* Whether it waits for something to happen, and reads what has come then. */
static inline bool observer_awaits(const struct record *end)
{
	enum observer observer = observer_of(end);

	return observer != OBSERVE_HEARTBEAT && observer != OBSERVE_NOTHING &&
	       !record_has(end, KEY_EVERY);
}

static inline bool observer_reads(const struct record *end)
{
	enum observer observer = observer_of(end);

	return observer != OBSERVE_HEARTBEAT && observer != OBSERVE_NOTHING &&
	       (!record_has(end, KEY_READING) || record_number(end, KEY_READING));
}

/* What shutdown() ends. */
enum direction { DIRECTION_SEND, DIRECTION_RECEIVE, DIRECTION_BOTH };

enum fault_hook { HOOK_INPUT, HOOK_OUTPUT, HOOK_FORWARD };

/* What becomes of an end's link, of its cable, or of its route to the other end. */
enum link_change { LINK_DOWN, LINK_UP };

/* What the sender of a rejected segment gets. */
enum fault_answer {
	ANSWER_RESET,
	ANSWER_PORT_UNREACHABLE,
	ANSWER_HOST_UNREACHABLE,
	ANSWER_NET_UNREACHABLE,
	ANSWER_ADMIN_PROHIBITED,
};

/* Whether a step adds a rule to the path. */
static inline bool is_fault(const struct record *step)
{
	return step->kind == RECORD_STEP_DROP || step->kind == RECORD_STEP_REJECT ||
	       step->kind == RECORD_STEP_DELAY;
}

/* Whether it does nothing to the connection or its path: a ping, or a rule for echoes. */
static inline bool is_about_echoes(const struct record *step)
{
	return step->kind == RECORD_STEP_PING ||
	       (is_fault(step) && record_number(step, KEY_KIND) == FAULT_ECHO);
}

/* Whether a step changes what becomes of segments on their way. */
static inline bool changes_path(const struct record *step)
{
	return is_fault(step) || step->kind == RECORD_STEP_HEAL || step->kind == RECORD_STEP_LINK ||
	       step->kind == RECORD_STEP_CABLE || step->kind == RECORD_STEP_ROUTE ||
	       step->kind == RECORD_STEP_CONNTRACK;
}

/* Whether it stands in the connection's way. */
static inline bool takes_segments(const struct record *step)
{
	return is_fault(step) && !is_about_echoes(step);
}

/* Whether the router tracks connections. */
static inline bool tracks_connections(const struct scenario *scenario)
{
	return record_number(&scenario->router, KEY_FILTER) ||
	       record_number(&scenario->router, KEY_MASQUERADE);
}

/* Whether a fault takes some segments on its way and lets others pass. */
bool fault_is_partial(const struct record *fault);

/* Whether a step ends a fault that is in force: a heal, or the reboot of the host that it hides. */
bool step_ends_fault(const struct scenario *scenario, const struct record *step, size_t fault);

void scenario_free(struct scenario *scenario);
void scenarios_free(struct scenarios *scenarios);

#endif

/* The vocabulary of "expect". */
#include "scenario/vocabulary.h"

#include "base/array.h"
#include "base/duration.h"
#include "scenario/items.h"

#define KEY_ROW_FROM(what)                                                                         \
	{                                                                                          \
		.key = KEY_FROM, .name = "from", .type = TYPE_END, .words = end_words,             \
		.required = true, .help = "the end that sent " what, .example = "client"           \
	}

#define KEY_ROW_WHOSE(what)                                                                        \
	{                                                                                          \
		.key = KEY_FROM, .name = "from", .type = TYPE_END, .words = end_words,             \
		.required = true, .help = "the end that sent " what, .example = "client",          \
		.circumstance = true                                                               \
	}

static const struct key_spec probes_keys[] = {
	KEY_ROW_WHOSE("them"),
	{.key = KEY_ANSWERED,
	 .name = "answered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many probes were answered, exactly",
	 .example = "2"},
	{.key = KEY_UNANSWERED,
	 .name = "unanswered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many probes were not answered, exactly",
	 .example = "3"},
	{.key = KEY_FIRST,
	 .name = "first",
	 .type = TYPE_DURATION,
	 .help = "from the last segment that the end received to the first of these probes",
	 .example = "30s"},
	{.key = KEY_INTERVAL,
	 .name = "interval",
	 .type = TYPE_DURATION,
	 .help = "between each two of these probes",
	 .example = "3s"},
};

static const struct key_spec window_probes_keys[] = {
	KEY_ROW_WHOSE("them"),
	{.key = KEY_ANSWERED,
	 .name = "answered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many window probes were answered, exactly",
	 .example = "2"},
	{.key = KEY_UNANSWERED,
	 .name = "unanswered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many window probes were not answered, exactly",
	 .example = "3"},
};

/* Of what is sent again and again: how often, and how far apart. */
#define KEY_ROWS_SERIES(what)                                                                      \
	KEY_ROW_WHOSE(what),                                                                       \
		{.key = KEY_COUNT_,                                                                \
		 .name = "count",                                                                  \
		 .type = TYPE_COUNT,                                                               \
		 .max = INT32_MAX,                                                                 \
		 .required = true,                                                                 \
		 .help = "how many there were, exactly",                                           \
		 .example = "5"},                                                                  \
		{.key = KEY_FIRST,                                                                 \
		 .name = "first",                                                                  \
		 .type = TYPE_DURATION,                                                            \
		 .help = "from the segment to the first time that it was sent again",              \
		 .example = "1s"},                                                                 \
		{.key = KEY_INTERVAL,                                                              \
		 .name = "interval",                                                               \
		 .type = TYPE_DURATION,                                                            \
		 .help = "between each two of them",                                               \
		 .example = "1s"},                                                                 \
		{.key = KEY_DOUBLING,                                                              \
		 .name = "doubling",                                                               \
		 .type = TYPE_SWITCH,                                                              \
		 .words = switch_words,                                                            \
		 .help = "on: each wait is twice the one before, up to the ceiling",               \
		 .example = "on"},                                                                 \
		{.key = KEY_LOSS_PROBE,                                                            \
		 .name = "loss_probe",                                                             \
		 .type = TYPE_SWITCH,                                                              \
		 .words = switch_words,                                                            \
		 .help = "on: the first is a tail loss probe, so that doubling begins behind it",  \
		 .example = "on",                                                                  \
		 .circumstance = true},                                                            \
	{                                                                                          \
		.key = KEY_CEILING, .name = "ceiling", .type = TYPE_DURATION, .min = MILLISECOND,  \
		.max = DAY, .help = "of a wait that doubles", .example = "120s",                   \
		.circumstance = true                                                               \
	}

static const struct key_spec series_keys[] = {
	KEY_ROWS_SERIES("them"),
};

#define KEY_ROWS_WHEN                                                                              \
	{.key = KEY_AFTER,                                                                         \
	 .name = "after",                                                                          \
	 .type = TYPE_WORD,                                                                        \
	 .words = after_words,                                                                     \
	 .help = "the event that the delay is measured from",                                      \
	 .example = "last probe",                                                                  \
	 .circumstance = true},                                                                    \
	{                                                                                          \
		.key = KEY_DELAY, .name = "delay", .type = TYPE_DURATION,                          \
		.help = "how long after that event, before what the timer wheel adds",             \
		.example = "3s"                                                                    \
	}

static const struct key_spec reset_keys[] = {
	KEY_ROW_FROM("the RST"),
	KEY_ROWS_WHEN,
};

static const struct key_spec outcome_keys[] = {
	{.key = KEY_STATE,
	 .name = "state",
	 .type = TYPE_STATE,
	 .words = state_words,
	 .help = "the TCP state in the end",
	 .example = "ESTABLISHED"},
	{.key = KEY_ERROR,
	 .name = "error",
	 .type = TYPE_ERROR,
	 .allowed = "an errno's name such as ETIMEDOUT, ECONNRESET, or none",
	 .help = "the first error that the application was told",
	 .example = "ETIMEDOUT"},
	KEY_ROWS_WHEN,
	{.key = KEY_POLL,
	 .name = "poll",
	 .type = TYPE_WORDS,
	 .check = is_poll_item,
	 .allowed = "nothing, or IN, OUT, PRI, ERR, HUP, RDHUP in this order, joined by |",
	 .help = "what poll() said, in order, without repeats",
	 .example = "[nothing, IN|ERR|HUP|RDHUP]"},
	{.key = KEY_RECV,
	 .name = "recv",
	 .type = TYPE_WORDS,
	 .check = is_recv_item,
	 .allowed = "an errno's name, end of file, or a number of bytes such as 5 bytes",
	 .help = "what recv() returned, in order",
	 .example = "[ETIMEDOUT, end of file]"},
	{.key = KEY_SEND,
	 .name = "send",
	 .type = TYPE_WORDS,
	 .check = is_send_item,
	 .allowed = "an errno's name, or a number of bytes such as 5 bytes",
	 .help = "what send() returned, in order",
	 .example = "[17 bytes, EPIPE]"},
	{.key = KEY_CONNECT,
	 .name = "connect",
	 .type = TYPE_WORDS,
	 .check = is_connect_item,
	 .allowed = "ok, or an errno's name",
	 .help = "what connect() returned, in order; of the client",
	 .example = "ETIMEDOUT"},
	{.key = KEY_SELECT,
	 .name = "select",
	 .type = TYPE_WORDS,
	 .check = is_select_item,
	 .allowed = "nothing, readable, or an errno's name",
	 .help = "what select() said, in order, without repeats",
	 .example = "[nothing, readable]"},
	{.key = KEY_EPOLL,
	 .name = "epoll",
	 .type = TYPE_WORDS,
	 .check = is_poll_item,
	 .allowed = "nothing, or IN, OUT, PRI, ERR, HUP, RDHUP in this order, joined by |",
	 .help = "what epoll_wait() said, in order, without repeats",
	 .example = "[nothing, IN|ERR|HUP|RDHUP]"},
	{.key = KEY_CLOSE,
	 .name = "close",
	 .type = TYPE_WORDS,
	 .check = is_connect_item,
	 .allowed = "ok, or an errno's name",
	 .help = "what close() returned",
	 .example = "ok"},
	{.key = KEY_LASTED,
	 .name = "lasted",
	 .type = TYPE_DURATION,
	 .help = "how long each call lasted that waited in vain: poll(), select() or epoll_wait() "
		 "that said nothing, recv() with EAGAIN, close() that lingered",
	 .example = "1s"},
	{.key = KEY_STATES,
	 .name = "states",
	 .type = TYPE_WORDS,
	 .check = is_state_item,
	 .allowed = "a TCP state's name such as CLOSE-WAIT",
	 .help = "the TCP states over time, in order, without repeats",
	 .example = "[ESTABLISHED, CLOSE-WAIT]"},
};

static const struct key_spec timer_keys[] = {
	{.key = KEY_OF,
	 .name = "of",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end whose socket is meant",
	 .example = "client",
	 .circumstance = true},
	{.key = KEY_GOES,
	 .name = "goes",
	 .type = TYPE_WORDS,
	 .check = is_timer_item,
	 .required = true,
	 .allowed = "off, gone, or on, keepalive, persist, timewait with retransmissions and "
		    "probes such as keepalive 0/1",
	 .help = "the timer column of netstat --timer, in order, without repeats",
	 .example = "[keepalive 0/0, keepalive 0/1, gone]"},
};

static const struct key_spec rule_keys[] = {
	{.key = KEY_PACKETS,
	 .name = "packets",
	 .type = TYPE_COUNT,
	 .max = INT64_MAX,
	 .required = true,
	 .help = "how many packets the rule dropped",
	 .example = "4"},
	{.key = KEY_RULE_STEP,
	 .name = "step",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 1000,
	 .help = "the drop that added the rule, by its place in the timeline; the only one where "
		 "it is not said",
	 .example = "1",
	 .circumstance = true},
};

static const struct key_spec counters_keys[] = {
	{.key = KEY_COUNTERS,
	 .name = "counters",
	 .type = TYPE_COUNTERS,
	 .check = is_counter_name,
	 .required = true,
	 .allowed = "a mapping of names as nstat prints them (TcpExt…, Tcp…, IpExt…, Ip…) to whole "
		    "numbers",
	 .help = "how much each counter of the namespace grew",
	 .example = "{TcpExtTCPKeepAlive: 5, TcpExtTCPAbortOnTimeout: 1}"},
};

#define KEY_ROW_PING                                                                               \
	{                                                                                          \
		.key = KEY_RULE_STEP, .name = "step", .type = TYPE_COUNT, .min = 1, .max = 1000,   \
		.help = "the ping that is meant, by its place in the timeline; all where it is "   \
			"not said",                                                                \
		.example = "1", .circumstance = true                                               \
	}

static const struct key_spec ping_keys[] = {
	{.key = KEY_ANSWERED,
	 .name = "answered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many echoes were answered, exactly",
	 .example = "3"},
	{.key = KEY_UNANSWERED,
	 .name = "unanswered",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many echoes nothing came back for, exactly",
	 .example = "0"},
	{.key = KEY_ERROR,
	 .name = "error",
	 .type = TYPE_ERROR,
	 .allowed = "an errno's name such as EACCES, EHOSTUNREACH, or none",
	 .help = "the first error: an ICMP error's, or the kernel's that did not send",
	 .example = "EACCES"},
	KEY_ROW_PING,
};

static const struct key_spec monitor_keys[] = {
	{.key = KEY_SAYS,
	 .name = "says",
	 .type = TYPE_WORDS,
	 .check = is_host_item,
	 .required = true,
	 .allowed = "answers, silent",
	 .help = "what it said of the host, in order, without repeats",
	 .example = "[answers, silent]"},
	{.key = KEY_AFTER,
	 .name = "after",
	 .type = TYPE_WORD,
	 .words = after_words,
	 .help = "the event from which on the host was silent; when that was said is computed from "
		 "the monitor's interval, timeout and threshold",
	 .example = "fault"},
	{.key = KEY_DELAY,
	 .name = "delay",
	 .type = TYPE_DURATION,
	 .help = "how long after that event instead, if an echo was due at once; up to an interval "
		 "later where not",
	 .example = "5s",
	 .circumstance = true},
};

static const struct word memory_words[] = {{"unchanged", 0}, {NULL, 0}};

static const struct key_spec resources_keys[] = {
	{.key = KEY_DESCRIPTORS,
	 .name = "descriptors",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many more were open behind the last echo than before the first",
	 .example = "0"},
	{.key = KEY_PORTS,
	 .name = "ports",
	 .type = TYPE_COUNT,
	 .max = INT32_MAX,
	 .help = "how many more TCP and UDP sockets of the namespace were in use",
	 .example = "0"},
	{.key = KEY_MEMORY,
	 .name = "memory",
	 .type = TYPE_WORD,
	 .words = memory_words,
	 .help = "that no echo left an allocation; of 100 echoes at least",
	 .example = "unchanged"},
	KEY_ROW_PING,
};

static const struct key_spec conntrack_keys[] = {
	{.key = KEY_TRACKED,
	 .name = "states",
	 .type = TYPE_WORDS,
	 .check = is_conntrack_item,
	 .allowed = "a list of ESTABLISHED, FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, CLOSE, none",
	 .help = "what the router had of the connection since the handshake, in order",
	 .example = "[ESTABLISHED, none]"},
	{.key = KEY_TRACKED_STATE,
	 .name = "state",
	 .type = TYPE_WORD,
	 .words = conntrack_words,
	 .help = "what it had in the end",
	 .example = "none"},
	{.key = KEY_FILTERED,
	 .name = "filtered",
	 .type = TYPE_COUNT,
	 .max = INT64_MAX,
	 .help = "how many packets the router's filter dropped",
	 .example = "4"},
};

static const struct record_spec specs[] = {
	{.kind = RECORD_EXPECT_PROBES,
	 .section = SECTION_EXPECT,
	 .name = "probes",
	 KEYS(probes_keys),
	 .help = "keepalive probes: how many, when, and in the form of RFC 9293 3.8.4",
	 .example = "probes: {from: client, unanswered: 3, first: 30s, interval: 3s}"},
	{.kind = RECORD_EXPECT_WINDOW_PROBES,
	 .section = SECTION_EXPECT,
	 .name = "window_probes",
	 KEYS(window_probes_keys),
	 .help = "what is sent while the peer's window is closed (RFC 9293 3.8.6.1)",
	 .example = "window_probes: {from: client, answered: 2}"},
	{.kind = RECORD_EXPECT_RETRANSMISSIONS,
	 .section = SECTION_EXPECT,
	 .name = "retransmissions",
	 KEYS(series_keys),
	 .help = "data and FIN that are sent again: how often, and how far apart",
	 .example = "retransmissions: {from: client, count: 6, first: 200ms, doubling: on}"},
	{.kind = RECORD_EXPECT_SYNS,
	 .section = SECTION_EXPECT,
	 .name = "syns",
	 KEYS(series_keys),
	 .help = "SYNs, the first one included: how many, and how far apart",
	 .example = "syns: {from: client, count: 3, first: 1s, doubling: on}"},
	{.kind = RECORD_EXPECT_SYN_ACKS,
	 .section = SECTION_EXPECT,
	 .name = "syn_acks",
	 KEYS(series_keys),
	 .help = "SYN-ACKs, the first one included: how many, and how far apart",
	 .example = "syn_acks: {from: server, count: 3, first: 1s, doubling: on}"},
	{.kind = RECORD_EXPECT_RESET,
	 .section = SECTION_EXPECT,
	 .name = "reset",
	 KEYS(reset_keys),
	 .help = "an RST",
	 .example = "reset: {from: client, after: last probe, delay: 3s}"},
	{.kind = RECORD_EXPECT_CLIENT,
	 .section = SECTION_EXPECT,
	 .name = "client",
	 KEYS(outcome_keys),
	 .help = "what became of the client, and what its application was told",
	 .example = "client: {error: ETIMEDOUT, after: last probe, delay: 3s, state: CLOSED}"},
	{.kind = RECORD_EXPECT_SERVER,
	 .section = SECTION_EXPECT,
	 .name = "server",
	 KEYS(outcome_keys),
	 .help = "what became of the server, and what its application was told",
	 .example = "server: {state: ESTABLISHED}"},
	{.kind = RECORD_EXPECT_TIMER,
	 .section = SECTION_EXPECT,
	 .name = "timer",
	 KEYS(timer_keys),
	 .help = "the socket's timer, as netstat --timer and ss -o show it",
	 .example = "timer: {of: client, goes: [keepalive 0/0, keepalive 0/1, gone]}"},
	{.kind = RECORD_EXPECT_RULE,
	 .section = SECTION_EXPECT,
	 .name = "rule",
	 KEYS(rule_keys),
	 .help = "the packet counter of a drop's rule",
	 .example = "rule: {packets: 4}"},
	{.kind = RECORD_EXPECT_COUNTERS,
	 .section = SECTION_EXPECT,
	 .name = "counters",
	 .is_value = true,
	 KEYS(counters_keys),
	 .help = "the namespace's counters, as nstat names them",
	 .example = "counters: {TcpExtTCPKeepAlive: 5}"},
	{.kind = RECORD_EXPECT_PING,
	 .section = SECTION_EXPECT,
	 .name = "ping",
	 KEYS(ping_keys),
	 .help = "what became of the timeline's ICMP echoes",
	 .example = "ping: {answered: 3, unanswered: 0}"},
	{.kind = RECORD_EXPECT_MONITOR,
	 .section = SECTION_EXPECT,
	 .name = "monitor",
	 KEYS(monitor_keys),
	 .help = "what the ICMP echo monitor said of the host",
	 .example = "monitor: {says: [answers, silent], after: fault}"},
	{.kind = RECORD_EXPECT_RESOURCES,
	 .section = SECTION_EXPECT,
	 .name = "resources",
	 KEYS(resources_keys),
	 .help = "what the many echoes of a ping left behind in the process that sent them",
	 .example = "resources: {descriptors: 0, ports: 0, memory: unchanged}"},
	{.kind = RECORD_EXPECT_CONNTRACK,
	 .section = SECTION_EXPECT,
	 .name = "conntrack",
	 KEYS(conntrack_keys),
	 .help = "what the router's connection tracking knew, and what its filter dropped",
	 .example = "conntrack: {states: [ESTABLISHED, none], filtered: 4}"},
	{.kind = RECORD_EXPECT_ALIVE,
	 .section = SECTION_EXPECT,
	 .name = "alive",
	 .is_words = true,
	 .help = "no error was told, and in the end a byte of each end reaches the other one",
	 .example = "alive"},
	{.kind = RECORD_EXPECT_MODEL,
	 .section = SECTION_EXPECT,
	 .name = "model",
	 .is_words = true,
	 .help = "everything that the kernel's rules say is due, in its window, and nothing else",
	 .example = "model"},
	{.kind = RECORD_EXPECT_NOTHING_ELSE,
	 .section = SECTION_EXPECT,
	 .name = "nothing else on the wire",
	 .is_words = true,
	 .help = "no segment but those that the other expectations name, and the handshake",
	 .example = "nothing else on the wire"},
};

const struct record_table expectation_records = {specs, array_length(specs)};

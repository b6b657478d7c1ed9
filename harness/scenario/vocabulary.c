#include "scenario/vocabulary.h"

#include "base/array.h"
#include "base/duration.h"
#include "scenario/items.h"

const struct word switch_words[] = {{"off", 0}, {"on", 1}, {NULL, 0}};

const struct word after_words[] = {
	{"last probe", AFTER_LAST_PROBE},
	{"last answer", AFTER_LAST_ANSWER},
	{"fault", AFTER_FAULT},
	{"established", AFTER_ESTABLISHED},
	{NULL, 0},
};

const struct top_spec top_specs[] = {
	{TOP_SCENARIO, "scenario", true, "what it shows, in one line",
	 "scenario: Idle client, server silenced by a drop rule"},
	{TOP_SOURCE, "source", false, "the document that it plays, and where in it",
	 "source: 002, section 5 (keepalive article)"},
	{TOP_TAGS, "tags", false, "words to choose scenarios by, with --tag", "tags: [quick]"},
	{TOP_VARIANTS, "variants", false,
	 "names of variants, each with the parameters and tags that it sets; $idle stands for one",
	 "variants: {quick: {tags: [quick], idle: 2s}}"},
	{TOP_MATRIX, "matrix", false,
	 "parameters with lists of values, all crossed: a variant for each combination",
	 "matrix: {idle: [1s, 2s], count: [1, 3]}"},
	{TOP_SYSCTL, "sysctl", false,
	 "settings of the network namespace, as numbers in the kernel's unit or as durations",
	 "sysctl: {net.ipv4.tcp_keepalive_time: 30s}"},
	{TOP_SERVER, "server", false, "the end that listens", "server: {listen: 127.0.0.1:12345}"},
	{TOP_CLIENT, "client", false, "the end that connects",
	 "client: {keepalive: on, idle: 1s, interval: 1s, count: 3}"},
	{TOP_TIMELINE, "timeline", false, "steps, each at a time or after an observed event",
	 "timeline: [{at: probe 2 answered, drop: {to: server}}]"},
	{TOP_UNTIL, "until", false,
	 "when the observation ends; otherwise when nothing can happen any more",
	 "until: client error + 1s"},
	{TOP_EXPECT, "expect", true, "what must be seen",
	 "expect: [reset: {from: client}, nothing else on the wire]"},
};

const size_t top_spec_count = array_length(top_specs);

/* Bounds of setsockopt(): do_tcp_setsockopt() and tcp_sock_set_keepidle_locked(), net/ipv4/tcp.c.
 */
#define END_OPTIONS                                                                                \
	{.key = KEY_KEEPALIVE,                                                                     \
	 .name = "keepalive",                                                                      \
	 .type = TYPE_SWITCH,                                                                      \
	 .words = switch_words,                                                                    \
	 .help = "SO_KEEPALIVE; off where it is not said",                                         \
	 .example = "on"},                                                                         \
		{.key = KEY_IDLE,                                                                  \
		 .name = "idle",                                                                   \
		 .type = TYPE_SECONDS,                                                             \
		 .min = SECOND,                                                                    \
		 .max = 32767 * SECOND,                                                            \
		 .help = "TCP_KEEPIDLE: how long nothing was received before the first probe",     \
		 .example = "30s"},                                                                \
		{.key = KEY_INTERVAL,                                                              \
		 .name = "interval",                                                               \
		 .type = TYPE_SECONDS,                                                             \
		 .min = SECOND,                                                                    \
		 .max = 32767 * SECOND,                                                            \
		 .help = "TCP_KEEPINTVL: between unanswered probes",                               \
		 .example = "3s"},                                                                 \
		{.key = KEY_COUNT_,                                                                \
		 .name = "count",                                                                  \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = 127,                                                                       \
		 .help = "TCP_KEEPCNT: unanswered probes before the connection is given up",       \
		 .example = "3"},                                                                  \
	{                                                                                          \
		.key = KEY_USER_TIMEOUT, .name = "user_timeout", .type = TYPE_MILLISECONDS,        \
		.min = 0, .max = INT32_MAX * MILLISECOND,                                          \
		.help = "TCP_USER_TIMEOUT: how long anything may stay unanswered; 0 is not set",   \
		.example = "5s"                                                                    \
	}

static const struct key_spec client_keys[] = {
	{.key = KEY_BIND,
	 .name = "bind",
	 .type = TYPE_ADDRESS,
	 .help = "the address that the client binds before it connects",
	 .example = "127.0.0.1:22345"},
	END_OPTIONS,
};

static const struct key_spec server_keys[] = {
	{.key = KEY_LISTEN,
	 .name = "listen",
	 .type = TYPE_ADDRESS,
	 .required = true,
	 .help = "the address that the server listens on",
	 .example = "127.0.0.1:12345"},
	END_OPTIONS,
};

const struct key_spec step_keys[] = {
	{.key = KEY_AT,
	 .name = "at",
	 .type = TYPE_MOMENT,
	 .required = true,
	 .help = "when: a time since connect(), or an observed event and a delay",
	 .example = "probe 2 answered + 1s"},
};

const size_t step_key_count = array_length(step_keys);

static const struct key_spec drop_keys[] = {
	{.key = KEY_TO,
	 .name = "to",
	 .type = TYPE_END,
	 .words = end_words,
	 .help = "only what goes to this end; both directions where it is not said",
	 .example = "server"},
};

static const struct key_spec heal_keys[] = {
	{.key = KEY_STEP,
	 .name = "step",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 1000,
	 .help = "the drop to take away, by its place in the timeline; all where it is not said",
	 .example = "1"},
};

#define KEY_ROW_FROM(what)                                                                         \
	{                                                                                          \
		.key = KEY_FROM, .name = "from", .type = TYPE_END, .words = end_words,             \
		.required = true, .help = "the end that sent " what, .example = "client"           \
	}

static const struct key_spec probes_keys[] = {
	KEY_ROW_FROM("them"),
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

#define KEY_ROWS_WHEN                                                                              \
	{.key = KEY_AFTER,                                                                         \
	 .name = "after",                                                                          \
	 .type = TYPE_WORD,                                                                        \
	 .words = after_words,                                                                     \
	 .help = "the event that the delay is measured from",                                      \
	 .example = "last probe"},                                                                 \
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
};

static const struct key_spec timer_keys[] = {
	{.key = KEY_OF,
	 .name = "of",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end whose socket is meant",
	 .example = "client"},
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
	 .example = "1"},
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

#define KEYS(table) .keys = (table), .key_count = array_length(table)

const struct record_spec record_specs[] = {
	{.kind = RECORD_CLIENT,
	 .section = SECTION_END,
	 .name = "client",
	 KEYS(client_keys),
	 .help = "the end that connects, and its socket options",
	 .example = "client: {bind: 127.0.0.1:22345, keepalive: on, idle: 30s}"},
	{.kind = RECORD_SERVER,
	 .section = SECTION_END,
	 .name = "server",
	 KEYS(server_keys),
	 .help = "the end that listens, and the options of the accepted socket",
	 .example = "server: {listen: 127.0.0.1:12345}"},
	{.kind = RECORD_STEP_DROP,
	 .section = SECTION_STEP,
	 .name = "drop",
	 KEYS(drop_keys),
	 .help = "a firewall rule loses the connection's packets silently",
	 .example = "{at: probe 2 answered, drop: {to: server}}"},
	{.kind = RECORD_STEP_HEAL,
	 .section = SECTION_STEP,
	 .name = "heal",
	 KEYS(heal_keys),
	 .help = "takes a drop away",
	 .example = "{at: step 1 + 2s, heal: {step: 1}}"},
	{.kind = RECORD_EXPECT_PROBES,
	 .section = SECTION_EXPECT,
	 .name = "probes",
	 KEYS(probes_keys),
	 .help = "keepalive probes: how many, when, and in the form of RFC 9293 3.8.4",
	 .example = "probes: {from: client, unanswered: 3, first: 30s, interval: 3s}"},
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

const size_t record_spec_count = array_length(record_specs);

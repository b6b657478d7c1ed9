/* The vocabulary of "timeline". */
#include "scenario/vocabulary.h"

#include "base/array.h"
#include "base/duration.h"

const struct key_spec step_keys[] = {
	{.key = KEY_AT,
	 .name = "at",
	 .type = TYPE_MOMENT,
	 .required = true,
	 .help = "when: a time since connect(), or an observed event and a delay",
	 .example = "probe 2 answered + 1s"},
};

const size_t step_key_count = array_length(step_keys);

static const struct word kind_words[] = {
	{"any", FAULT_ANY}, {"data", FAULT_DATA},	{"ACK", FAULT_ACK},
	{"SYN", FAULT_SYN}, {"SYN-ACK", FAULT_SYN_ACK}, {"FIN", FAULT_FIN},
	{"RST", FAULT_RST}, {"echo", FAULT_ECHO},	{NULL, 0},
};

static const struct word hook_words[] = {
	{"input", HOOK_INPUT},
	{"output", HOOK_OUTPUT},
	{"forward", HOOK_FORWARD},
	{NULL, 0},
};

static const struct word link_words[] = {{"down", LINK_DOWN}, {"up", LINK_UP}, {NULL, 0}};

static const struct word cable_words[] = {
	{"unplugged", LINK_DOWN},
	{"plugged", LINK_UP},
	{NULL, 0},
};

static const struct word route_words[] = {
	{"removed", LINK_DOWN},
	{"restored", LINK_UP},
	{NULL, 0},
};

static const struct word flush_words[] = {{"flush", 1}, {NULL, 0}};

static const struct word answer_words[] = {
	{"reset", ANSWER_RESET},
	{"port unreachable", ANSWER_PORT_UNREACHABLE},
	{"host unreachable", ANSWER_HOST_UNREACHABLE},
	{"net unreachable", ANSWER_NET_UNREACHABLE},
	{"admin prohibited", ANSWER_ADMIN_PROHIBITED},
	{NULL, 0},
};

#define FAULT_KEYS                                                                                 \
	{.key = KEY_TO,                                                                            \
	 .name = "to",                                                                             \
	 .type = TYPE_END,                                                                         \
	 .words = end_words,                                                                       \
	 .help = "only what goes to this end; both directions where it is not said",               \
	 .example = "server"},                                                                     \
		{.key = KEY_KIND,                                                                  \
		 .name = "kind",                                                                   \
		 .type = TYPE_WORD,                                                                \
		 .words = kind_words,                                                              \
		 .help = "only such segments; ACK is a pure one, also a probe and its answer; "    \
			 "echo is no "                                                             \
			 "segment: ICMP echoes and their answers",                                 \
		 .example = "data"},                                                               \
		{.key = KEY_FIRST_ONES,                                                            \
		 .name = "first",                                                                  \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = 10000,                                                                     \
		 .help = "only so many of them, the first ones",                                   \
		 .example = "1"},                                                                  \
		{.key = KEY_EVERY,                                                                 \
		 .name = "every",                                                                  \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = 10000,                                                                     \
		 .help = "only each so-manieth of them",                                           \
		 .example = "2"},                                                                  \
		{.key = KEY_PROBABILITY,                                                           \
		 .name = "probability",                                                            \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = 100,                                                                       \
		 .help = "only so many per cent of them, the same ones for the same seed",         \
		 .example = "75"},                                                                 \
	{                                                                                          \
		.key = KEY_SEED, .name = "seed", .type = TYPE_COUNT, .max = INT64_MAX,             \
		.help = "of the probability; 0 where it is not said", .example = "7"               \
	}

static const struct key_spec drop_keys[] = {
	FAULT_KEYS,
	{.key = KEY_HOOK,
	 .name = "hook",
	 .type = TYPE_WORD,
	 .words = hook_words,
	 .help = "input: at the receiver; output: before it is on the wire, so that its sender "
		 "knows; forward: in the router",
	 .example = "output"},
};

static const struct key_spec reject_keys[] = {
	FAULT_KEYS,
	{.key = KEY_WITH,
	 .name = "with",
	 .type = TYPE_WORD,
	 .words = answer_words,
	 .required = true,
	 .help = "what the sender gets: a TCP reset, or an ICMP error",
	 .example = "host unreachable"},
	{.key = KEY_HOOK,
	 .name = "hook",
	 .type = TYPE_WORD,
	 .words = hook_words,
	 .help = "input: the receiver answers; forward: the router does",
	 .example = "forward"},
};

static const struct key_spec delay_keys[] = {
	{.key = KEY_TO,
	 .name = "to",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "what goes to this end",
	 .example = "server"},
	{.key = KEY_BY,
	 .name = "by",
	 .type = TYPE_DURATION,
	 .min = MILLISECOND,
	 .max = 3600 * SECOND,
	 .required = true,
	 .help = "how long each segment is kept on its way",
	 .example = "3s"},
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

#define KEY_ROW_OF_END(what)                                                                       \
	{                                                                                          \
		.key = KEY_END, .name = "end", .type = TYPE_END, .words = end_words,               \
		.required = true, .help = "the end whose application " what, .example = "server"   \
	}

static const struct key_spec send_keys[] = {
	{.key = KEY_FROM,
	 .name = "from",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end whose application calls send()",
	 .example = "client"},
	{.key = KEY_BYTES,
	 .name = "bytes",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 16 * 1024 * 1024,
	 .required = true,
	 .help = "how many; those that the send buffer does not take are not sent",
	 .example = "17"},
};

static const struct key_spec stop_reading_keys[] = {KEY_ROW_OF_END("calls recv() no more")};
static const struct key_spec receive_keys[] = {KEY_ROW_OF_END("reads all there is, and goes on")};

static const struct word direction_words[] = {
	{"send", DIRECTION_SEND},
	{"receive", DIRECTION_RECEIVE},
	{"both", DIRECTION_BOTH},
	{NULL, 0},
};

static const struct key_spec shutdown_keys[] = {
	KEY_ROW_OF_END("calls shutdown()"),
	{.key = KEY_HOW,
	 .name = "how",
	 .type = TYPE_WORD,
	 .words = direction_words,
	 .help = "send, or not said: SHUT_WR; receive: SHUT_RD, of which the peer learns nothing; "
		 "both: SHUT_RDWR",
	 .example = "receive"},
};

static const struct key_spec vanish_keys[] = {KEY_ROW_OF_END("loses its socket")};
static const struct key_spec reboot_keys[] = {KEY_ROW_OF_END("loses its socket")};
static const struct key_spec kill_keys[] = {KEY_ROW_OF_END("is killed")};
static const struct key_spec destroy_keys[] = {KEY_ROW_OF_END("loses its socket")};

/* What becomes of something that belongs to an end. */
#define PATH_KEYS(whose, states, state_help, state_example)                                        \
	{.key = KEY_END,                                                                           \
	 .name = "end",                                                                            \
	 .type = TYPE_END,                                                                         \
	 .words = end_words,                                                                       \
	 .required = true,                                                                         \
	 .help = whose,                                                                            \
	 .example = "client"},                                                                     \
	{                                                                                          \
		.key = KEY_LINK, .name = "state", .type = TYPE_WORD, .words = states,              \
		.required = true, .help = state_help, .example = state_example                     \
	}

static const struct key_spec link_keys[] = {
	PATH_KEYS("the end whose own link it is", link_words,
		  "down takes the routes away too; up puts them back", "down"),
};

static const struct key_spec cable_keys[] = {
	PATH_KEYS("the end whose cable it is", cable_words,
		  "unplugged, the link has no carrier; addresses and routes stay", "unplugged"),
};

static const struct key_spec route_keys[] = {
	PATH_KEYS("the end that has the route to the other one", route_words,
		  "removed, what it sends fails with ENETUNREACH", "removed"),
};

static const struct key_spec conntrack_keys[] = {
	{.key = KEY_CONNTRACK,
	 .name = "conntrack",
	 .type = TYPE_WORD,
	 .words = flush_words,
	 .required = true,
	 .help = "forgets every connection that it knows",
	 .example = "flush"},
};

static const struct key_spec close_keys[] = {
	KEY_ROW_OF_END("calls close()"),
	{.key = KEY_LINGER,
	 .name = "linger",
	 .type = TYPE_SECONDS,
	 .max = 3600 * SECOND,
	 .help = "SO_LINGER: 0s resets the connection; longer, and close() waits so long for the "
		 "acknowledgement of all that was sent",
	 .example = "2s"},
};

static const struct key_spec sysctl_keys[] = {
	{.key = KEY_SYSCTLS,
	 .name = "sysctl",
	 .type = TYPE_SYSCTLS,
	 .required = true,
	 .allowed = "a mapping as that of the file's \"sysctl\"",
	 .help = "the settings that change",
	 .example = "{net.ipv4.tcp_keepalive_time: 8s}"},
};

static const struct key_spec ping_keys[] = {
	{.key = KEY_FROM,
	 .name = "from",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end that pings the other one's host",
	 .example = "client"},
	{.key = KEY_COUNT_,
	 .name = "count",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 100000,
	 .help = "how many echoes; 1 where it is not said",
	 .example = "300"},
	{.key = KEY_INTERVAL,
	 .name = "interval",
	 .type = TYPE_DURATION,
	 .min = MILLISECOND,
	 .max = DAY,
	 .help = "from what became of one echo to the next one; 1s where it is not said",
	 .example = "10ms"},
	KEY_ROW_TIMEOUT,
	{.key = KEY_DISPOSE,
	 .name = "dispose",
	 .type = TYPE_SWITCH,
	 .words = switch_words,
	 .help = "off: each echo's socket stays open, as in a program that forgets it",
	 .example = "off"},
};

static const struct record_spec specs[] = {
	{.kind = RECORD_STEP_DROP,
	 .section = SECTION_STEP,
	 .name = "drop",
	 KEYS(drop_keys),
	 .help = "a firewall rule loses the connection's packets silently",
	 .example = "{at: probe 2 answered, drop: {to: server}}"},
	{.kind = RECORD_STEP_REJECT,
	 .section = SECTION_STEP,
	 .name = "reject",
	 KEYS(reject_keys),
	 .help = "a firewall rule answers the connection's packets and lets none through",
	 .example = "{at: before connect, reject: {to: server, with: reset}}"},
	{.kind = RECORD_STEP_DELAY,
	 .section = SECTION_STEP,
	 .name = "delay",
	 KEYS(delay_keys),
	 .help = "the router keeps the connection's segments for a while and loses none (routed)",
	 .example = "{at: established, delay: {to: server, by: 3s}}"},
	{.kind = RECORD_STEP_HEAL,
	 .section = SECTION_STEP,
	 .name = "heal",
	 KEYS(heal_keys),
	 .help = "takes a drop away",
	 .example = "{at: step 1 + 2s, heal: {step: 1}}"},
	{.kind = RECORD_STEP_VANISH,
	 .section = SECTION_STEP,
	 .name = "vanish",
	 KEYS(vanish_keys),
	 .help = "the end's state is gone without a segment, as after a power cut; its host "
		 "answers",
	 .example = "{at: established + 1s, vanish: {end: server}}"},
	{.kind = RECORD_STEP_REBOOT,
	 .section = SECTION_STEP,
	 .name = "reboot",
	 KEYS(reboot_keys),
	 .help = "the end's host is back after a power cut: as vanish, and every fault on what "
		 "goes "
		 "to it is over",
	 .example = "{at: established + 3s, reboot: {end: server}}"},
	{.kind = RECORD_STEP_KILL,
	 .section = SECTION_STEP,
	 .name = "kill",
	 KEYS(kill_keys),
	 .help = "the process that holds the end's socket gets SIGKILL",
	 .example = "{at: established + 1s, kill: {end: server}}"},
	{.kind = RECORD_STEP_DESTROY,
	 .section = SECTION_STEP,
	 .name = "destroy",
	 KEYS(destroy_keys),
	 .help = "the end's socket is destroyed by somebody else, as ss -K does (SOCK_DESTROY)",
	 .example = "{at: established + 1s, destroy: {end: server}}"},
	{.kind = RECORD_STEP_SEND,
	 .section = SECTION_STEP,
	 .name = "send",
	 KEYS(send_keys),
	 .help = "an application sends data, without waiting",
	 .example = "{at: established + 1s, send: {from: client, bytes: 17}}"},
	{.kind = RECORD_STEP_STOP_READING,
	 .section = SECTION_STEP,
	 .name = "stop_reading",
	 KEYS(stop_reading_keys),
	 .help = "an application reads no more, so that its window closes in the end",
	 .example = "{at: established, stop_reading: {end: server}}"},
	{.kind = RECORD_STEP_RECEIVE,
	 .section = SECTION_STEP,
	 .name = "receive",
	 KEYS(receive_keys),
	 .help = "an application that had stopped reads again",
	 .example = "{at: established + 5s, receive: {end: server}}"},
	{.kind = RECORD_STEP_SHUTDOWN,
	 .section = SECTION_STEP,
	 .name = "shutdown",
	 KEYS(shutdown_keys),
	 .help = "an application ends one direction; of sending, FIN, and it can still receive",
	 .example = "{at: established + 1s, shutdown: {end: client}}"},
	{.kind = RECORD_STEP_CLOSE,
	 .section = SECTION_STEP,
	 .name = "close",
	 KEYS(close_keys),
	 .help = "an application closes its socket, which may live on as an orphan",
	 .example = "{at: established + 1s, close: {end: client}}"},
	{.kind = RECORD_STEP_CONNECT,
	 .section = SECTION_STEP,
	 .name = "connect",
	 .help = "the client connects again, with a new socket and another port, once the first is "
		 "closed or was told an error; of it what connect() returns is judged, no segment",
	 .example = "{at: client error + 100ms, connect}"},
	{.kind = RECORD_STEP_SET,
	 .section = SECTION_STEP,
	 .name = "set",
	 .keys = set_keys,
	 .key_count = SET_KEY_COUNT,
	 .help = "an application sets socket options of its connection",
	 .example = "{at: established + 1s, set: {end: client, idle: 3s}}"},
	{.kind = RECORD_STEP_SYSCTL,
	 .section = SECTION_STEP,
	 .name = "sysctl",
	 .is_value = true,
	 KEYS(sysctl_keys),
	 .help = "settings of the network namespace change while the connection lives",
	 .example = "{at: established + 1s, sysctl: {net.ipv4.tcp_keepalive_time: 3s}}"},
	{.kind = RECORD_STEP_PING,
	 .section = SECTION_STEP,
	 .name = "ping",
	 KEYS(ping_keys),
	 .help = "ICMP echoes to the other end's host, one after the other, each with a socket of "
		 "its own and without privilege",
	 .example = "{at: established + 1s, ping: {from: client}}"},
	{.kind = RECORD_STEP_LINK,
	 .section = SECTION_STEP,
	 .name = "link",
	 KEYS(link_keys),
	 .help = "an end's link is set down or up, as its administrator would",
	 .example = "{at: established + 1s, link: {end: client, state: down}}"},
	{.kind = RECORD_STEP_CABLE,
	 .section = SECTION_STEP,
	 .name = "cable",
	 KEYS(cable_keys),
	 .help = "an end's cable is unplugged or plugged in again (pair, routed)",
	 .example = "{at: established + 1s, cable: {end: server, state: unplugged}}"},
	{.kind = RECORD_STEP_ROUTE,
	 .section = SECTION_STEP,
	 .name = "route",
	 KEYS(route_keys),
	 .help = "an end's route to the other end goes or comes back (pair, routed)",
	 .example = "{at: established + 1s, route: {end: client, state: removed}}"},
	{.kind = RECORD_STEP_CONNTRACK,
	 .section = SECTION_STEP,
	 .name = "conntrack",
	 .is_value = true,
	 KEYS(conntrack_keys),
	 .help = "the router's connection tracking, as conntrack(8) would",
	 .example = "{at: established + 1s, conntrack: flush}"},
};

const struct record_table step_records = {specs, array_length(specs)};

/* The vocabulary of "client" and "server": socket options. */
#include "scenario/vocabulary.h"

#include "base/array.h"
#include "base/duration.h"
#include "scenario/parameters.h"

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

/* Those that have nothing to do with keepalive. */
#define OTHER_OPTIONS                                                                              \
	{.key = KEY_SYN_COUNT,                                                                     \
	 .name = "syn_count",                                                                      \
	 .type = TYPE_COUNT,                                                                       \
	 .min = 1,                                                                                 \
	 .max = 127,                                                                               \
	 .help = "TCP_SYNCNT: how often a SYN is sent again; of the server: a SYN-ACK",            \
	 .example = "2"},                                                                          \
		{.key = KEY_LINGER2,                                                               \
		 .name = "linger2",                                                                \
		 .type = TYPE_SECONDS,                                                             \
		 .max = 120 * SECOND,                                                              \
		 .help = "TCP_LINGER2: how long a closed socket stays in FIN-WAIT-2; 0 is not "    \
			 "set",                                                                    \
		 .example = "3s"},                                                                 \
		{.key = KEY_SEND_BUFFER,                                                           \
		 .name = "send_buffer",                                                            \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = INT32_MAX / 2,                                                             \
		 .help = "SO_SNDBUF in bytes, which the kernel doubles",                           \
		 .example = "65536"},                                                              \
		{.key = KEY_RECEIVE_BUFFER,                                                        \
		 .name = "receive_buffer",                                                         \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = INT32_MAX / 2,                                                             \
		 .help = "SO_RCVBUF in bytes, which the kernel doubles",                           \
		 .example = "1024"},                                                               \
		{.key = KEY_CONGESTION,                                                            \
		 .name = "congestion",                                                             \
		 .type = TYPE_TEXT,                                                                \
		 .check = is_id_word,                                                              \
		 .allowed = "the name of an algorithm that this kernel has, such as reno",         \
		 .help = "TCP_CONGESTION; reno where nothing is said",                             \
		 .example = "reno"},                                                               \
		{.key = KEY_THIN_LINEAR_TIMEOUTS,                                                  \
		 .name = "thin_linear_timeouts",                                                   \
		 .type = TYPE_SWITCH,                                                              \
		 .words = switch_words,                                                            \
		 .help = "TCP_THIN_LINEAR_TIMEOUTS: no doubling for the first retransmissions",    \
		 .example = "on"},                                                                 \
	{                                                                                          \
		.key = KEY_RTO_MAX, .name = "rto_max", .type = TYPE_MILLISECONDS, .min = SECOND,   \
		.max = 120 * SECOND,                                                               \
		.help = "TCP_RTO_MAX_MS: the ceiling of the retransmission time-out (Linux 6.15)", \
		.example = "1s"                                                                    \
	}

static const struct word observer_words[] = {
	{"loop", OBSERVE_LOOP},	      {"recv", OBSERVE_RECV},
	{"poll", OBSERVE_POLL},	      {"select", OBSERVE_SELECT},
	{"epoll", OBSERVE_EPOLL},     {"heartbeat", OBSERVE_HEARTBEAT},
	{"nothing", OBSERVE_NOTHING}, {NULL, 0},
};

/* What its application does, which no set step can change. */
#define APPLICATION_KEYS                                                                           \
	{.key = KEY_OBSERVE,                                                                       \
	 .name = "observe",                                                                        \
	 .type = TYPE_WORD,                                                                        \
	 .words = observer_words,                                                                  \
	 .help = "how its application looks: loop, or not said: poll() and recv() whenever "       \
		 "anything happened; recv, poll, select, epoll: that call, blocking, in a "        \
		 "process of its own; heartbeat: it only writes; nothing: it never looks",         \
	 .example = "recv"},                                                                       \
		{.key = KEY_WAIT,                                                                  \
		 .name = "wait",                                                                   \
		 .type = TYPE_DURATION,                                                            \
		 .help = "the time-out that poll(), select() or epoll_wait() gets; none where it " \
			 "is not said",                                                            \
		 .example = "1s"},                                                                 \
		{.key = KEY_EVERY,                                                                 \
		 .name = "every",                                                                  \
		 .type = TYPE_DURATION,                                                            \
		 .min = MILLISECOND,                                                               \
		 .max = DAY,                                                                       \
		 .help = "between two heartbeats; or how long it does not look between two calls", \
		 .example = "10s"},                                                                \
		{.key = KEY_BYTES,                                                                 \
		 .name = "bytes",                                                                  \
		 .type = TYPE_COUNT,                                                               \
		 .min = 1,                                                                         \
		 .max = 65536,                                                                     \
		 .help = "how many each heartbeat has; 1 where it is not said",                    \
		 .example = "17"},                                                                 \
		{.key = KEY_READING,                                                               \
		 .name = "reading",                                                                \
		 .type = TYPE_SWITCH,                                                              \
		 .words = switch_words,                                                            \
		 .help = "off: it only looks, and never calls recv()",                             \
		 .example = "off"},                                                                \
	{                                                                                          \
		.key = KEY_RECEIVE_TIMEOUT, .name = "receive_timeout", .type = TYPE_MILLISECONDS,  \
		.min = MILLISECOND, .max = DAY,                                                    \
		.help = "SO_RCVTIMEO: how long a blocking recv() waits before EAGAIN",             \
		.example = "2s"                                                                    \
	}

#define NAMESPACE_OPTION                                                                           \
	{                                                                                          \
		.key = KEY_SYSCTLS, .name = "sysctl", .type = TYPE_SYSCTLS,                        \
		.allowed = "a mapping as that of the file's \"sysctl\"",                           \
		.help = "settings of this end's namespace alone (pair, routed)",                   \
		.example = "{net.ipv4.tcp_keepalive_time: 8s}"                                     \
	}

static const struct key_spec client_keys[] = {
	{.key = KEY_BIND,
	 .name = "bind",
	 .type = TYPE_ADDRESS,
	 .help = "the address, or only the port, that the client binds before it connects",
	 .example = "22345"},
	END_OPTIONS,
	OTHER_OPTIONS,
	APPLICATION_KEYS,
	NAMESPACE_OPTION,
	{.key = KEY_FASTOPEN_CONNECT,
	 .name = "fastopen_connect",
	 .type = TYPE_SWITCH,
	 .words = switch_words,
	 .help = "TCP_FASTOPEN_CONNECT: the SYN asks for a cookie, or carries the first data",
	 .example = "on"},
};

static const struct key_spec server_keys[] = {
	{.key = KEY_LISTEN,
	 .name = "listen",
	 .type = TYPE_ADDRESS,
	 .help = "the address, or only the port, that the server listens on; 12345 where it is not "
		 "said",
	 .example = "12345"},
	END_OPTIONS,
	OTHER_OPTIONS,
	APPLICATION_KEYS,
	NAMESPACE_OPTION,
	{.key = KEY_DEFER_ACCEPT,
	 .name = "defer_accept",
	 .type = TYPE_SECONDS,
	 .min = SECOND,
	 .max = 32767 * SECOND,
	 .help = "TCP_DEFER_ACCEPT: accept only when data has come, or after this time",
	 .example = "3s"},
	{.key = KEY_INHERIT,
	 .name = "inherit",
	 .type = TYPE_SWITCH,
	 .words = switch_words,
	 .help = "on, or not said: options are set on the listener, and accept() passes them on; "
		 "off: they are set on the accepted socket",
	 .example = "off"},
};

/* What a router does besides forwarding. */
static const struct key_spec router_keys[] = {
	{.key = KEY_FILTER,
	 .name = "filter",
	 .type = TYPE_SWITCH,
	 .words = switch_words,
	 .help = "a stateful firewall: what belongs to no connection that it knows passes only as "
		 "a SYN",
	 .example = "on"},
	{.key = KEY_MASQUERADE,
	 .name = "masquerade",
	 .type = TYPE_SWITCH,
	 .words = switch_words,
	 .help = "NAT: the server sees the router's address instead of the client's",
	 .example = "on"},
};

const struct key_spec set_keys[SET_KEY_COUNT] = {
	{.key = KEY_END,
	 .name = "end",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end whose application calls setsockopt()",
	 .example = "client"},
	END_OPTIONS,
	OTHER_OPTIONS,
};

static const struct key_spec monitor_keys[] = {
	{.key = KEY_FROM,
	 .name = "from",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end that pings the other one's host",
	 .example = "client"},
	{.key = KEY_INTERVAL,
	 .name = "interval",
	 .type = TYPE_DURATION,
	 .min = MILLISECOND,
	 .max = DAY,
	 .required = true,
	 .help = "from what became of one echo to the next one",
	 .example = "30s"},
	KEY_ROW_TIMEOUT,
	{.key = KEY_THRESHOLD,
	 .name = "threshold",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 1000,
	 .required = true,
	 .help = "echoes in a row without an answer before it says that the host is silent",
	 .example = "3"},
};

static const struct record_spec specs[] = {
	{.kind = RECORD_CLIENT,
	 .section = SECTION_END,
	 .name = "client",
	 KEYS(client_keys),
	 .help = "the end that connects, and its socket options",
	 .example = "client: {bind: 22345, keepalive: on, idle: 30s}"},
	{.kind = RECORD_SERVER,
	 .section = SECTION_END,
	 .name = "server",
	 KEYS(server_keys),
	 .help = "the end that listens, and the options of the accepted socket",
	 .example = "server: {listen: 12345}"},
	{.kind = RECORD_MONITOR,
	 .section = SECTION_END,
	 .name = "monitor",
	 KEYS(monitor_keys),
	 .help = "an ICMP echo monitor beside the connection, from connect() on",
	 .example = "monitor: {from: client, interval: 1s, threshold: 3}"},
	{.kind = RECORD_ROUTER,
	 .section = SECTION_END,
	 .name = "router",
	 KEYS(router_keys),
	 .help = "what lies between the ends of a routed topology; it tracks connections where it "
		 "filters or masquerades",
	 .example = "router: {filter: on, masquerade: on}"},
};

const struct record_table end_records = {specs, array_length(specs)};

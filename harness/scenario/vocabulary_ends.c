/* The vocabulary of "client" and "server": socket options. */
#include "scenario/vocabulary.h"

#include "base/array.h"
#include "base/duration.h"

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

static const struct record_spec specs[] = {
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
};

const struct record_table end_records = {specs, array_length(specs)};

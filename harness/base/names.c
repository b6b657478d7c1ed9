#define _GNU_SOURCE
#include "base/names.h"

#include <string.h>

const struct word end_words[] = {
	{"client", END_CLIENT},
	{"server", END_SERVER},
	{NULL, 0},
};

const struct word state_words[] = {
	{"ESTABLISHED", STATE_ESTABLISHED},
	{"SYN-SENT", STATE_SYN_SENT},
	{"SYN-RECEIVED", STATE_SYN_RECV},
	{"FIN-WAIT-1", STATE_FIN_WAIT_1},
	{"FIN-WAIT-2", STATE_FIN_WAIT_2},
	{"TIME-WAIT", STATE_TIME_WAIT},
	{"CLOSED", STATE_CLOSED},
	{"CLOSE-WAIT", STATE_CLOSE_WAIT},
	{"LAST-ACK", STATE_LAST_ACK},
	{"LISTEN", STATE_LISTEN},
	{"CLOSING", STATE_CLOSING},
	{"NEW-SYN-RECEIVED", STATE_NEW_SYN_RECV},
	{NULL, 0},
};

const struct word timer_words[] = {
	{"off", TIMER_OFF},
	{"on", TIMER_ON},
	{"keepalive", TIMER_KEEPALIVE},
	{"timewait", TIMER_TIMEWAIT},
	{"persist", TIMER_PERSIST},
	{"gone", TIMER_GONE},
	{NULL, 0},
};

const struct word topology_words[] = {
	{"loopback", TOPOLOGY_LOOPBACK},
	{"pair", TOPOLOGY_PAIR},
	{"routed", TOPOLOGY_ROUTED},
	{NULL, 0},
};

const struct word conntrack_words[] = {
	{"none", CONNTRACK_NONE},
	{"SYN_SENT", CONNTRACK_SYN_SENT},
	{"SYN_RECV", CONNTRACK_SYN_RECV},
	{"ESTABLISHED", CONNTRACK_ESTABLISHED},
	{"FIN_WAIT", CONNTRACK_FIN_WAIT},
	{"CLOSE_WAIT", CONNTRACK_CLOSE_WAIT},
	{"LAST_ACK", CONNTRACK_LAST_ACK},
	{"TIME_WAIT", CONNTRACK_TIME_WAIT},
	{"CLOSE", CONNTRACK_CLOSE},
	{"SYN_SENT2", CONNTRACK_SYN_SENT2},
	{NULL, 0},
};

/* The largest errno of any Linux architecture is below this. */
#define ERRNO_LIMIT 256

int errno_value(const char *name)
{
	for (int error = 1; error < ERRNO_LIMIT; error++) {
		const char *known = strerrorname_np(error);

		if (known && strcmp(known, name) == 0)
			return error;
	}
	return 0;
}

const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "?";
}

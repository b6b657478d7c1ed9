#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/array.h"
#include "base/duration.h"
#include "play/player.h"

/* Since Linux 6.15; the headers of Debian 12 do not have it. */
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif

/* How a key becomes a socket option. */
static const struct option {
	enum key key;
	int level, option;
	const char *name;
	int64_t unit; /* the value is divided by it */
} options[] = {
	{KEY_IDLE, IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE", SECOND},
	{KEY_INTERVAL, IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL", SECOND},
	{KEY_COUNT_, IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT", 1},
	{KEY_USER_TIMEOUT, IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT", MILLISECOND},
	{KEY_SYN_COUNT, IPPROTO_TCP, TCP_SYNCNT, "TCP_SYNCNT", 1},
	{KEY_DEFER_ACCEPT, IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT", SECOND},
	{KEY_LINGER2, IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2", SECOND},
	{KEY_THIN_LINEAR_TIMEOUTS, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS,
	 "TCP_THIN_LINEAR_TIMEOUTS", 1},
	{KEY_RTO_MAX, IPPROTO_TCP, TCP_RTO_MAX_MS, "TCP_RTO_MAX_MS", MILLISECOND},
	{KEY_FASTOPEN_CONNECT, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, "TCP_FASTOPEN_CONNECT", 1},
	{KEY_SEND_BUFFER, SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", 1},
	{KEY_RECEIVE_BUFFER, SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", 1},
	{KEY_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", 1},
};

/* A kernel that does not know an option cannot play the scenario. */
static int refused(struct player *player, const struct value *value, const char *name)
{
	return player_unable(player, errno == ENOPROTOOPT ? UNABLE_FEATURE : UNABLE_RUN,
			     value->at.line, errno, "setsockopt(%s, %s): %s", name, value->text,
			     strerrorname_np(errno));
}

int options_set(struct player *player, const struct record *record, int fd)
{
	const struct value *congestion = &record->value[KEY_CONGESTION];
	const struct value *receive = &record->value[KEY_RECEIVE_TIMEOUT];
	const struct timeval receive_timeout = {receive->number / SECOND,
						receive->number % SECOND / MICROSECOND};

	for (size_t i = 0; i < array_length(options); i++) {
		const struct value *value = &record->value[options[i].key];
		int number = (int)(value->number / options[i].unit);

		if (value->set &&
		    setsockopt(fd, options[i].level, options[i].option, &number, sizeof(number)))
			return refused(player, value, options[i].name);
	}
	if (receive->set &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive_timeout, sizeof(receive_timeout)))
		return refused(player, receive, "SO_RCVTIMEO");
	if (congestion->set && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion->text,
					  (socklen_t)strlen(congestion->text)))
		return refused(player, congestion, "TCP_CONGESTION");
	return 0;
}

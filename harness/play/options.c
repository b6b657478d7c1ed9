#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "play/play.h"
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
	{KEY_RECEIVE_TIMEOUT, SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO", SECOND},
	{KEY_CONGESTION, IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION", 1},
	{KEY_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", 1},
};

/* What the kernel refused. */
struct refusal {
	const struct value *value;
	const char *name; /* of the option */
};

static int apply(const struct record *record, int fd, const struct option *option,
		 struct refusal *ret_refusal)
{
	const struct value *value = &record->value[option->key];
	const struct timeval timeout = {value->number / SECOND,
					value->number % SECOND / MICROSECOND};
	int number = (int)(value->number / option->unit), result = 0;

	if (!value->set)
		return 0;
	if (option->key == KEY_CONGESTION)
		result = setsockopt(fd, option->level, option->option, value->text,
				    (socklen_t)strlen(value->text));
	else if (option->key == KEY_RECEIVE_TIMEOUT)
		result = setsockopt(fd, option->level, option->option, &timeout, sizeof(timeout));
	else
		result = setsockopt(fd, option->level, option->option, &number, sizeof(number));
	if (!result)
		return 0;
	*ret_refusal = (struct refusal){value, option->name};
	return -errno;
}

static int apply_all(const struct record *record, int fd, struct refusal *ret_refusal)
{
	int error = 0;

	for (size_t i = 0; !error && i < array_length(options); i++)
		error = apply(record, fd, &options[i], ret_refusal);
	return error;
}

int options_set(struct player *player, const struct record *record, enum end end, int fd)
{
	struct refusal refusal;
	int error = apply_all(record, fd, &refusal);

	if (!error)
		return 0;
	/* A kernel that does not know an option cannot play the scenario. */
	return player_unable(player, error == -ENOPROTOOPT ? UNABLE_FEATURE : UNABLE_RUN,
			     refusal.value->at.line, -error, "setsockopt(%s, %s) of the %s: %s",
			     refusal.name, refusal.value->text, word_name(end_words, end),
			     strerrorname_np(-error));
}

static void try_record(const struct scenario *scenario, const struct record *record, enum end end,
		       struct problems *problems)
{
	cleanup_fd int fd =
		socket(scenario->family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct refusal refusal;
	int error = fd < 0 ? 0 : apply_all(record, fd, &refusal);

	if (error != -EINVAL && error != -ENOENT && error != -ERANGE)
		return;
	problems_add(problems, scenario->path, refusal.value->at,
		     "this kernel refuses %s of the %s: setsockopt(%s, %.60s): %s", refusal.name,
		     word_name(end_words, end), refusal.name, refusal.value->text,
		     strerrorname_np(-error));
}

void options_try(const struct scenarios *scenarios, struct problems *problems)
{
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *scenario = &scenarios->list[i];

		try_record(scenario, &scenario->client, END_CLIENT, problems);
		try_record(scenario, &scenario->server, END_SERVER, problems);
		for (size_t j = 0; j < scenario->step_count; j++) {
			const struct record *step = &scenario->steps[j];

			if (step->kind == RECORD_STEP_SET)
				try_record(scenario, step, (enum end)record_number(step, KEY_END),
					   problems);
		}
	}
}

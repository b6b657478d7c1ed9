/* Steps that an application takes: system calls on its socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "play/player.h"

/* Without a socket there is nothing that an application could do. */
static int socket_of(const struct player *player, const struct record *record, enum key key,
		     enum end *ret_end)
{
	*ret_end = (enum end)record_number(record, key);
	return player->ends[*ret_end].fd;
}

/*
 * Segments leave during a call: its result is stamped with its beginning, so that it stands before
 * them on the timeline.
 */
int step_send(struct player *player, const struct record *record, struct player_step *step)
{
	size_t size = (size_t)record_number(record, KEY_BYTES);
	cleanup_free char *bytes = calloc(1, size);
	int64_t began = player_now(player);
	enum end end;
	int fd = socket_of(player, record, KEY_FROM, &end);
	ssize_t sent;

	(void)step;
	if (fd < 0)
		return -ENOTCONN;
	if (!bytes)
		return -ENOMEM;
	sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	endpoint_told(player, end, CALL_SEND, began, sent, sent < 0 ? errno : 0);
	return 0;
}

int step_stop_reading(struct player *player, const struct record *record, struct player_step *step)
{
	enum end end;

	(void)step;
	if (socket_of(player, record, KEY_END, &end) < 0)
		return -ENOTCONN;
	endpoint_read(player, end, false);
	return 0;
}

int step_receive(struct player *player, const struct record *record, struct player_step *step)
{
	enum end end;

	(void)step;
	if (socket_of(player, record, KEY_END, &end) < 0)
		return -ENOTCONN;
	endpoint_read(player, end, true);
	return 0;
}

int step_shutdown(struct player *player, const struct record *record, struct player_step *step)
{
	static const struct {
		int how;
		enum application_call call;
	} directions[] = {
		[DIRECTION_SEND] = {SHUT_WR, CALL_SHUTDOWN},
		[DIRECTION_RECEIVE] = {SHUT_RD, CALL_SHUTDOWN_RECEIVE},
		[DIRECTION_BOTH] = {SHUT_RDWR, CALL_SHUTDOWN_BOTH},
	};
	int64_t direction = record_number(record, KEY_HOW), began = player_now(player);
	enum end end;
	int fd = socket_of(player, record, KEY_END, &end), result;

	(void)step;
	if (fd < 0)
		return -ENOTCONN;
	result = shutdown(fd, directions[direction].how);
	endpoint_told(player, end, directions[direction].call, began, result, result ? errno : 0);
	return 0;
}

int step_close(struct player *player, const struct record *record, struct player_step *step)
{
	int64_t time = record_number(record, KEY_LINGER);
	const struct linger linger = {.l_onoff = 1, .l_linger = (int)(time / SECOND)};
	enum end end;
	int fd = socket_of(player, record, KEY_END, &end);

	(void)step;
	if (fd < 0)
		return -ENOTCONN;
	if (record_has(record, KEY_LINGER) &&
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		return -errno;
	if (time)
		return endpoint_linger(player, end);
	endpoint_close(player, end, record_has(record, KEY_LINGER) ? CALL_ABORT : CALL_CLOSE);
	return 0;
}

/*
 * One connection is observed; a second one begins where the application has done with the first:
 * it is gone, or its application was told an error, and closes it now.
 */
int step_connect(struct player *player, const struct record *record, struct player_step *step)
{
	const struct player_end *client = &player->ends[END_CLIENT];

	(void)record;
	(void)step;
	if (player->connecting || player->later.connecting)
		return -EALREADY;
	if (client->fd >= 0 && !client->seen[ANCHOR_ERROR])
		return -EISCONN;
	if (client->fd >= 0)
		endpoint_close(player, END_CLIENT, CALL_CLOSE);
	return again_connect(player);
}

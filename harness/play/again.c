/*
 * A connection that the client makes again, when the first is over. It is told of what its
 * connect() returns; its segments are known, and not judged.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "play/player.h"

static void close_latest(struct player *player)
{
	if (player->later.fd >= 0)
		close(player->later.fd);
	if (player->later.accepted >= 0)
		close(player->later.accepted);
	player->later.fd = player->later.accepted = -1;
}

static void finished(struct player *player, int64_t at, int error)
{
	player->later.connecting = false;
	socket_await(player, player->later.fd, 0, EPOLL_CTL_DEL);
	endpoint_told(player, END_CLIENT, CALL_CONNECT_AGAIN, at, error ? -1 : 0, error);
}

/*
 * The kernel may choose the port of the first connection again, which is free when that is over:
 * then they could not be told apart on the wire. Another is chosen while that one is taken.
 */
static int open_another(struct player *player, const struct address *address, int *ret_fd)
{
	cleanup_fd int taken = -1;
	int error = socket_open(player, address, "client", ret_fd);

	if (error || socket_address(*ret_fd).port != player->ends[END_CLIENT].local.port)
		return error;
	taken = *ret_fd;
	*ret_fd = -1;
	return socket_open(player, address, "client", ret_fd);
}

int again_connect(struct player *player)
{
	const struct record *record = &player->scenario->client;
	const struct address *server = &player->ends[END_SERVER].local;
	struct address address =
		socket_address_of(player, END_CLIENT, &record->value[KEY_BIND].address);
	struct sockaddr_storage peer;
	socklen_t length = address_to_socket(server, &peer);
	int64_t began;
	int error = places_switch(player, TOPOLOGY_CLIENT);

	if (error)
		return error;
	close_latest(player);
	if (!record_has(record, KEY_BIND))
		address = (struct address){.family = server->family};
	address.port = 0;
	error = open_another(player, &address, &player->later.fd);
	if (!error)
		error = options_set(player, record, END_CLIENT, player->later.fd);
	if (error)
		return error;
	socket_await(player, player->later.fd, SOCKET_CONNECTS, EPOLL_CTL_ADD);
	player->later.connecting = true;
	/* Now: a connect() that fails forgets it (inet_put_port()). */
	*array_push(player->later.ports, player->later.count) =
		socket_address(player->later.fd).port;
	began = player_now(player);
	error = connect(player->later.fd, (struct sockaddr *)&peer, length) ? errno : 0;
	if (error != EINPROGRESS)
		finished(player, began, error);
	return 0;
}

void again_connected(struct player *player)
{
	int error = socket_connected(player->later.fd);

	if (error != EINPROGRESS)
		finished(player, -1, error);
}

bool again_is_port(const struct player *player, uint16_t port)
{
	for (size_t i = 0; i < player->later.count; i++) {
		if (player->later.ports[i] == port)
			return true;
	}
	return false;
}

bool again_accept(struct player *player, int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	if (fd < 0 || getpeername(fd, (struct sockaddr *)&peer, &length) ||
	    !again_is_port(player, address_from_socket(&peer).port))
		return false;
	player->later.accepted = fd;
	endpoint_told(player, END_SERVER, CALL_ACCEPT, -1, 0, 0);
	return true;
}

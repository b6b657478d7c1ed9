/* A TCP socket of an end: made, bound, waited for, asked. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "play/player.h"

int socket_open(struct player *player, const struct address *address, const char *what, int *ret_fd)
{
	cleanup_fd int fd = -1;
	struct sockaddr_storage socket_address;
	socklen_t length = address_to_socket(address, &socket_address);
	int on = 1;

	fd = socket(socket_address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return player_unable(player, UNABLE_RUN, 0, errno, "socket: %s",
				     strerrorname_np(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&socket_address, length)) {
		char text[ADDRESS_TEXT_SIZE];

		return player_unable(player, UNABLE_RUN, 0, errno, "bind of the %s to %s: %s", what,
				     address_format(text, address), strerrorname_np(errno));
	}
	*ret_fd = steal_fd(&fd);
	return 0;
}

int socket_await(struct player *player, int fd, uint32_t events, int operation)
{
	struct epoll_event event = {.events = events, .data.u32 = (uint32_t)fd};

	return epoll_ctl(player->epoll, operation, fd, &event);
}

struct address socket_address(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length))
		return (struct address){0};
	return address_from_socket(&address);
}

struct address socket_address_of(const struct player *player, enum end end,
				 const struct address *said)
{
	struct address address = player->topology.address[end];

	if (player->topology.kind == TOPOLOGY_LOOPBACK && said->family)
		return *said;
	address.port = said->port;
	return address;
}

int socket_connected(int fd)
{
	socklen_t length = sizeof(int);
	struct tcp_info info;
	socklen_t info_length = sizeof(info);
	int error = 0;

	/* Asked before it is over, SO_ERROR gives an ICMP error that has not ended the attempt. */
	if (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_length) &&
	    info.tcpi_state == TCP_SYN_SENT)
		return EINPROGRESS;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) ? errno : error;
}

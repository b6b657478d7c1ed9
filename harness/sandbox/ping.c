#define _GNU_SOURCE
#include "sandbox/ping.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/errqueue.h>

#include "base/cleanup.h"

/* ICMP and ICMPv6 have the same header for an echo: type, code, checksum, identifier, number. */
struct echo {
	uint8_t type, code;
	uint16_t checksum_be, identifier_be, sequence_be;
	uint8_t payload[56]; /* as ping(8) sends by default */
};

struct ping {
	int fd;
	bool six;
	uint16_t sequence; /* of the last request */
};

static int open_socket(const struct address *host)
{
	const bool six = host->family == 6;
	const int on = 1;
	struct sockaddr_storage address;
	const socklen_t length = address_to_socket(host, &address);
	cleanup_fd int fd = -1;

	if (host->family != 4 && host->family != 6)
		return -EINVAL;
	/* EACCES is ping_group_range's (net/ipv4/ping.c, ping_init_sock). */
	fd = socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd < 0)
		return -errno;
	/* Errors are then queued with the packet that they are about, also those which are not
	 * hard (ping_err). */
	if (setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_RECVERR : IP_RECVERR, &on,
		       sizeof(on)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, length) < 0)
		return -errno;
	return steal_fd(&fd);
}

int ping_open(const struct address *host, struct ping **ret_ping)
{
	struct address portless = *host;
	struct ping *ping;
	int fd;

	portless.port = 0;
	fd = open_socket(&portless);
	if (fd < 0)
		return fd;
	ping = calloc(1, sizeof(*ping));
	if (!ping) {
		close(fd);
		return -ENOMEM;
	}
	*ping = (struct ping){.fd = fd, .six = host->family == 6};
	*ret_ping = ping;
	return 0;
}

int ping_fd(const struct ping *ping)
{
	return ping->fd;
}

/* The kernel fills in checksum and identifier (ping_v4_sendmsg, ping_v6_sendmsg). */
int ping_send(struct ping *ping, uint16_t *ret_sequence)
{
	struct echo echo = {.type = ping->six ? ICMP6_ECHO_REQUEST : ICMP_ECHO};
	ssize_t sent;

	echo.sequence_be = htons(++ping->sequence);
	*ret_sequence = ping->sequence;
	sent = send(ping->fd, &echo, sizeof(echo), 0);
	/*
	 * An error that an earlier echo met is told by the next call of any kind (net/core/sock.c,
	 * sock_alloc_send_pskb). It stays in the queue as well, so nothing is lost by trying again.
	 * EPERM is a rule's, which has counted this packet, and no ICMP error's.
	 */
	if (sent < 0 && errno != EPERM)
		sent = send(ping->fd, &echo, sizeof(echo), 0);
	return sent < 0 ? -errno : 0;
}

static int receive_reply(struct ping *ping, struct ping_answer *answer)
{
	struct echo echo;
	ssize_t length;

	do
		length = recv(ping->fd, &echo, sizeof(echo), 0);
	while (length >= 0 && (length < (ssize_t)offsetof(struct echo, payload) ||
			       echo.type != (ping->six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY)));
	if (length < 0)
		return -errno;
	*answer = (struct ping_answer){.sequence = ntohs(echo.sequence_be)};
	return 0;
}

/* The errno of the first extended error among the control messages; 0 where there is none. */
static int error_in(struct msghdr *message)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		struct sock_extended_err error;

		if (!(control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) &&
		    !(control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR))
			continue;
		memcpy(&error, CMSG_DATA(control), sizeof(error));
		return (int)error.ee_errno;
	}
	return 0;
}

/* The data of an error is the echo request that it is about (ip_icmp_error, ipv6_icmp_error). */
static int receive_error(struct ping *ping, struct ping_answer *answer)
{
	struct echo echo = {0};
	struct iovec part = {&echo, sizeof(echo)};
	char control[512] __attribute__((aligned(__alignof__(struct cmsghdr))));
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	if (recvmsg(ping->fd, &message, MSG_ERRQUEUE) < 0)
		return -errno;
	*answer = (struct ping_answer){
		.sequence = ntohs(echo.sequence_be),
		.error = error_in(&message),
	};
	return answer->error ? 0 : -EAGAIN;
}

/* The queue first: reading it also takes back the error that a call would fail with. */
int ping_receive(struct ping *ping, struct ping_answer *ret_answer)
{
	struct ping_answer answer;
	int result = receive_error(ping, &answer);

	if (result == -EAGAIN)
		result = receive_reply(ping, &answer);
	/* Came just between the two. */
	if (result < 0 && result != -EAGAIN)
		result = receive_error(ping, &answer);
	if (result == 0)
		*ret_answer = answer;
	return result;
}

void ping_close(struct ping *ping)
{
	if (!ping)
		return;
	close(ping->fd);
	free(ping);
}

#define _GNU_SOURCE
#include "sandbox/vanish.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/*
 * A socket under repair, as checkpoint and restore use it, is taken down without a word by
 * tcp_disconnect() (net/ipv4/tcp.c, since 3.5, tp->repair), which connect() to AF_UNSPEC reaches.
 * Unlike a close it does not wait for the last of several descriptors. The socket stays under
 * repair, and closed.
 */
int vanish(int fd)
{
	const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) < 0)
		return errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno;
	return connect(fd, &nowhere, sizeof(nowhere)) < 0 ? -errno : 0;
}

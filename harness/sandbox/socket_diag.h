/* What the kernel says of one TCP socket: state and timer, by inet_diag over libmnl. */
#ifndef HALFOPEN_SANDBOX_SOCKET_DIAG_H
#define HALFOPEN_SANDBOX_SOCKET_DIAG_H

#include <stdint.h>

#include "base/address.h"
#include "base/names.h"

struct socket_diag;

struct socket_status {
	enum tcp_state state;	 /* STATE_CLOSED where there is no such socket */
	enum socket_timer timer; /* TIMER_GONE where there is no such socket */
	int64_t expires;	 /* ns, from idiag_expires (ms); 0 where overdue */
	int64_t retransmits;	 /* icsk_retransmits, tcpi_retransmits: netstat's second number */
	int64_t probes;		 /* icsk_probes_out, tcpi_probes: netstat's third number; both end
				    at 255 */
	int64_t receive_queue, send_queue; /* bytes */
};

/*
 * Opens NETLINK_SOCK_DIAG in the caller's network namespace. Returns 0 or -errno;
 * -EPROTONOSUPPORT where the kernel has no inet_diag.
 */
int socket_diag_open(struct socket_diag **ret_diag);

/*
 * Asks for the one socket with these addresses, with the INET_DIAG_INFO extension; for a listener
 * where remote is zeroed. A socket that is not there is not an error. Returns 0 or -errno.
 */
int socket_diag_query(struct socket_diag *diag, const struct address *local,
		      const struct address *remote, struct socket_status *ret_status);

/*
 * Destroys the one socket with these addresses, as ss -K does (SOCK_DESTROY, since 4.5): its
 * application gets ECONNABORTED, the peer of a connection a reset. Returns 0 or -errno: -ENOENT
 * where there is no such connection (a listener of the same port is left alone unless remote is
 * zeroed), -EOPNOTSUPP where the kernel is built without CONFIG_INET_DIAG_DESTROY, -EPERM without
 * CAP_NET_ADMIN.
 */
int socket_diag_destroy(struct socket_diag *diag, const struct address *local,
			const struct address *remote);

/* Accepts NULL. */
void socket_diag_close(struct socket_diag *diag);

#endif

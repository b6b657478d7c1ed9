/*
 * ICMP and ICMPv6 echo without privilege: a datagram socket of the protocol, for groups that the
 * namespace's net.ipv4.ping_group_range names (for both families). A new namespace has "1 0",
 * which is nobody; sysctl_write("net.ipv4.ping_group_range", "0 0") allows it in a sandbox, where
 * every caller is group 0.
 */
#ifndef HALFOPEN_SANDBOX_PING_H
#define HALFOPEN_SANDBOX_PING_H

#include <stdint.h>

#include "base/address.h"

struct ping;

struct ping_answer {
	uint16_t sequence; /* of the request that it answers */
	int error;	   /* 0: the host replied; else the positive errno of an ICMP error:
			      EHOSTUNREACH, ENETUNREACH, ECONNREFUSED, … */
};

/*
 * Opens the socket in the caller's network namespace, for echoes to one host. Returns 0 or -errno:
 * -EACCES where net.ipv4.ping_group_range does not have the caller's group, -EPROTONOSUPPORT or
 * -EAFNOSUPPORT where the kernel lacks it, -ENETUNREACH where there is no route.
 */
int ping_open(const struct address *host, struct ping **ret_ping);

/* Becomes readable (EPOLLIN, or EPOLLERR for an ICMP error) when there is something to receive. */
int ping_fd(const struct ping *ping);

/*
 * Sends one echo request of 64 bytes; the sequence numbers begin at 1. Returns 0 or -errno
 * (-ENETUNREACH, -EPERM by a rule in the output hook, …); the number counts all the same.
 */
int ping_send(struct ping *ping, uint16_t *ret_sequence);

/* Takes one answer without waiting. Returns 0 or -errno (-EAGAIN: there is none). */
int ping_receive(struct ping *ping, struct ping_answer *ret_answer);

/* Accepts NULL. */
void ping_close(struct ping *ping);

#endif

/*
 * One netlink socket and questions over it; for this layer's own files. The kernel works on a
 * request inside sendmsg() (net/netlink/af_netlink.c, netlink_unicast_kernel) and continues a dump
 * inside recvmsg(), so every answer is already there when it is read: the socket does not
 * block, and a missing answer is an error instead of a hang.
 */
#ifndef HALFOPEN_SANDBOX_NETLINK_H
#define HALFOPEN_SANDBOX_NETLINK_H

#include <stddef.h>
#include <stdint.h>
#include <libmnl/libmnl.h>

/* Room for any request and any single answer of this layer. */
#define NETLINK_BUFFER_SIZE 8192

struct netlink {
	struct mnl_socket *socket;
	uint32_t port;
	uint32_t sequence; /* of the last message built */
};

/* Called for each answer that is neither an acknowledgment nor an error. */
typedef void (*netlink_answer)(const struct nlmsghdr *message, void *data);

/* Opens a socket of the bus (NETLINK_ROUTE, …) in the caller's namespace. Returns 0 or -errno. */
int netlink_open(struct netlink *ret_netlink, int bus);

/* Accepts a zeroed struct. */
void netlink_close(struct netlink *netlink);

/*
 * Sends the messages in request, numbered first to netlink->sequence, and hands the answers on,
 * until the last message is acknowledged (it must have NLM_F_ACK or NLM_F_DUMP) or any of them is
 * refused. Returns 0 or the kernel's -errno. answer may be NULL.
 */
int netlink_ask(struct netlink *netlink, const void *request, size_t length, uint32_t first,
		netlink_answer answer, void *data);

/*
 * Asks one message (its flags and number are filled in) over a socket of its own and acknowledged.
 * Returns as netlink_ask().
 */
int netlink_ask_once(int bus, struct nlmsghdr *message, netlink_answer answer, void *data);

/* Returns above 0 where it is so, 0 where not yet, or -errno. */
typedef int (*netlink_condition)(void *data);

/*
 * Waits for a condition that can only come true with a notification of the multicast group
 * (RTNLGRP_LINK, …) in the caller's namespace: asks first, and again after each notification.
 * Returns 0, -ETIMEDOUT after timeout (ns), or -errno.
 */
int netlink_await(int bus, int group, netlink_condition condition, void *data, int64_t timeout);

#endif

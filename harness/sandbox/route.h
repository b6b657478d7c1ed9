/*
 * Addresses, routes and neighbours of the caller's network namespace, by rtnetlink over libmnl; for
 * this layer's own files. Ports of addresses are ignored.
 */
#ifndef HALFOPEN_SANDBOX_ROUTE_H
#define HALFOPEN_SANDBOX_ROUTE_H

#include <stdint.h>

#include "base/address.h"

/* Gives a link an address, without duplicate address detection. Returns 0 or -errno. */
int address_add(const char *link, const struct address *address, uint8_t prefix);

/*
 * Waits until packets to an address of this namespace are taken for its own; with IPv6 that is some
 * time after it was added or its link came up. Returns 0, -ETIMEDOUT after timeout (ns), or -errno.
 */
int address_await(const struct address *address, int64_t timeout);

/* destination/prefix through gateway, or straight to the link where gateway is NULL. */
struct route {
	const char *link;
	struct address destination; /* bits behind the prefix are ignored */
	uint8_t prefix;
	const struct address *gateway;
};

/* Returns 0 or -errno (-EEXIST: there already; -ENETDOWN: the link is down). */
int route_add(const struct route *route);

/* Returns 0 or -errno (-ESRCH: there is none). */
int route_remove(const struct route *route);

/* Sets who has an address on the link, for good. Returns 0 or -errno. */
int neighbour_set(const char *link, const struct address *address, const uint8_t ethernet[6]);

#endif

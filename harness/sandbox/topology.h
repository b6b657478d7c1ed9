/*
 * Where the two ends of a connection live, all in one user namespace and without root:
 *
 *   loopback   one namespace plays both ends over lo
 *   pair       client ===veth=== server
 *   routed     client ===veth=== router ===veth=== server
 *
 * Sockets, firewalls, captures, sysctls, conntrack and everything else of a network namespace
 * belong to the one that the process is in when they are made: topology_switch() first, then make
 * them; afterwards they work from anywhere. Each namespace has its own sysctls, at the kernel's
 * defaults except where said below.
 *
 * Addresses are of the documentation ranges (RFC 5737, RFC 3849); an end's own link is called
 * "eth0", the router's two "client" and "server".
 *
 *            client                  router                                  server
 *   pair     192.0.2.1/24                                                    192.0.2.2/24
 *            2001:db8:1::1/64                                                2001:db8:1::2/64
 *   routed   192.0.2.1/24            192.0.2.254, 198.51.100.254             198.51.100.1/24
 *            2001:db8:1::1/64        2001:db8:1::fe, 2001:db8:2::fe          2001:db8:2::1/64
 *
 * The wire is silent by itself: neighbours are permanent entries, so nothing is resolved; IPv6 has
 * no link-local addresses, no duplicate address detection and no router solicitations. What is left
 * are multicast listener reports of IPv6 when a link comes up.
 */
#ifndef HALFOPEN_SANDBOX_TOPOLOGY_H
#define HALFOPEN_SANDBOX_TOPOLOGY_H

#include <stdbool.h>

#include "base/address.h"
#include "base/names.h"
#include "sandbox/sandbox.h"

/* The ends' numbers are those of enum end. */
enum topology_place {
	TOPOLOGY_CLIENT = END_CLIENT,
	TOPOLOGY_SERVER = END_SERVER,
	TOPOLOGY_ROUTER,
};

#define TOPOLOGY_PLACES 4

struct topology {
	enum topology_kind kind;
	int family;				 /* 4 or 6 */
	int namespaces[TOPOLOGY_PLACES];	 /* by place; -1 where there is none of its own */
	const char *link;			 /* an end's own link: "eth0"; "lo" on loopback */
	struct address address[TOPOLOGY_PLACES]; /* of client and server, port 0 */
	struct address gateway[TOPOLOGY_PLACES]; /* routed: the router's, seen from that end */
};

/* Whether such a topology has this place. */
bool topology_has(enum topology_kind kind, enum topology_place place);

/* What the link of an end is called, on which its packets are captured. */
const char *topology_link(enum topology_kind kind);

/*
 * As sandbox_enter(), then makes the other namespaces, the links, addresses and routes, and waits
 * until the links carry packets (the kernel tells it by netlink; -ETIMEDOUT if it does not within
 * seconds). Leaves the process in the client's namespace. Returns 0, or -errno with one sentence in
 * error; the process is then only good for ending.
 */
int topology_enter(enum topology_kind kind, int family, struct topology *ret_topology,
		   char error[static SANDBOX_ERROR_SIZE]);

/*
 * Moves the calling thread into the namespace of a place; on loopback stays where it is. Returns
 * 0 or -errno (-EINVAL: the topology has no such place).
 */
int topology_switch(const struct topology *topology, enum topology_place place);

/*
 * The following change something at an end (TOPOLOGY_CLIENT, TOPOLOGY_SERVER) from whichever
 * namespace the process is in, and leave it there. What is changed is in force when they return.
 * They return 0 or -errno; -EOPNOTSUPP where the topology has no such thing.
 */

/*
 * Sets the end's own link up or down, as its administrator would: down also takes its routes away,
 * so that its sends fail at once (ENETUNREACH). Up waits until the link carries packets, and puts
 * back routes and neighbours that the kernel removed with the link. On loopback the link is lo.
 */
int topology_set_link(const struct topology *topology, enum topology_place end, bool up);

/*
 * Plugs or unplugs the cable of the end: the link at the other side of it goes up or down, the
 * end's own loses its carrier and keeps addresses and routes, so that its packets vanish in
 * silence. Not on loopback. In a pair the other side is the other end's own link.
 */
int topology_set_cable(const struct topology *topology, enum topology_place end, bool plugged);

/*
 * Adds or removes the route by which the end reaches the other end: the one through the router,
 * or in a pair that of the subnet. Without it sends fail with ENETUNREACH. -EEXIST or -ESRCH where
 * it is so already. Not on loopback.
 */
int topology_set_route(const struct topology *topology, enum topology_place end, bool present);

/* Closes the descriptors of the namespaces. Accepts a zeroed struct. */
void topology_leave(struct topology *topology);

#endif

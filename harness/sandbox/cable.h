/*
 * The cables of a topology, as pairs of virtual Ethernet links, and the ports at both sides of
 * each; for this layer's own files. All of this moves the calling thread between the topology's
 * namespaces and leaves it in any of them.
 */
#ifndef HALFOPEN_SANDBOX_CABLE_H
#define HALFOPEN_SANDBOX_CABLE_H

#include "sandbox/link.h"
#include "sandbox/topology.h"

#define CABLE_END_LINK "eth0"

struct port {
	enum topology_place place;
	struct link_side side;
	const char *four, *six; /* addresses */
};

/* The port of an end, and the one at the other side of its cable; NULL on loopback. */
const struct port *port_of(const struct topology *topology, enum topology_place end,
			   const struct port **ret_other);

struct address port_address(const struct topology *topology, const struct port *port);

/*
 * Makes all cables, gives the ports their addresses, neighbours and routes, and waits until they
 * carry packets. Returns 0 or -errno.
 */
int cables_lay(const struct topology *topology);

/*
 * Sets the link of a port up or down; up waits until it carries packets, unless the other side is
 * down, and then puts back what both lost meanwhile. Returns 0 or -errno.
 */
int port_set(const struct topology *topology, const struct port *port, const struct port *other,
	     bool up);

/* Adds or removes an end's route to the other end. Returns 0 or -errno. */
int port_set_route(const struct topology *topology, const struct port *port, bool present);

#endif

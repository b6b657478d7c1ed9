#define _GNU_SOURCE
#include "sandbox/cable.h"

#include <errno.h>

#include "base/array.h"
#include "base/duration.h"
#include "sandbox/route.h"

/* The kernel takes milliseconds; a machine that is busy, more. */
#define PATIENCE (10 * SECOND)

/* A cable has the end that it belongs to first. */
struct cable {
	struct port ports[2];
};

#define ETHERNET(last)                                                                             \
	{                                                                                          \
		2, 0, 0, 0, 0, last                                                                \
	}

static const struct cable pair_cables[] = {
	{{{TOPOLOGY_CLIENT, {CABLE_END_LINK, ETHERNET(1)}, "192.0.2.1", "[2001:db8:1::1]"},
	  {TOPOLOGY_SERVER, {CABLE_END_LINK, ETHERNET(2)}, "192.0.2.2", "[2001:db8:1::2]"}}},
};

static const struct cable routed_cables[] = {
	{{{TOPOLOGY_CLIENT, {CABLE_END_LINK, ETHERNET(1)}, "192.0.2.1", "[2001:db8:1::1]"},
	  {TOPOLOGY_ROUTER, {"client", ETHERNET(3)}, "192.0.2.254", "[2001:db8:1::fe]"}}},
	{{{TOPOLOGY_SERVER, {CABLE_END_LINK, ETHERNET(2)}, "198.51.100.1", "[2001:db8:2::1]"},
	  {TOPOLOGY_ROUTER, {"server", ETHERNET(4)}, "198.51.100.254", "[2001:db8:2::fe]"}}},
};

static const struct cable *cables_of(enum topology_kind kind, size_t *ret_count)
{
	switch (kind) {
	case TOPOLOGY_LOOPBACK:
		break;
	case TOPOLOGY_PAIR:
		*ret_count = array_length(pair_cables);
		return pair_cables;
	case TOPOLOGY_ROUTED:
		*ret_count = array_length(routed_cables);
		return routed_cables;
	}
	*ret_count = 0;
	return NULL;
}

struct address port_address(const struct topology *topology, const struct port *port)
{
	struct address address = {0};

	address_parse(topology->family == 4 ? port->four : port->six, &address);
	return address;
}

static uint8_t prefix_of(const struct topology *topology)
{
	return topology->family == 4 ? 24 : 64;
}

const struct port *port_of(const struct topology *topology, enum topology_place end,
			   const struct port **ret_other)
{
	size_t count;
	const struct cable *cables = cables_of(topology->kind, &count);

	for (size_t i = 0; i < count; i++) {
		for (size_t side = 0; side < 2; side++) {
			if (cables[i].ports[side].place != end)
				continue;
			*ret_other = &cables[i].ports[!side];
			return &cables[i].ports[side];
		}
	}
	return NULL;
}

/* The route of a port's end to the other end; false for the router, which needs none. */
static bool far_route(const struct topology *topology, const struct port *port,
		      struct route *ret_route)
{
	if (port->place == TOPOLOGY_ROUTER)
		return false;
	*ret_route = (struct route){
		.link = port->side.name,
		.destination = topology->address[other_end((enum end)port->place)],
		.prefix = prefix_of(topology),
		.gateway =
			topology->kind == TOPOLOGY_ROUTED ? &topology->gateway[port->place] : NULL,
	};
	return true;
}

/* What a link loses when it goes down: its addresses' reachability, neighbours, routes. */
static int restore(const struct topology *topology, const struct port *port,
		   const struct port *other)
{
	const struct address own = port_address(topology, port),
			     far = port_address(topology, other);
	struct route route;
	int result = topology_switch(topology, port->place);

	if (result == 0)
		result = neighbour_set(port->side.name, &far, other->side.address);
	if (result == 0)
		result = address_await(&own, PATIENCE);
	if (result == 0 && far_route(topology, port, &route)) {
		result = route_add(&route);
		/* In a pair the kernel has made it with the address. */
		if (result == -EEXIST)
			result = 0;
	}
	return result;
}

static int await_port(const struct topology *topology, const struct port *port)
{
	int result = topology_switch(topology, port->place);

	return result < 0 ? result : link_await(port->side.name, PATIENCE);
}

static int address_port(const struct topology *topology, const struct port *port)
{
	const struct address own = port_address(topology, port);
	int result = topology_switch(topology, port->place);

	return result < 0 ? result : address_add(port->side.name, &own, prefix_of(topology));
}

static int set_port_up(const struct topology *topology, const struct port *port, bool up)
{
	int result = topology_switch(topology, port->place);

	return result < 0 ? result : link_set_up(port->side.name, up);
}

/* Each step at both sides, before the next: a link carries packets once both are up. */
static int lay_cable(const struct topology *topology, const struct cable *cable)
{
	const struct port *a = &cable->ports[0], *b = &cable->ports[1];
	int result = topology_switch(topology, b->place);

	if (result == 0)
		result = link_make_pair(&b->side, &a->side, topology->namespaces[a->place]);
	for (size_t i = 0; result == 0 && i < 2; i++)
		result = set_port_up(topology, &cable->ports[i], true);
	for (size_t i = 0; result == 0 && i < 2; i++)
		result = await_port(topology, &cable->ports[i]);
	for (size_t i = 0; result == 0 && i < 2; i++)
		result = address_port(topology, &cable->ports[i]);
	for (size_t i = 0; result == 0 && i < 2; i++)
		result = restore(topology, &cable->ports[i], &cable->ports[!i]);
	return result;
}

/* While the other side is down, a link can carry nothing, and there is nothing to wait for. */
int port_set(const struct topology *topology, const struct port *port, const struct port *other,
	     bool up)
{
	struct link_state state = {0};
	int result = topology_switch(topology, other->place);

	if (result == 0)
		result = link_read(other->side.name, &state);
	if (result == 0)
		result = set_port_up(topology, port, up);
	if (result < 0 || !up || !state.up)
		return result;
	result = await_port(topology, other);
	if (result == 0)
		result = await_port(topology, port);
	if (result == 0)
		result = restore(topology, other, port);
	return result < 0 ? result : restore(topology, port, other);
}

int port_set_route(const struct topology *topology, const struct port *port, bool present)
{
	struct route route;
	int result;

	if (!far_route(topology, port, &route))
		return -EOPNOTSUPP;
	result = topology_switch(topology, port->place);
	if (result < 0)
		return result;
	return present ? route_add(&route) : route_remove(&route);
}

int cables_lay(const struct topology *topology)
{
	size_t count;
	const struct cable *cables = cables_of(topology->kind, &count);
	int result = 0;

	for (size_t i = 0; result == 0 && i < count; i++)
		result = lay_cable(topology, &cables[i]);
	return result;
}

/*
 * Theory of operation. The first namespace is the sandbox's and the client's. The others are made
 * by unshare() one after the other, each held by a descriptor from then on. A topology is a list
 * of cables, each with two ports; everything else (addresses, neighbours, routes, what to do when a
 * link comes back) follows from the ports.
 */
#define _GNU_SOURCE
#include "sandbox/topology.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sandbox/cable.h"
#include "sandbox/link.h"
#include "sandbox/refusal.h"
#include "sandbox/sysctl.h"

bool topology_has(enum topology_kind kind, enum topology_place place)
{
	return place == TOPOLOGY_CLIENT || place == TOPOLOGY_SERVER ||
	       (place == TOPOLOGY_ROUTER && kind == TOPOLOGY_ROUTED);
}

int topology_switch(const struct topology *topology, enum topology_place place)
{
	if (!topology_has(topology->kind, place))
		return -EINVAL;
	if (topology->kind == TOPOLOGY_LOOPBACK)
		return 0;
	return setns(topology->namespaces[place], CLONE_NEWNET) < 0 ? -errno : 0;
}

static int open_namespace(int *ret_fd)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/*
 * What a new namespace takes over from the machine (net/ipv4/devinet.c, devinet_init_net; since
 * 5.1 as net.core.devconf_inherit_init_net says) must not decide; and the quiet of IPv6. New links
 * take the values of default.
 */
static int set_up_stack(int family, bool router)
{
	static const struct {
		const char *name, *end, *router;
		int family;
	} settings[] = {
		{"net.ipv4.conf.all.rp_filter", "0", "0", 4},
		{"net.ipv4.conf.default.rp_filter", "0", "0", 4},
		{"net.ipv4.ip_forward", "0", "1", 4},
		{"net.ipv6.conf.default.disable_ipv6", "1", "1", 4},
		/* IN6_ADDR_GEN_MODE_NONE */
		{"net.ipv6.conf.default.addr_gen_mode", "1", "1", 6},
		{"net.ipv6.conf.default.accept_ra", "0", "0", 6},
		{"net.ipv6.conf.default.router_solicitations", "0", "0", 6},
		{"net.ipv6.conf.default.accept_dad", "0", "0", 6},
		{"net.ipv6.conf.default.keep_addr_on_down", "1", "1", 6},
		{"net.ipv6.conf.all.forwarding", "0", "1", 6},
	};

	for (size_t i = 0; i < array_length(settings); i++) {
		int result = 0;

		if (settings[i].family == family)
			result = sysctl_write(settings[i].name,
					      router ? settings[i].router : settings[i].end);
		/* The kernel has no IPv6. */
		if (result == -ENOENT)
			result = family == 6 ? -EAFNOSUPPORT : 0;
		if (result < 0)
			return result;
	}
	return 0;
}

static int refuse(char error[static SANDBOX_ERROR_SIZE], int result)
{
	const struct refusal_switches switches = refusal_switches_read();

	refusal_explain(error, SANDBOX_ERROR_SIZE, "make a further network namespace", -result,
			&switches);
	return result;
}

static int make_namespaces(struct topology *topology, char error[static SANDBOX_ERROR_SIZE])
{
	for (enum topology_place place = TOPOLOGY_CLIENT; place <= TOPOLOGY_ROUTER; place++) {
		int result;

		if (!topology_has(topology->kind, place))
			continue;
		if (place != TOPOLOGY_CLIENT && unshare(CLONE_NEWNET) < 0)
			return refuse(error, -errno);
		result = open_namespace(&topology->namespaces[place]);
		if (result == 0 && place != TOPOLOGY_CLIENT)
			result = link_set_up("lo", 1);
		if (result == 0)
			result = set_up_stack(topology->family, place == TOPOLOGY_ROUTER);
		if (result < 0) {
			snprintf(error, SANDBOX_ERROR_SIZE,
				 "cannot prepare a network namespace for IPv%d (%s)",
				 topology->family, strerrorname_np(-result));
			return result;
		}
	}
	return 0;
}

static int lay_cables(const struct topology *topology, char error[static SANDBOX_ERROR_SIZE])
{
	int result = cables_lay(topology);

	if (result == 0)
		result = topology_switch(topology, TOPOLOGY_CLIENT);
	if (result < 0)
		snprintf(error, SANDBOX_ERROR_SIZE, "cannot join network namespaces by veth (%s)%s",
			 strerrorname_np(-result),
			 result == -EOPNOTSUPP ? ": the kernel is built without CONFIG_VETH" : "");
	return result;
}

static void name_addresses(struct topology *topology)
{
	for (enum topology_place end = TOPOLOGY_CLIENT; end <= TOPOLOGY_SERVER; end++) {
		const struct port *other, *port = port_of(topology, end, &other);

		if (!port) {
			address_parse(topology->family == 4 ? "127.0.0.1" : "[::1]",
				      &topology->address[end]);
			continue;
		}
		topology->address[end] = port_address(topology, port);
		if (topology->kind == TOPOLOGY_ROUTED)
			topology->gateway[end] = port_address(topology, other);
	}
}

const char *topology_link(enum topology_kind kind)
{
	return kind == TOPOLOGY_LOOPBACK ? "lo" : CABLE_END_LINK;
}

int topology_enter(enum topology_kind kind, int family, struct topology *ret_topology,
		   char error[static SANDBOX_ERROR_SIZE])
{
	struct topology topology = {
		.kind = kind,
		.family = family,
		.namespaces = {-1, -1, -1, -1},
		.link = topology_link(kind),
	};
	int result = sandbox_enter(error);

	if (result < 0)
		return result;
	name_addresses(&topology);
	if (kind != TOPOLOGY_LOOPBACK) {
		result = make_namespaces(&topology, error);
		if (result == 0)
			result = lay_cables(&topology, error);
	}
	if (result < 0)
		topology_leave(&topology);
	else
		*ret_topology = topology;
	return result;
}

void topology_leave(struct topology *topology)
{
	for (size_t i = 0; i < TOPOLOGY_PLACES; i++) {
		if (topology->kind != TOPOLOGY_LOOPBACK && topology->namespaces[i] >= 0)
			close(topology->namespaces[i]);
		topology->namespaces[i] = -1;
	}
}

/* Goes back to where the caller was. Keeps the first error. */
static int return_to(int namespace, int result)
{
	int error = setns(namespace, CLONE_NEWNET) < 0 ? -errno : 0;

	return result < 0 ? result : error;
}

static int change_port(const struct topology *topology, enum topology_place end, bool other_side,
		       bool up)
{
	const struct port *other, *port = port_of(topology, end, &other);
	cleanup_fd int here = -1;
	int result;

	if (!port)
		return -EOPNOTSUPP;
	result = open_namespace(&here);
	if (result < 0)
		return result;
	result = other_side ? port_set(topology, other, port, up)
			    : port_set(topology, port, other, up);
	return return_to(here, result);
}

int topology_set_link(const struct topology *topology, enum topology_place end, bool up)
{
	if (end != TOPOLOGY_CLIENT && end != TOPOLOGY_SERVER)
		return -EINVAL;
	if (topology->kind == TOPOLOGY_LOOPBACK)
		return link_set_up("lo", up);
	return change_port(topology, end, false, up);
}

int topology_set_cable(const struct topology *topology, enum topology_place end, bool plugged)
{
	if (end != TOPOLOGY_CLIENT && end != TOPOLOGY_SERVER)
		return -EINVAL;
	return change_port(topology, end, true, plugged);
}

int topology_set_route(const struct topology *topology, enum topology_place end, bool present)
{
	const struct port *other, *port = port_of(topology, end, &other);
	cleanup_fd int here = -1;
	int result;

	if (end != TOPOLOGY_CLIENT && end != TOPOLOGY_SERVER)
		return -EINVAL;
	if (!port)
		return -EOPNOTSUPP;
	result = open_namespace(&here);
	if (result < 0)
		return result;
	result = port_set_route(topology, port, present);
	return return_to(here, result);
}

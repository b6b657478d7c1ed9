#define _GNU_SOURCE
#include "sandbox/route.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "sandbox/netlink.h"

/* IP6_RT_PRIO_ADDRCONF, net/ipv6/addrconf.c, addrconf_prefix_route. */
#define METRIC_OF_ADDRESS 256

static unsigned char domain_of(const struct address *address)
{
	return address->family == 4 ? AF_INET : AF_INET6;
}

static size_t length_of(const struct address *address)
{
	return address->family == 4 ? 4 : 16;
}

/* Begins a message with a header of this size. */
static struct nlmsghdr *begin(char *buffer, uint16_t type, uint16_t flags, size_t size,
			      void *ret_header)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	void *header = mnl_nlmsg_put_extra_header(message, size);

	message->nlmsg_type = type;
	message->nlmsg_flags = flags;
	memcpy(ret_header, &header, sizeof(header));
	return message;
}

int address_add(const char *link, const struct address *address, uint8_t prefix)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const unsigned int index = if_nametoindex(link);
	struct ifaddrmsg *header;
	struct nlmsghdr *message;

	if (!index)
		return -errno;
	message = begin(buffer, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*header), &header);
	header->ifa_family = domain_of(address);
	header->ifa_prefixlen = prefix;
	header->ifa_index = index;
	mnl_attr_put(message, IFA_LOCAL, length_of(address), address->bytes);
	mnl_attr_put(message, IFA_ADDRESS, length_of(address), address->bytes);
	if (address->family == 6)
		mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_NODAD);
	return netlink_ask_once(NETLINK_ROUTE, message, NULL, NULL);
}

static void hear_type(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	bool *local = data;

	if (message->nlmsg_type == RTM_NEWROUTE)
		*local = route->rtm_type == RTN_LOCAL;
}

static int is_local(void *data)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct address *address = data;
	struct rtmsg *header;
	struct nlmsghdr *message = begin(buffer, RTM_GETROUTE, 0, sizeof(*header), &header);
	bool local = false;
	int result;

	header->rtm_family = domain_of(address);
	header->rtm_dst_len = (unsigned char)(8 * length_of(address));
	mnl_attr_put(message, RTA_DST, length_of(address), address->bytes);
	result = netlink_ask_once(NETLINK_ROUTE, message, hear_type, &local);
	return result == -ENETUNREACH ? 0 : result < 0 ? result : local;
}

/*
 * IPv6 makes an address's own route in a worker, also where no duplicates are looked for
 * (net/ipv6/addrconf.c, addrconf_dad_work, addrconf_dad_completed).
 */
int address_await(const struct address *address, int64_t timeout)
{
	struct address own = *address;

	return netlink_await(NETLINK_ROUTE,
			     own.family == 4 ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE, is_local,
			     &own, timeout);
}

/* The kernel refuses a destination with bits behind its prefix (fib_table_insert). */
static struct address network_of(const struct address *address, uint8_t prefix)
{
	struct address network = {.family = address->family};

	for (size_t i = 0; i < length_of(address); i++) {
		const size_t bits = prefix <= 8 * i ? 0 : prefix - 8 * i;

		network.bytes[i] = bits >= 8 ? address->bytes[i]
					     : (uint8_t)(address->bytes[i] & (0xff00 >> bits));
	}
	return network;
}

static int change_route(const struct route *route, uint16_t type, uint16_t flags)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct address network = network_of(&route->destination, route->prefix);
	const unsigned int index = if_nametoindex(route->link);
	struct nlmsghdr *message;
	struct rtmsg *header;

	if (!index)
		return -errno;
	message = begin(buffer, type, flags, sizeof(*header), &header);
	header->rtm_family = domain_of(&network);
	header->rtm_dst_len = route->prefix;
	header->rtm_table = RT_TABLE_MAIN;
	/* RT_SCOPE_NOWHERE and RTPROT_UNSPEC delete a route whoever made it (fib_table_delete). */
	header->rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE
			    : route->gateway	 ? RT_SCOPE_UNIVERSE
						 : RT_SCOPE_LINK;
	header->rtm_protocol = type == RTM_DELROUTE ? RTPROT_UNSPEC : RTPROT_STATIC;
	header->rtm_type = RTN_UNICAST;
	mnl_attr_put(message, RTA_DST, length_of(&network), network.bytes);
	mnl_attr_put_u32(message, RTA_OIF, index);
	/* That of the route which the kernel makes for an address, so that there is one of both. */
	if (!route->gateway && network.family == 6)
		mnl_attr_put_u32(message, RTA_PRIORITY, METRIC_OF_ADDRESS);
	if (route->gateway)
		mnl_attr_put(message, RTA_GATEWAY, length_of(&network), route->gateway->bytes);
	return netlink_ask_once(NETLINK_ROUTE, message, NULL, NULL);
}

int route_add(const struct route *route)
{
	return change_route(route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
}

int route_remove(const struct route *route)
{
	return change_route(route, RTM_DELROUTE, 0);
}

int neighbour_set(const char *link, const struct address *address, const uint8_t ethernet[6])
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const unsigned int index = if_nametoindex(link);
	struct nlmsghdr *message;
	struct ndmsg *header;

	if (!index)
		return -errno;
	message =
		begin(buffer, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*header), &header);
	header->ndm_family = domain_of(address);
	header->ndm_ifindex = (int)index;
	header->ndm_state = NUD_PERMANENT;
	mnl_attr_put(message, NDA_DST, length_of(address), address->bytes);
	mnl_attr_put(message, NDA_LLADDR, 6, ethernet);
	return netlink_ask_once(NETLINK_ROUTE, message, NULL, NULL);
}

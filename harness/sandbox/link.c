#define _GNU_SOURCE
#include "sandbox/link.h"

#include <errno.h>
#include <string.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "sandbox/netlink.h"

static struct nlmsghdr *begin(char *buffer, uint16_t type, uint16_t flags,
			      struct ifinfomsg **ret_link)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = type;
	message->nlmsg_flags = flags;
	*ret_link = mnl_nlmsg_put_extra_header(message, sizeof(**ret_link));
	(*ret_link)->ifi_family = AF_UNSPEC;
	return message;
}

int link_set_up(const char *name, int up)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct ifinfomsg *link;
	struct nlmsghdr *message = begin(buffer, RTM_NEWLINK, 0, &link);

	if (strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	/* With index 0 the kernel looks the link up by its name (net/core/rtnetlink.c,
	 * __rtnl_newlink); without NLM_F_CREATE it makes none. */
	link->ifi_change = IFF_UP;
	link->ifi_flags = up ? IFF_UP : 0;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	return netlink_ask_once(NETLINK_ROUTE, message, NULL, NULL);
}

static void hear_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct link_state *state = data;
	const struct nlattr *attribute;

	if (message->nlmsg_type != RTM_NEWLINK)
		return;
	state->up = link->ifi_flags & IFF_UP;
	mnl_attr_for_each(attribute, message, sizeof(*link))
	{
		if (mnl_attr_get_type(attribute) == IFLA_OPERSTATE)
			state->running = mnl_attr_get_u8(attribute) == IF_OPER_UP;
	}
}

int link_read(const char *name, struct link_state *ret_state)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct link_state state = {0};
	struct ifinfomsg *link;
	struct nlmsghdr *message = begin(buffer, RTM_GETLINK, 0, &link);
	int result;

	if (strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	result = netlink_ask_once(NETLINK_ROUTE, message, hear_link, &state);
	if (result == 0)
		*ret_state = state;
	return result;
}

static int is_running(void *data)
{
	const char *const *name = data;
	struct link_state state = {0};
	int result = link_read(*name, &state);

	return result < 0 ? result : state.running;
}

/* The kernel works on a change of carrier some time later (net/core/link_watch.c). */
int link_await(const char *name, int64_t timeout)
{
	return netlink_await(NETLINK_ROUTE, RTNLGRP_LINK, is_running, &name, timeout);
}

int link_make_pair(const struct link_side *here, const struct link_side *there, int there_fd)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct ifinfomsg *link;
	struct nlmsghdr *message = begin(buffer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link);
	struct nlattr *info, *data, *peer;

	if (strlen(here->name) >= IFNAMSIZ || strlen(there->name) >= IFNAMSIZ)
		return -ENAMETOOLONG;
	mnl_attr_put_strz(message, IFLA_IFNAME, here->name);
	mnl_attr_put(message, IFLA_ADDRESS, sizeof(here->address), here->address);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, there->name);
	mnl_attr_put(message, IFLA_ADDRESS, sizeof(there->address), there->address);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)there_fd);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	return netlink_ask_once(NETLINK_ROUTE, message, NULL, NULL);
}

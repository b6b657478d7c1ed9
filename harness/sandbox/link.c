#define _GNU_SOURCE
#include "sandbox/link.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "sandbox/netlink.h"

int link_set_up(const char *name, int up)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct netlink netlink;
	struct nlmsghdr *message;
	struct ifinfomsg *link;
	int result;

	if (strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	result = netlink_open(&netlink, NETLINK_ROUTE);
	if (result < 0)
		return result;
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = RTM_NEWLINK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++netlink.sequence;
	/* With index 0 the kernel looks the link up by its name (net/core/rtnetlink.c,
	 * __rtnl_newlink); without NLM_F_CREATE it makes none. */
	link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	link->ifi_family = AF_UNSPEC;
	link->ifi_change = IFF_UP;
	link->ifi_flags = up ? IFF_UP : 0;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	result = netlink_ask(&netlink, message, message->nlmsg_len, message->nlmsg_seq, NULL, NULL);
	netlink_close(&netlink);
	return result;
}

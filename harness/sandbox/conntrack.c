#define _GNU_SOURCE
#include "sandbox/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <linux/if.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "sandbox/nft.h"

#define TABLE "halfopen-tracking"

/* Before the firewall's chains, which have priority 0. */
static const struct nft_hook hooks[] = {
	[FIREWALL_INPUT] = {"input", "filter", NF_INET_LOCAL_IN, -1},
	[FIREWALL_OUTPUT] = {"output", "filter", NF_INET_LOCAL_OUT, -1},
	[FIREWALL_FORWARD] = {"forward", "filter", NF_INET_FORWARD, -1},
};

/* NF_IP_PRI_NAT_SRC (include/uapi/linux/netfilter_ipv4.h). */
static const struct nft_hook nat_hook = {"masquerade", "nat", NF_INET_POST_ROUTING, 100};

struct conntrack {
	struct netlink netlink;
	const char *chain; /* of the filter; NULL: none */
	uint64_t handle;   /* of its rule that drops */
};

static struct nlmsghdr *begin(struct conntrack *conntrack, char *buffer, enum cntl_msg_types type,
			      uint8_t family)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	message->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++conntrack->netlink.sequence;
	header->nfgen_family = family;
	header->version = NFNETLINK_V0;
	return message;
}

static int ask(struct conntrack *conntrack, const struct nlmsghdr *message, netlink_answer answer,
	       void *data)
{
	return netlink_ask(&conntrack->netlink, message, message->nlmsg_len, message->nlmsg_seq,
			   answer, data);
}

/* A kernel without ctnetlink refuses any question (net/netfilter/nfnetlink.c, nfnetlink_rcv_msg).
 */
static int try_ctnetlink(struct conntrack *conntrack)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	int result = ask(conntrack, begin(conntrack, buffer, IPCTNL_MSG_CT_GET_STATS, AF_UNSPEC),
			 NULL, NULL);

	return result == -EINVAL ? -EPROTONOSUPPORT : result;
}

int conntrack_open(struct conntrack **ret_conntrack)
{
	cleanup_free struct conntrack *conntrack = calloc(1, sizeof(*conntrack));
	int result;

	if (!conntrack)
		return -ENOMEM;
	result = netlink_open(&conntrack->netlink, NETLINK_NETFILTER);
	if (result < 0)
		return result;
	result = try_ctnetlink(conntrack);
	if (result < 0)
		netlink_close(&conntrack->netlink);
	else
		*ret_conntrack = steal_pointer(conntrack);
	return result;
}

void conntrack_close(struct conntrack *conntrack)
{
	if (!conntrack)
		return;
	netlink_close(&conntrack->netlink);
	free(conntrack);
}

/* Goes on only where the packet is in one of these states (NF_CT_STATE_BIT). */
static void match_state(struct nft_rule *rule, uint32_t states)
{
	const uint32_t none = 0;

	nft_load_ct_state(rule, NFT_REG_1);
	nft_mask(rule, NFT_REG_1, &states, sizeof(states));
	nft_compare(rule, NFT_CMP_NEQ, &none, sizeof(none));
}

int conntrack_filter(struct conntrack *conntrack, enum firewall_hook hook)
{
	const uint32_t known = NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
	const uint16_t append = NLM_F_CREATE | NLM_F_APPEND;
	struct nftnl_rule *echo = nftnl_rule_alloc();
	struct nft_rule rules[3];
	struct nft_batch batch;
	const char *chain;
	int result;

	if ((size_t)hook >= array_length(hooks) || !echo) {
		if (echo)
			nftnl_rule_free(echo);
		return echo ? -EINVAL : -ENOMEM;
	}
	chain = hooks[hook].chain;
	nft_begin(&batch, &conntrack->netlink, TABLE);
	nft_put_table(&batch);
	nft_put_chain(&batch, &hooks[hook], NLM_F_EXCL);
	for (size_t i = 0; i < array_length(rules); i++) {
		rules[i] = nft_rule_new(TABLE, chain, 0);
		nft_match_meta(&rules[i], NFT_META_L4PROTO, IPPROTO_TCP);
	}
	match_state(&rules[0], known);
	nft_verdict(&rules[0], NF_ACCEPT);
	match_state(&rules[1], NF_CT_STATE_BIT(IP_CT_NEW));
	nft_match_tcp_flags(&rules[1], TH_SYN | TH_ACK | TH_FIN | TH_RST, TH_SYN);
	nft_verdict(&rules[1], NF_ACCEPT);
	nft_count(&rules[2]);
	nft_verdict(&rules[2], NF_DROP);
	nft_put_rule(&batch, NFT_MSG_NEWRULE, append, &rules[0]);
	nft_put_rule(&batch, NFT_MSG_NEWRULE, append, &rules[1]);
	nft_put_rule(&batch, NFT_MSG_NEWRULE, append | NLM_F_ECHO, &rules[2]);
	result = nft_send(&batch, nft_hear_rule, echo);
	if (result == 0) {
		conntrack->chain = chain;
		conntrack->handle = nftnl_rule_get_u64(echo, NFTNL_RULE_HANDLE);
	}
	for (size_t i = 0; i < array_length(rules); i++)
		nft_rule_free(&rules[i]);
	nftnl_rule_free(echo);
	return result;
}

int conntrack_counter(struct conntrack *conntrack, uint64_t *ret_packets, uint64_t *ret_bytes)
{
	if (!conntrack->chain)
		return -ENOENT;
	return nft_read_counter(&conntrack->netlink, TABLE, conntrack->chain, conntrack->handle,
				ret_packets, ret_bytes);
}

int conntrack_masquerade(struct conntrack *conntrack, const char *link)
{
	char name[IFNAMSIZ] = "";
	struct nft_batch batch;
	struct nft_rule rule;
	int result;

	if (strlen(link) >= sizeof(name))
		return -ENAMETOOLONG;
	memcpy(name, link, strlen(link));
	rule = nft_rule_new(TABLE, nat_hook.chain, 0);
	nft_load_meta(&rule, NFT_META_OIFNAME, NFT_REG_1);
	nft_compare(&rule, NFT_CMP_EQ, name, sizeof(name));
	nft_masquerade(&rule);
	nft_begin(&batch, &conntrack->netlink, TABLE);
	nft_put_table(&batch);
	nft_put_chain(&batch, &nat_hook, 0);
	nft_put_rule(&batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, &rule);
	result = nft_send(&batch, NULL, NULL);
	nft_rule_free(&rule);
	return result;
}

static void put_tuple(struct nlmsghdr *message, const struct address *source,
		      const struct address *destination)
{
	const bool four = source->family == 4;
	const size_t length = four ? 4 : 16;
	struct nlattr *tuple = mnl_attr_nest_start(message, CTA_TUPLE_ORIG), *part;

	part = mnl_attr_nest_start(message, CTA_TUPLE_IP);
	mnl_attr_put(message, four ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, length, source->bytes);
	mnl_attr_put(message, four ? CTA_IP_V4_DST : CTA_IP_V6_DST, length, destination->bytes);
	mnl_attr_nest_end(message, part);
	part = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, IPPROTO_TCP);
	mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(source->port));
	mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(destination->port));
	mnl_attr_nest_end(message, part);
	mnl_attr_nest_end(message, tuple);
}

static void read_ip(struct address *address, const struct nlattr *attribute)
{
	const size_t length = mnl_attr_get_payload_len(attribute);

	if (length > sizeof(address->bytes))
		return;
	address->family = length == 4 ? 4 : 6;
	memcpy(address->bytes, mnl_attr_get_payload(attribute), length);
}

/* The reply's tuple. What an attribute's number means depends on the nest that it is in. */
static void read_tuple(const struct nlattr *tuple, struct conntrack_entry *entry)
{
	const struct nlattr *part, *attribute;

	mnl_attr_for_each_nested(part, tuple)
	{
		const bool addresses = mnl_attr_get_type(part) == CTA_TUPLE_IP;

		mnl_attr_for_each_nested(attribute, part)
		{
			const uint16_t type = mnl_attr_get_type(attribute);

			if (addresses && (type == CTA_IP_V4_SRC || type == CTA_IP_V6_SRC))
				read_ip(&entry->reply_source, attribute);
			else if (addresses && (type == CTA_IP_V4_DST || type == CTA_IP_V6_DST))
				read_ip(&entry->reply_destination, attribute);
			else if (!addresses && type == CTA_PROTO_SRC_PORT)
				entry->reply_source.port = ntohs(mnl_attr_get_u16(attribute));
			else if (!addresses && type == CTA_PROTO_DST_PORT)
				entry->reply_destination.port = ntohs(mnl_attr_get_u16(attribute));
		}
	}
}

static void read_state(const struct nlattr *information, struct conntrack_entry *entry)
{
	const struct nlattr *protocol, *attribute;

	mnl_attr_for_each_nested(protocol, information)
	{
		if (mnl_attr_get_type(protocol) != CTA_PROTOINFO_TCP)
			continue;
		mnl_attr_for_each_nested(attribute, protocol)
		{
			if (mnl_attr_get_type(attribute) == CTA_PROTOINFO_TCP_STATE)
				entry->state = mnl_attr_get_u8(attribute);
		}
	}
}

static void hear_entry(const struct nlmsghdr *message, void *data)
{
	struct conntrack_entry *entry = data;
	const struct nlattr *attribute;
	uint32_t status;

	entry->found = true;
	mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
	{
		switch (mnl_attr_get_type(attribute)) {
		case CTA_TUPLE_REPLY:
			read_tuple(attribute, entry);
			break;
		case CTA_STATUS:
			status = ntohl(mnl_attr_get_u32(attribute));
			entry->replied = status & IPS_SEEN_REPLY;
			entry->assured = status & IPS_ASSURED;
			break;
		case CTA_TIMEOUT:
			entry->expires = ntohl(mnl_attr_get_u32(attribute)) * SECOND;
			break;
		case CTA_PROTOINFO:
			read_state(attribute, entry);
			break;
		default:
			break;
		}
	}
}

int conntrack_find(struct conntrack *conntrack, const struct address *source,
		   const struct address *destination, struct conntrack_entry *ret_entry)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct conntrack_entry entry = {0};
	struct nlmsghdr *message;
	int result;

	if ((source->family != 4 && source->family != 6) || source->family != destination->family)
		return -EINVAL;
	message = begin(conntrack, buffer, IPCTNL_MSG_CT_GET,
			source->family == 4 ? AF_INET : AF_INET6);
	put_tuple(message, source, destination);
	result = ask(conntrack, message, hear_entry, &entry);
	if (result < 0 && result != -ENOENT)
		return result;
	*ret_entry = entry;
	return 0;
}

/* Without a tuple all of the namespace's go (ctnetlink_flush_conntrack). */
int conntrack_flush(struct conntrack *conntrack)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));

	return ask(conntrack, begin(conntrack, buffer, IPCTNL_MSG_CT_DELETE, AF_UNSPEC), NULL,
		   NULL);
}

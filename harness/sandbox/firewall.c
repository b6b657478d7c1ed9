#define _GNU_SOURCE
#include "sandbox/firewall.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <string.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>

#include "base/cleanup.h"
#include "sandbox/netlink.h"

#define TABLE "halfopen"
#define CHAIN "input"

/*
 * The input hook, NF_INET_LOCAL_IN, is in ip_local_deliver() (net/ipv4/ip_input.c) and
 * ip6_input(): behind the packet taps of __netif_receive_skb_core(), so that a capture sees what
 * is dropped here, and before tcp_v4_rcv(), so that the sender takes the packet for sent. A
 * drop in the output hook would be reported to the sender instead (-EPERM from
 * ip_local_out(), and TCP does not count such a transmission).
 *
 * Priority 0 is NF_IP_PRI_FILTER (include/uapi/linux/netfilter_ipv4.h): in a namespace of its own
 * nothing else is hooked in, so the number only has to be an ordinary one: after mangle
 * (-150), before security (50), source NAT (100) and conntrack's confirmation (INT_MAX).
 */
#define HOOK	 NF_INET_LOCAL_IN
#define PRIORITY 0

struct firewall {
	struct netlink netlink;
};

/* The messages of one transaction: all come into force or none (nf_tables_api.c, nf_tables_commit).
 */
struct batch {
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t used;
	uint32_t first;
};

static void batch_begin(struct batch *batch, struct netlink *netlink)
{
	batch->first = ++netlink->sequence;
	batch->used = nftnl_batch_begin(batch->buffer, batch->first)->nlmsg_len;
}

static struct nlmsghdr *batch_message(struct batch *batch, struct netlink *netlink, uint16_t type,
				      uint16_t flags)
{
	return nftnl_nlmsg_build_hdr(batch->buffer + batch->used, type, NFPROTO_INET, flags,
				     ++netlink->sequence);
}

static void batch_append(struct batch *batch, const struct nlmsghdr *message)
{
	batch->used += MNL_ALIGN(message->nlmsg_len);
}

/*
 * Ends the batch and sends it. The end has no number of its own in the question: the last message
 * before it has NLM_F_ACK, and acknowledgments are delivered after the commit, behind the echoes
 * (net/netfilter/nfnetlink.c, nfnetlink_rcv_batch).
 */
static int batch_send(struct batch *batch, struct netlink *netlink, netlink_answer answer,
		      void *data)
{
	uint32_t last = netlink->sequence;

	batch->used += nftnl_batch_end(batch->buffer + batch->used, last + 1)->nlmsg_len;
	return netlink_ask(netlink, batch->buffer, batch->used, batch->first, answer, data);
}

static int add_table_and_chain(struct firewall *firewall, struct nftnl_table *table,
			       struct nftnl_chain *chain)
{
	struct netlink *netlink = &firewall->netlink;
	struct nlmsghdr *message;
	struct batch batch;

	nftnl_table_set_u32(table, NFTNL_TABLE_FAMILY, NFPROTO_INET);
	nftnl_table_set_str(table, NFTNL_TABLE_NAME, TABLE);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, NFPROTO_INET);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, TABLE);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, CHAIN);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, HOOK);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, PRIORITY);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);

	batch_begin(&batch, netlink);
	message = batch_message(&batch, netlink, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	nftnl_table_nlmsg_build_payload(message, table);
	batch_append(&batch, message);
	message = batch_message(&batch, netlink, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_ACK);
	nftnl_chain_nlmsg_build_payload(message, chain);
	batch_append(&batch, message);
	return batch_send(&batch, netlink, NULL, NULL);
}

int firewall_open(struct firewall **ret_firewall)
{
	cleanup_free struct firewall *firewall = calloc(1, sizeof(*firewall));
	struct nftnl_table *table = nftnl_table_alloc();
	struct nftnl_chain *chain = nftnl_chain_alloc();
	int result = -ENOMEM;

	if (firewall && table && chain)
		result = netlink_open(&firewall->netlink, NETLINK_NETFILTER);
	if (result == 0)
		result = add_table_and_chain(firewall, table, chain);
	if (table)
		nftnl_table_free(table);
	if (chain)
		nftnl_chain_free(chain);
	if (result == 0)
		*ret_firewall = steal_pointer(firewall);
	else if (firewall)
		netlink_close(&firewall->netlink);
	return result;
}

void firewall_close(struct firewall *firewall)
{
	if (!firewall)
		return;
	netlink_close(&firewall->netlink);
	free(firewall);
}

/* Appends an expression to the rule; NULL where memory is out. */
static struct nftnl_expr *add_expression(struct nftnl_rule *rule, const char *name)
{
	struct nftnl_expr *expression = nftnl_expr_alloc(name);

	if (expression)
		nftnl_rule_add_expr(rule, expression);
	return expression;
}

/* The rule goes on only where register 1 has these bytes. */
static int add_equal(struct nftnl_rule *rule, const void *bytes, uint32_t length)
{
	struct nftnl_expr *compare = add_expression(rule, "cmp");

	if (!compare)
		return -ENOMEM;
	nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
	nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, bytes, length);
	return 0;
}

static int add_meta_equal(struct nftnl_rule *rule, enum nft_meta_keys key, uint8_t value)
{
	struct nftnl_expr *meta = add_expression(rule, "meta");

	if (!meta)
		return -ENOMEM;
	nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, NFT_REG_1);
	return add_equal(rule, &value, sizeof(value));
}

static int add_payload_equal(struct nftnl_rule *rule, enum nft_payload_bases base, size_t offset,
			     const void *bytes, uint32_t length)
{
	struct nftnl_expr *payload = add_expression(rule, "payload");

	if (!payload)
		return -ENOMEM;
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, (uint32_t)offset);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, length);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	return add_equal(rule, bytes, length);
}

/* One end of the packet: its address and port, where they are given. */
static int add_end(struct nftnl_rule *rule, const struct address *end, size_t offset4,
		   size_t offset6, size_t port_offset)
{
	uint16_t port_be = htons(end->port);
	int result = 0;

	if (end->family)
		result = add_payload_equal(rule, NFT_PAYLOAD_NETWORK_HEADER,
					   end->family == 4 ? offset4 : offset6, end->bytes,
					   end->family == 4 ? 4 : 16);
	if (result == 0 && end->port)
		result = add_payload_equal(rule, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset,
					   &port_be, sizeof(port_be));
	return result;
}

/*
 * A chain of the inet family sees IPv4 and IPv6: the protocol comes first where an address is asked
 * for, since the same offset means something else in the other header. The counter stands behind
 * all comparisons and so counts what is dropped.
 */
static int add_expressions(struct nftnl_rule *rule, const struct firewall_match *match)
{
	uint8_t family = match->source.family ? match->source.family : match->destination.family;
	struct nftnl_expr *verdict;
	int result = 0;

	if (family)
		result = add_meta_equal(rule, NFT_META_NFPROTO,
					family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
	if (result == 0)
		result = add_meta_equal(rule, NFT_META_L4PROTO, IPPROTO_TCP);
	if (result == 0)
		result =
			add_end(rule, &match->source, offsetof(struct iphdr, saddr),
				offsetof(struct ip6_hdr, ip6_src), offsetof(struct tcphdr, source));
	if (result == 0)
		result = add_end(rule, &match->destination, offsetof(struct iphdr, daddr),
				 offsetof(struct ip6_hdr, ip6_dst), offsetof(struct tcphdr, dest));
	if (result < 0)
		return result;
	if (!add_expression(rule, "counter"))
		return -ENOMEM;
	verdict = add_expression(rule, "immediate");
	if (!verdict)
		return -ENOMEM;
	nftnl_expr_set_u32(verdict, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(verdict, NFTNL_EXPR_IMM_VERDICT, NF_DROP);
	return 0;
}

static struct nftnl_rule *new_rule(uint64_t handle)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return NULL;
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, TABLE);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, CHAIN);
	if (handle)
		nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, handle);
	return rule;
}

/* Reads the rule that an answer tells of into data, a struct nftnl_rule. */
static void hear_rule(const struct nlmsghdr *message, void *data)
{
	if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWRULE)
		nftnl_rule_nlmsg_parse(message, data);
}

/* Sends one change of a rule; the kernel's echo of it goes to ret_echo, which may be NULL. */
static int change_rule(struct firewall *firewall, uint16_t type, uint16_t flags,
		       struct nftnl_rule *rule, struct nftnl_rule *ret_echo)
{
	struct nlmsghdr *message;
	struct batch batch;

	batch_begin(&batch, &firewall->netlink);
	message = batch_message(&batch, &firewall->netlink, type, flags | NLM_F_ACK);
	nftnl_rule_nlmsg_build_payload(message, rule);
	batch_append(&batch, message);
	return batch_send(&batch, &firewall->netlink, ret_echo ? hear_rule : NULL, ret_echo);
}

int firewall_drop(struct firewall *firewall, const struct firewall_match *match,
		  uint64_t *ret_handle)
{
	const uint16_t flags = NLM_F_CREATE | NLM_F_APPEND | NLM_F_ECHO;
	struct nftnl_rule *rule, *echo;
	int result = -ENOMEM;

	if (match->source.family && match->destination.family &&
	    match->source.family != match->destination.family)
		return -EINVAL;
	rule = new_rule(0);
	echo = nftnl_rule_alloc();
	if (rule && echo)
		result = add_expressions(rule, match);
	if (result == 0)
		result = change_rule(firewall, NFT_MSG_NEWRULE, flags, rule, echo);
	if (result == 0 && !nftnl_rule_is_set(echo, NFTNL_RULE_HANDLE))
		result = -EBADMSG;
	if (result == 0)
		*ret_handle = nftnl_rule_get_u64(echo, NFTNL_RULE_HANDLE);
	if (rule)
		nftnl_rule_free(rule);
	if (echo)
		nftnl_rule_free(echo);
	return result;
}

int firewall_remove(struct firewall *firewall, uint64_t handle)
{
	struct nftnl_rule *rule;
	int result;

	/* Without a handle the kernel would delete every rule of the chain (nf_tables_delrule). */
	if (handle == 0)
		return -ENOENT;
	rule = new_rule(handle);
	if (!rule)
		return -ENOMEM;
	result = change_rule(firewall, NFT_MSG_DELRULE, 0, rule, NULL);
	nftnl_rule_free(rule);
	return result;
}

static int read_counter(struct nftnl_expr *expression, void *data)
{
	uint64_t *counts = data;

	if (strcmp(nftnl_expr_get_str(expression, NFTNL_EXPR_NAME), "counter") == 0) {
		counts[0] = nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_PACKETS);
		counts[1] = nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_BYTES);
	}
	return 0;
}

int firewall_counter(struct firewall *firewall, uint64_t handle, uint64_t *ret_packets,
		     uint64_t *ret_bytes)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct netlink *netlink = &firewall->netlink;
	struct nftnl_rule *rule, *answer;
	struct nlmsghdr *message;
	uint64_t counts[2] = {0, 0};
	int result = -ENOMEM;

	if (handle == 0)
		return -ENOENT;
	rule = new_rule(handle);
	answer = nftnl_rule_alloc();
	if (rule && answer) {
		message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETRULE, NFPROTO_INET, NLM_F_ACK,
						++netlink->sequence);
		nftnl_rule_nlmsg_build_payload(message, rule);
		result = netlink_ask(netlink, message, message->nlmsg_len, message->nlmsg_seq,
				     hear_rule, answer);
	}
	if (result == 0) {
		nftnl_expr_foreach(answer, read_counter, counts);
		*ret_packets = counts[0];
		*ret_bytes = counts[1];
	}
	if (rule)
		nftnl_rule_free(rule);
	if (answer)
		nftnl_rule_free(answer);
	return result;
}

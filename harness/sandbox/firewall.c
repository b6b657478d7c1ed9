#define _GNU_SOURCE
#include "sandbox/firewall.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sandbox/nft.h"
#include "base/pattern.h"

#define TABLE "halfopen"

/*
 * The input hook, NF_INET_LOCAL_IN, is in ip_local_deliver() (net/ipv4/ip_input.c) and
 * ip6_input(): behind the packet taps of __netif_receive_skb_core(), so that a capture sees what
 * is dropped here, and before tcp_v4_rcv(), so that the sender takes the packet for sent. A
 * drop in the output hook would be reported to the sender instead (-EPERM from
 * ip_local_out(), and TCP does not count such a transmission).
 *
 * Priority 0 is NF_IP_PRI_FILTER (include/uapi/linux/netfilter_ipv4.h), the ordinary one: after
 * mangle (-150), before security (50), source NAT (100) and conntrack's confirmation (INT_MAX).
 */
static const struct nft_hook hooks[] = {
	[FIREWALL_INPUT] = {"input", "filter", NF_INET_LOCAL_IN, 0},
	[FIREWALL_OUTPUT] = {"output", "filter", NF_INET_LOCAL_OUT, 0},
	[FIREWALL_FORWARD] = {"forward", "filter", NF_INET_FORWARD, 0},
};

/*
 * The kernel deletes a rule by chain and handle. Handles count up from 1 in each table
 * (nf_tables_api.c, nf_tables_alloc_handle), so the topmost bits are free for the hook.
 */
#define HOOK_SHIFT 62

struct firewall {
	struct netlink netlink;
};

int firewall_open(struct firewall **ret_firewall)
{
	cleanup_free struct firewall *firewall = calloc(1, sizeof(*firewall));
	struct nft_batch batch;
	int result;

	if (!firewall)
		return -ENOMEM;
	result = netlink_open(&firewall->netlink, NETLINK_NETFILTER);
	if (result < 0)
		return result;
	nft_begin(&batch, &firewall->netlink, TABLE);
	nft_put_table(&batch);
	for (size_t i = 0; i < array_length(hooks); i++)
		nft_put_chain(&batch, &hooks[i], 0);
	result = nft_send(&batch, NULL, NULL);
	if (result < 0)
		netlink_close(&firewall->netlink);
	else
		*ret_firewall = steal_pointer(firewall);
	return result;
}

void firewall_close(struct firewall *firewall)
{
	if (!firewall)
		return;
	netlink_close(&firewall->netlink);
	free(firewall);
}

/* Codes of one family only have no other; a reject with it in the other family cannot be. */
#define NO_CODE 255

static const struct {
	uint8_t four, six, either; /* either: enum nft_reject_inet_code */
} codes[] = {
	[FIREWALL_NET_UNREACHABLE] = {ICMP_NET_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
				      NFT_REJECT_ICMPX_NO_ROUTE},
	[FIREWALL_HOST_UNREACHABLE] = {ICMP_HOST_UNREACH, ICMP6_DST_UNREACH_ADDR,
				       NFT_REJECT_ICMPX_HOST_UNREACH},
	[FIREWALL_PORT_UNREACHABLE] = {ICMP_PORT_UNREACH, ICMP6_DST_UNREACH_NOPORT,
				       NFT_REJECT_ICMPX_PORT_UNREACH},
	[FIREWALL_ADMIN_PROHIBITED] = {ICMP_PKT_FILTERED, ICMP6_DST_UNREACH_ADMIN,
				       NFT_REJECT_ICMPX_ADMIN_PROHIBITED},
	[FIREWALL_PROTOCOL_UNREACHABLE] = {ICMP_PROT_UNREACH, NO_CODE, NO_CODE},
	[FIREWALL_NET_PROHIBITED] = {ICMP_NET_ANO, NO_CODE, NO_CODE},
	[FIREWALL_HOST_PROHIBITED] = {ICMP_HOST_ANO, NO_CODE, NO_CODE},
	[FIREWALL_POLICY_FAIL] = {NO_CODE, 5, NO_CODE},	 /* RFC 4443 3.1 */
	[FIREWALL_REJECT_ROUTE] = {NO_CODE, 6, NO_CODE}, /* the same */
};

/* The family that a rule is bound to by its addresses and its code, 0 for both, or -EINVAL. */
static int family_of(const struct firewall_rule *rule)
{
	const struct address *source = &rule->match.source, *destination = &rule->match.destination;
	int family = source->family ? source->family : destination->family;
	int bound = 0;

	if (source->family && destination->family && source->family != destination->family)
		return -EINVAL;
	if (rule->action == FIREWALL_REJECT_ICMP && codes[rule->code].four == NO_CODE)
		bound = 6;
	if (rule->action == FIREWALL_REJECT_ICMP && codes[rule->code].six == NO_CODE)
		bound = 4;
	if (family && bound && family != bound)
		return -EINVAL;
	return family ? family : bound;
}

static bool limit_is_possible(const struct firewall_limit *limit)
{
	switch (limit->kind) {
	case FIREWALL_ALWAYS:
		return true;
	case FIREWALL_FIRST:
		return limit->count >= 1 && limit->count <= FIREWALL_FIRST_MAX;
	case FIREWALL_EVERY:
		return limit->count >= 1;
	case FIREWALL_CHANCE:
		return limit->count >= 1 && limit->count <= FIREWALL_CHANCE_MAX;
	}
	return false;
}

static bool is_possible(const struct firewall_rule *rule)
{
	if ((size_t)rule->hook >= array_length(hooks))
		return false;
	if (rule->action == FIREWALL_REJECT_ICMP && (size_t)rule->code >= array_length(codes))
		return false;
	if (rule->kind == FIREWALL_ECHO &&
	    (rule->match.source.port || rule->match.destination.port ||
	     rule->action == FIREWALL_REJECT_RST))
		return false;
	return limit_is_possible(&rule->limit);
}

/* One end of the packet: its address and port, where they are given. */
static void match_end(struct nft_rule *rule, const struct address *end, size_t offset4,
		      size_t offset6, size_t port_offset)
{
	const size_t length = end->family == 4 ? 4 : 16;
	const uint16_t port_be = htons(end->port);

	if (end->family) {
		nft_load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER,
				 end->family == 4 ? offset4 : offset6, length, NFT_REG_1);
		nft_compare(rule, NFT_CMP_EQ, end->bytes, length);
	}
	if (end->port) {
		nft_load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset, sizeof(port_be),
				 NFT_REG_1);
		nft_compare(rule, NFT_CMP_EQ, &port_be, sizeof(port_be));
	}
}

/*
 * nftables cannot subtract, so a segment's payload is found by looking up length, data offset and
 * protocol together among those of all segments without one: a TCP header has 5 to 15 words.
 */
static void match_payload(struct nft_batch *batch, struct nft_rule *rule, bool present)
{
	struct {
		uint32_t length;
		uint8_t data_offset, pad1[3], protocol, pad2[3];
	} empty[2 * 11] = {0};
	const uint8_t high_bits = 0xf0;

	for (uint8_t words = 5; words <= 15; words++) {
		const size_t at = 2 * (size_t)(words - 5);

		empty[at].length = sizeof(struct iphdr) + 4 * words;
		empty[at].protocol = NFPROTO_IPV4;
		empty[at + 1].length = sizeof(struct ip6_hdr) + 4 * words;
		empty[at + 1].protocol = NFPROTO_IPV6;
		empty[at].data_offset = empty[at + 1].data_offset = (uint8_t)(words << 4);
	}
	nft_load_meta(rule, NFT_META_LEN, NFT_REG32_00);
	nft_load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 12, 1, NFT_REG32_01);
	nft_mask(rule, NFT_REG32_01, &high_bits, sizeof(high_bits));
	nft_load_meta(rule, NFT_META_NFPROTO, NFT_REG32_02);
	nft_look_up(rule, nft_put_set(batch, empty, sizeof(empty[0]), array_length(empty)),
		    present);
}

static void match_echo(struct nft_batch *batch, struct nft_rule *rule)
{
	static const uint8_t types[][8] = {
		{IPPROTO_ICMP, 0, 0, 0, ICMP_ECHO},
		{IPPROTO_ICMP, 0, 0, 0, ICMP_ECHOREPLY},
		{IPPROTO_ICMPV6, 0, 0, 0, ICMP6_ECHO_REQUEST},
		{IPPROTO_ICMPV6, 0, 0, 0, ICMP6_ECHO_REPLY},
	};

	nft_load_meta(rule, NFT_META_L4PROTO, NFT_REG32_00);
	nft_load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, NFT_REG32_01);
	nft_look_up(rule, nft_put_set(batch, types, sizeof(types[0]), array_length(types)), false);
}

static void match_kind(struct nft_batch *batch, struct nft_rule *rule, enum firewall_kind kind)
{
	const uint8_t all = TH_SYN | TH_ACK | TH_FIN | TH_RST;

	if (kind != FIREWALL_ECHO)
		nft_match_meta(rule, NFT_META_L4PROTO, IPPROTO_TCP);
	switch (kind) {
	case FIREWALL_ANY:
		return;
	case FIREWALL_DATA:
		nft_match_tcp_flags(rule, TH_SYN, 0);
		match_payload(batch, rule, true);
		return;
	case FIREWALL_ACK:
		nft_match_tcp_flags(rule, all, TH_ACK);
		match_payload(batch, rule, false);
		return;
	case FIREWALL_SYN:
		nft_match_tcp_flags(rule, TH_SYN | TH_ACK, TH_SYN);
		return;
	case FIREWALL_SYN_ACK:
		nft_match_tcp_flags(rule, TH_SYN | TH_ACK, TH_SYN | TH_ACK);
		return;
	case FIREWALL_FIN:
		nft_match_tcp_flags(rule, TH_FIN, TH_FIN);
		return;
	case FIREWALL_RST:
		nft_match_tcp_flags(rule, TH_RST, TH_RST);
		return;
	case FIREWALL_ECHO:
		match_echo(batch, rule);
		return;
	}
	rule->result = -EINVAL;
}

/* A number is drawn for each packet that came this far (net/netfilter/nft_numgen.c). */
static void match_limit(struct nft_batch *batch, struct nft_rule *rule,
			const struct firewall_limit *limit)
{
	const uint32_t last = limit->count - 1;
	uint32_t positions[PATTERN_LENGTH];
	bool others;

	switch (limit->kind) {
	case FIREWALL_ALWAYS:
		return;
	case FIREWALL_FIRST:
		nft_limit_first(rule, limit->count);
		return;
	case FIREWALL_EVERY:
		nft_load_count(rule, limit->count, NFT_REG_1);
		nft_compare(rule, NFT_CMP_EQ, &last, sizeof(last));
		return;
	case FIREWALL_CHANCE:
		if (limit->count == PATTERN_LENGTH)
			return;
		pattern_draw(limit->seed, positions);
		/* The smaller part makes the set. */
		others = limit->count > PATTERN_LENGTH / 2;
		nft_load_count(rule, PATTERN_LENGTH, NFT_REG_1);
		nft_look_up(rule,
			    nft_put_set(batch, others ? positions + limit->count : positions,
					sizeof(positions[0]),
					others ? PATTERN_LENGTH - limit->count : limit->count),
			    others);
		return;
	}
}

static void act(struct nft_rule *rule, const struct firewall_rule *wanted, int family)
{
	switch (wanted->action) {
	case FIREWALL_DROP:
		nft_verdict(rule, NF_DROP);
		return;
	case FIREWALL_REJECT_RST:
		nft_reject(rule, NFT_REJECT_TCP_RST, 0);
		return;
	case FIREWALL_REJECT_ICMP:
		if (family == 0)
			nft_reject(rule, NFT_REJECT_ICMPX_UNREACH, codes[wanted->code].either);
		else
			nft_reject(rule, NFT_REJECT_ICMP_UNREACH,
				   family == 4 ? codes[wanted->code].four
					       : codes[wanted->code].six);
		return;
	}
	rule->result = -EINVAL;
}

/*
 * A chain of the inet family sees IPv4 and IPv6: the protocol comes first where an address is asked
 * for, since the same offset means something else in the other header. The limit stands behind all
 * comparisons and so sees what matches, the counter behind the limit and so counts what is taken.
 */
static void build(struct nft_batch *batch, struct nft_rule *rule,
		  const struct firewall_rule *wanted, int family)
{
	const struct firewall_match *match = &wanted->match;

	if (family)
		nft_match_meta(rule, NFT_META_NFPROTO, family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
	match_kind(batch, rule, wanted->kind);
	match_end(rule, &match->source, offsetof(struct iphdr, saddr),
		  offsetof(struct ip6_hdr, ip6_src), offsetof(struct tcphdr, source));
	match_end(rule, &match->destination, offsetof(struct iphdr, daddr),
		  offsetof(struct ip6_hdr, ip6_dst), offsetof(struct tcphdr, dest));
	match_limit(batch, rule, &wanted->limit);
	nft_count(rule);
	act(rule, wanted, family);
}

int firewall_add(struct firewall *firewall, const struct firewall_rule *wanted,
		 uint64_t *ret_handle)
{
	const uint16_t flags = NLM_F_CREATE | NLM_F_APPEND | NLM_F_ECHO;
	struct nftnl_rule *echo;
	struct nft_batch batch;
	struct nft_rule rule;
	int family, result;

	if (!is_possible(wanted))
		return -EINVAL;
	family = family_of(wanted);
	if (family < 0)
		return family;
	echo = nftnl_rule_alloc();
	if (!echo)
		return -ENOMEM;
	rule = nft_rule_new(TABLE, hooks[wanted->hook].chain, 0);
	nft_begin(&batch, &firewall->netlink, TABLE);
	build(&batch, &rule, wanted, family);
	nft_put_rule(&batch, NFT_MSG_NEWRULE, flags, &rule);
	result = nft_send(&batch, nft_hear_rule, echo);
	if (result == 0 && !nftnl_rule_is_set(echo, NFTNL_RULE_HANDLE))
		result = -EBADMSG;
	if (result == 0)
		*ret_handle = nftnl_rule_get_u64(echo, NFTNL_RULE_HANDLE) | (uint64_t)wanted->hook
										    << HOOK_SHIFT;
	nft_rule_free(&rule);
	nftnl_rule_free(echo);
	return result;
}

int firewall_drop(struct firewall *firewall, const struct firewall_match *match,
		  uint64_t *ret_handle)
{
	const struct firewall_rule rule = {.match = *match};

	return firewall_add(firewall, &rule, ret_handle);
}

/* Splits a handle into the kernel's and its chain's name; NULL where there can be no such rule. */
static const char *chain_of(uint64_t *handle)
{
	const size_t hook = *handle >> HOOK_SHIFT;

	*handle &= ((uint64_t)1 << HOOK_SHIFT) - 1;
	/* Without a handle the kernel would delete every rule of the chain (nf_tables_delrule). */
	return *handle && hook < array_length(hooks) ? hooks[hook].chain : NULL;
}

int firewall_remove(struct firewall *firewall, uint64_t handle)
{
	const char *chain = chain_of(&handle);
	struct nft_batch batch;
	struct nft_rule rule;
	int result;

	if (!chain)
		return -ENOENT;
	rule = nft_rule_new(TABLE, chain, handle);
	nft_begin(&batch, &firewall->netlink, TABLE);
	nft_put_rule(&batch, NFT_MSG_DELRULE, 0, &rule);
	result = nft_send(&batch, NULL, NULL);
	nft_rule_free(&rule);
	return result;
}

int firewall_counter(struct firewall *firewall, uint64_t handle, uint64_t *ret_packets,
		     uint64_t *ret_bytes)
{
	const char *chain = chain_of(&handle);

	if (!chain)
		return -ENOENT;
	return nft_read_counter(&firewall->netlink, TABLE, chain, handle, ret_packets, ret_bytes);
}

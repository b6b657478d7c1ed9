/* Rules: one function for each expression of nftables that this layer needs. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h> /* libnftnl/expr.h takes it for granted */
#include <libnftnl/expr.h>

#include "sandbox/nft.h"

/*
 * The bucket of a limit fills with time (net/netfilter/nft_limit.c, nft_limit_eval): with one token
 * in such a long time, what it holds at the beginning is all that there is. The bucket is
 * kept in ns in 64 bits and compared as a signed number, so time multiplied by count must stay
 * below 2^63: 10,675 packets.
 */
#define LIMIT_UNIT_S ((uint64_t)10 * 24 * 3600)

struct nft_rule nft_rule_new(const char *table, const char *chain, uint64_t handle)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return (struct nft_rule){.result = -ENOMEM};
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
	if (handle)
		nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, handle);
	return (struct nft_rule){.rule = rule};
}

void nft_rule_free(struct nft_rule *rule)
{
	if (rule->rule)
		nftnl_rule_free(rule->rule);
	*rule = (struct nft_rule){.result = -EINVAL};
}

/* Appends an expression to the rule; NULL where that or something before it failed. */
static struct nftnl_expr *add(struct nft_rule *rule, const char *name)
{
	struct nftnl_expr *expression;

	if (rule->result < 0)
		return NULL;
	expression = nftnl_expr_alloc(name);
	if (expression)
		nftnl_rule_add_expr(rule->rule, expression);
	else
		rule->result = -ENOMEM;
	return expression;
}

void nft_load_meta(struct nft_rule *rule, enum nft_meta_keys key, uint32_t to)
{
	struct nftnl_expr *meta = add(rule, "meta");

	if (!meta)
		return;
	nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, to);
}

void nft_load_payload(struct nft_rule *rule, enum nft_payload_bases base, size_t offset,
		      size_t length, uint32_t to)
{
	struct nftnl_expr *payload = add(rule, "payload");

	if (!payload)
		return;
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, (uint32_t)offset);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, (uint32_t)length);
	nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, to);
}

void nft_load_ct_state(struct nft_rule *rule, uint32_t to)
{
	struct nftnl_expr *ct = add(rule, "ct");

	if (!ct)
		return;
	nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_KEY, NFT_CT_STATE);
	nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_DREG, to);
}

void nft_load_count(struct nft_rule *rule, uint32_t modulus, uint32_t to)
{
	struct nftnl_expr *numgen = add(rule, "numgen");

	if (!numgen)
		return;
	nftnl_expr_set_u32(numgen, NFTNL_EXPR_NG_TYPE, NFT_NG_INCREMENTAL);
	nftnl_expr_set_u32(numgen, NFTNL_EXPR_NG_MODULUS, modulus);
	nftnl_expr_set_u32(numgen, NFTNL_EXPR_NG_DREG, to);
}

void nft_mask(struct nft_rule *rule, uint32_t at, const void *mask, size_t length)
{
	static const char zero[16];
	struct nftnl_expr *bitwise = add(rule, "bitwise");

	if (!bitwise)
		return;
	nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, at);
	nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, at);
	nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, (uint32_t)length);
	nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, mask, (uint32_t)length);
	nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, zero, (uint32_t)length);
}

void nft_compare(struct nft_rule *rule, enum nft_cmp_ops op, const void *bytes, size_t length)
{
	struct nftnl_expr *compare = add(rule, "cmp");

	if (!compare)
		return;
	nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, bytes, (uint32_t)length);
}

void nft_look_up(struct nft_rule *rule, uint32_t set, bool inverted)
{
	struct nftnl_expr *lookup = add(rule, "lookup");

	if (!lookup)
		return;
	nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, "__set%d");
	nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SET_ID, set);
	if (inverted)
		nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
}

void nft_limit_first(struct nft_rule *rule, uint32_t count)
{
	struct nftnl_expr *limit = add(rule, "limit");

	if (!limit)
		return;
	nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_RATE, 1);
	nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, LIMIT_UNIT_S);
	nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_BURST, count);
	nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
}

void nft_count(struct nft_rule *rule)
{
	add(rule, "counter");
}

void nft_verdict(struct nft_rule *rule, int verdict)
{
	struct nftnl_expr *immediate = add(rule, "immediate");

	if (!immediate)
		return;
	nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, (uint32_t)verdict);
}

void nft_reject(struct nft_rule *rule, enum nft_reject_types type, uint8_t code)
{
	struct nftnl_expr *reject = add(rule, "reject");

	if (!reject)
		return;
	nftnl_expr_set_u32(reject, NFTNL_EXPR_REJECT_TYPE, type);
	nftnl_expr_set_u8(reject, NFTNL_EXPR_REJECT_CODE, code);
}

void nft_masquerade(struct nft_rule *rule)
{
	add(rule, "masq");
}

void nft_match_meta(struct nft_rule *rule, enum nft_meta_keys key, uint8_t value)
{
	nft_load_meta(rule, key, NFT_REG_1);
	nft_compare(rule, NFT_CMP_EQ, &value, sizeof(value));
}

void nft_match_tcp_flags(struct nft_rule *rule, uint8_t mask, uint8_t value)
{
	const size_t flags_at = 13; /* RFC 9293 3.1; struct tcphdr has only bit fields there */

	nft_load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, flags_at, 1, NFT_REG_1);
	nft_mask(rule, NFT_REG_1, &mask, sizeof(mask));
	nft_compare(rule, NFT_CMP_EQ, &value, sizeof(value));
}

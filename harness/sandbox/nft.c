#define _GNU_SOURCE
#include "sandbox/nft.h"

#include <errno.h>
#include <stdio.h> /* libnftnl/expr.h takes it for granted */
#include <string.h>
#include <linux/netfilter/nfnetlink.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

void nft_begin(struct nft_batch *batch, struct netlink *netlink, const char *table)
{
	batch->netlink = netlink;
	batch->table = table;
	batch->first = ++netlink->sequence;
	batch->sets = 0;
	batch->result = 0;
	batch->used = nftnl_batch_begin(batch->buffer, batch->first)->nlmsg_len;
}

static struct nlmsghdr *begin_message(struct nft_batch *batch, uint16_t type, uint16_t flags)
{
	return nftnl_nlmsg_build_hdr(batch->buffer + batch->used, type, NFPROTO_INET,
				     flags | NLM_F_ACK, ++batch->netlink->sequence);
}

static void end_message(struct nft_batch *batch, const struct nlmsghdr *message)
{
	batch->used += MNL_ALIGN(message->nlmsg_len);
}

void nft_put_table(struct nft_batch *batch)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct nlmsghdr *message;

	if (!table) {
		batch->result = -ENOMEM;
		return;
	}
	nftnl_table_set_u32(table, NFTNL_TABLE_FAMILY, NFPROTO_INET);
	nftnl_table_set_str(table, NFTNL_TABLE_NAME, batch->table);
	message = begin_message(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	nftnl_table_nlmsg_build_payload(message, table);
	end_message(batch, message);
	nftnl_table_free(table);
}

void nft_put_chain(struct nft_batch *batch, const struct nft_hook *hook, uint16_t flags)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct nlmsghdr *message;

	if (!chain) {
		batch->result = -ENOMEM;
		return;
	}
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, NFPROTO_INET);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, batch->table);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, hook->chain);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, hook->type);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook->hook);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, hook->priority);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	message = begin_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE | flags);
	nftnl_chain_nlmsg_build_payload(message, chain);
	end_message(batch, message);
	nftnl_chain_free(chain);
}

static int fill_set(struct nftnl_set *set, const char *keys, size_t key_size, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nftnl_set_elem *element = nftnl_set_elem_alloc();

		if (!element || nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, keys + i * key_size,
						   (uint32_t)key_size) < 0)
			return -ENOMEM;
		nftnl_set_elem_add(set, element);
	}
	return 0;
}

uint32_t nft_put_set(struct nft_batch *batch, const void *keys, size_t key_size, size_t count)
{
	struct nftnl_set *set = nftnl_set_alloc();
	struct nlmsghdr *message;
	int result = set ? fill_set(set, keys, key_size, count) : -ENOMEM;

	if (result < 0) {
		batch->result = result;
	} else {
		batch->sets++;
		nftnl_set_set_u32(set, NFTNL_SET_FAMILY, NFPROTO_INET);
		nftnl_set_set_str(set, NFTNL_SET_TABLE, batch->table);
		nftnl_set_set_str(set, NFTNL_SET_NAME, "__set%d");
		nftnl_set_set_u32(set, NFTNL_SET_ID, batch->sets);
		nftnl_set_set_u32(set, NFTNL_SET_FLAGS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT);
		nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, (uint32_t)key_size);
		nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, (uint32_t)count);
		message = begin_message(batch, NFT_MSG_NEWSET, NLM_F_CREATE);
		nftnl_set_nlmsg_build_payload(message, set);
		end_message(batch, message);
		message = begin_message(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
		nftnl_set_elems_nlmsg_build_payload(message, set);
		end_message(batch, message);
	}
	if (set)
		nftnl_set_free(set);
	return batch->sets;
}

void nft_put_rule(struct nft_batch *batch, uint16_t type, uint16_t flags, struct nft_rule *rule)
{
	struct nlmsghdr *message;

	if (rule->result < 0) {
		batch->result = rule->result;
		return;
	}
	message = begin_message(batch, type, flags);
	nftnl_rule_nlmsg_build_payload(message, rule->rule);
	end_message(batch, message);
}

/*
 * The end of a batch has no number of its own in the question: the last message before it has
 * NLM_F_ACK, and acknowledgments are delivered after the commit, behind the echoes
 * (net/netfilter/nfnetlink.c, nfnetlink_rcv_batch).
 */
int nft_send(struct nft_batch *batch, netlink_answer answer, void *data)
{
	uint32_t last = batch->netlink->sequence;

	if (batch->result < 0)
		return batch->result;
	batch->used += nftnl_batch_end(batch->buffer + batch->used, last + 1)->nlmsg_len;
	return netlink_ask(batch->netlink, batch->buffer, batch->used, batch->first, answer, data);
}

void nft_hear_rule(const struct nlmsghdr *message, void *data)
{
	if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWRULE)
		nftnl_rule_nlmsg_parse(message, data);
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

int nft_read_counter(struct netlink *netlink, const char *table, const char *chain, uint64_t handle,
		     uint64_t *ret_packets, uint64_t *ret_bytes)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nft_rule rule = nft_rule_new(table, chain, handle);
	struct nftnl_rule *answer = nftnl_rule_alloc();
	struct nlmsghdr *message;
	uint64_t counts[2] = {0, 0};
	int result = answer ? rule.result : -ENOMEM;

	if (result == 0) {
		message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETRULE, NFPROTO_INET, NLM_F_ACK,
						++netlink->sequence);
		nftnl_rule_nlmsg_build_payload(message, rule.rule);
		result = netlink_ask(netlink, message, message->nlmsg_len, message->nlmsg_seq,
				     nft_hear_rule, answer);
	}
	if (result == 0) {
		nftnl_expr_foreach(answer, read_counter, counts);
		*ret_packets = counts[0];
		*ret_bytes = counts[1];
	}
	nft_rule_free(&rule);
	if (answer)
		nftnl_rule_free(answer);
	return result;
}

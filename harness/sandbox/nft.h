/*
 * nftables as messages: a transaction, and rules built one expression after the other; for this
 * layer's own files. Functions that build keep the first error and do nothing after it, so that
 * only the end has to be checked.
 */
#ifndef HALFOPEN_SANDBOX_NFT_H
#define HALFOPEN_SANDBOX_NFT_H

#include <stdbool.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <libnftnl/rule.h>

#include "sandbox/netlink.h"

/* A set of 512 numbers of 4 bytes takes 8 KiB (nft_elements), the rest far less. */
#define NFT_BATCH_SIZE 16384

/*
 * The messages of one transaction: all come into force or none (net/netfilter/nf_tables_api.c,
 * nf_tables_commit).
 */
struct nft_batch {
	char buffer[NFT_BATCH_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct netlink *netlink;
	const char *table; /* family inet */
	size_t used;
	uint32_t first;
	uint32_t sets; /* identifiers given to anonymous sets */
	int result;
};

/* A chain's place; type is "filter" or "nat". */
struct nft_hook {
	const char *chain, *type;
	enum nf_inet_hooks hook;
	int priority;
};

struct nft_rule {
	struct nftnl_rule *rule;
	int result;
};

/* Begins a transaction in a table of this name; netlink is of NETLINK_NETFILTER. */
void nft_begin(struct nft_batch *batch, struct netlink *netlink, const char *table);

/* flags are those of the request, such as NLM_F_EXCL. */
void nft_put_table(struct nft_batch *batch);
void nft_put_chain(struct nft_batch *batch, const struct nft_hook *hook, uint16_t flags);
void nft_put_rule(struct nft_batch *batch, uint16_t type, uint16_t flags, struct nft_rule *rule);

/*
 * Adds an anonymous set with count keys of key_size bytes each; it goes with the rule that looks
 * it up. Returns its identifier.
 */
uint32_t nft_put_set(struct nft_batch *batch, const void *keys, size_t key_size, size_t count);

/* Sends the transaction; answers are echoes of rules put with NLM_F_ECHO. Returns 0 or -errno. */
int nft_send(struct nft_batch *batch, netlink_answer answer, void *data);

/* A rule of the chain; with a handle other than 0 an existing one. Release with nft_rule_free(). */
struct nft_rule nft_rule_new(const char *table, const char *chain, uint64_t handle);
void nft_rule_free(struct nft_rule *rule);

/* Expressions. Registers are NFT_REG_1, or NFT_REG32_00 and the following where several are used.
 */
void nft_load_meta(struct nft_rule *rule, enum nft_meta_keys key, uint32_t to);
void nft_load_payload(struct nft_rule *rule, enum nft_payload_bases base, size_t offset,
		      size_t length, uint32_t to);
void nft_load_ct_state(struct nft_rule *rule, uint32_t to);
void nft_load_count(struct nft_rule *rule, uint32_t modulus, uint32_t to); /* 0, 1, … modulus-1 */
void nft_mask(struct nft_rule *rule, uint32_t at, const void *mask, size_t length);
/* Goes on only where the register has these bytes, or where it has not. */
void nft_compare(struct nft_rule *rule, enum nft_cmp_ops op, const void *bytes, size_t length);
/* Goes on only where the key that begins at NFT_REG_1 is in the set, or where it is not. */
void nft_look_up(struct nft_rule *rule, uint32_t set, bool inverted);
/* Goes on for the first count packets; a further one only each ten days. */
void nft_limit_first(struct nft_rule *rule, uint32_t count);
void nft_count(struct nft_rule *rule);
void nft_verdict(struct nft_rule *rule, int verdict);
void nft_reject(struct nft_rule *rule, enum nft_reject_types type, uint8_t code);
void nft_masquerade(struct nft_rule *rule);

/* Common comparisons. */
void nft_match_meta(struct nft_rule *rule, enum nft_meta_keys key, uint8_t value);
/* The flags of a TCP header, masked, are value. */
void nft_match_tcp_flags(struct nft_rule *rule, uint8_t mask, uint8_t value);

/* Reads the counter of the rule with this handle. Returns 0 or -errno (-ENOENT: no such rule). */
int nft_read_counter(struct netlink *netlink, const char *table, const char *chain, uint64_t handle,
		     uint64_t *ret_packets, uint64_t *ret_bytes);

/* Reads the rule that an answer tells of into data, a struct nftnl_rule. */
void nft_hear_rule(const struct nlmsghdr *message, void *data);

#endif

/*
 * An nftables table of the caller's network namespace: family inet, a chain in the input hook, and
 * drop rules with counters. libnftnl builds the rules, libmnl carries them.
 */
#ifndef HALFOPEN_SANDBOX_FIREWALL_H
#define HALFOPEN_SANDBOX_FIREWALL_H

#include <stdint.h>

#include "base/address.h"

struct firewall;

/* Which packets a rule takes. An address of family 0 and a port of 0 match anything. */
struct firewall_match {
	struct address source, destination;
};

/*
 * Opens netlink and adds the table "halfopen" with one chain "input" (type filter, hook input,
 * priority 0, policy accept). Returns 0 or -errno; -EPROTONOSUPPORT, -ENOENT or -EOPNOTSUPP where
 * the kernel has no nf_tables.
 */
int firewall_open(struct firewall **ret_firewall);

/*
 * Appends a rule: TCP packets that match are counted and dropped. The kernel has the rule in force
 * when this returns. ret_handle names it. Returns 0 or -errno (-EINVAL: one address is IPv4, one
 * IPv6).
 */
int firewall_drop(struct firewall *firewall, const struct firewall_match *match,
		  uint64_t *ret_handle);

/* Removes a rule. Returns 0 or -errno. */
int firewall_remove(struct firewall *firewall, uint64_t handle);

/* Reads a rule's counter. Returns 0 or -errno (-ENOENT: no such rule). */
int firewall_counter(struct firewall *firewall, uint64_t handle, uint64_t *ret_packets,
		     uint64_t *ret_bytes);

/* Closes netlink; the table goes with the namespace. Accepts NULL. */
void firewall_close(struct firewall *firewall);

#endif

/*
 * Connection tracking of the caller's network namespace: a stateful filter and address translation
 * by nftables, entries by ctnetlink. Tracking begins with the first conntrack_filter() or
 * conntrack_masquerade(): nothing is tracked in a namespace where no rule asks for it
 * (net/netfilter/nf_conntrack_proto.c, nf_ct_netns_get).
 *
 * The time-outs are sysctls of the namespace, in whole seconds, such as
 * net.netfilter.nf_conntrack_tcp_timeout_established and net.netfilter.nf_conntrack_tcp_loose; set
 * them with sysctl_write(). An entry takes a new time-out when its next packet passes
 * (net/netfilter/nf_conntrack_proto_tcp.c, nf_conntrack_tcp_packet).
 */
#ifndef HALFOPEN_SANDBOX_CONNTRACK_H
#define HALFOPEN_SANDBOX_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/names.h"
#include "sandbox/firewall.h"

struct conntrack;

struct conntrack_entry {
	bool found; /* false: all else is zero */
	enum conntrack_state state;
	int64_t expires; /* ns until the entry goes, told in whole seconds (CTA_TIMEOUT) */
	bool replied;	 /* IPS_SEEN_REPLY: packets in both directions */
	bool assured;	 /* IPS_ASSURED: not dropped early when the table is full */
	struct address reply_source, reply_destination; /* as replies carry them: what differs
							   from the question was translated */
};

/*
 * Opens netlink in the caller's network namespace. Returns 0 or -errno; -EPROTONOSUPPORT, -ENOENT
 * or -EOPNOTSUPP where the kernel has no nf_tables or no ctnetlink.
 */
int conntrack_open(struct conntrack **ret_conntrack);

/*
 * Adds the stateful filter to a hook (FIREWALL_FORWARD on a router, FIREWALL_INPUT on loopback):
 * TCP of a tracked connection passes, a new connection passes only if it begins with a SYN, all
 * other TCP is dropped in silence and counted. Anything but TCP passes. Once per namespace; the
 * rules stand before those of a firewall. Returns 0 or -errno (-EEXIST: already added).
 *
 * Add it before the connection is made: with net.netfilter.nf_conntrack_tcp_loose a connection that
 * the table does not know is taken up again as established, but its first packet is new to
 * the filter and no SYN, so it is dropped all the same.
 */
int conntrack_filter(struct conntrack *conntrack, enum firewall_hook hook);

/* Packets and bytes that the filter has dropped. Returns 0 or -errno (-ENOENT: no filter). */
int conntrack_counter(struct conntrack *conntrack, uint64_t *ret_packets, uint64_t *ret_bytes);

/*
 * Connections that leave through this link take the address of the link for their source, as behind
 * a home router. Returns 0 or -errno (-ENAMETOOLONG; a link that is not there is no error).
 */
int conntrack_masquerade(struct conntrack *conntrack, const char *link);

/*
 * Looks up the TCP connection whose first packet went from source to destination, before any
 * translation. An entry that is not there is no error. Returns 0 or -errno (-EINVAL: addresses
 * of two families or none).
 */
int conntrack_find(struct conntrack *conntrack, const struct address *source,
		   const struct address *destination, struct conntrack_entry *ret_entry);

/* Forgets every connection of the namespace, as conntrack -F. Returns 0 or -errno. */
int conntrack_flush(struct conntrack *conntrack);

/* Closes netlink; rules and entries go with the namespace. Accepts NULL. */
void conntrack_close(struct conntrack *conntrack);

#endif

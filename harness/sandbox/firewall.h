/*
 * An nftables table of the caller's network namespace: family inet, a chain in each of the hooks
 * input, output and forward, and rules that count packets and drop or reject them. libnftnl builds
 * the rules, libmnl carries them.
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
 * Where a packet is met. Behind the input hook of the receiving namespace the capture there has
 * seen it and its sender takes it for sent: the usual place. A drop in the output hook is told to
 * the sender as -EPERM: no capture sees the packet and TCP does not count it as sent. Forward is
 * the router's.
 */
enum firewall_hook {
	FIREWALL_INPUT,
	FIREWALL_OUTPUT,
	FIREWALL_FORWARD,
};

/*
 * What kind of packet. All but the echo are TCP segments. A segment's payload is told from the
 * length of the packet, the header's data offset and an IP header without options or extension
 * headers, which TCP of Linux sends unless an application sets IP_OPTIONS and the like.
 */
enum firewall_kind {
	FIREWALL_ANY,	  /* every TCP segment */
	FIREWALL_DATA,	  /* with payload, whatever its flags; not a SYN */
	FIREWALL_ACK,	  /* pure: ACK without SYN, FIN, RST or payload; also keepalive probes,
			     window probes and the replies to both */
	FIREWALL_SYN,	  /* SYN without ACK */
	FIREWALL_SYN_ACK, /* SYN and ACK */
	FIREWALL_FIN,	  /* FIN, with payload or without */
	FIREWALL_RST,	  /* RST */
	FIREWALL_ECHO,	  /* ICMP and ICMPv6 echo requests and replies; without ports */
};

#define FIREWALL_FIRST_MAX  10000
#define FIREWALL_CHANCE_MAX 1024

enum firewall_limit_kind {
	FIREWALL_ALWAYS,
	FIREWALL_FIRST,	 /* the first count packets that match, 1 to FIREWALL_FIRST_MAX; exact
			    for the first ten days of the rule */
	FIREWALL_EVERY,	 /* each count-th packet that matches (3: the 3rd, 6th, 9th); 1: all */
	FIREWALL_CHANCE, /* count of 1,024 packets, 1 to FIREWALL_CHANCE_MAX, by a pattern */
};

/*
 * How many of the packets that match are taken; those that are not go on to the next rule. nftables
 * has random numbers but no seed for them, so a chance is a fixed pattern: of each 1,024
 * packets that match exactly count are taken, at positions drawn from seed, the same in each
 * round. The same seed and count give the same positions on every machine, and a larger count with
 * the same seed takes all that a smaller one takes.
 */
struct firewall_limit {
	enum firewall_limit_kind kind;
	uint32_t count;
	uint64_t seed;
};

enum firewall_action {
	FIREWALL_DROP,
	FIREWALL_REJECT_RST,  /* the sender gets a TCP reset; not for an echo */
	FIREWALL_REJECT_ICMP, /* the sender gets an ICMP or ICMPv6 error */
};

/*
 * Why, in IPv4 (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1) and IPv6 (RFC 4443 3.1). A rule with a
 * code that only one of the two has takes packets of that one only.
 *
 * Linux sends such errors to one destination at a limited rate: net.ipv4.icmp_ratelimit (ms, set
 * to 0 for none) and net.ipv6.icmp.ratelimit, of the namespace that rejects. Over loopback
 * there is no limit (net/ipv4/icmp.c, icmpv4_xrlim_allow; net/ipv6/icmp.c, icmpv6_xrlim_allow).
 *
 * On one machine the error that answers a SYN comes while connect() still holds the socket, counted
 * by TcpExtLockDroppedIcmps. With IPv6 it is then only noted, and the error that answers the second
 * SYN, a second later, is the one that the application is told of (net/ipv6/tcp_ipv6.c, tcp_v6_err,
 * sk_err_soft; measured on 6.18, on loopback and over veth). With IPv4 the first is enough.
 */
enum firewall_code {
	FIREWALL_NET_UNREACHABLE,      /* ICMP 3/0, ICMPv6 1/0 (no route) */
	FIREWALL_HOST_UNREACHABLE,     /* ICMP 3/1, ICMPv6 1/3 (address unreachable) */
	FIREWALL_PORT_UNREACHABLE,     /* ICMP 3/3, ICMPv6 1/4 */
	FIREWALL_ADMIN_PROHIBITED,     /* ICMP 3/13, ICMPv6 1/1 */
	FIREWALL_PROTOCOL_UNREACHABLE, /* ICMP 3/2 */
	FIREWALL_NET_PROHIBITED,       /* ICMP 3/9 */
	FIREWALL_HOST_PROHIBITED,      /* ICMP 3/10 */
	FIREWALL_POLICY_FAIL,	       /* ICMPv6 1/5 */
	FIREWALL_REJECT_ROUTE,	       /* ICMPv6 1/6 */
};

/* Zeroed, it drops every TCP segment in the input hook. */
struct firewall_rule {
	struct firewall_match match;
	enum firewall_hook hook;
	enum firewall_kind kind;
	struct firewall_limit limit;
	enum firewall_action action;
	enum firewall_code code; /* of FIREWALL_REJECT_ICMP */
};

/*
 * Opens netlink and adds the table "halfopen" with the chains "input", "output" and "forward" (type
 * filter, priority 0, policy accept). Returns 0 or -errno; -EPROTONOSUPPORT, -ENOENT or -EOPNOTSUPP
 * where the kernel has no nf_tables.
 */
int firewall_open(struct firewall **ret_firewall);

/*
 * Appends a rule to its hook's chain. The kernel has it in force when this returns. ret_handle
 * names it and is never 0. Returns 0 or -errno: -EINVAL where the parts contradict each other (an
 * IPv4 and an IPv6 address or code, an echo with a port or a TCP reset, a limit out of its range),
 * -ENOENT where this kernel lacks an expression that the rule needs.
 */
int firewall_add(struct firewall *firewall, const struct firewall_rule *rule, uint64_t *ret_handle);

/* firewall_add() of a rule that drops every TCP segment that matches in the input hook. */
int firewall_drop(struct firewall *firewall, const struct firewall_match *match,
		  uint64_t *ret_handle);

/* Removes a rule. Returns 0 or -errno (-ENOENT: no such rule). */
int firewall_remove(struct firewall *firewall, uint64_t handle);

/*
 * Reads a rule's counter: the packets that it dropped or rejected and their bytes. Returns 0 or
 * -errno (-ENOENT: no such rule).
 */
int firewall_counter(struct firewall *firewall, uint64_t handle, uint64_t *ret_packets,
		     uint64_t *ret_bytes);

/* Closes netlink; the table goes with the namespace. Accepts NULL. */
void firewall_close(struct firewall *firewall);

#endif

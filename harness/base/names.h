/* Names of the field: ends, TCP states, socket timers, errno. */
#ifndef HALFOPEN_BASE_NAMES_H
#define HALFOPEN_BASE_NAMES_H

#include "base/words.h"

/* The two ends of a connection: the client is the one that connected. */
enum end {
	END_NONE,
	END_CLIENT,
	END_SERVER,
};

extern const struct word end_words[];

static inline enum end other_end(enum end end)
{
	return end == END_CLIENT ? END_SERVER : end == END_SERVER ? END_CLIENT : END_NONE;
}

/* TCP states with the values of include/net/tcp_states.h; names as RFC 9293 writes them. */
enum tcp_state {
	STATE_NONE,
	STATE_ESTABLISHED,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT_1,
	STATE_FIN_WAIT_2,
	STATE_TIME_WAIT,
	STATE_CLOSED,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,
};

extern const struct word state_words[];

/*
 * The timer column of netstat --timer and ss -o. Values as idiag_timer of inet_diag has them
 * (net/ipv4/inet_diag.c, inet_sk_diag_fill); "gone" is a socket that no longer exists.
 */
enum socket_timer {
	TIMER_OFF = 0,
	TIMER_ON = 1, /* retransmission, tail loss probe or reordering timer */
	TIMER_KEEPALIVE = 2,
	TIMER_TIMEWAIT = 3,
	TIMER_PERSIST = 4,
	TIMER_GONE = 5,
};

extern const struct word timer_words[];

/* Where the two ends live; sandbox/topology.h draws it. */
enum topology_kind {
	TOPOLOGY_LOOPBACK,
	TOPOLOGY_PAIR,
	TOPOLOGY_ROUTED,
};

extern const struct word topology_words[];

/*
 * What connection tracking has of a connection: the states of enum tcp_conntrack
 * (include/uapi/linux/netfilter/nf_conntrack_tcp.h), named as conntrack(8) prints them.
 */
enum conntrack_state {
	CONNTRACK_NONE, /* also: no entry */
	CONNTRACK_SYN_SENT,
	CONNTRACK_SYN_RECV,
	CONNTRACK_ESTABLISHED,
	CONNTRACK_FIN_WAIT,
	CONNTRACK_CLOSE_WAIT,
	CONNTRACK_LAST_ACK,
	CONNTRACK_TIME_WAIT,
	CONNTRACK_CLOSE,
	CONNTRACK_SYN_SENT2,
};

extern const struct word conntrack_words[];

/* Whether a state is over as soon as the handshake is. */
static inline bool conntrack_is_handshake(enum conntrack_state state)
{
	return state == CONNTRACK_SYN_SENT || state == CONNTRACK_SYN_RECV ||
	       state == CONNTRACK_SYN_SENT2;
}

/* Reads "ETIMEDOUT". Returns the errno, or 0 where it is no errno's name. */
int errno_value(const char *name);

/* Returns "ETIMEDOUT" for ETIMEDOUT, "0" for 0. */
const char *errno_name(int error);

#endif

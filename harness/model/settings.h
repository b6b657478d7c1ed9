/*
 * What the kernel's rules depend on: socket options of both ends, sysctls of their namespace, the
 * tick, and what this kernel can do. All durations in ns.
 */
#ifndef HALFOPEN_MODEL_SETTINGS_H
#define HALFOPEN_MODEL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "model/wheel.h"
#include "scenario/scenario.h"

/* Socket options. 0 is "not set": then the sysctl counts, or there is no such limit. */
struct end_settings {
	bool keepalive;		   /* SO_KEEPALIVE */
	int64_t idle;		   /* TCP_KEEPIDLE */
	int64_t interval;	   /* TCP_KEEPINTVL */
	int64_t count;		   /* TCP_KEEPCNT */
	int64_t user_timeout;	   /* TCP_USER_TIMEOUT */
	int64_t syn_count;	   /* TCP_SYNCNT; of a listener: SYN-ACK retries */
	int64_t linger2;	   /* TCP_LINGER2; negative: no FIN-WAIT-2 at all */
	int64_t rto_max;	   /* TCP_RTO_MAX_MS, since 6.15 */
	int64_t defer_accept;	   /* TCP_DEFER_ACCEPT, of the server's listener */
	bool unaware;		   /* its application waits for nothing: it is told when it calls */
	bool thin_linear_timeouts; /* TCP_THIN_LINEAR_TIMEOUTS */
	int64_t receive_buffer;	   /* SO_RCVBUF, in bytes */
};

/* net.ipv4.tcp_…, which are those of IPv6 too. */
struct sysctl_settings {
	int64_t keepalive_time;
	int64_t keepalive_intvl;
	int64_t keepalive_probes;
	int64_t retries2;
	int64_t syn_retries;
	int64_t syn_linear_timeouts;
	int64_t synack_retries;
	int64_t orphan_retries;
	int64_t fin_timeout;
	int64_t early_retrans; /* 3 and 4: with tail loss probes */
	int64_t sack;	       /* 0: no tail loss probes either */
	int64_t timestamps;    /* 0: a retransmitted segment gives no RTT */
	int64_t rto_min;       /* tcp_rto_min_us */
	int64_t rto_max;       /* tcp_rto_max_ms */
	int64_t thin_linear_timeouts;
	int64_t invalid_ratelimit; /* at most one duplicate ACK in this time */
	bool bbr; /* tcp_congestion_control: keeps ssthresh, so no stream ever counts as thin */
};

/* What differs between kernels; found by looking, never by version. */
struct feature_settings {
	bool syn_linear_timeouts;  /* tcp_syn_linear_timeouts exists: 6.5 */
	bool rto_min;		   /* tcp_rto_min_us exists: 6.11 */
	bool rto_max;		   /* tcp_rto_max_ms exists: 6.15 */
	bool syn_user_timeout;	   /* TCP_USER_TIMEOUT counts in SYN-SENT: 4.19 */
	bool persist_user_timeout; /* TCP_USER_TIMEOUT cuts the window probe's wait short: 5.11 */
};

struct settings {
	struct wheel wheel;
	struct sysctl_settings sysctl;	      /* of both ends' namespaces … */
	struct sysctl_settings server_sysctl; /* … but of the server's where they differ */
	bool sysctls_differ;
	struct feature_settings feature;
	struct end_settings client, server;
	/* The round trip time as the kernel measures it, delays of the peer's ACKs included: it
	 * adds to the retransmission time-out and to the wait for a tail loss probe. */
	struct window rtt;
	int64_t mss; /* the largest segment; more than one in flight shortens the tail loss probe */
};

/* A kernel's defaults, of a kernel with every feature, on a path as short as loopback. */
struct settings settings_default(int hz);

/*
 * Sets one sysctl from its text in the kernel's own unit. An empty value says that this kernel has
 * no such sysctl. Returns 0, -ENOENT where the model does not depend on it, or -EINVAL where the
 * value is no number; then nothing is changed.
 */
int settings_sysctl(struct settings *settings, const char *name, const char *value);

/* The same for the namespace of one end; of END_NONE for both. */
int settings_end_sysctl(struct settings *settings, enum end end, const char *name,
			const char *value);

/* Takes over the socket options and sysctls of a scenario. */
void settings_scenario(struct settings *settings, const struct scenario *scenario);

static inline const struct sysctl_settings *settings_sysctls(const struct settings *settings,
							     enum end end)
{
	return end == END_SERVER && settings->sysctls_differ ? &settings->server_sysctl
							     : &settings->sysctl;
}

static inline struct end_settings *settings_end(struct settings *settings, enum end end)
{
	return end == END_SERVER ? &settings->server : &settings->client;
}

#endif

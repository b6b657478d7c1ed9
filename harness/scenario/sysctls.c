/*
 * The sysctls of the vocabulary. Ranges are those of net/ipv4/sysctl_net_ipv4.c, tried on Linux
 * 6.18; times in jiffies are bounded by INT_MAX / HZ, here for the largest HZ, 1000.
 */
#include <string.h>

#include "base/array.h"
#include "scenario/vocabulary.h"

#define BYTE_MAX    255
#define SECONDS_MAX (INT32_MAX / 1000)

/* Those of net.netfilter are the router's: net/netfilter/nf_conntrack_standalone.c. */
#define CONNTRACK_TIMEOUT(name)                                                                    \
	"net.netfilter.nf_conntrack_tcp_timeout_" name, UNIT_SECONDS, 1, SECONDS_MAX, .since = "3.9"

/* In order of names. */
const struct sysctl_spec sysctl_specs[] = {
	{"net.core.somaxconn", .max = INT32_MAX, .since = "2.6.24"},
	{"net.core.txrehash", .max = 1, .since = "5.18"},
	{"net.ipv4.ip_local_port_range", .min = 1, .max = 65535, .numbers = 2, .since = "3.15"},
	{"net.ipv4.ping_group_range", .min = 0, .max = UINT32_MAX - 1, .numbers = 2,
	 .since = "3.0"},
	{"net.ipv4.tcp_abort_on_overflow", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_autocorking", .max = 1, .since = "4.16"},
	{"net.ipv4.tcp_base_mss", .max = INT32_MAX, .since = "4.0"},
	{"net.ipv4.tcp_challenge_ack_limit", .max = INT32_MAX, .since = "4.16"},
	{"net.ipv4.tcp_congestion_control", .text = true, .since = "4.15"},
	{"net.ipv4.tcp_dsack", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_early_retrans", .max = 4, .since = "4.15"},
	{"net.ipv4.tcp_ecn", .max = 5, .since = "3.8"},
	{"net.ipv4.tcp_fastopen", .max = INT32_MAX, .since = "4.15"},
	{"net.ipv4.tcp_fastopen_blackhole_timeout_sec", UNIT_SECONDS, 0, INT32_MAX,
	 .since = "4.15"},
	{"net.ipv4.tcp_fin_timeout", UNIT_SECONDS, 0, SECONDS_MAX, .since = "4.6"},
	{"net.ipv4.tcp_frto", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_fwmark_accept", .max = BYTE_MAX, .since = "3.16"},
	{"net.ipv4.tcp_invalid_ratelimit", UNIT_MILLISECONDS, 0, INT32_MAX, .since = "4.16"},
	{"net.ipv4.tcp_keepalive_intvl", UNIT_SECONDS, 0, SECONDS_MAX, .since = "4.5"},
	{"net.ipv4.tcp_keepalive_probes", .max = BYTE_MAX, .since = "4.5"},
	{"net.ipv4.tcp_keepalive_time", UNIT_SECONDS, 0, SECONDS_MAX, .since = "4.5"},
	{"net.ipv4.tcp_limit_output_bytes", .max = INT32_MAX, .since = "4.16"},
	{"net.ipv4.tcp_max_reordering", .min = 1, .max = INT32_MAX, .since = "4.15"},
	{"net.ipv4.tcp_max_syn_backlog", .max = INT32_MAX, .since = "4.10"},
	{"net.ipv4.tcp_max_tw_buckets", .max = INT32_MAX, .since = "4.10"},
	{"net.ipv4.tcp_moderate_rcvbuf", .max = BYTE_MAX, .since = "4.16"},
	{"net.ipv4.tcp_mtu_probing", .max = BYTE_MAX, .since = "4.0"},
	{"net.ipv4.tcp_no_metrics_save", .max = BYTE_MAX, .since = "4.16"},
	{"net.ipv4.tcp_notsent_lowat", .max = UINT32_MAX, .since = "4.6"},
	{"net.ipv4.tcp_orphan_retries", .max = BYTE_MAX, .since = "4.6"},
	{"net.ipv4.tcp_recovery", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_reordering", .min = 1, .max = INT32_MAX, .since = "4.6"},
	{"net.ipv4.tcp_retries1", .max = BYTE_MAX, .since = "4.6"},
	{"net.ipv4.tcp_retries2", .max = BYTE_MAX, .since = "4.6"},
	{"net.ipv4.tcp_rfc1337", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_rmem", .min = 1, .max = INT32_MAX, .numbers = 3, .since = "4.15"},
	{"net.ipv4.tcp_rto_max_ms", UNIT_MILLISECONDS, 1000, 120000, .since = "6.15"},
	{"net.ipv4.tcp_rto_min_us", UNIT_MICROSECONDS, 1, INT32_MAX, .since = "6.11"},
	{"net.ipv4.tcp_sack", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_shrink_window", .max = 1, .since = "6.6"},
	{"net.ipv4.tcp_slow_start_after_idle", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_syn_linear_timeouts", .max = 127, .since = "6.5"},
	{"net.ipv4.tcp_syn_retries", .min = 1, .max = 127, .since = "4.6"},
	{"net.ipv4.tcp_synack_retries", .max = BYTE_MAX, .since = "4.6"},
	{"net.ipv4.tcp_syncookies", .max = BYTE_MAX, .since = "4.6"},
	{"net.ipv4.tcp_thin_linear_timeouts", .max = BYTE_MAX, .since = "4.15"},
	{"net.ipv4.tcp_timestamps", .max = BYTE_MAX, .since = "4.11"},
	{"net.ipv4.tcp_tw_reuse", .max = 2, .since = "4.10"},
	{"net.ipv4.tcp_tw_reuse_delay", UNIT_MILLISECONDS, 1, 60000, .since = "6.14"},
	{"net.ipv4.tcp_window_scaling", .max = BYTE_MAX, .since = "4.11"},
	{"net.ipv4.tcp_wmem", .min = 1, .max = INT32_MAX, .numbers = 3, .since = "4.15"},
	{"net.netfilter.nf_conntrack_tcp_be_liberal", .max = 1, .since = "3.9"},
	{"net.netfilter.nf_conntrack_tcp_loose", .max = 1, .since = "3.9"},
	{CONNTRACK_TIMEOUT("close")},
	{CONNTRACK_TIMEOUT("close_wait")},
	{CONNTRACK_TIMEOUT("established")},
	{CONNTRACK_TIMEOUT("fin_wait")},
	{CONNTRACK_TIMEOUT("last_ack")},
	{CONNTRACK_TIMEOUT("max_retrans")},
	{CONNTRACK_TIMEOUT("syn_recv")},
	{CONNTRACK_TIMEOUT("syn_sent")},
	{CONNTRACK_TIMEOUT("time_wait")},
	{CONNTRACK_TIMEOUT("unacknowledged")},
};

const size_t sysctl_spec_count = array_length(sysctl_specs);

const struct sysctl_spec *sysctl_spec_of(const char *name)
{
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		if (strcmp(sysctl_specs[i].name, name) == 0)
			return &sysctl_specs[i];
	}
	return NULL;
}

bool sysctl_is_router(const char *name)
{
	return strncmp(name, "net.netfilter.", 14) == 0;
}

/* Of these there is one for all namespaces: writing one would change the host. */
bool sysctl_is_global(const char *name)
{
	static const char *const names[] = {
		"net.ipv4.tcp_allowed_congestion_control",
		"net.ipv4.tcp_available_congestion_control",
		"net.ipv4.tcp_available_ulp",
		"net.ipv4.tcp_low_latency",
		"net.ipv4.tcp_max_orphans",
		"net.ipv4.tcp_mem",
		"net.ipv4.udp_mem",
		"net.ipv4.inet_peer_threshold",
		"net.ipv4.inet_peer_minttl",
		"net.ipv4.inet_peer_maxttl",
	};

	for (size_t i = 0; i < array_length(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	/* Those of net.core that are per namespace are in the table above, or not TCP's. */
	return strncmp(name, "net.core.", 9) == 0;
}

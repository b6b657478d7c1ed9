#include "model/settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"

struct settings settings_default(int hz)
{
	return (struct settings){
		.wheel = {.hz = hz},
		.sysctl =
			{
				.keepalive_time = 7200 * SECOND,
				.keepalive_intvl = 75 * SECOND,
				.keepalive_probes = 9,
				.retries2 = 15,
				.syn_retries = 6,
				.syn_linear_timeouts = 4,
				.synack_retries = 5,
				.fin_timeout = 60 * SECOND,
				.early_retrans = 3,
				.sack = 1,
				.timestamps = 1,
				.rto_min = 200 * MILLISECOND,
				.rto_max = 120 * SECOND,
				.invalid_ratelimit = 500 * MILLISECOND,
			},
		.feature = {true, true, true, true, true},
		.rtt = {MICROSECOND, MILLISECOND},
		.mss = 65536 - 20 - 32, /* of IPv4 loopback */
	};
}

struct sysctl_place {
	const char *name; /* behind net.ipv4. */
	size_t offset;	  /* in struct sysctl_settings */
	int64_t unit;
	size_t feature; /* offset in struct feature_settings, or NO_FEATURE */
	int64_t absent; /* what counts where the kernel has no such sysctl */
};

#define NO_FEATURE ((size_t)-1)

#define PLACE(field, unit)                                                                         \
	"tcp_" #field, offsetof(struct sysctl_settings, field), unit, NO_FEATURE, 0

static const struct sysctl_place places[] = {
	{PLACE(keepalive_time, SECOND)},
	{PLACE(keepalive_intvl, SECOND)},
	{PLACE(keepalive_probes, 1)},
	{PLACE(retries2, 1)},
	{PLACE(syn_retries, 1)},
	{PLACE(synack_retries, 1)},
	{PLACE(orphan_retries, 1)},
	{PLACE(fin_timeout, SECOND)},
	{PLACE(early_retrans, 1)},
	{PLACE(sack, 1)},
	{PLACE(timestamps, 1)},
	{PLACE(thin_linear_timeouts, 1)},
	{PLACE(invalid_ratelimit, MILLISECOND)},
	{"tcp_syn_linear_timeouts", offsetof(struct sysctl_settings, syn_linear_timeouts), 1,
	 offsetof(struct feature_settings, syn_linear_timeouts), 0},
	{"tcp_rto_min_us", offsetof(struct sysctl_settings, rto_min), MICROSECOND,
	 offsetof(struct feature_settings, rto_min), 200 * MILLISECOND},
	{"tcp_rto_max_ms", offsetof(struct sysctl_settings, rto_max), MILLISECOND,
	 offsetof(struct feature_settings, rto_max), 120 * SECOND},
};

static const struct sysctl_place *place_of(const char *name)
{
	static const char prefix[] = "net.ipv4.";

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	for (size_t i = 0; i < array_length(places); i++)
		if (strcmp(name + sizeof(prefix) - 1, places[i].name) == 0)
			return &places[i];
	return NULL;
}

static void set_feature(struct settings *settings, const struct sysctl_place *place, bool present)
{
	bool *feature;

	if (place->feature == NO_FEATURE)
		return;
	feature = (bool *)((char *)&settings->feature + place->feature);
	*feature = present;
}

/* Sets one sysctl of a namespace. */
static int set_sysctl(struct settings *settings, struct sysctl_settings *sysctls, const char *name,
		      const char *value)
{
	const struct sysctl_place *place = place_of(name);
	int64_t *field;
	long long number;
	char *end;

	if (strcmp(name, "net.ipv4.tcp_congestion_control") == 0) {
		sysctls->bbr = strncmp(value, "bbr", 3) == 0;
		return 0;
	}
	if (!place)
		return -ENOENT;
	field = (int64_t *)((char *)sysctls + place->offset);
	if (!*value) {
		if (place->feature != NO_FEATURE)
			*field = place->absent;
		set_feature(settings, place, false);
		return 0;
	}
	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno || end == value || end[strspn(end, " \n")])
		return -EINVAL;
	if (number > INT32_MAX || number < INT32_MIN)
		return -EINVAL;
	*field = number * place->unit;
	set_feature(settings, place, true);
	return 0;
}

int settings_end_sysctl(struct settings *settings, enum end end, const char *name,
			const char *value)
{
	int error = 0;

	if (end != END_NONE && !settings->sysctls_differ) {
		settings->server_sysctl = settings->sysctl;
		settings->sysctls_differ = true;
	}
	if (end != END_SERVER)
		error = set_sysctl(settings, &settings->sysctl, name, value);
	if (!error && end != END_CLIENT && settings->sysctls_differ)
		error = set_sysctl(settings, &settings->server_sysctl, name, value);
	return error;
}

int settings_sysctl(struct settings *settings, const char *name, const char *value)
{
	return settings_end_sysctl(settings, END_NONE, name, value);
}

static void read_end(struct end_settings *options, const struct record *record)
{
	options->unaware = !observer_awaits(record);
	if (record_has(record, KEY_KEEPALIVE))
		options->keepalive = record_number(record, KEY_KEEPALIVE);
	if (record_has(record, KEY_IDLE))
		options->idle = record_number(record, KEY_IDLE);
	if (record_has(record, KEY_INTERVAL))
		options->interval = record_number(record, KEY_INTERVAL);
	if (record_has(record, KEY_COUNT_))
		options->count = record_number(record, KEY_COUNT_);
	if (record_has(record, KEY_USER_TIMEOUT))
		options->user_timeout = record_number(record, KEY_USER_TIMEOUT);
	if (record_has(record, KEY_SYN_COUNT))
		options->syn_count = record_number(record, KEY_SYN_COUNT);
	if (record_has(record, KEY_DEFER_ACCEPT))
		options->defer_accept = record_number(record, KEY_DEFER_ACCEPT);
	if (record_has(record, KEY_LINGER2))
		options->linger2 = record_number(record, KEY_LINGER2);
	if (record_has(record, KEY_RTO_MAX))
		options->rto_max = record_number(record, KEY_RTO_MAX);
	if (record_has(record, KEY_RECEIVE_BUFFER))
		options->receive_buffer = record_number(record, KEY_RECEIVE_BUFFER);
	if (record_has(record, KEY_THIN_LINEAR_TIMEOUTS))
		options->thin_linear_timeouts = record_number(record, KEY_THIN_LINEAR_TIMEOUTS);
}

static void read_sysctls(struct settings *settings, enum end end, const struct value *sysctls)
{
	for (size_t i = 0; sysctls->set && i < sysctls->item_count; i++)
		settings_end_sysctl(settings, end, sysctls->items[i].text,
				    sysctls->items[i].setting);
}

/* The largest segment: MTU without the headers, which have timestamps (RFC 7323). */
static int64_t segment_size(const struct scenario *scenario)
{
	int64_t mtu = scenario->topology == TOPOLOGY_LOOPBACK ? 65536 : 1500;

	return mtu - (scenario->family == 6 ? 40 : 20) - 32;
}

void settings_scenario(struct settings *settings, const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->sysctl_count; i++)
		settings_sysctl(settings, scenario->sysctls[i].name, scenario->sysctls[i].value);
	read_sysctls(settings, END_CLIENT, &scenario->client.value[KEY_SYSCTLS]);
	read_sysctls(settings, END_SERVER, &scenario->server.value[KEY_SYSCTLS]);
	settings->mss = segment_size(scenario);
	read_end(&settings->client, &scenario->client);
	read_end(&settings->server, &scenario->server);
}

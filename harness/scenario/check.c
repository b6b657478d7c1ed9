#include "scenario/check.h"

#include <string.h>

#include "base/duration.h"
#include "scenario/load.h"
#include "scenario/values.h"

/* A new namespace's values: tcp_sk_init(), net/ipv4/tcp_ipv4.c. */
#define DEFAULT_IDLE  (7200 * SECOND)
#define DEFAULT_COUNT 9

bool can_use(const struct record *record, enum key key)
{
	return record->value[key].set && !record->value[key].bad;
}

int count_faults(const struct scenario *scenario)
{
	int count = 0;

	for (size_t i = 0; i < scenario->step_count; i++) {
		if (scenario->steps[i].bad)
			return -1;
		count += is_fault(&scenario->steps[i]);
	}
	return count;
}

/* Returns the number of a sysctl, or fallback where the scenario does not set it. */
static int64_t sysctl_number(const struct scenario *scenario, const struct record *end,
			     const char *name, int64_t fallback, bool *known)
{
	const struct value *own = &end->value[KEY_SYSCTLS];
	int64_t number = fallback;

	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		const struct sysctl_setting *setting = &scenario->sysctls[i];

		/* A misspelt name may be the one that was meant. */
		if (!setting->value)
			*known = false;
		else if (strcmp(setting->name, name) == 0)
			parse_number(setting->value, &number);
	}
	for (size_t i = 0; own->set && !own->bad && i < own->item_count; i++) {
		if (strcmp(own->items[i].text, name) == 0)
			parse_number(own->items[i].setting, &number);
	}
	return number;
}

const struct record *end_record(const struct scenario *scenario, enum end end)
{
	return end == END_CLIENT ? &scenario->client : &scenario->server;
}

struct keepalive keepalive_of(const struct scenario *scenario, enum end end)
{
	const struct record *record = end_record(scenario, end);
	struct keepalive keepalive = {.known = !record->bad};
	int64_t idle_s = sysctl_number(scenario, record, "net.ipv4.tcp_keepalive_time",
				       DEFAULT_IDLE / SECOND, &keepalive.known);

	keepalive.idle = idle_s * SECOND;
	keepalive.count = sysctl_number(scenario, record, "net.ipv4.tcp_keepalive_probes",
					DEFAULT_COUNT, &keepalive.known);
	keepalive.on = record_number(record, KEY_KEEPALIVE);
	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (step->kind == RECORD_STEP_SET && record_number(step, KEY_KEEPALIVE) &&
		    (enum end)record_number(step, KEY_END) == end)
			keepalive.on = true;
	}
	keepalive.user_timeout = record_number(record, KEY_USER_TIMEOUT);
	if (record_has(record, KEY_IDLE))
		keepalive.idle = record_number(record, KEY_IDLE);
	if (record_has(record, KEY_COUNT_))
		keepalive.count = record_number(record, KEY_COUNT_);
	return keepalive;
}

bool count_is_limit(const struct scenario *scenario, enum end end)
{
	struct keepalive own = keepalive_of(scenario, end);
	struct keepalive other = keepalive_of(scenario, other_end(end));

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (!step->bad && is_about_echoes(step))
			continue;
		if (step->bad || step->kind != RECORD_STEP_DROP || fault_is_partial(step))
			return false;
	}
	return own.known && other.known && own.user_timeout == 0 && !other.on;
}

void scenario_check(const struct scenario *scenario, struct problems *problems)
{
	struct reader reader = {.path = scenario->path, .problems = problems};

	check_topology(&reader, scenario);
	check_end(&reader, &scenario->client);
	check_end(&reader, &scenario->server);
	check_steps(&reader, scenario);
	check_expectations(&reader, scenario);
}

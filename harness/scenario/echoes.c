#include "scenario/echoes.h"

#include "base/duration.h"

/* Of ping(8) between two echoes; and as long to wait. */
#define DEFAULT_INTERVAL SECOND
#define DEFAULT_TIMEOUT	 SECOND

static int64_t number_or(const struct record *record, enum key key, int64_t fallback)
{
	return record_has(record, key) ? record_number(record, key) : fallback;
}

int64_t echo_timeout(const struct record *record)
{
	return number_or(record, KEY_TIMEOUT, DEFAULT_TIMEOUT);
}

int64_t echo_interval(const struct record *record)
{
	return number_or(record, KEY_INTERVAL, DEFAULT_INTERVAL);
}

int64_t echo_count(const struct record *ping)
{
	return number_or(ping, KEY_COUNT_, 1);
}

int64_t monitor_silent_after(const struct record *monitor)
{
	int64_t threshold = record_number(monitor, KEY_THRESHOLD);

	return threshold * echo_timeout(monitor) + (threshold - 1) * echo_interval(monitor);
}

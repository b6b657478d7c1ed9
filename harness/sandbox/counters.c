#define _GNU_SOURCE
#include "sandbox/counters.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sandbox/proc.h"

/* /proc/self is the first thread's, /proc/thread-self the caller's own. */
#define NETSTAT "/proc/thread-self/net/netstat"
#define SNMP	"/proc/thread-self/net/snmp"
#define SOFTNET "/proc/thread-self/net/softnet_stat"

static size_t line_length(const char *line)
{
	return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
	line += line_length(line);
	return *line ? line + 1 : line;
}

/* Takes the next blank-separated word of a line; its length is 0 at the line's end. */
static size_t next_field(const char **cursor, const char *end)
{
	while (*cursor < end && **cursor == ' ')
		(*cursor)++;
	return *cursor < end ? strcspn(*cursor, " \n") : 0;
}

static int value_in(const char *field, size_t length, int64_t *ret_value)
{
	char *end;
	long long value;

	/* strtoll() would skip a newline and read on in the next line. */
	if (length == 0)
		return -EINVAL;
	errno = 0;
	value = strtoll(field, &end, 10);
	if (errno || end != field + length)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

/* "TcpExt: SyncookiesSent …" and "TcpExt: 0 …". */
static int parse_pair(const char *names, const char *values, struct counters *counters)
{
	const char *names_end = names + line_length(names);
	const char *values_end = values + line_length(values);
	size_t prefix = strcspn(names, ":\n");
	const char *name = names + prefix + 1, *value = values + prefix + 1;

	if (names[prefix] != ':' || strncmp(names, values, prefix + 1) != 0)
		return -EINVAL;
	for (;;) {
		size_t name_length = next_field(&name, names_end);
		size_t value_length = next_field(&value, values_end);
		struct counter counter;

		if (name_length == 0 && value_length == 0)
			return 0;
		if (name_length == 0 || value_in(value, value_length, &counter.value) < 0)
			return -EINVAL;
		counter.name = malloc(prefix + name_length + 1);
		if (!counter.name)
			return -ENOMEM;
		memcpy(counter.name, names, prefix);
		memcpy(counter.name + prefix, name, name_length);
		counter.name[prefix + name_length] = '\0';
		*array_push(counters->list, counters->count) = counter;
		name += name_length;
		value += value_length;
	}
}

int counters_parse(const char *text, struct counters *counters)
{
	while (*text) {
		const char *values = next_line(text);
		int result = parse_pair(text, values, counters);

		if (result < 0)
			return result;
		text = next_line(values);
	}
	return 0;
}

int counters_read(struct counters *ret_counters)
{
	static const char *const paths[] = {NETSTAT, SNMP};
	struct counters counters = {0};

	for (size_t i = 0; i < array_length(paths); i++) {
		cleanup_free char *text = NULL;
		int result = proc_read(paths[i], NULL, &text);

		if (result == 0)
			result = counters_parse(text, &counters);
		if (result < 0) {
			counters_free(&counters);
			return result;
		}
	}
	*ret_counters = counters;
	return 0;
}

/* Where a name is, looking from a place on and then from the beginning; count: it is not there. */
static size_t find(const struct counters *counters, const char *name, size_t from)
{
	for (size_t i = 0; i < counters->count; i++) {
		size_t place = from + i < counters->count ? from + i : from + i - counters->count;

		if (strcmp(counters->list[place].name, name) == 0)
			return place;
	}
	return counters->count;
}

int64_t counters_next(const struct counters *counters, const char *name, size_t *cursor)
{
	size_t place = find(counters, name, *cursor < counters->count ? *cursor : 0);

	if (place == counters->count)
		return -1;
	*cursor = place + 1;
	return counters->list[place].value;
}

int64_t counters_value(const struct counters *counters, const char *name)
{
	size_t cursor = 0;

	return counters_next(counters, name, &cursor);
}

void counters_add(struct counters *counters, const struct counters *others)
{
	size_t known = counters->count, cursor = 0;

	for (size_t i = 0; i < others->count; i++) {
		const struct counter *other = &others->list[i];
		size_t place = known ? find(counters, other->name, cursor) : counters->count;

		if (place < counters->count)
			counters->list[place].value += other->value;
		else
			*array_push(counters->list, counters->count) =
				(struct counter){strdup(other->name), other->value};
		cursor = place + 1 < counters->count ? place + 1 : 0;
	}
}

void counters_free(struct counters *counters)
{
	for (size_t i = 0; i < counters->count; i++)
		free(counters->list[i].name);
	free(counters->list);
	*counters = (struct counters){0};
}

int64_t backlog_dropped_in(const char *text)
{
	int64_t sum = 0;

	for (; *text; text = next_line(text)) {
		uint32_t processed, dropped;

		/* A blank in between, so that a column is never taken from the next line. */
		if (sscanf(text, "%8" SCNx32 "%*1[ ]%8" SCNx32, &processed, &dropped) != 2)
			return -EINVAL;
		sum += dropped;
	}
	return sum;
}

int64_t backlog_dropped(void)
{
	cleanup_free char *text = NULL;
	int result = proc_read(SOFTNET, NULL, &text);

	return result < 0 ? result : backlog_dropped_in(text);
}

/* Counters of the kernel: the namespace's protocol counters, and packets lost in the backlog. */
#ifndef HALFOPEN_SANDBOX_COUNTERS_H
#define HALFOPEN_SANDBOX_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

struct counter {
	char *name; /* as nstat prints it: TcpExtTCPKeepAlive, TcpOutRsts */
	int64_t value;
};

struct counters {
	struct counter *list;
	size_t count;
};

/*
 * Reads /proc/net/netstat and /proc/net/snmp of the caller's network namespace. Returns 0 or
 * -errno. counters_free() frees.
 */
int counters_read(struct counters *ret_counters);

/* Returns a counter's value, or -1 where there is none of that name. */
int64_t counters_value(const struct counters *counters, const char *name);

/*
 * The same for one name after the other, in about the order of the list: looks at *cursor first,
 * which begins with 0, and leaves it behind what was found.
 */
int64_t counters_next(const struct counters *counters, const char *name, size_t *cursor);

/* Adds the values of other counters; one that was not there yet comes to be. */
void counters_add(struct counters *counters, const struct counters *others);

void counters_free(struct counters *counters);

/*
 * Packets dropped since boot, on all CPUs of the machine, because a CPU's input backlog was full
 * (second column of /proc/net/softnet_stat, net/core/net-procfs.c softnet_seq_show). Returns it
 * or -errno.
 */
int64_t backlog_dropped(void);

/* The same from such a text, for tests. */
int64_t backlog_dropped_in(const char *text);

/* Reads pairs of a name line and a value line, as both files have them. For tests. */
int counters_parse(const char *text, struct counters *counters);

#endif

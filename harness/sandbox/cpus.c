#define _GNU_SOURCE
#include "base/clock.h"
#include "sandbox/cpus.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int64_t cpus_visit(void)
{
	int64_t longest = 0;
	cpu_set_t allowed;

	/* Fails where the machine has more CPUs than fit (CPU_SETSIZE). */
	if (sched_getaffinity(0, sizeof(allowed), &allowed) || CPU_COUNT(&allowed) < 2)
		return 0;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		int64_t began = clock_read(CLOCK_MONOTONIC), took;
		cpu_set_t one;

		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one))
			continue; /* it was taken off line */
		took = clock_read(CLOCK_MONOTONIC) - began;
		if (took > longest)
			longest = took;
	}
	sched_setaffinity(0, sizeof(allowed), &allowed);
	return longest;
}

int64_t cpus_stolen(int stat)
{
	char text[256];
	ssize_t length = pread(stat, text, sizeof(text) - 1, 0);
	int64_t units = 0;

	if (length <= 0)
		return 0;
	text[length] = '\0';
	/* user nice system idle iowait irq softirq steal */
	if (sscanf(text, "cpu %*d %*d %*d %*d %*d %*d %*d %" SCNd64, &units) != 1)
		return 0;
	return units * STOLEN_UNIT;
}

struct jiffies_reading jiffies_read(void)
{
	struct jiffies_reading reading = {.counted = clock_read(CLOCK_MONOTONIC_COARSE)};

	reading.at = clock_read(CLOCK_MONOTONIC);
	return reading;
}

int64_t jiffies_lateness(struct jiffies_reading before, struct jiffies_reading after, int64_t tick)
{
	int64_t late = after.at - after.counted - tick;
	/* The next count was due a tick after the first reading's, and came before the second. */
	int64_t hidden = after.at - before.counted - tick;

	if (hidden > tick)
		hidden = tick;
	if (late < hidden)
		late = hidden;
	return late > 0 ? late : 0;
}

/*
 * How long the kernel's own network and timer work waited for a CPU. Where there is much of it, it
 * is put off to a thread of each CPU (kernel/softirq.c, ksoftirqd), which competes with all other
 * work: what TCP sends when a timer expires is then late, though the interrupt was not.
 */
#ifndef HALFOPEN_SANDBOX_SOFTIRQ_H
#define HALFOPEN_SANDBOX_SOFTIRQ_H

#include <stddef.h>
#include <stdint.h>

/* Descriptors of /proc/PID/schedstat of those threads. Zeroed, there are none to be seen. */
struct softirqs {
	int *threads;
	size_t count;
};

/* Finds them; none where this namespace of processes does not show them. softirqs_close() frees. */
void softirqs_open(struct softirqs *ret_softirqs);

/* How long they have been waiting since boot, all together, ns. */
int64_t softirqs_waited(const struct softirqs *softirqs);

/*
 * The second number of a /proc/PID/schedstat: how long the process has been waiting for a CPU, ns;
 * -1 where it cannot be read (Documentation/scheduler/sched-stats.rst).
 */
int64_t schedstat_waited(int schedstat);

void softirqs_close(struct softirqs *softirqs);

#endif

/*
 * Whether the machine's CPUs run. A hypervisor may take one away for a while, or something may keep
 * it from doing anything else: timers that are armed on it fire late then, though every other CPU,
 * and with it our process, is on time.
 */
#ifndef HALFOPEN_SANDBOX_CPUS_H
#define HALFOPEN_SANDBOX_CPUS_H

#include <stdint.h>

#include "base/duration.h"

/*
 * Moves the calling thread to each CPU that it may use, one after the other, and lets it go
 * everywhere again. Returns the longest time, ns, that one of them kept it waiting; 0 where there
 * is only one, or where the kernel does not say.
 */
int64_t cpus_visit(void);

/*
 * What a hypervisor has taken of all CPUs together since boot, ns, from an open /proc/stat; 0 where
 * it never did, or that is not known. It is counted in units (Documentation/filesystems/proc.rst,
 * USER_HZ), so one more may have been taken than is told yet.
 */
#define STOLEN_UNIT (10 * MILLISECOND)

int64_t cpus_stolen(int stat);

/*
 * One CPU counts jiffies for all (kernel/time/tick-sched.c, tick_do_timer_cpu). When it is late,
 * what arms a timer counts from the old one. The coarse clock stands where the last count has put
 * it.
 */
struct jiffies_reading {
	int64_t counted; /* CLOCK_MONOTONIC_COARSE … */
	int64_t at;	 /* … and a little later CLOCK_MONOTONIC, ns */
};

struct jiffies_reading jiffies_read(void);

/*
 * By how much jiffies were counted up late at the second of two readings; or can have been in
 * between, if that is more: a jiffy at most, since more of it would be seen. tick is their length,
 * ns. 0: none was late.
 */
int64_t jiffies_lateness(struct jiffies_reading before, struct jiffies_reading after, int64_t tick);

#endif

/*
 * Whether the machine's CPUs run. A hypervisor may take one away for a while, or something may keep
 * it from doing anything else: timers that are armed on it fire late then, though every other CPU,
 * and with it our process, is on time.
 */
#ifndef HALFOPEN_SANDBOX_CPUS_H
#define HALFOPEN_SANDBOX_CPUS_H

#include <stdint.h>

/*
 * Moves the calling thread to each CPU that it may use, one after the other, and lets it go
 * everywhere again. Returns the longest time, ns, that one of them kept it waiting; 0 where there
 * is only one, or where the kernel does not say.
 */
int64_t cpus_visit(void);

/*
 * How long ago jiffies should have been counted up, ns: one CPU does that for all
 * (kernel/time/tick-sched.c, tick_do_timer_cpu), and what arms a timer meanwhile counts from the
 * old one. 0: they are up to date. tick is the length of a jiffy, ns.
 */
int64_t jiffies_lateness(int64_t tick);

#endif

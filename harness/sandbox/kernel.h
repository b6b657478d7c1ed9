/* Which kernel this is, and how its clock ticks. */
#ifndef HALFOPEN_SANDBOX_KERNEL_H
#define HALFOPEN_SANDBOX_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/softirq.h"

/*
 * hz is from the resolution of CLOCK_MONOTONIC_COARSE, which is one jiffy
 * (kernel/time/posix-timers.c, posix_get_coarse_res). Where phase_known, this many jiffies began at
 * that CLOCK_MONOTONIC (ns); from /proc/timer_list, which root may read.
 *
 * The pair is exact, but a wheel timer may still run one tick behind its bucket: only one CPU
 * updates jiffies (tick_do_timer_cpu), and on another that is busy the tick of the same moment may
 * come first and find nothing due (kernel/time/timer.c, run_local_timers). Measured on 6.18 with
 * two busy CPUs: 22 us behind the bucket on the one, 20 us or 4.02 ms on the other.
 */
struct kernel {
	char release[65]; /* utsname.release */
	int hz;
	bool is_virtual; /* its clock jumps while it is idle: whoever boots it knows */
	bool phase_known;
	int64_t jiffies;
	int64_t jiffies_at;
	struct softirqs softirqs; /* zeroed; whoever plays opens them */
};

/*
 * Returns 0 or -errno. Takes a few ticks of time where /proc/timer_list can be read. The pair
 * is the kernel's, not the namespace's, and holds until the machine is restarted or suspended.
 */
int kernel_describe(struct kernel *ret_kernel);

/*
 * Finds one (jiffies, beginning) pair in the text of /proc/timer_list, or in its beginning up to
 * the line "jiffies: …" of CPU 0. That line must have been read at CLOCK_MONOTONIC
 * read_by at the latest. Returns whether it could; it cannot where a tick fell between the "now at"
 * of the text and read_by, so read again then. Pure, for tests.
 */
bool kernel_phase_in(const char *timer_list, int hz, int64_t read_by, int64_t *ret_jiffies,
		     int64_t *ret_at);

#endif

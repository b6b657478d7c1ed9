/* Which kernel this is, and how its clock ticks. */
#ifndef HALFOPEN_SANDBOX_KERNEL_H
#define HALFOPEN_SANDBOX_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

struct kernel {
	char release[65]; /* utsname.release */
	int hz;		  /* from the resolution of CLOCK_MONOTONIC_COARSE, which is one jiffy
			     (kernel/time/posix-timers.c, posix_get_coarse_res) */
	bool phase_known; /* whether the next two are */
	int64_t jiffies;  /* this many jiffies … */
	int64_t jiffies_at; /* … began at this CLOCK_MONOTONIC (ns): from /proc/timer_list (root) */
};

/* Returns 0 or -errno. */
int kernel_describe(struct kernel *ret_kernel);

/*
 * Finds one (jiffies, beginning) pair in the text of /proc/timer_list. Returns whether it could.
 * Pure, for tests.
 */
bool kernel_phase_in(const char *timer_list, int hz, int64_t *ret_jiffies, int64_t *ret_at);

#endif

/* The kernel's clocks (clock_gettime(2)) as durations, ns; and a duration as it wants it. */
#ifndef HALFOPEN_BASE_CLOCK_H
#define HALFOPEN_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "base/duration.h"

static inline int64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* The clock of all timelines and time-outs. */
static inline int64_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

static inline struct timespec clock_timespec(int64_t duration)
{
	return (struct timespec){duration / SECOND, duration % SECOND};
}

#endif

/*
 * The kernel's timer wheel: when a timer that was armed for some duration really fires.
 *
 * Since Linux 4.8 (kernel/time/timer.c, calc_wheel_index; commit 500462a9de65) a timer is put into
 * a bucket of a level by its distance, is never early, and is late by at most one granule of that
 * level, 8^level jiffies, and two jiffies: a CPU's tick may see the old jiffy, and what is sent on
 * a tick is sent at some moment of that jiffy. TCP's timers (retransmission, window probe,
 * keepalive, SYN-ACK, TIME-WAIT) are such timers.
 */
#ifndef HALFOPEN_MODEL_WHEEL_H
#define HALFOPEN_MODEL_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

/* When something is due: not before earliest, not after latest; ns, both inclusive. */
struct window {
	int64_t earliest;
	int64_t latest;
};

/* How a kernel's clock ticks; with one (jiffies, moment) pair the wheel's phase is known too. */
struct wheel {
	int hz;
	bool phase_known;
	int64_t jiffies;    /* this many jiffies … */
	int64_t jiffies_at; /* … began at this moment, on the clock of armed_at below */
};

/* One jiffy in ns: TICK_NSEC, which is not SECOND / HZ exactly where HZ does not divide it. */
int64_t wheel_tick(const struct wheel *wheel);

/* A duration in jiffies, rounded up, as msecs_to_jiffies(), usecs_to_jiffies() and n * HZ are. */
int64_t wheel_jiffies(const struct wheel *wheel, int64_t duration);

/* The same in ns: what the kernel makes of a duration that it counts in jiffies. */
int64_t wheel_rounded(const struct wheel *wheel, int64_t duration);

/* The granule, in ns, of the level into which a timer of this duration falls. */
int64_t wheel_granule(const struct wheel *wheel, int64_t duration);

/*
 * The duration, in ns, that the wheel can hold: longer ones are cut to it (WHEEL_TIMEOUT_CUTOFF)
 * and fire too early.
 */
int64_t wheel_cut(const struct wheel *wheel, int64_t duration);

/*
 * The window of a timer, relative to when it was armed: [duration, duration + granule + 2 jiffies],
 * where the duration is rounded up to jiffies.
 */
struct window wheel_window(const struct wheel *wheel, int64_t duration);

/*
 * The same for a timer armed at a moment: where the phase is known, exact and two jiffies wide
 * (fire = (((j + delta) >> 3L) + 1) << 3L, in that jiffy or the next); else wheel_window() moved
 * to armed_at.
 */
struct window wheel_expiry(const struct wheel *wheel, int64_t armed_at, int64_t duration);

/*
 * The general case: the moment that the timer was asked for (rounded to jiffies already) and its
 * distance from the arming, each known as a window. The windows need not be independent.
 */
struct window wheel_fire(const struct wheel *wheel, struct window expires, struct window distance);

/* How long after the beginning of its jiffy such a timer is seen to fire at the latest. */
int64_t wheel_spread(const struct wheel *wheel);

/* By how much such a timer can be late: the largest granule of its distance, and two jiffies. */
int64_t wheel_lateness(const struct wheel *wheel, struct window distance);

/* Adds windows: what is due one after the other. */
struct window window_add(struct window a, struct window b);

/* The time from b to a, where the two are independent. */
struct window window_subtract(struct window a, struct window b);

/* The part that both have in common; a, where they have none. */
struct window window_intersect(struct window a, struct window b);

/* The smallest window around both. */
struct window window_union(struct window a, struct window b);

/* A moment that is known. */
static inline struct window window_at(int64_t moment)
{
	return (struct window){moment, moment};
}

/* Where a moment lies: negative before the window by so much, positive behind it, 0 inside. */
int64_t window_distance(struct window window, int64_t moment);

#endif

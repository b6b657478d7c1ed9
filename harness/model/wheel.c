#include "model/wheel.h"

#include "base/duration.h"

/* Levels of the wheel (LVL_DEPTH with HZ > 100; with HZ <= 100 it is 8, LVL_START grows by 8 per
 * level: LVL_CLK_SHIFT 3, LVL_BITS 6). */
#define LEVEL_SHIFT 3
#define LEVEL_SLOTS 63

/*
 * The level is chosen by the distance to the wheel's own clock (timer_base.clk), not to jiffies.
 * Inside a timer's callback that clock is one ahead (__run_timers), and behind by as many
 * jiffies as timers of this CPU are overdue (forward_timer_base). So a distance this near to a
 * level's edge may fall to either side of it.
 */
#define CLOCK_LEAD  1
#define CLOCK_DELAY 2

/*
 * One CPU counts jiffies for all (tick_do_timer_cpu; kernel/time/tick-sched.c,
 * tick_sched_do_timer), and all CPUs tick at the same moment: one that ticks a little before it
 * still finds nothing due in the old jiffy (kernel/time/timer.c, run_local_timers) and runs the
 * bucket with its next tick. Seen on 6.18 with two CPUs: one expiry of ten when they are nearly
 * idle, four of five when both are busy.
 */
#define TICK_DELAY 1

/*
 * Timers expire on the tick, and what they send is stamped within that jiffy: behind the interrupt
 * and the timers of the same bucket that run before (__run_timers, in the interrupt's softirq).
 * Seen on 6.18: 115 us behind it alone, 1.7 ms with 216 connections side by side. A CPU that has
 * not run them when the next tick comes is a machine that is late, and no rule says by how much.
 */
#define TICK_ITSELF 1

static int level_count(const struct wheel *wheel)
{
	return wheel->hz > 100 ? 9 : 8;
}

int64_t wheel_tick(const struct wheel *wheel)
{
	return (SECOND + wheel->hz / 2) / wheel->hz;
}

int64_t wheel_jiffies(const struct wheel *wheel, int64_t duration)
{
	int64_t rest = duration % SECOND * wheel->hz;

	return duration / SECOND * wheel->hz + rest / SECOND + (rest % SECOND > 0);
}

int64_t wheel_rounded(const struct wheel *wheel, int64_t duration)
{
	return wheel_jiffies(wheel, duration) * wheel_tick(wheel);
}

/* WHEEL_TIMEOUT_CUTOFF is LVL_START(LVL_DEPTH); WHEEL_TIMEOUT_MAX one granule less. */
static int64_t cut_to_reach(const struct wheel *wheel, int64_t delta)
{
	int last = level_count(wheel) - 1;
	int64_t cutoff = (int64_t)LEVEL_SLOTS << (LEVEL_SHIFT * last);
	int64_t maximum = cutoff - ((int64_t)1 << (LEVEL_SHIFT * last));

	return delta >= cutoff ? maximum : delta;
}

static int level_of(const struct wheel *wheel, int64_t delta)
{
	int level = 0;

	while (level < level_count(wheel) - 1 && delta >= (int64_t)LEVEL_SLOTS
								  << (LEVEL_SHIFT * level))
		level++;
	return level;
}

int64_t wheel_cut(const struct wheel *wheel, int64_t duration)
{
	return cut_to_reach(wheel, wheel_jiffies(wheel, duration)) * wheel_tick(wheel);
}

int64_t wheel_granule(const struct wheel *wheel, int64_t duration)
{
	int64_t delta = cut_to_reach(wheel, wheel_jiffies(wheel, duration));

	return ((int64_t)1 << (LEVEL_SHIFT * level_of(wheel, delta))) * wheel_tick(wheel);
}

struct window wheel_window(const struct wheel *wheel, int64_t duration)
{
	struct wheel unknown = {.hz = wheel->hz};

	return wheel_expiry(&unknown, 0, duration);
}

struct window wheel_expiry(const struct wheel *wheel, int64_t armed_at, int64_t duration)
{
	struct window distance = window_at(wheel_cut(wheel, duration));

	return wheel_fire(wheel, window_add(window_at(armed_at), distance), distance);
}

/* The jiffies at a moment; rounds down, also before the known pair. */
static int64_t jiffies_at(const struct wheel *wheel, int64_t moment)
{
	int64_t passed = moment - wheel->jiffies_at, tick = wheel_tick(wheel);

	return wheel->jiffies + passed / tick - (passed % tick < 0);
}

/* calc_index(): the end of the bucket into which a timer of this level falls. */
static int64_t bucket_end(const struct wheel *wheel, int64_t expires, int level)
{
	int64_t jiffies = jiffies_at(wheel, expires);
	int shift = LEVEL_SHIFT * level;

	jiffies = ((jiffies >> shift) + 1) << shift;
	return wheel->jiffies_at + (jiffies - wheel->jiffies) * wheel_tick(wheel);
}

static int highest_level(const struct wheel *wheel, struct window distance)
{
	return level_of(wheel, wheel_jiffies(wheel, distance.latest) + CLOCK_DELAY);
}

int64_t wheel_spread(const struct wheel *wheel)
{
	return (TICK_DELAY + TICK_ITSELF) * wheel_tick(wheel) - 1;
}

int64_t wheel_lateness(const struct wheel *wheel, struct window distance)
{
	return ((int64_t)1 << (LEVEL_SHIFT * highest_level(wheel, distance))) * wheel_tick(wheel) +
	       wheel_spread(wheel) + 1;
}

struct window wheel_fire(const struct wheel *wheel, struct window expires, struct window distance)
{
	int low = level_of(wheel, wheel_jiffies(wheel, distance.earliest) - CLOCK_LEAD);

	if (!wheel->phase_known)
		return (struct window){expires.earliest,
				       expires.latest + wheel_lateness(wheel, distance)};
	return (struct window){bucket_end(wheel, expires.earliest, low),
			       bucket_end(wheel, expires.latest, highest_level(wheel, distance)) +
				       wheel_spread(wheel)};
}

struct window window_add(struct window a, struct window b)
{
	return (struct window){a.earliest + b.earliest, a.latest + b.latest};
}

struct window window_subtract(struct window a, struct window b)
{
	return (struct window){a.earliest - b.latest, a.latest - b.earliest};
}

struct window window_intersect(struct window a, struct window b)
{
	struct window both = {
		a.earliest > b.earliest ? a.earliest : b.earliest,
		a.latest < b.latest ? a.latest : b.latest,
	};

	return both.earliest <= both.latest ? both : a;
}

struct window window_union(struct window a, struct window b)
{
	return (struct window){
		a.earliest < b.earliest ? a.earliest : b.earliest,
		a.latest > b.latest ? a.latest : b.latest,
	};
}

int64_t window_distance(struct window window, int64_t moment)
{
	return moment < window.earliest ? moment - window.earliest
	       : moment > window.latest ? moment - window.latest
					: 0;
}

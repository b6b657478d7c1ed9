#include "model/wheel.h"

#include "base/duration.h"

/* Levels of the wheel (LVL_DEPTH with HZ > 100; with HZ <= 100 it is 8, LVL_START grows by 8 per
 * level: LVL_CLK_SHIFT 3, LVL_BITS 6). */
#define LEVEL_SHIFT 3
#define LEVEL_SLOTS 63

static int level_count(const struct wheel *wheel)
{
	return wheel->hz > 100 ? 9 : 8;
}

int64_t wheel_tick(const struct wheel *wheel)
{
	return SECOND / wheel->hz;
}

int64_t wheel_jiffies(const struct wheel *wheel, int64_t duration)
{
	int64_t tick = wheel_tick(wheel);

	return duration / tick + (duration % tick != 0);
}

/* WHEEL_TIMEOUT_CUTOFF - WHEEL_TIMEOUT_MAX: LVL_START(LVL_DEPTH) = 63 << (3 * (depth - 1)). */
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

	while (level < level_count(wheel) - 1 &&
	       delta >= (int64_t)LEVEL_SLOTS << (LEVEL_SHIFT * level))
		level++;
	return level;
}

int64_t wheel_granule(const struct wheel *wheel, int64_t duration)
{
	int64_t delta = cut_to_reach(wheel, wheel_jiffies(wheel, duration));

	return ((int64_t)1 << (LEVEL_SHIFT * level_of(wheel, delta))) * wheel_tick(wheel);
}

struct window wheel_window(const struct wheel *wheel, int64_t duration)
{
	int64_t delta = cut_to_reach(wheel, wheel_jiffies(wheel, duration));
	int64_t length = delta * wheel_tick(wheel);

	return (struct window){length, length + wheel_granule(wheel, duration)};
}

struct window wheel_expiry(const struct wheel *wheel, int64_t armed_at, int64_t duration)
{
	struct window window = wheel_window(wheel, duration);
	int64_t tick = wheel_tick(wheel), passed, delta, fire;
	int shift;

	if (!wheel->phase_known)
		return (struct window){armed_at + window.earliest, armed_at + window.latest};
	passed = armed_at - wheel->jiffies_at;
	delta = cut_to_reach(wheel, wheel_jiffies(wheel, duration));
	shift = LEVEL_SHIFT * level_of(wheel, delta);
	/* Division that rounds down, also before the known pair. */
	fire = wheel->jiffies + (passed >= 0 ? passed / tick : -((-passed + tick - 1) / tick));
	fire = (((fire + delta) >> shift) + 1) << shift;
	fire = wheel->jiffies_at + (fire - wheel->jiffies) * tick;
	return (struct window){fire, fire + tick};
}

struct window window_add(struct window a, struct window b)
{
	return (struct window){a.earliest + b.earliest, a.latest + b.latest};
}

int64_t window_distance(struct window window, int64_t moment)
{
	return moment < window.earliest ? moment - window.earliest
	       : moment > window.latest ? moment - window.latest
					: 0;
}

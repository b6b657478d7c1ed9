/* The timer wheel: levels, windows, the exact expiry; kernel/time/timer.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/duration.h"
#include "model/wheel.h"

/* The table in the comment of kernel/time/timer.c; edges by LVL_START(n) = 63 << 3 (n - 1). */
static void test_granules(void **state)
{
	static const struct {
		int hz;
		int64_t duration, granule;
	} rows[] = {
		{250, 200 * MILLISECOND, 4 * MILLISECOND},
		{250, 300 * MILLISECOND, 32 * MILLISECOND},
		{250, 2012 * MILLISECOND, 32 * MILLISECOND},
		{250, 2016 * MILLISECOND, 256 * MILLISECOND},
		{250, 16 * SECOND, 256 * MILLISECOND},
		{250, 17 * SECOND, 2048 * MILLISECOND},
		{250, 129 * SECOND, 2048 * MILLISECOND},
		{250, 130 * SECOND, 16384 * MILLISECOND},
		{250, 7200 * SECOND, 131072 * MILLISECOND},
		{1000, 62 * MILLISECOND, MILLISECOND},
		{1000, 75 * SECOND, 4096 * MILLISECOND},
		{1000, 7200 * SECOND, 262144 * MILLISECOND},
		{100, SECOND, 80 * MILLISECOND},
		{100, 7200 * SECOND, 327680 * MILLISECOND},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct wheel wheel = {.hz = rows[i].hz};

		assert_int_equal(wheel_granule(&wheel, rows[i].duration), rows[i].granule);
		assert_int_equal(wheel_window(&wheel, rows[i].duration).earliest, rows[i].duration);
	}
}

/*
 * Measured on Linux 6.18, HZ=250, as the period of a timer that arms itself again
 * (EXPERIMENTS.md, section 0), in ms.
 */
static void test_measured_periods(void **state)
{
	static const struct {
		int64_t duration, period;
		int first; /* the first one, armed at any phase: not a multiple of the granule */
	} rows[] = {
		{1000, 1024, 0},     {2000, 2016, 0},	  {3000, 3072, 0},     {5000, 5120, 0},
		{10000, 10240, 0},   {15000, 15104, 0},	  {17000, 18432, 0},   {20000, 20480, 0},
		{25000, 26624, 0},   {30000, 30720, 0},	  {45000, 45056, 0},   {60000, 61440, 0},
		{75000, 75776, 0},   {90000, 90112, 0},	  {120000, 120832, 0}, {131000, 131070, 1},
		{131000, 142840, 1}, {150000, 163840, 0}, {300000, 306400, 1},
	};
	struct wheel exact = {.hz = 250, .phase_known = true, .jiffies = 1 << 20};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		int64_t duration = rows[i].duration * MILLISECOND;
		int64_t period = rows[i].period * MILLISECOND;

		assert_int_equal(window_distance(wheel_window(&exact, duration), period), 0);
		if (!rows[i].first)
			assert_int_equal(wheel_expiry(&exact, 0, duration).earliest, period);
	}
}

/* VIRTUAL-TIME.md: what 7200 s and 75 s become, and 9 probes in all. */
static void test_default_keepalive(void **state)
{
	static const struct {
		int hz;
		int64_t period, lateness;
	} rows[] = {
		{100, 76800 * MILLISECOND, 327680 * MILLISECOND},
		{250, 75776 * MILLISECOND, 131072 * MILLISECOND},
		{1000, 77824 * MILLISECOND, 262144 * MILLISECOND},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct wheel wheel = {.hz = rows[i].hz, .phase_known = true};

		assert_int_equal(wheel_expiry(&wheel, 0, 75 * SECOND).earliest, rows[i].period);
		assert_int_equal(wheel_granule(&wheel, 7200 * SECOND), rows[i].lateness);
	}
}

static int64_t random_below(unsigned int *seed, int64_t limit)
{
	return (((int64_t)rand_r(seed) << 31) ^ rand_r(seed)) % limit;
}

static void test_exact_within_window(void **state)
{
	static const int ticks[] = {100, 250, 300, 1000};
	unsigned int seed = 3;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct wheel wheel = {.hz = ticks[i % 4],
				      .phase_known = true,
				      .jiffies = random_below(&seed, INT64_C(1) << 40),
				      .jiffies_at = random_below(&seed, HOUR)};
		int64_t armed_at = random_below(&seed, 3 * HOUR);
		int64_t duration = random_below(&seed, (i % 3 ? 30 : 40000) * SECOND);
		struct window exact = wheel_expiry(&wheel, armed_at, duration), window;
		int64_t tick = wheel_tick(&wheel);

		wheel.phase_known = false;
		window = wheel_expiry(&wheel, armed_at, duration);
		assert_true(exact.earliest >= window.earliest);
		assert_true(exact.earliest <= window.latest);
		assert_true(
			exact.latest - exact.earliest <
				2 * tick || /* next to a level's edge both levels are possible */
			wheel_granule(&wheel, duration + 3 * tick) !=
				wheel_granule(&wheel, duration - 3 * tick));
		assert_true(window.latest - window.earliest <=
			    wheel_granule(&wheel, duration + 3 * tick) + 2 * tick);
	}
}

/* Longer than the wheel can hold: WHEEL_TIMEOUT_MAX, 49 days at HZ=250, 15 at HZ=100. */
static void test_reach(void **state)
{
	struct wheel wheel = {.hz = 250};
	struct window window = wheel_window(&wheel, 400 * DAY);

	(void)state;
	assert_true(window.earliest > 48 * DAY && window.latest < 50 * DAY);
	wheel.hz = 100;
	window = wheel_window(&wheel, 400 * DAY);
	assert_true(window.earliest > 15 * DAY && window.latest < 16 * DAY);
	assert_int_equal(wheel_window(&wheel, 0).earliest, 0);
}

/* HZ=300 does not divide a second: TICK_NSEC is 3333333, and one second is 300 jiffies still. */
static void test_uneven_tick(void **state)
{
	struct wheel wheel = {.hz = 300};

	(void)state;
	assert_int_equal(wheel_tick(&wheel), 3333333);
	assert_int_equal(wheel_jiffies(&wheel, SECOND), 300);
	assert_int_equal(wheel_jiffies(&wheel, 7200 * SECOND), 2160000);
	assert_int_equal(wheel_jiffies(&wheel, SECOND + 1), 301);
}

static void test_windows(void **state)
{
	struct window a = {2, 5}, b = {4, 9}, c = {7, 8};

	(void)state;
	assert_int_equal(window_add(a, b).latest, 14);
	assert_int_equal(window_subtract(b, a).earliest, -1);
	assert_int_equal(window_intersect(a, b).earliest, 4);
	assert_int_equal(window_intersect(a, c).latest, 5);
	assert_int_equal(window_union(a, c).latest, 8);
	assert_int_equal(window_distance(a, 1), -1);
	assert_int_equal(window_distance(a, 7), 2);
	assert_int_equal(window_distance(a, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_granules),
		cmocka_unit_test(test_measured_periods),
		cmocka_unit_test(test_default_keepalive),
		cmocka_unit_test(test_exact_within_window),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_uneven_tick),
		cmocka_unit_test(test_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

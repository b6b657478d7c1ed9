/* Best and worst case until a dead peer is noticed; and what holds for all settings. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/array.h"
#include "model_play.h"

/*
 * The defaults: 7875 s and a granule or ten (EXPERIMENTS.md 5; VIRTUAL-TIME.md: 7875 + 7.0 +
 * 0…131), 924.6 s hypothetical and 939.6 measured (24), 1064.5 behind one answered probe (37),
 * 131 s and 134.97 measured (44).
 */
static void test_defaults(void **state)
{
	static const struct {
		enum situation situation;
		double earliest, latest, inside;
		int segments;
	} rows[] = {
		{SITUATION_IDLE, 7875, 8045, 7882 + 60, 9},
		{SITUATION_DATA, 928, 955, 939.6, 17},
		{SITUATION_WINDOW, 924, 960, 940, 15},
		{SITUATION_CONNECTING, 131, 137, 134.97, 11},
	};
	struct settings settings = settings_default(250);
	struct detection found;

	(void)state;
	settings.client.keepalive = true;
	for (size_t i = 0; i < array_length(rows); i++) {
		found = model_detection(&settings, rows[i].situation);
		assert_false(found.never);
		assert_int_equal(found.error, ETIMEDOUT);
		assert_int_equal(found.segments, rows[i].segments);
		assert_true(found.within.earliest >= (int64_t)(rows[i].earliest * 1e9));
		assert_true(found.within.latest <= (int64_t)(rows[i].latest * 1e9));
		assert_int_equal(window_distance(found.within, (int64_t)(rows[i].inside * 1e9)), 0);
	}
	settings.client.keepalive = false;
	assert_true(model_detection(&settings, SITUATION_IDLE).never);
	/* A user timeout alone does nothing on an idle socket (71). */
	settings.client.user_timeout = 5 * SECOND;
	assert_true(model_detection(&settings, SITUATION_IDLE).never);
	/* It ends a connect() (46: 5.01 s) and never before its time. */
	found = model_detection(&settings, SITUATION_CONNECTING);
	assert_true(found.within.earliest >= 5 * SECOND);
	assert_int_equal(window_distance(found.within, 5010 * MILLISECOND), 0);
}

/* The count is overridden both ways (65 to 72), and never without one probe. */
static void test_user_timeout(void **state)
{
	static const struct {
		int64_t idle, interval, count, user_timeout;
		int probes;
	} rows[] = {
		{1, 11, 111, 33500, 3}, {1, 11, 3, 5000, 1},  {1, 11, 3, 12500, 2},
		{1, 11, 3, 30000, 3},	{1, 11, 3, 60000, 6}, {1, 1, 3, 10000, 9},
		{10, 1, 3, 1, 1},
	};
	struct settings settings = settings_default(250);

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct detection found;

		settings.client = (struct end_settings){
			.keepalive = true,
			.idle = rows[i].idle * SECOND,
			.interval = rows[i].interval * SECOND,
			.count = rows[i].count,
			.user_timeout = rows[i].user_timeout * MILLISECOND,
		};
		found = model_detection(&settings, SITUATION_IDLE);
		assert_int_equal(found.segments, rows[i].probes);
		assert_int_equal(found.rule, RULE_KEEPALIVE_USER_TIMEOUT);
	}
}

static int64_t random_below(unsigned int *seed, int64_t limit)
{
	return (((int64_t)rand_r(seed) << 31) ^ rand_r(seed)) % limit;
}

static int64_t random_seconds(unsigned int *seed)
{
	static const int64_t limits[] = {10, 300, 32767};

	return (1 + random_below(seed, limits[random_below(seed, 3)])) * SECOND;
}

static struct settings random_settings(unsigned int *seed)
{
	static const int ticks[] = {100, 250, 300, 1000};
	struct settings settings = settings_default(ticks[random_below(seed, 4)]);

	settings.client = (struct end_settings){
		.keepalive = true,
		.idle = random_seconds(seed),
		.interval = random_seconds(seed),
		.count = 1 + random_below(seed, random_below(seed, 10) ? 12 : 127),
		.user_timeout =
			random_below(seed, 3) ? 0 : random_below(seed, 100000) * MILLISECOND,
	};
	settings.sysctl.retries2 = random_below(seed, 20) ? random_below(seed, 16) : 255;
	settings.sysctl.syn_retries = 1 + random_below(seed, 8);
	settings.sysctl.syn_linear_timeouts = random_below(seed, 6);
	settings.sysctl.early_retrans = random_below(seed, 4);
	if (!random_below(seed, 4))
		settings.sysctl.rto_max = (1 + random_below(seed, 120)) * SECOND;
	if (!random_below(seed, 4))
		settings.sysctl.rto_min = (1 + random_below(seed, 200)) * MILLISECOND;
	return settings;
}

static void assert_ordered(struct window window)
{
	assert_true(window.earliest >= 0);
	assert_true(window.latest >= window.earliest);
	assert_true(window.latest < 100 * 365 * DAY);
}

/* Each window of a run forward is ordered, none begins before what it follows. */
static void check_forward(const struct settings *settings)
{
	static struct trace trace;
	struct act_step steps[] = {DROP(0), {0}};
	int64_t before = 0;
	struct model model;

	model_start_established(&model, settings, window_at(0));
	play(&model, steps, INT64_MAX - 1, CHOOSE_ON, &trace);
	assert_true(trace.count >= 3);
	for (size_t i = 0; i < trace.count; i++) {
		assert_ordered(trace.list[i].at);
		assert_true(trace.list[i].at.earliest >= before);
		before = trace.list[i].at.earliest;
	}
}

static void assert_not_before(struct detection a, struct detection b)
{
	assert_true(b.within.earliest >= a.within.earliest);
	assert_true(b.within.latest >= a.within.latest);
}

/* 10,000 settings, fixed seed: ordered, never negative, monotone in idle, interval and count. */
static void test_random(void **state)
{
	unsigned int seed = 10000;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct settings settings = random_settings(&seed), more;
		struct detection base = model_detection(&settings, SITUATION_IDLE);

		assert_false(base.never);
		assert_ordered(base.within);
		if (i % 10 == 0)
			check_forward(&settings);
		for (enum situation other = SITUATION_DATA;
		     i % 10 == 1 && other <= SITUATION_CONNECTING; other++) {
			struct detection found = model_detection(&settings, other);

			assert_false(found.never);
			assert_ordered(found.within);
		}
		if (settings.client.user_timeout)
			continue; /* longer waits can reach the user timeout earlier */
		more = settings;
		more.client.idle += SECOND;
		assert_not_before(base, model_detection(&more, SITUATION_IDLE));
		more = settings;
		more.client.interval += SECOND;
		assert_not_before(base, model_detection(&more, SITUATION_IDLE));
		more = settings;
		more.client.count++;
		assert_not_before(base, model_detection(&more, SITUATION_IDLE));
	}
}

/* The kernel's limits: 32767 s, 127 probes, retries2 255, the longest user timeout. */
static void test_limits(void **state)
{
	struct settings settings = settings_default(1000);
	struct detection found;

	(void)state;
	settings.client = (struct end_settings){.keepalive = true,
						.idle = 32767 * SECOND,
						.interval = 32767 * SECOND,
						.count = 127};
	found = model_detection(&settings, SITUATION_IDLE);
	assert_ordered(found.within);
	assert_int_equal(found.within.earliest, 128 * 32767 * SECOND);
	assert_int_equal(found.segments, 127);
	settings.sysctl.retries2 = 255;
	found = model_detection(&settings, SITUATION_DATA);
	assert_ordered(found.within);
	assert_true(found.within.earliest > 246 * 120 * SECOND);
	found = model_detection(&settings, SITUATION_WINDOW);
	assert_ordered(found.within);
	settings.client.user_timeout = INT32_MAX * MILLISECOND;
	settings.client.interval = SECOND;
	found = model_detection(&settings, SITUATION_IDLE);
	assert_ordered(found.within);
	assert_true(found.within.earliest >= INT32_MAX * MILLISECOND);
	settings.sysctl.keepalive_time = INT32_MAX * SECOND;
	settings.client.idle = settings.client.user_timeout = 0;
	found = model_detection(&settings, SITUATION_IDLE);
	assert_ordered(found.within);
}

/* With the wheel's phase known, what comes lies inside the window that one granule leaves. */
static void test_exact(void **state)
{
	unsigned int seed = 7;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct settings settings = random_settings(&seed), exact = settings;
		static struct trace wide, narrow;
		struct act_step steps[] = {DROP(0), {0}};
		struct model model;

		if (settings.client.user_timeout || settings.client.count > 12)
			continue;
		exact.wheel.phase_known = true;
		exact.wheel.jiffies = random_below(&seed, INT64_C(1) << 36);
		exact.wheel.jiffies_at = random_below(&seed, HOUR);
		model_start_established(&model, &settings, window_at(0));
		play(&model, steps, INT64_MAX - 1, CHOOSE_ON, &wide);
		model_start_established(&model, &exact, window_at(0));
		play(&model, steps, INT64_MAX - 1, CHOOSE_ON, &narrow);
		assert_int_equal(narrow.count, wide.count);
		for (size_t j = 0; j < wide.count; j++) {
			struct window in = wide.list[j].at, at = narrow.list[j].at;

			assert_int_equal(narrow.list[j].kind, wide.list[j].kind);
			assert_true(at.earliest >= in.earliest);
			assert_true(at.earliest <= in.latest);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_user_timeout),
		cmocka_unit_test(test_random),	 cmocka_unit_test(test_limits),
		cmocka_unit_test(test_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* --phases: N beginnings that lie evenly in every granule of the timer wheel, so that they meet
 * nearly the earliest and nearly the latest that a timer of the scenario can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/duration.h"
#include "model/wheel.h"
#include "scenario/load.h"
#include "suite/phase.h"

static const char text[] = "scenario: The defaults\n"
			   "client: {keepalive: on}\n"
			   "timeline: [{at: established, drop: {to: server}}]\n"
			   "expect: model\n";

static struct scenarios load(void)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	scenario_parse("t.yaml", "t", text, strlen(text), &scenarios, &problems);
	assert_int_equal(problems.count, 0);
	problems_free(&problems);
	return scenarios;
}

/* No gap between phases is wider than so many times the average one. */
static void covers(const struct scenario *scenario, int hz, int phases, int64_t duration, int gap)
{
	const struct wheel wheel = {.hz = hz, .phase_known = true, .jiffies = 4294892296};
	int64_t granule = wheel_granule(&wheel, duration), best = INT64_MAX, worst = 0;

	for (int phase = 0; phase < phases; phase++) {
		int64_t begins = 5 * SECOND + phase_delay(scenario, hz, phase);
		int64_t late = wheel_expiry(&wheel, begins, duration).earliest - begins - duration;

		assert_true(late >= 0 && late <= granule + 2 * wheel_tick(&wheel));
		best = late < best ? late : best;
		worst = late > worst ? late : worst;
	}
	assert_true(best <= gap * granule / phases + 2 * wheel_tick(&wheel));
	assert_true(worst >= granule - gap * granule / phases - 2 * wheel_tick(&wheel));
}

static void test_best_and_worst(void **state)
{
	static const int frequencies[] = {100, 250, 300, 1000}, counts[] = {3, 8, 20, 100};
	struct scenarios scenarios = load();

	(void)state;
	for (size_t i = 0; i < array_length(frequencies); i++) {
		assert_int_equal(phase_delay(&scenarios.list[0], frequencies[i], 0), 0);
		for (size_t j = 0; j < array_length(counts); j++) {
			covers(&scenarios.list[0], frequencies[i], counts[j], 7200 * SECOND, 2);
			covers(&scenarios.list[0], frequencies[i], counts[j], 75 * SECOND, 5);
		}
	}
	scenarios_free(&scenarios);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_best_and_worst)};

	return cmocka_run_group_tests_name("phase", tests, NULL, NULL);
}

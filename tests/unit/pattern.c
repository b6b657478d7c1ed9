/* The positions that a seed draws: all of them once, scattered, and the same everywhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/pattern.h"

static const uint64_t seeds[] = {0, 1, 2, 42, UINT64_MAX};

static void draws_each_position_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(seeds); i++) {
		uint32_t positions[PATTERN_LENGTH];
		bool seen[PATTERN_LENGTH] = {false};

		pattern_draw(seeds[i], positions);
		for (size_t j = 0; j < PATTERN_LENGTH; j++) {
			assert_true(positions[j] < PATTERN_LENGTH);
			assert_false(seen[positions[j]]);
			seen[positions[j]] = true;
		}
	}
}

/* Of a quarter of all positions, about as many lie in each sixteenth of the round. */
static void scatters_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(seeds); i++) {
		uint32_t positions[PATTERN_LENGTH];
		int parts[16] = {0};

		pattern_draw(seeds[i], positions);
		for (size_t j = 0; j < PATTERN_LENGTH / 4; j++)
			parts[positions[j] / (PATTERN_LENGTH / 16)]++;
		for (size_t j = 0; j < array_length(parts); j++)
			assert_in_range(parts[j], 4, 30);
	}
}

/* A scenario's seed must mean the same in every version of this program. */
static void stays_the_same(void **state)
{
	static const uint32_t drawn[] = {164, 634, 596, 911, 687, 635, 268, 544};
	uint32_t positions[PATTERN_LENGTH], again[PATTERN_LENGTH], other[PATTERN_LENGTH];

	(void)state;
	pattern_draw(1, positions);
	pattern_draw(1, again);
	pattern_draw(2, other);
	assert_memory_equal(positions, drawn, sizeof(drawn));
	assert_memory_equal(positions, again, sizeof(positions));
	assert_memory_not_equal(positions, other, sizeof(positions));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_each_position_once),
		cmocka_unit_test(scatters_them),
		cmocka_unit_test(stays_the_same),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}

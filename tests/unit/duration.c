/* Durations: what is one, what is not, and how people read them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"

static void test_reads(void **state)
{
	static const struct {
		const char *text;
		int64_t duration;
	} rows[] = {
		{"0", 0},
		{"0s", 0},
		{"30s", 30 * SECOND},
		{"200ms", 200 * MILLISECOND},
		{"1.5s", 1500 * MILLISECOND},
		{"0.000000001s", 1},
		{"1.0000000000s", SECOND},
		{"2h11m15s", 2 * HOUR + 11 * MINUTE + 15 * SECOND},
		{"1d1h1m1s1ms1us1ns", DAY + HOUR + MINUTE + SECOND + MILLISECOND + MICROSECOND + 1},
		{"1.5h30s", 90 * MINUTE + 30 * SECOND},
		{"0.5d", 12 * HOUR},
		{"97us", 97 * MICROSECOND},
		{"9223372036854775807ns", INT64_MAX},
		{"007s", 7 * SECOND},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		int64_t duration = -1;

		if (duration_parse(rows[i].text, &duration) || duration != rows[i].duration)
			fail_msg("\"%s\" gives %lld", rows[i].text, (long long)duration);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
		{"", -EINVAL},
		{"30", -EINVAL},
		{"s", -EINVAL},
		{"-1s", -EINVAL},
		{"+1s", -EINVAL},
		{" 1s", -EINVAL},
		{"1s ", -EINVAL},
		{"1 s", -EINVAL},
		{"1.s", -EINVAL},
		{".5s", -EINVAL},
		{"1,5s", -EINVAL},
		{"1S", -EINVAL},
		{"1sec", -EINVAL},
		{"1s1h", -EINVAL},
		{"1s1s", -EINVAL},
		{"1s2", -EINVAL},
		{"00", -EINVAL},
		{"0.5ns", -EINVAL},
		{"1.0000001us", -EINVAL},
		{"1e3s", -EINVAL},
		{"0x1s", -EINVAL},
		{"1s\n", -EINVAL},
		{"\xc2\xb5s", -EINVAL},
		{"9223372036854775808ns", -ERANGE},
		{"106752d", -ERANGE},
		{"300y", -EINVAL},
		{"99999999999999999999999999s", -ERANGE},
		{"99999999999999999999999999s1x", -EINVAL},
		{"9223372036.9s", -ERANGE},
		{"9223372036s900ms", -ERANGE},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		int64_t duration = -1;
		int error = duration_parse(rows[i].text, &duration);

		if (error != rows[i].error || duration != -1)
			fail_msg("\"%s\" gives %d, %lld", rows[i].text, error, (long long)duration);
	}
}

static void test_formats(void **state)
{
	static const struct {
		int64_t duration;
		const char *text;
	} rows[] = {
		{0, "0 us"},
		{97 * MICROSECOND, "97 us"},
		{499, "0 us"},
		{500, "1 us"},
		{-499, "0 us"},
		{999 * MICROSECOND, "999 us"},
		{999 * MICROSECOND + 600, "0.001 s"},
		{MILLISECOND, "0.001 s"},
		{204 * MILLISECOND, "0.204 s"},
		{3072 * MILLISECOND, "3.072 s"},
		{-3072 * MILLISECOND, "-3.072 s"},
		{2 * MINUTE, "120.000 s"},
		{2 * MINUTE + MILLISECOND, "2 m 0.001 s"},
		{59 * MINUTE + 59 * SECOND + 999 * MILLISECOND + 600 * MICROSECOND,
		 "1 h 0 m 0.000 s"},
		{2 * HOUR + 11 * MINUTE + 15 * SECOND, "2 h 11 m 15.000 s"},
		{INT64_MAX, "2562047 h 47 m 16.855 s"},
		{INT64_MIN, "-2562047 h 47 m 16.855 s"},
	};
	char buffer[DURATION_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++)
		assert_string_equal(duration_format(buffer, rows[i].duration), rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}

/* --settings: what a line of settings says, and what is wrong with it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "command/assumptions.h"
#include "command/settings_text.h"

static struct end_settings read_settings(const char *text, size_t sysctls, size_t mistakes,
					 const char *words)
{
	struct sysctl_list list = {0};
	struct problems problems = {0};
	struct end_settings options = {0};
	bool found = !words;

	settings_text_read("t", text, &options, &list, &problems);
	assert_int_equal(problems.count, mistakes);
	assert_int_equal(list.count, sysctls);
	for (size_t i = 0; i < problems.count; i++)
		found = found || strstr(problems.list[i].message, words);
	if (!found)
		fail_msg("no '%s' for '%s' but '%s'", words, text, problems.list[0].message);
	problems_free(&problems);
	sysctl_list_free(&list);
	return options;
}

static void test_good(void **state)
{
	struct end_settings options =
		read_settings("idle=60s,interval=10s,count=6,user_timeout=0", 0, 0, NULL);

	(void)state;
	assert_true(options.keepalive);
	assert_int_equal(options.idle, 60 * SECOND);
	assert_int_equal(options.interval, 10 * SECOND);
	assert_int_equal(options.count, 6);
	assert_int_equal(options.user_timeout, 0);
	options = read_settings("user_timeout=1m500ms,syn_count=3", 0, 0, NULL);
	assert_false(options.keepalive);
	assert_int_equal(options.user_timeout, MINUTE + 500 * MILLISECOND);
	assert_int_equal(options.syn_count, 3);
	options = read_settings("keepalive=off,idle=3s", 0, 0, NULL);
	assert_false(options.keepalive);
	options = read_settings("keepalive=on,tcp_keepalive_time=2m,net.ipv4.tcp_retries2=8", 2, 0,
				NULL);
	assert_true(options.keepalive);
	assert_int_equal(options.idle, 0);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"", "must be KEY=VALUE"},
		{"idle", "\"idle\" must be KEY=VALUE"},
		{"idle=60", "\"60\" has no unit; write 60s"},
		{"idle=", "idle must not be"},
		{"idle=0s", "is out of range; allowed: 1s to 32767s"},
		{"idle=1500ms", "whole number of seconds"},
		{"idle=1h,idle=2h", "idle is there twice"},
		{"idle=10h", "is out of range"},
		{"count=128", "allowed: 1 to 127"},
		{"count=-1", "is not a whole number"},
		{"syn_count=0", "allowed: 1 to 127"},
		{"keepalive=yes", "unknown word \"yes\" in keepalive"},
		{"idel=60s", "did you mean \"idle\"? Allowed: keepalive, idle, interval"},
		{"tcp_retires2=3", "did you mean \"tcp_retries2\"?"},
		{"tcp_retries2=x", "is not a whole number"},
		{"net.ipv4.tcp_retires2=3", "did you mean \"net.ipv4.tcp_retries2\"?"},
		{"idle=60s,", "\"\" must be KEY=VALUE"},
		{" idle=60s", "did you mean \"idle\"?"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++)
		read_settings(rows[i].text, 0, 1, rows[i].words);
	/* All of them, not the first. */
	read_settings("idle=60,count=x,foo=1", 0, 3, "unknown word \"foo\"");
}

/* Files, options and features come to settings; what does not matter is named. */
static void test_assumptions(void **state)
{
	struct assumptions assumptions = {.hz = 1000};
	struct problems problems = {0};
	struct settings settings;

	(void)state;
	sysctl_argument_read("t", "tcp_retries2=8", &assumptions.sysctls, &problems);
	sysctl_argument_read("t", "tcp_retries2=9", &assumptions.sysctls, &problems);
	sysctl_argument_read("t", "tcp_rto_max_ms=5s", &assumptions.sysctls, &problems);
	sysctl_argument_read("t", "tcp_max_syn_backlog=9", &assumptions.sysctls, &problems);
	assumptions_feature(&assumptions, "t", "no-rto_max", &problems);
	assumptions_feature(&assumptions, "t", "no-syn_user_timeout", &problems);
	assumptions_feature(&assumptions, "t", "syn_linear_timeouts", &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(assumptions_complete(&assumptions), 0);
	assert_true(assumptions.hz_given);
	assert_int_equal(assumptions.sysctls.left_out_count, 1);
	assert_string_equal(assumptions.sysctls.left_out[0], "net.ipv4.tcp_max_syn_backlog");
	settings = assumptions_settings(&assumptions);
	assumptions_finish(&assumptions, &settings);
	assert_int_equal(settings.wheel.hz, 1000);
	assert_int_equal(settings.sysctl.retries2, 9);
	assert_int_equal(settings.sysctl.rto_max, 120 * SECOND);
	assert_false(settings.feature.rto_max || settings.feature.syn_user_timeout);
	assert_true(settings.feature.syn_linear_timeouts && settings.feature.persist_user_timeout);
	assert_int_equal(settings.sysctl.syn_linear_timeouts, 4);
	assumptions_feature(&assumptions, "t", "no-rto_mx", &problems);
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.list[0].message, "did you mean \"rto_max\"?"));
	problems_free(&problems);
	assumptions_free(&assumptions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_assumptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

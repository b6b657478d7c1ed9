/* A machine's sysctls under scenarios: their own win, the last of several counts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "report/fingerprint.h"
#include "scenario/load.h"
#include "scenario/overlay.h"

static const char text[] = "scenario: One\n"
			   "sysctl: {net.ipv4.tcp_keepalive_time: 5s, net.ipv4.tcp_retries2: 3}\n"
			   "server: {listen: 127.0.0.1:5000}\n"
			   "client: {keepalive: on}\n"
			   "timeline: [{at: 100ms, drop: {to: server}}]\n"
			   "expect: model\n";

static void own_ones_win(void **state)
{
	static const struct sysctl_setting machine[] = {
		{(char *)"net.ipv4.tcp_syn_retries", (char *)"2", {1, 1}},
		{(char *)"net.ipv4.tcp_retries2", (char *)"8", {2, 1}},
		{(char *)"net.ipv4.tcp_keepalive_intvl", (char *)"7", {3, 1}},
		{(char *)"net.ipv4.tcp_syn_retries", (char *)"4", {1, 1}},
	};
	static const char *const names[] = {"net.ipv4.tcp_keepalive_intvl",
					    "net.ipv4.tcp_syn_retries",
					    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_retries2"};
	static const char *const values[] = {"7", "4", "5", "3"};
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	uint64_t before;

	(void)state;
	scenario_parse("one.yaml", "one", text, strlen(text), &scenarios, &problems);
	assert_int_equal(problems.count, 0);
	before = fingerprint_scenario(&scenarios.list[0]);
	scenarios_overlay(&scenarios, machine, array_length(machine));
	assert_int_equal(scenarios.list[0].sysctl_count, array_length(names));
	for (size_t i = 0; i < array_length(names); i++) {
		const struct sysctl_setting *setting = &scenarios.list[0].sysctls[i];

		assert_string_equal(setting->name, names[i]);
		assert_string_equal(setting->value, values[i]);
		/* Only what the file says has a line in it. */
		assert_int_equal(setting->at.line != 0, i >= 2);
	}
	/* A circumstance does not change what is asked. */
	assert_true(fingerprint_scenario(&scenarios.list[0]) == before);
	scenarios_free(&scenarios);
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(own_ones_win)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Bad scenario files: what the topology or the IP family does not have. */
#include "scenario_table.h"

#define FILE_OF(line)		"scenario: t\nexpect: [server: {state: CLOSED}]\n" line "\n"
#define STEP_OF(topology, step) FILE_OF("topology: " topology "\ntimeline: [" step "]")
#define TRACKING		"topology: routed\nrouter: {filter: on}\n"

static const struct bad addresses[] = {
	{FILE_OF("topology: ring"),
	 {{3, 11, "unknown word \"ring\" in topology. Allowed: loopback, pair, routed"}}},
	{FILE_OF("family: ipv5"), {{3, 9, "did you mean \"ipv4\"? Allowed: ipv4, ipv6, both"}}},
	{FILE_OF("topology: pair\nserver: {listen: '127.0.0.1:1'}"),
	 {{4, 18, "listen: the addresses of topology pair are given: write only the port, 1"}}},
	{FILE_OF("family: ipv6\nserver: {listen: '127.0.0.1:1'}"),
	 {{4, 18, "listen: \"127.0.0.1:1\" is no address of family ipv6"}}},
	{FILE_OF("server: {listen: '[::1]:1'}\nclient: {bind: '127.0.0.1:1'}"),
	 {{4, 16, "bind: \"127.0.0.1:1\" is no address of family ipv6"}}},
	{FILE_OF("variants: {a: {f: both}}\nfamily: $f"),
	 {{4, 9, "family: both cannot come from a parameter"}}},
};

static const struct bad steps[] = {
	{FILE_OF("router: {filter: on}"), {{3, 1, "router: topology loopback has none"}}},
	{FILE_OF("topology: routed\nrouter: {filter: off}"),
	 {{4, 1, "router: it neither filters nor masquerades"}}},
	{STEP_OF("routed", "{at: 1s, conntrack: flush}"),
	 {{4, 12, "conntrack: no router tracks connections"}}},
	{STEP_OF("loopback", "{at: 1s, cable: {end: client, state: unplugged}}"),
	 {{4, 12, "cable: topology loopback has none"}}},
	{STEP_OF("loopback", "{at: 1s, route: {end: client, state: removed}}"),
	 {{4, 12, "route: topology loopback has none"}}},
	{STEP_OF("pair", "{at: 1s, link: {end: client, state: broken}}"),
	 {{4, 48, "unknown word \"broken\" in state. Allowed: down, up"}}},
	{STEP_OF("pair", "{at: 1s, delay: {to: server, by: 1s}}"),
	 {{4, 12, "delay: topology pair has no router"}}},
	{STEP_OF("routed\nrouter: {filter: on}", "{at: 1s, delay: {to: server, by: 1s}}"),
	 {{5, 12, "delay: not through a router that tracks connections"}}},
	{STEP_OF("pair", "{at: 1s, drop: {to: server, hook: forward}}"),
	 {{4, 46, "hook: topology pair has no router that forwards"}}},
	{STEP_OF("pair",
		 "{at: 1s, sysctl: {net.netfilter.nf_conntrack_tcp_timeout_established: 5s}}"),
	 {{4, 30, "nf_conntrack_tcp_timeout_established: no router tracks connections"}}},
	{FILE_OF("sysctl: {net.netfilter.nf_conntrack_tcp_loose: 0}"),
	 {{3, 10, "nf_conntrack_tcp_loose: no router tracks connections"}}},
};

static const struct bad sysctls[] = {
	{FILE_OF("client: {sysctl: {net.ipv4.tcp_keepalive_time: 5s}}"),
	 {{3, 18, "sysctl: on loopback both ends share a namespace"}}},
	{FILE_OF("topology: routed\nrouter: {filter: on}\n"
		 "client: {sysctl: {net.netfilter.nf_conntrack_tcp_loose: 0}}"),
	 {{5, 19, "nf_conntrack_tcp_loose: it is the router's; write it at the top"}}},
	{FILE_OF("topology: pair\nclient: {sysctl: {net.ipv4.tcp_mem: 1}}"),
	 {{4, 19, "is not per network namespace"}}},
};

static const struct bad expectations[] = {
	{"scenario: t\nexpect:\n- conntrack: {state: none}\n",
	 {{3, 3, "conntrack: no router tracks connections"}}},
	{TRACKING "scenario: t\nexpect:\n- conntrack: {states: [SYN_SENT]}\n",
	 {{5, 24, "\"SYN_SENT\" cannot be"}}},
	{"topology: routed\nrouter: {masquerade: on}\nscenario: t\nexpect:\n"
	 "- conntrack: {filtered: 1}\n",
	 {{5, 25, "filtered: the router does not filter"}}},
	{TRACKING "scenario: t\nexpect: model\n",
	 {{4, 9, "model: it does not follow what the router tracks"}}},
	{"topology: pair\nscenario: t\nexpect: model\n"
	 "timeline: [{at: 1s, cable: {end: client, state: unplugged}}]\n",
	 {{3, 9, "model: it does not follow the cable of step 1"}}},
};

static void test_addresses(void **state)
{
	(void)state;
	check_table(addresses, array_length(addresses));
}

static void test_steps(void **state)
{
	(void)state;
	check_table(steps, array_length(steps));
}

static void test_sysctls(void **state)
{
	(void)state;
	check_table(sysctls, array_length(sysctls));
}

static void test_expectations(void **state)
{
	(void)state;
	check_table(expectations, array_length(expectations));
}

static void family_both_makes_two(void **state)
{
	static const char text[] = "scenario: t\nfamily: both\nvariants: {a: {}, b: {}}\n"
				   "expect: [server: {state: CLOSED}]\n";
	static const char *const ids[] = {"t@a,ipv4", "t@a,ipv6", "t@b,ipv4", "t@b,ipv6"};
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	(void)state;
	scenario_parse("t.yaml", "t", text, sizeof(text) - 1, &scenarios, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(scenarios.count, array_length(ids));
	for (size_t i = 0; i < scenarios.count; i++) {
		assert_string_equal(scenarios.list[i].id, ids[i]);
		assert_int_equal(scenarios.list[i].family, i % 2 ? 6 : 4);
		assert_int_equal(scenarios.list[i].server.value[KEY_LISTEN].address.port, 12345);
	}
	scenarios_free(&scenarios);
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),	 cmocka_unit_test(test_steps),
		cmocka_unit_test(test_sysctls),		 cmocka_unit_test(test_expectations),
		cmocka_unit_test(family_both_makes_two),
	};

	return cmocka_run_group_tests_name("scenario_topology", tests, NULL, NULL);
}

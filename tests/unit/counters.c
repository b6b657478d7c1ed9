/* Counters: the texts of /proc/net/netstat, snmp and softnet_stat. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/array.h"
#include "sandbox/counters.h"

static void reads_pairs(void **state)
{
	struct counters counters = {0};

	(void)state;
	assert_int_equal(counters_parse("TcpExt: SyncookiesSent TCPKeepAlive\n"
					"TcpExt: 3 16\n"
					"Tcp: RtoMin MaxConn OutRsts\n"
					"Tcp: 200 -1 9223372036854775807\n"
					"IcmpMsg: InType3\n"
					"IcmpMsg: 1", /* no newline at the end */
					&counters),
			 0);
	assert_int_equal(counters.count, 6);
	assert_string_equal(counters.list[0].name, "TcpExtSyncookiesSent");
	assert_int_equal(counters_value(&counters, "TcpExtTCPKeepAlive"), 16);
	assert_int_equal(counters_value(&counters, "TcpMaxConn"), -1);
	assert_int_equal(counters_value(&counters, "TcpOutRsts"), INT64_MAX);
	assert_int_equal(counters_value(&counters, "IcmpMsgInType3"), 1);
	assert_int_equal(counters_value(&counters, "OutRsts"), -1);
	assert_int_equal(counters_value(&counters, ""), -1);
	counters_free(&counters);
	assert_int_equal(counters.count, 0);
}

static void takes_no_counters(void **state)
{
	struct counters counters = {0};

	(void)state;
	assert_int_equal(counters_parse("", &counters), 0);
	assert_int_equal(counters_parse("Ip:\nIp:\n", &counters), 0);
	assert_int_equal(counters.count, 0);
	counters_free(&counters);
}

static void refuses_what_is_no_pair(void **state)
{
	static const char *const texts[] = {
		"TcpExt: A B\nTcpExt: 1\n", /* a value is missing */
		"TcpExt: A\nTcpExt: 1 2\n", /* a name is missing */
		"TcpExt: A\nIpExt: 1\n",    /* another group */
		"TcpExt: A\n",		    /* no values */
		"TcpExt: A\nTcpExt: x\n",   /* no number */
		"TcpExt: A\nTcpExt: 1x\n",  /* no number, either */
		"TcpExt: A\nTcpExt: \n5\n", /* a number, but in the next line */
		"TcpExt A\nTcpExt 1\n",	    /* no colon */
		"\n\n",			    /* nothing at all */
		"Tcp: A\nTcp: 9223372036854775808\n",
	};

	(void)state;
	for (size_t i = 0; i < array_length(texts); i++) {
		struct counters counters = {0};

		if (counters_parse(texts[i], &counters) != -EINVAL)
			fail_msg("text %zu was taken", i);
		counters_free(&counters);
	}
}

/* What is looked up or added in the order of the list, in another one, or is not there. */
static void in_any_order(void **state)
{
	struct counters counters = {0}, others = {0};
	size_t cursor = 0;

	(void)state;
	assert_int_equal(counters_parse("Tcp: A B C\nTcp: 1 2 3\n", &counters), 0);
	assert_int_equal(counters_parse("Tcp: C A D B\nTcp: 30 10 40 20\n", &others), 0);
	assert_int_equal(counters_next(&counters, "TcpA", &cursor), 1);
	assert_int_equal(cursor, 1);
	assert_int_equal(counters_next(&counters, "TcpC", &cursor), 3);
	assert_int_equal(counters_next(&counters, "TcpD", &cursor), -1);
	assert_int_equal(counters_next(&counters, "TcpB", &cursor), 2);
	counters_add(&counters, &others);
	assert_int_equal(counters.count, 4);
	assert_int_equal(counters_value(&counters, "TcpA"), 11);
	assert_int_equal(counters_value(&counters, "TcpB"), 22);
	assert_int_equal(counters_value(&counters, "TcpC"), 33);
	assert_int_equal(counters_value(&counters, "TcpD"), 40);
	counters_free(&counters);
	counters_add(&counters, &others);
	assert_int_equal(counters.count, 4);
	assert_int_equal(counters_value(&counters, "TcpD"), 40);
	counters_free(&counters);
	counters_free(&others);
}

static void sums_the_backlog(void **state)
{
	static const struct {
		const char *text;
		int64_t dropped;
	} cases[] = {
		{"", 0},
		{"00000763 00000000 00000000\n", 0},
		{"00000763 0000000a 00000000\n00000b74 00000010 00000000\n", 26},
		{"00000763 ffffffff\n00000b74 ffffffff", 2 * (int64_t)UINT32_MAX},
		{"00000763\n00000b74\n", -EINVAL},
		{"backlog 1\n", -EINVAL},
		{"\n", -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++)
		assert_int_equal(backlog_dropped_in(cases[i].text), cases[i].dropped);
}

static void reads_this_kernel(void **state)
{
	struct counters counters;

	(void)state;
	assert_int_equal(counters_read(&counters), 0);
	assert_int_not_equal(counters_value(&counters, "TcpRtoMin"), -1);
	assert_int_not_equal(counters_value(&counters, "TcpExtTCPKeepAlive"), -1);
	counters_free(&counters);
	assert_true(backlog_dropped() >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pairs),
		cmocka_unit_test(takes_no_counters),
		cmocka_unit_test(refuses_what_is_no_pair),
		cmocka_unit_test(in_any_order),
		cmocka_unit_test(sums_the_backlog),
		cmocka_unit_test(reads_this_kernel),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}

/* Bad scenario files: what is wrong with a file, its keys, its values and its parameters. */
#include "scenario_table.h"

static const struct bad files[] = {
	{"", {{0, 0, "the file is empty"}}},
	{"# only a comment\n\n", {{0, 0, "the file is empty"}}},
	{"---\n", {{2, 1, "must be a mapping with \"scenario:\" and \"expect:\", not empty"}}},
	{"[a]", {{1, 1, "not a list"}}},
	{"hello", {{1, 1, "not a text"}}},
	{"scenario: t\nab\xff", {{2, 3, "not UTF-8: the file is binary"}}},
	{"scenario: \xc3\xa9\x1b[2J", {{1, 12, "a control character (U+001B)"}}},
	{"scenario: \"a\\0b\"\nexpect: [server: {state: CLOSED}]",
	 {{1, 11, "a control character (U+0000) in a text"}}},
	{"scenario: [t\n", {{2, 1, "not valid YAML"}}},
	{"scenario: t\n\texpect: 1\n", {{2, 1, "not valid YAML"}}},
	{"scenario: t\nexpect: [server: {state: ${s}}]\n",
	 {{2, 27, "write $name, or \"${name}\""}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\n---\nx: 1\n",
	 {{3, 1, "a second document"}}},
	{"scenario: &a t\nsource: *a\nexpect: [server: !x {state: !!str CLOSED}]\n",
	 {{1, 11, "anchors (&a) are not allowed"},
	  {2, 9, "aliases (*a) are not allowed"},
	  {3, 18, "tags (!x) are not allowed"},
	  {3, 29, "tags (tag:yaml.org,2002:str) are not allowed"}}},
	{"scenario: t\nexpect: &e [server: {state: CLOSED}]\n", {{2, 9, "anchors (&e)"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\n? [a]\n: b\n",
	 {{3, 3, "a key must be a text, not a list"}}},
	{"scenario: t\nexpect: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\n",
	 {{2, 24, "nested deeper than 16"}}},
};

static const struct bad keys[] = {
	{"source: x\n",
	 {{1, 1, "\"scenario\" is missing"}, {1, 1, "\"expect\" is missing: what must be seen"}}},
	{"scenario: t\nexpect: []\n",
	 {{2, 9,
	   "expect must be a list of expectations, not empty: a scenario that expects "
	   "nothing cannot fail"}}},
	{"scenario: t\nexpect:\n", {{2, 8, "expect must be a list of expectations, not empty"}}},
	{"scenario: t\nexpect: {server: {state: CLOSED}}\n", {{2, 9, "not a mapping"}}},
	{"scenario: t\nexpekt: [server: {state: CLOSED}]\n",
	 {{2, 1,
	   "unknown key \"expekt\" in a scenario file; did you mean \"expect\"? Allowed: "
	   "scenario, source, documented, tags, variants, matrix, sysctl, topology, family, "
	   "router, server, client, monitor, timeline, until, expect"}}},
	{CLIENT("{}\nscenario: u"),
	 {{4, 1,
	   "key \"scenario\" is written twice; the first is on "
	   "line 1"}}},
	{"scenario: {a: b}\nexpect: [server: {state: CLOSED}]\n", {{1, 11, "not a mapping"}}},
	{"scenario:\nexpect: [server: {state: CLOSED}]\n", {{1, 10, "scenario must be a text"}}},
	{CLIENT("on"), {{3, 9, "client must be a mapping, not a text; for example: client: {"}}},
	{CLIENT("[a]"), {{3, 9, "client must be a mapping, not a list"}}},
	{CLIENT("{keepalive: yes}"),
	 {{3, 21, "unknown word \"yes\" in keepalive. Allowed: off, on"}}},
	{CLIENT("{keepalive: [on]}"), {{3, 21, "keepalive must not be a list; allowed: off, on"}}},
	{CLIENT("{keepalive}"), {{3, 19, "keepalive must not be empty"}}},
	{CLIENT("{keepalvie: on}"),
	 {{3, 10,
	   "unknown key \"keepalvie\" in client; did you mean "
	   "\"keepalive\"? Allowed: bind, keepalive, idle,"}}},
	{CLIENT("{zzz: on}"), {{3, 10, "unknown key \"zzz\" in client. Allowed: bind"}}},
	{CLIENT("{idle: 1s, idle: 2s}"),
	 {{3, 20,
	   "key \"idle\" is written twice; the first is on "
	   "line 3"}}},
	{CLIENT("{listen: 127.0.0.1:1}"), {{3, 10, "unknown key \"listen\" in client"}}},
	{CLIENT("{bind: localhost:1}"),
	 {{3, 16,
	   "bind: \"localhost:1\" is not an address; allowed: "
	   "a port, or an address and port such as 127.0.0.1:12345"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\nserver: {lisen: 127.0.0.1:1}",
	 {{3, 10, "did you mean \"listen\"?"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\nserver: {listen: 127.0.0.1:99999}",
	 {{3, 18, "is not an address"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\ntags: [a b, [c], d]\n",
	 {{3, 8, "a tag must be one word"}, {3, 13, "a tag must be one word"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\ntags: {a: b}\n",
	 {{3, 7, "tags must be a list of words"}}},
};

static const struct bad values[] = {
	{CLIENT("{idle: 30}"),
	 {{3, 16, "idle: \"30\" has no unit; write 30s; allowed: 1s to 32767s"}}},
	{CLIENT("{user_timeout: 30}"),
	 {{3, 24,
	   "has no unit; write 30ms; allowed: 0ms to "
	   "2147483647ms"}}},
	{CLIENT("{idle: 0}"), {{3, 16, "idle: \"0\" is out of range; allowed: 1s to 32767s"}}},
	{CLIENT("{idle: 500ms}"), {{3, 16, "idle: \"500ms\" is out of range"}}},
	{CLIENT("{idle: 1500ms}"), {{3, 16, "idle: \"1500ms\" is not a whole number of seconds"}}},
	{CLIENT("{idle: 32768s}"), {{3, 16, "out of range; allowed: 1s to 32767s"}}},
	{CLIENT("{idle: 99999999999999d}"), {{3, 16, "out of range"}}},
	{CLIENT("{idle: soon}"),
	 {{3, 16, "idle: \"soon\" is not a duration; allowed: 1s to 32767s"}}},
	{CLIENT("{idle: -1s}"), {{3, 16, "is not a duration"}}},
	{CLIENT("{interval: 0s}"), {{3, 20, "interval: \"0s\" is out of range"}}},
	{CLIENT("{user_timeout: 1us}"), {{3, 24, "is not a whole number of milliseconds"}}},
	{CLIENT("{user_timeout: 25d}"), {{3, 24, "out of range; allowed: 0ms to 2147483647ms"}}},
	{CLIENT("{count: 0}"), {{3, 17, "count: \"0\" is out of range; allowed: 1 to 127"}}},
	{CLIENT("{count: 128}"), {{3, 17, "count: \"128\" is out of range; allowed: 1 to 127"}}},
	{CLIENT("{count: 3s}"),
	 {{3, 17, "count: \"3s\" is not a whole number; allowed: 1 to 127"}}},
	{CLIENT("{count: 99999999999999999999}"), {{3, 17, "is out of range"}}},
	{SYSCTL("tcp_keepalive_tme: 30"),
	 {{3, 10,
	   "unknown sysctl \"net.ipv4.tcp_keepalive_tme\"; did "
	   "you mean \"net.ipv4.tcp_keepalive_time\"?"}}},
	{SYSCTL("nothing: 30"),
	 {{3, 10,
	   "unknown sysctl \"net.ipv4.nothing\"; allowed: those of "
	   "net.ipv4"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\nsysctl: {tcp_retries2: 3}",
	 {{3, 10, "did you mean \"net.ipv4.tcp_retries2\"?"}}},
	{SYSCTL("tcp_mem: 1 2 3"),
	 {{3, 10,
	   "sysctl \"net.ipv4.tcp_mem\" is not per network "
	   "namespace"}}},
	{SYSCTL("tcp_max_orphans: 1"), {{3, 10, "is not per network namespace"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\nsysctl: {net.core.rmem_max: 1}",
	 {{3, 10, "is not per network namespace"}}},
	{SYSCTL("tcp_keepalive_time: 1500ms"), {{3, 39, "is not a whole number of seconds"}}},
	{SYSCTL("tcp_keepalive_time: long"),
	 {{3, 39, "is neither a number of seconds nor a duration"}}},
	{SYSCTL("tcp_keepalive_time: -1"), {{3, 39, "is neither a number of seconds"}}},
	{SYSCTL("tcp_keepalive_time: 25d"), {{3, 39, "out of range; allowed: 0s to 2147483s"}}},
	{SYSCTL("tcp_keepalive_probes: 256"), {{3, 41, "out of range; allowed: 0 to 255"}}},
	{SYSCTL("tcp_keepalive_probes: 3s"), {{3, 41, "is not a whole number"}}},
	{SYSCTL("tcp_syn_retries: 0"), {{3, 36, "out of range; allowed: 1 to 127"}}},
	{SYSCTL("tcp_rto_max_ms: 999"), {{3, 35, "out of range; allowed: 1000ms to 120000ms"}}},
	{SYSCTL("tcp_sack: [1]"), {{3, 29, "net.ipv4.tcp_sack must be a number, not a list"}}},
	{SYSCTL("tcp_sack"), {{3, 27, "must be a number, not empty"}}},
	{SYSCTL("tcp_congestion_control: a b"), {{3, 43, "must be one word"}}},
	{SYSCTL("ip_local_port_range: 1"), {{3, 40, "must be 2 numbers"}}},
	{SYSCTL("ip_local_port_range: 1 x"), {{3, 40, "\"x\" is not a whole number"}}},
	{"scenario: t\nexpect: [server: {state: CLOSED}]\nsysctl: [a]",
	 {{3, 9, "sysctl must be a mapping"}}},
};

#define VARIANTS(line, rest)                                                                       \
	"scenario: t\nexpect: [server: {state: CLOSED}]\n" line "\nclient: {keepalive: on, " rest  \
	"}\n"

static const struct bad parameters[] = {
	{CLIENT("{idle: $idle}"),
	 {{3, 16,
	   "unknown parameter \"$idle\": neither variants nor matrix "
	   "sets one"}}},
	{CLIENT("{idle: 5$}"), {{3, 17, "\"$\" needs a parameter's name behind it; write \"$$\""}}},
	{VARIANTS("variants: {a: {idle: 1s}}", "idle: $idel, count: $idle"),
	 {{4, 31, "unknown parameter \"idel\" in variant a; did you mean \"idle\"? Allowed: idle"},
	  {4, 45, "count: \"1s\" is not a whole number"}}},
	{VARIANTS("variants: {a: {idle: 1s}, b: {}}", "idle: $idle"),
	 {{4, 31, "unknown parameter \"idle\" in variant b. Allowed: none"}}},
	{VARIANTS("variants: {a: {idle: 1s, more: 2}}", "idle: $idle"),
	 {{3, 32, "parameter \"more\" is never used; write $more where it is meant"}}},
	{VARIANTS("variants: {a: {idle: 1}, b: {idle: 0s}}", "idle: $idle"),
	 {{4, 31, "\"1\" has no unit"}, {4, 31, "\"0s\" is out of range"}}},
	{VARIANTS("variants: {a/b: {idle: 1s}}", "idle: $idle"),
	 {{3, 12, "variant \"a/b\" becomes part of file names"}}},
	{VARIANTS("variants: {..: {idle: 1s}}", "idle: $idle"),
	 {{3, 12, "becomes part of file names"}}},
	{VARIANTS("variants: {a: {idle: 1s}, a: {idle: 2s}}", "idle: $idle"),
	 {{3, 27, "key \"a\" is written twice"}}},
	{VARIANTS("variants: {a: 1s}", "idle: 1s"),
	 {{3, 15,
	   "variant \"a\" must be a mapping of "
	   "parameters"}}},
	{VARIANTS("variants: {}", "idle: 1s"), {{3, 11, "variants must be a mapping of names"}}},
	{VARIANTS("variants: [a]", "idle: $idle"), {{3, 11, "not a list"}}},
	{VARIANTS("variants: {a: {idle: [1s]}}", "idle: $idle"),
	 {{3, 22, "parameter \"idle\" must be a text, not a list"}}},
	{VARIANTS("variants: {a: {idle: $x}}", "idle: $idle"),
	 {{3, 22, "cannot refer to another one"}}},
	{VARIANTS("variants: {a: {i-d: 1s}}", "idle: 1s"), {{3, 16, "must be named with letters"}}},
	{VARIANTS("variants: {a: {tags: [x y], idle: 1s}}", "idle: $idle"),
	 {{3, 23, "a tag must be one word"}}},
	{VARIANTS("matrix: {idle: 1s}", "idle: $idle"),
	 {{3, 16,
	   "matrix \"idle\" must be a list of 1 "
	   "to 10000 values"}}},
	{VARIANTS("matrix: {idle: []}", "idle: $idle"), {{3, 16, "must be a list of 1 to"}}},
	{VARIANTS("matrix: {idle: [1s, 2s, 1s]}", "idle: $idle"),
	 {{3, 25, "value \"1s\" of \"idle\" makes the same id as an earlier one"}}},
	{VARIANTS("matrix: {idle: [1s]}\nvariants: {a: {idle: 2s}}", "idle: $idle"),
	 {{3, 10, "parameter \"idle\" is set by variants already"}}},
	{VARIANTS("matrix: [a]", "idle: 1s"), {{3, 9, "matrix must be a mapping of lists"}}},
	{VARIANTS("matrix: {unused: [1, 2]}", "idle: 1s"),
	 {{3, 19, "parameter \"unused\" is never used"},
	  {3, 22, "parameter \"unused\" is never used"}}},
	{VARIANTS(
		 "matrix: {a: [1,2,3,4,5,6,7,8,9], b: [1,2,3,4,5,6,7,8,9], c: [1,2,3,4,5,6,7,8,9], "
		 "d: [1,2,3,4,5,6,7,8,9], e: [1,2,3,4,5,6,7,8,9]}",
		 "idle: 1s, count: $a$b$c$d$e"),
	 {{3, 106, "the matrix makes too many variants: 59049"}}},
};

static void test_files(void **state)
{
	(void)state;
	check_table(files, array_length(files));
}

/* One mistake of a text that may hold NULs, at its place. */
static void check_binary(const char *text, size_t length, int line, int column, const char *words)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	scenario_parse("bad.yaml", "bad", text, length, &scenarios, &problems);
	assert_int_equal(scenarios.count, 0);
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.list[0].at.line, line);
	assert_int_equal(problems.list[0].at.column, column);
	assert_non_null(strstr(problems.list[0].message, words));
	problems_free(&problems);
}

static void test_binary(void **state)
{
	static const char utf16[] = "\xff\xfes\0c\0", elf[] = "\x7f"
							      "ELF\2\1\1\0\0";
	char *large = calloc(1, SCENARIO_SIZE_LIMIT + 1);

	(void)state;
	check_binary("a\0b", 3, 1, 2, "a NUL byte: the file is binary");
	check_binary("a: b\n\0", 6, 2, 1, "a NUL byte");
	check_binary(utf16, sizeof(utf16) - 1, 1, 1, "not UTF-8: the file is binary");
	check_binary(elf, sizeof(elf) - 1, 1, 1, "a control character (U+007F)");
	check_binary("\xed\xa0\x80", 3, 1, 1, "not UTF-8");
	check_binary("\xc3", 1, 1, 1, "not UTF-8");
	memset(large, ' ', SCENARIO_SIZE_LIMIT + 1);
	check_binary(large, SCENARIO_SIZE_LIMIT + 1, 0, 0, "larger than 1 MiB");
	check_binary(large, SCENARIO_SIZE_LIMIT, 0, 0, "the file is empty");
	for (size_t i = 0; i < SCENARIO_SIZE_LIMIT; i++)
		large[i] = i % 2 ? '\n' : '-';
	check_binary(large, SCENARIO_SIZE_LIMIT, 100000, 2, "more values than 100000");
	memset(large, '[', SCENARIO_SIZE_LIMIT);
	check_binary(large, SCENARIO_SIZE_LIMIT, 1, 17, "nested deeper than 16");
	free(large);
}

static void test_keys(void **state)
{
	(void)state;
	check_table(keys, array_length(keys));
}

static void test_values(void **state)
{
	(void)state;
	check_table(values, array_length(values));
}

static void test_parameters(void **state)
{
	(void)state;
	check_table(parameters, array_length(parameters));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),	   cmocka_unit_test(test_binary),
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_values),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests_name("scenario_bad", tests, NULL, NULL);
}

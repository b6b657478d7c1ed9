/*
 * Whatever a file holds, reading it ends, with scenarios or with messages, and never both or
 * neither. Mutations of a good file come from a fixed seed, so that a failure comes again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "scenario/load.h"

#define MUTATIONS  100000
#define TEXT_LIMIT 4096

static const char good[] =
	"scenario: Idle client\n"
	"tags: [a]\n"
	"variants:\n"
	"  slow: {tags: [b], idle: 30s}\n"
	"  quick: {idle: 2s}\n"
	"matrix: {count: [3]}\n"
	"sysctl:\n"
	"  net.ipv4.tcp_keepalive_time: $idle\n"
	"server: {listen: 127.0.0.1:12345}\n"
	"client: {bind: 22345, keepalive: on, count: $count}\n"
	"timeline:\n"
	"  - {at: probe 2 answered, drop: {to: server}}\n"
	"  - {at: step 1 + 200ms, heal: {step: 1}}\n"
	"until: client error + 1s # optional\n"
	"expect:\n"
	"  - probes: {from: client, unanswered: $count, first: $idle, interval: $idle}\n"
	"  - client: {error: ETIMEDOUT, after: last probe, delay: 1s, state: CLOSED,\n"
	"             poll: [nothing, IN|ERR], recv: [ETIMEDOUT, \"end of file\"]}\n"
	"  - timer: {of: client, goes: [keepalive 0/0, gone]}\n"
	"  - rule: {packets: 4, step: 1}\n"
	"  - counters: {TcpExtTCPKeepAlive: 5}\n"
	"  - nothing else on the wire\n";

/* Characters and words that mean something, to get past the first check. */
static const char *const words[] = {
	"$",	 "${",	   "{",
	"}",	 "[",	   "]",
	":",	 ",",	   "- ",
	"\n",	 "\n  ",   "&a ",
	"*a",	 "!t ",	   "|\n",
	">\n",	 "#",	   "'",
	"\"",	 "\\",	   "?",
	"---\n", "\t",	   "\xc3\xa9",
	"\xff",	 "0",	   "9999999999999999999",
	"-",	 "step 1", "1s",
	"heal",	 "{}",	   "[]",
	"$idle", "$count", "<<",
	"~",	 "%",	   "\xef\xbb\xbf",
	"\r",
};

static uint64_t seed = 20240607;

/* xorshift64*, by Marsaglia and Vigna. */
static size_t below(size_t limit)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (size_t)((seed * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

/* Replaces cut bytes at a place by others. */
static size_t splice(char *text, size_t length, size_t at, size_t cut, const char *other,
		     size_t size)
{
	if (cut > length - at)
		cut = length - at;
	if (length - cut + size > TEXT_LIMIT)
		return length;
	memmove(text + at + size, text + at + cut, length - at - cut);
	memcpy(text + at, other, size);
	return length - cut + size;
}

static size_t mutate(char *text, size_t length)
{
	size_t at = below(length + 1), from;
	const char *word;
	char copy[64];

	switch (below(5)) {
	case 0:
		if (at < length)
			text[at] = (char)(text[at] ^ (1 << below(8)));
		return length;
	case 1:
		return splice(text, length, at, 1 + below(30), "", 0);
	case 2:
		word = words[below(array_length(words))];
		return splice(text, length, at, below(3), word, strlen(word));
	case 3:
		/* A piece from elsewhere in the good file. */
		from = below(sizeof(good) - sizeof(copy));
		memcpy(copy, good + from, sizeof(copy));
		return splice(text, length, at, below(10), copy, 1 + below(sizeof(copy)));
	default:
		copy[0] = (char)below(256);
		return splice(text, length, at, below(2), copy, 1);
	}
}

static bool loads(const char *text, size_t length)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	bool good_one;

	scenario_parse("good", "good", text, length, &scenarios, &problems);
	good_one = scenarios.count > 0 && problems.count == 0;
	problems_print(&problems, stderr);
	problems_free(&problems);
	scenarios_free(&scenarios);
	return good_one;
}

static void test_mutations(void **state)
{
	FILE *nowhere = fopen("/dev/null", "w");
	char text[TEXT_LIMIT];
	size_t loaded = 0;

	(void)state;
	assert_non_null(nowhere);
	assert_true(loads(good, sizeof(good) - 1));
	for (int i = 0; i < MUTATIONS; i++) {
		struct scenarios scenarios = {0};
		struct problems problems = {0};
		size_t length = sizeof(good) - 1;

		memcpy(text, good, length);
		for (size_t changes = below(2) ? 1 : 1 + below(4); changes && length; changes--)
			length = mutate(text, length);
		scenario_parse("mutation", "mutation", text, length, &scenarios, &problems);
		if ((scenarios.count > 0) == (problems.count > 0))
			fail_msg("mutation %d: %zu scenarios, %zu problems:\n%.*s", i,
				 scenarios.count, problems.count, (int)length, text);
		loaded += scenarios.count > 0;
		if (i % 16 == 0)
			problems_print(&problems, nowhere);
		problems_free(&problems);
		scenarios_free(&scenarios);
	}
	fclose(nowhere);
	/* Where hardly any got through, only the first check was tested. */
	print_message("%zu of %d mutations are good files\n", loaded, MUTATIONS);
	assert_true(loaded > MUTATIONS / 100);
}

/* Every prefix of a file is a file that was cut off while it was written. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t length = 0; length < sizeof(good) - 1; length++) {
		struct scenarios scenarios = {0};
		struct problems problems = {0};

		scenario_parse("prefix", "prefix", good, length, &scenarios, &problems);
		assert_true((scenarios.count > 0) != (problems.count > 0));
		problems_free(&problems);
		scenarios_free(&scenarios);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests_name("scenario_mutations", tests, NULL, NULL);
}

/* What a scenario will do, told in advance: order, counts, and windows around what was measured. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "model/forecast.h"
#include "scenario/load.h"

#define EXPECT "expect: [server: {state: ESTABLISHED}]\n"

struct told {
	struct scenarios scenarios;
	struct forecast forecast;
};

static struct forecast *tell(struct told *told, size_t index)
{
	struct settings settings = settings_default(250);

	assert_true(index < told->scenarios.count);
	settings_scenario(&settings, &told->scenarios.list[index]);
	forecast_make(&told->scenarios.list[index], &settings, &told->forecast);
	for (size_t i = 0; i < told->forecast.count; i++) {
		const struct forecast_entry *entry = &told->forecast.list[i];

		assert_true(entry->at.earliest >= 0 && entry->at.latest >= entry->at.earliest);
		assert_true(entry->since.earliest >= 0);
		assert_true(entry->since.latest >= entry->since.earliest);
	}
	return &told->forecast;
}

static struct forecast *tell_text(struct told *told, const char *text)
{
	struct problems problems = {0};

	*told = (struct told){0};
	scenario_parse("t.yaml", "t", text, strlen(text), &told->scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	return tell(told, 0);
}

static struct forecast *tell_file(struct told *told, const char *path, const char *variant)
{
	struct problems problems = {0};

	*told = (struct told){0};
	scenarios_load(path, &told->scenarios, &problems);
	assert_int_equal(problems.count, 0);
	for (size_t i = 0; i < told->scenarios.count; i++) {
		if (strstr(told->scenarios.list[i].id, variant))
			return tell(told, i);
	}
	fail();
	return NULL;
}

static void forget(struct told *told)
{
	forecast_free(&told->forecast);
	scenarios_free(&told->scenarios);
}

/* One letter for each entry: capitals from the client, '!' behind what is lost, '+' for a fold. */
static const char *line_of(const struct forecast *forecast)
{
	static const char letters[] = {
		[ROLE_SYN] = 's',   [ROLE_SYN_ACK] = 'h',     [ROLE_HANDSHAKE_ACK] = 'a',
		[ROLE_PROBE] = 'p', [ROLE_PROBE_REPLY] = 'r', [ROLE_RST] = 'x',
	};
	static char line[200];
	char *end = line;

	for (size_t i = 0; i < forecast->count && end < line + sizeof(line) - 3; i++) {
		const struct forecast_entry *entry = &forecast->list[i];
		char letter = entry->due.role < sizeof(letters) ? letters[entry->due.role] : '?';

		if (entry->step >= 0)
			letter = (char)('1' + entry->step);
		else if (entry->due.kind == DUE_ERROR)
			letter = 'e';
		else if (entry->folded)
			letter = '+';
		if (letter >= 'a' && entry->due.end == END_CLIENT)
			letter = (char)(letter - 'a' + 'A');
		*end++ = letter;
		if (entry->lost)
			*end++ = '!';
	}
	*end = '\0';
	return line;
}

/* EXPERIMENTS.md, section 1: what was measured with 2 s, 1 s, 3 at 250 Hz. */
static void test_quick(void **state)
{
	static const struct {
		size_t entry;
		double seen, since;
	} rows[] = {
		{3, 2.031, 2.031}, {5, 4.047, 2.016},  {8, 6.063, 2.016},
		{9, 7.087, 1.024}, {10, 8.111, 1.024}, {11, 9.135, 1.024},
	};
	struct told told;
	struct forecast *forecast =
		tell_file(&told, "scenarios/002-keepalive-article/silenced-server.yaml", "@quick");

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPr1P!P!P!X!E");
	for (size_t i = 0; i < array_length(rows); i++) {
		const struct forecast_entry *entry = &forecast->list[rows[i].entry];

		assert_int_equal(window_distance(entry->at, (int64_t)(rows[i].seen * 1e9)), 0);
		assert_int_equal(window_distance(entry->since, (int64_t)(rows[i].since * 1e9)), 0);
		assert_true(entry->at.latest - entry->at.earliest <= 250 * MILLISECOND);
	}
	assert_int_equal(forecast->list[12].due.error, ETIMEDOUT);
	assert_int_equal(forecast->state[END_CLIENT], STATE_CLOSED);
	assert_int_equal(forecast->state[END_SERVER], STATE_ESTABLISHED);
	assert_int_equal(forecast->told[END_CLIENT], ETIMEDOUT);
	assert_int_equal(forecast->told[END_SERVER], 0);
	assert_false(forecast->endless || forecast->cut || forecast->ended);
	assert_int_equal(forecast->unfollowed, -1);
	forget(&told);
}

/* The article's own 30 s, 3 s, 3. */
static void test_documented(void **state)
{
	struct told told;
	struct forecast *forecast = tell_file(
		&told, "scenarios/002-keepalive-article/silenced-server.yaml", "@documented");

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPr1P!P!P!X!E");
	assert_int_equal(forecast->list[3].at.earliest, 30 * SECOND);
	assert_true(forecast->list[3].at.latest <= 33 * SECOND);
	assert_int_equal(forecast->list[11].at.earliest, 99 * SECOND);
	assert_int_equal(forecast->list[11].since.earliest, 3 * SECOND);
	forget(&told);
}

static void test_endless(void **state)
{
	struct told told;
	struct forecast *forecast = tell_text(
		&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
		       "client: {keepalive: on, idle: 30s, interval: 1s, count: 2}\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPr+");
	assert_true(forecast->endless);
	assert_int_equal(forecast->list[7].folded, FOLDED_ENDLESS);
	assert_int_equal(forecast->list[7].since.earliest, 30 * SECOND);
	assert_true(forecast->list[7].since.latest < 33 * SECOND);
	forget(&told);
}

/* Without keepalive nothing is due, and so nobody notices. */
static void test_silence(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\nclient: {}\n"
				 "timeline: [{at: 1s, drop: {}}]\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShA1");
	assert_false(forecast->endless);
	assert_int_equal(forecast->state[END_CLIENT], STATE_ESTABLISHED);
	forget(&told);
}

/* A probe that comes through again makes it as healthy as before. */
static void test_heal(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 2s, interval: 1s, count: 4}\n"
				 "timeline:\n  - {at: established, drop: {to: server}}\n"
				 "  - {at: probe 2 + 200ms, heal: {step: 1}}\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShA1P!P!2PrPrPr+");
	assert_true(forecast->endless);
	forget(&told);
}

/* An answer that is lost on its way back is none: the count ends, and the reset gets through. */
static void test_lost_answers(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 2s, interval: 1s, count: 6}\n"
				 "timeline: [{at: established, drop: {to: client}}]\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShA1Pr!Pr!Pr!Pr!Pr!Pr!XEe");
	forget(&told);
}

/* A step that waits for a far probe is reached; what lies between is folded. */
static void test_far_step(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 1s, interval: 1s, count: 1}\n"
				 "timeline: [{at: probe 5000 answered, drop: {}}]\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPr+Pr1P!X!E");
	assert_int_equal(forecast->list[7].folded, 4997);
	assert_int_equal(forecast->list[7].at.earliest, 3 * SECOND);
	assert_int_equal(forecast->list[8].at.earliest, 5000 * SECOND);
	forget(&told);
}

/* Steps of one moment are taken in their order, and behind what the kernel does at once. */
static void test_same_moment(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 2s, interval: 1s, count: 1}\n"
				 "timeline:\n  - {at: 0s, drop: {to: client}}\n"
				 "  - {at: 0s, drop: {to: server}}\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShA12P!X!E");
	forget(&told);
	forecast = tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				    "client: {keepalive: on, idle: 2s, interval: 1s, count: 1}\n"
				    "timeline: [{at: probe 1, drop: {}}]\n" EXPECT);
	assert_string_equal(line_of(forecast), "ShAPr1P!X!E");
	forget(&told);
}

/* A step may wait for what never comes: that does not keep the forecast from ending. */
static void test_never(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 2s, interval: 1s, count: 2}\n"
				 "timeline: [{at: server error, drop: {}}]\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPr+");
	assert_true(forecast->endless);
	assert_false(forecast_has_step(forecast, 0));
	forget(&told);
	forecast = tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\nclient: {}\n"
				    "timeline: [{at: client error + 1s, drop: {}}]\n" EXPECT);
	assert_string_equal(line_of(forecast), "ShA");
	assert_false(forecast_has_step(forecast, 0));
	forget(&told);
}

static void test_until(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {keepalive: on, idle: 2s, interval: 1s, count: 2}\n"
				 "until: 7s\n" EXPECT);

	(void)state;
	assert_string_equal(line_of(forecast), "ShAPrPrPr");
	assert_true(forecast->ended);
	assert_false(forecast->endless);
	assert_int_equal(forecast->until.earliest, 7 * SECOND);
	forget(&told);
}

/* Heartbeats are told by what they send, until a call says that the connection is over. */
static void test_heartbeat(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				 "client: {user_timeout: 1s, observe: heartbeat, every: 1s}\n"
				 "timeline: [{at: 1500ms, drop: {to: server}}]\n"
				 "until: client error + 2s\n" EXPECT);

	(void)state;
	assert_true(forecast->ended);
	assert_int_equal(forecast->told[END_CLIENT], ETIMEDOUT);
	assert_int_equal(forecast->state[END_CLIENT], STATE_CLOSED);
	/* The fourth finds out: the kernel gave up after 2 s + 0.2 s + 1 s, when no one asked. */
	assert_true(forecast->until.earliest >= 6 * SECOND);
	assert_true(forecast->until.latest <= 6 * SECOND + 100 * MILLISECOND);
	forget(&told);

	/* All of them answered, and nothing to come: for ever. */
	forecast = tell_text(&told, "scenario: t\nserver: {listen: 127.0.0.1:1}\n"
				    "client: {observe: heartbeat, every: 1s}\n" EXPECT);
	assert_true(forecast->endless);
	forget(&told);
}

/* A close() that lingers makes an orphan when its time is over, not before. */
static void test_linger(void **state)
{
	static const char format[] = "scenario: t\nserver: {listen: 127.0.0.1:1}\nclient: {}\n"
				     "sysctl: {net.ipv4.tcp_orphan_retries: 1}\n"
				     "timeline: [{at: 1s, drop: {to: server}},\n"
				     "{at: 2s, close: {end: client%s}}]\n" EXPECT;
	static const struct {
		const char *linger;
		int64_t after;
	} rows[] = {{"", 2 * SECOND}, {", linger: 4s", 6 * SECOND}};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		char text[400];
		struct told told;
		struct forecast *forecast;
		const struct forecast_entry *last;

		snprintf(text, sizeof(text), format, rows[i].linger);
		forecast = tell_text(&told, text);
		last = &forecast->list[forecast->count - 1];
		assert_int_equal(forecast->state[END_CLIENT], STATE_CLOSED);
		assert_int_equal(last->due.rule, RULE_ORPHAN_LIMIT);
		assert_true(last->at.earliest >= rows[i].after);
		assert_true(last->at.latest <= rows[i].after + 4 * SECOND);
		forget(&told);
	}
}

/* A peer that does not read: its window closes, which begins the drop, and probes go unanswered. */
static void test_closed_window(void **state)
{
	struct told told;
	struct forecast *forecast =
		tell_file(&told, "scenarios/cloudflare-2019/zero-window.yaml", "quick");
	int probes = 0;

	(void)state;
	assert_int_equal(forecast->unfollowed, -1);
	for (size_t i = 0; i < forecast->count; i++)
		probes += forecast->list[i].due.kind == DUE_WINDOW_PROBE && forecast->list[i].lost;
	assert_int_equal(probes, 3);
	assert_int_equal(forecast->told[END_CLIENT], ETIMEDOUT);
	assert_int_equal(forecast->state[END_SERVER], STATE_ESTABLISHED);
	forget(&told);
}

/* The first probe is lost, the second one is not: with one more allowed, nobody is told. */
static void test_some_lost(void **state)
{
	struct told told;

	(void)state;
	assert_string_equal(
		line_of(tell_file(&told, "scenarios/kernel-documentation/one-lost.yaml", "@two")),
		"ShA1P!Pr");
	forget(&told);
	assert_string_equal(
		line_of(tell_file(&told, "scenarios/kernel-documentation/one-lost.yaml", "@one")),
		"ShA1P!XEe");
	forget(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quick),	      cmocka_unit_test(test_documented),
		cmocka_unit_test(test_endless),	      cmocka_unit_test(test_silence),
		cmocka_unit_test(test_heal),	      cmocka_unit_test(test_lost_answers),
		cmocka_unit_test(test_far_step),      cmocka_unit_test(test_same_moment),
		cmocka_unit_test(test_never),	      cmocka_unit_test(test_until),
		cmocka_unit_test(test_heartbeat),     cmocka_unit_test(test_linger),
		cmocka_unit_test(test_closed_window), cmocka_unit_test(test_some_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Good scenario files into structs: every key, parameters, variants, ids. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/duration.h"
#include "scenario/load.h"
#include "scenario/vocabulary.h"

static const char documented[] =
	"scenario: Idle client, server silenced by a drop rule\n"
	"source: 002, section 5 (keepalive article)\n"
	"tags: [keepalive]\n"
	"variants:\n"
	"  documented: {tags: [documented], idle: 30s, interval: 3s}\n"
	"  quick: {tags: [quick, keepalive], idle: 2s, interval: 1s}\n"
	"sysctl:\n"
	"  net.ipv4.tcp_keepalive_time: $idle\n"
	"  net.ipv4.tcp_keepalive_probes: 3\n"
	"  net.ipv4.tcp_keepalive_intvl: ${interval}\n"
	"server: {listen: 127.0.0.1:12345}\n"
	"client: {bind: 127.0.0.1:22345, keepalive: on}\n"
	"timeline:\n"
	"  - {at: probe 2 answered, drop: {to: server}}\n"
	"until: client error + 1s        # optional\n"
	"expect:\n"
	"  - probes: {from: client, answered: 2, first: $idle, interval: $idle}\n"
	"  - probes: {from: client, unanswered: 3, first: $idle, interval: $interval}\n"
	"  - reset: {from: client, after: last probe, delay: $interval}\n"
	"  - client: {error: ETIMEDOUT, after: last probe, delay: $interval, state: CLOSED,\n"
	"             poll: [nothing, IN|ERR|HUP|RDHUP], recv: [ETIMEDOUT, end of file]}\n"
	"  - server: {state: ESTABLISHED}\n"
	"  - timer: {of: client, goes: [keepalive 0/0, keepalive 0/1, gone]}\n"
	"  - rule: {packets: 4}\n"
	"  - counters: {TcpExtTCPKeepAlive: 5, TcpExtTCPAbortOnTimeout: 1}\n"
	"  - nothing else on the wire\n";

static struct scenarios parse(const char *text)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	scenario_parse("good.yaml", "good", text, strlen(text), &scenarios, &problems);
	if (problems.count) {
		problems_print(&problems, stderr);
		fail_msg("%zu mistakes", problems.count);
	}
	return scenarios;
}

static void test_variants(void **state)
{
	struct scenarios scenarios = parse(documented);
	const struct scenario *quick = &scenarios.list[1];

	(void)state;
	assert_int_equal(scenarios.count, 2);
	assert_string_equal(scenarios.list[0].id, "good@documented");
	assert_string_equal(quick->id, "good@quick");
	assert_string_equal(quick->path, "good.yaml");
	assert_string_equal(quick->title, "Idle client, server silenced by a drop rule");
	assert_string_equal(quick->source, "002, section 5 (keepalive article)");
	assert_int_equal(quick->tag_count, 2);
	assert_true(scenario_has_tag(quick, "quick"));
	assert_true(scenario_has_tag(quick, "keepalive"));
	assert_false(scenario_has_tag(quick, "documented"));
	assert_int_equal(quick->sysctl_count, 3);
	assert_string_equal(quick->sysctls[0].name, "net.ipv4.tcp_keepalive_time");
	assert_string_equal(quick->sysctls[0].value, "2");
	assert_string_equal(quick->sysctls[2].value, "1");
	assert_string_equal(scenarios.list[0].sysctls[0].value, "30");
	assert_int_equal(quick->sysctls[2].at.line, 10);
	scenarios_free(&scenarios);
	scenarios_free(NULL);
}

static void test_ends_and_steps(void **state)
{
	struct scenarios scenarios = parse(documented);
	const struct scenario *scenario = &scenarios.list[0];
	const struct record *drop = &scenario->steps[0];
	struct address address;

	(void)state;
	address_parse("127.0.0.1:22345", &address);
	assert_true(address_equal(&scenario->client.value[KEY_BIND].address, &address));
	assert_true(record_has(&scenario->client, KEY_KEEPALIVE));
	assert_int_equal(record_number(&scenario->client, KEY_KEEPALIVE), 1);
	assert_false(record_has(&scenario->client, KEY_IDLE));
	assert_int_equal(scenario->client.kind, RECORD_CLIENT);
	assert_int_equal(scenario->server.kind, RECORD_SERVER);
	assert_int_equal(scenario->server.value[KEY_LISTEN].address.port, 12345);
	assert_string_equal(scenario->client.text,
			    "client: {bind: 127.0.0.1:22345, keepalive: on}");
	assert_int_equal(scenario->step_count, 1);
	assert_int_equal(drop->kind, RECORD_STEP_DROP);
	assert_string_equal(drop->text, "at: probe 2 answered, drop: {to: server}");
	assert_int_equal(drop->at.line, 14);
	assert_int_equal(drop->at.column, 5);
	assert_int_equal(drop->value[KEY_AT].moment.anchor, ANCHOR_PROBE_ANSWERED);
	assert_int_equal(drop->value[KEY_AT].moment.ordinal, 2);
	assert_int_equal(record_number(drop, KEY_TO), END_SERVER);
	assert_true(scenario->until.set);
	assert_int_equal(scenario->until.moment.anchor, ANCHOR_ERROR);
	assert_int_equal(scenario->until.moment.delay, SECOND);
	scenarios_free(&scenarios);
}

static void test_expectations(void **state)
{
	static const enum record_kind kinds[] = {
		RECORD_EXPECT_PROBES, RECORD_EXPECT_PROBES,   RECORD_EXPECT_RESET,
		RECORD_EXPECT_CLIENT, RECORD_EXPECT_SERVER,   RECORD_EXPECT_TIMER,
		RECORD_EXPECT_RULE,   RECORD_EXPECT_COUNTERS, RECORD_EXPECT_NOTHING_ELSE,
	};
	struct scenarios scenarios = parse(documented);
	const struct scenario *scenario = &scenarios.list[1];
	const struct record *expect = scenario->expectations;

	(void)state;
	assert_int_equal(scenario->expectation_count, array_length(kinds));
	for (size_t i = 0; i < array_length(kinds); i++)
		assert_int_equal(expect[i].kind, kinds[i]);
	assert_string_equal(expect[0].text,
			    "probes: {from: client, answered: 2, first: 2s, interval: 2s}");
	assert_int_equal(record_number(&expect[1], KEY_UNANSWERED), 3);
	assert_int_equal(record_number(&expect[1], KEY_INTERVAL), SECOND);
	assert_int_equal(record_number(&expect[2], KEY_AFTER), AFTER_LAST_PROBE);
	assert_int_equal(record_number(&expect[2], KEY_FROM), END_CLIENT);
	assert_int_equal(record_number(&expect[3], KEY_ERROR), ETIMEDOUT);
	assert_int_equal(record_number(&expect[3], KEY_STATE), STATE_CLOSED);
	assert_int_equal(expect[3].value[KEY_POLL].item_count, 2);
	assert_string_equal(expect[3].value[KEY_POLL].items[1].text, "IN|ERR|HUP|RDHUP");
	assert_string_equal(expect[3].value[KEY_RECV].items[1].text, "end of file");
	assert_int_equal(expect[3].value[KEY_RECV].items[1].at.line, 21);
	assert_int_equal(record_number(&expect[4], KEY_STATE), STATE_ESTABLISHED);
	assert_int_equal(expect[5].value[KEY_GOES].item_count, 3);
	assert_int_equal(record_number(&expect[6], KEY_PACKETS), 4);
	assert_int_equal(expect[7].value[KEY_COUNTERS].item_count, 2);
	assert_string_equal(expect[7].value[KEY_COUNTERS].items[0].text, "TcpExtTCPKeepAlive");
	assert_int_equal(expect[7].value[KEY_COUNTERS].items[0].number, 5);
	assert_string_equal(expect[8].text, "nothing else on the wire");
	scenarios_free(&scenarios);
}

/* Every key of an end, in other spellings of YAML. */
static void test_every_option(void **state)
{
	struct scenarios scenarios = parse("scenario: >\n"
					   "  Two lines\n"
					   "  of it\n"
					   "server:\n"
					   "  listen: '[::1]:80'\n"
					   "  keepalive: \"off\"\n"
					   "  user_timeout: 1.5s\n"
					   "client:\n"
					   "  keepalive: on\n"
					   "  idle: 32767s\n"
					   "  interval: 1m\n"
					   "  count: 127\n"
					   "  user_timeout: 0\n"
					   "timeline:\n"
					   "- at: 5s\n"
					   "  drop:\n"
					   "- {at: step 1 + 1s, heal}\n"
					   "- {drop: {}, at: 8s}\n"
					   "- {at: 9s, heal: {step: 3}}\n"
					   "expect:\n"
					   "- client: {error: none, poll: nothing}\n"
					   "- rule: {packets: 0, step: 3}\n");
	const struct scenario *scenario = &scenarios.list[0];

	(void)state;
	assert_int_equal(scenarios.count, 1);
	assert_string_equal(scenario->id, "good");
	assert_string_equal(scenario->title, "Two lines of it");
	assert_null(scenario->source);
	assert_int_equal(scenario->server.value[KEY_LISTEN].address.family, 6);
	assert_int_equal(record_number(&scenario->server, KEY_KEEPALIVE), 0);
	assert_int_equal(record_number(&scenario->server, KEY_USER_TIMEOUT), 1500 * MILLISECOND);
	assert_int_equal(record_number(&scenario->client, KEY_IDLE), 32767 * SECOND);
	assert_int_equal(record_number(&scenario->client, KEY_INTERVAL), MINUTE);
	assert_int_equal(record_number(&scenario->client, KEY_COUNT_), 127);
	assert_true(record_has(&scenario->client, KEY_USER_TIMEOUT));
	assert_int_equal(scenario->step_count, 4);
	assert_int_equal(scenario->steps[1].kind, RECORD_STEP_HEAL);
	assert_false(record_has(&scenario->steps[0], KEY_TO));
	assert_string_equal(scenario->steps[1].text, "at: step 1 + 1s, heal");
	assert_int_equal(record_number(&scenario->steps[3], KEY_STEP), 3);
	assert_true(record_has(&scenario->expectations[0], KEY_ERROR));
	assert_int_equal(record_number(&scenario->expectations[0], KEY_ERROR), 0);
	assert_int_equal(scenario->expectations[0].value[KEY_POLL].item_count, 1);
	assert_int_equal(record_number(&scenario->expectations[1], KEY_RULE_STEP), 3);
	assert_false(scenario->until.set);
	scenarios_free(&scenarios);
}

static void test_least(void **state)
{
	struct scenarios scenarios = parse("{scenario: t, expect: [server: {state: ESTABLISHED}]}");
	const struct scenario *scenario = &scenarios.list[0];

	(void)state;
	assert_int_equal(scenario->client.kind, RECORD_CLIENT);
	assert_int_equal(record_number(&scenario->client, KEY_KEEPALIVE), 0);
	assert_int_equal(scenario->server.value[KEY_LISTEN].address.port, 12345);
	assert_int_equal(scenario->step_count, 0);
	scenarios_free(&scenarios);
}

static void test_matrix(void **state)
{
	static const char *const ids[] = {
		"good@quick,idle=1s,count=1", "good@quick,idle=1s,count=3",
		"good@quick,idle=2s,count=1", "good@quick,idle=2s,count=3",
		"good@slow,idle=1s,count=1",  "good@slow,idle=1s,count=3",
		"good@slow,idle=2s,count=1",  "good@slow,idle=2s,count=3",
	};
	struct scenarios scenarios =
		parse("scenario: $what, $$5 and $${idle}\n"
		      "variants: {quick: {what: a, tags: x}, slow: {what: b}}\n"
		      "matrix: {idle: [1s, 2s], count: [1, 3]}\n"
		      "client: {keepalive: on, idle: $idle, count: $count}\n"
		      "timeline: [{at: 100ms, drop: {to: server}}]\n"
		      "expect: [probes: {from: client, unanswered: $count, first: $idle}]\n");

	(void)state;
	assert_int_equal(scenarios.count, array_length(ids));
	for (size_t i = 0; i < array_length(ids); i++)
		assert_string_equal(scenarios.list[i].id, ids[i]);
	assert_string_equal(scenarios.list[0].title, "a, $5 and ${idle}");
	assert_string_equal(scenarios.list[7].title, "b, $5 and ${idle}");
	assert_int_equal(record_number(&scenarios.list[5].client, KEY_COUNT_), 3);
	assert_int_equal(record_number(&scenarios.list[5].client, KEY_IDLE), SECOND);
	assert_true(scenario_has_tag(&scenarios.list[3], "x"));
	scenarios_free(&scenarios);
	scenarios = parse("scenario: t\n"
			  "matrix: {at: [probe 1 answered, \"5s\"], name: [time, probes]}\n"
			  "client: {keepalive: on, idle: 1s}\n"
			  "timeline: [{at: $at, drop: {}}]\n"
			  "sysctl: {net.ipv4.tcp_keepalive_$name: 5}\n"
			  "expect: [server: {state: ESTABLISHED}]\n");
	assert_int_equal(scenarios.count, 4);
	/* What is not safe in a file's name is replaced. */
	assert_string_equal(scenarios.list[0].id, "good@at=probe-1-answered,name=time");
	assert_string_equal(scenarios.list[3].sysctls[0].name, "net.ipv4.tcp_keepalive_probes");
	scenarios_free(&scenarios);
}

static void test_sysctls(void **state)
{
	static const struct {
		const char *name, *text, *value;
	} rows[] = {
		{"net.ipv4.tcp_keepalive_time", "2h", "7200"},
		{"net.ipv4.tcp_keepalive_time", "7200", "7200"},
		{"net.ipv4.tcp_rto_min_us", "200ms", "200000"},
		{"net.ipv4.tcp_rto_max_ms", "1s", "1000"},
		{"net.ipv4.tcp_syn_retries", "127", "127"},
		{"net.ipv4.tcp_retries2", "0", "0"},
		{"net.ipv4.tcp_congestion_control", "reno", "reno"},
		{"net.ipv4.ip_local_port_range", "1024 2000", "1024 2000"},
		{"net.ipv4.tcp_rmem", "4096 131072 6291456", "4096 131072 6291456"},
		{"net.core.somaxconn", "1", "1"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct scenarios scenarios;
		char text[300];

		snprintf(text, sizeof(text),
			 "{scenario: t, sysctl: {%s: %s}, expect: [server: {state: CLOSED}]}",
			 rows[i].name, rows[i].text);
		scenarios = parse(text);
		assert_string_equal(scenarios.list[0].sysctls[0].value, rows[i].value);
		scenarios_free(&scenarios);
	}
}

/* The texts of records are read again as what they are. */
static void test_text_quoting(void **state)
{
	struct scenarios scenarios = parse("scenario: \"a, b: c\"\n"
					   "expect:\n"
					   "  - client:\n"
					   "      recv:\n"
					   "        - \"end of file\"\n"
					   "        - 5 bytes\n"
					   "      state: 'CLOSED'\n");

	(void)state;
	assert_string_equal(scenarios.list[0].expectations[0].text,
			    "client: {recv: [end of file, 5 bytes], state: CLOSED}");
	scenarios_free(&scenarios);
}

/* Each example of the vocabulary is a scenario's part that loads. */
static void test_examples(void **state)
{
	(void)state;
	for (enum record_kind kind = RECORD_CLIENT; kind < RECORD_KINDS; kind++) {
		const struct record_spec *spec = record_spec_of(kind);
		bool is_step = spec->section == SECTION_STEP;
		bool is_end = spec->section == SECTION_END;
		struct scenarios scenarios;
		char text[1000];

		assert_non_null(spec->help);
		assert_ptr_equal(record_spec_of(spec->kind), spec);
		snprintf(text, sizeof(text),
			 "scenario: t\ntopology: %s\n%s\n%s\n%s\n%s\ntimeline:\n"
			 "  - {at: probe 2 answered, drop: {to: client}}\n"
			 "  - {at: 1s, ping: {from: client, count: 100}}\n%s%s\nexpect:\n  - %s\n",
			 spec->kind == RECORD_EXPECT_MODEL ? "loopback" : "routed",
			 spec->kind == RECORD_CLIENT ? "" : "client: {keepalive: on, idle: 1s}",
			 spec->kind == RECORD_MONITOR
				 ? ""
				 : "monitor: {from: server, interval: 2s, threshold: 1}",
			 spec->kind == RECORD_EXPECT_MODEL || spec->kind == RECORD_ROUTER ||
					 spec->kind == RECORD_STEP_DELAY
				 ? ""
				 : "router: {filter: on}",
			 is_end ? spec->example : "", is_step ? "  - " : "",
			 is_step ? spec->example : "",
			 is_end || is_step ? "server: {state: CLOSED}" : spec->example);
		scenarios = parse(text);
		scenarios_free(&scenarios);
		for (size_t j = 0; j < spec->key_count; j++) {
			char allowed[ALLOWED_TEXT_SIZE];

			assert_non_null(spec->keys[j].help);
			assert_non_null(spec->keys[j].example);
			assert_true(strlen(key_allowed(allowed, &spec->keys[j])) > 0);
		}
	}
	for (size_t i = 1; i < sysctl_spec_count; i++)
		assert_true(strcmp(sysctl_specs[i - 1].name, sysctl_specs[i].name) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),     cmocka_unit_test(test_ends_and_steps),
		cmocka_unit_test(test_expectations), cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_least),	     cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_sysctls),	     cmocka_unit_test(test_text_quoting),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}

/* Which segments faults take that do not take all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/path_faults.h"
#include "scenario/load.h"

#define SEGMENTS 8

/* '.' passes, 'x' is dropped, 'r' is rejected: what becomes of so many ACKs to an end. */
static void check(const char *fault, enum end to, struct model_segment segment, const char *due)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	struct path_faults faults;
	char text[512], seen[SEGMENTS + 1] = "";

	snprintf(text, sizeof(text),
		 "scenario: t\ntimeline: [{at: 1s, %s}, {at: 2s, heal}]\nexpect: [client: {error: "
		 "none}]\n",
		 fault);
	scenario_parse("t.yaml", "t", text, strlen(text), &scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	faults = path_faults_start(&scenarios.list[0]);
	assert_int_equal(path_faults_meet(&faults, to, &segment), PATH_OPEN);
	path_faults_step(&faults, 0);
	for (int i = 0; i < SEGMENTS; i++) {
		enum path path = path_faults_meet(&faults, to, &segment);

		seen[i] = path == PATH_OPEN ? '.' : path == PATH_REJECT_RESET ? 'r' : 'x';
	}
	path_faults_step(&faults, 1);
	assert_int_equal(path_faults_meet(&faults, to, &segment), PATH_OPEN);
	assert_string_equal(seen, due);
	path_faults_free(&faults);
	scenarios_free(&scenarios);
	problems_free(&problems);
}

static const struct model_segment ack = {.flags = FLAG_ACK};
static const struct model_segment data = {.flags = FLAG_ACK | FLAG_PSH, .length = 5};
static const struct model_segment syn = {.flags = FLAG_SYN};
static const struct model_segment syn_ack = {.flags = FLAG_SYN | FLAG_ACK};
static const struct model_segment fin = {.flags = FLAG_FIN | FLAG_ACK};
static const struct model_segment rst = {.flags = FLAG_RST | FLAG_ACK};

static void some_are_taken(void **state)
{
	(void)state;
	check("drop: {to: server}", END_SERVER, ack, "xxxxxxxx");
	check("drop: {to: server}", END_CLIENT, ack, "........");
	check("drop: {}", END_CLIENT, ack, "xxxxxxxx");
	check("reject: {to: server, with: reset}", END_SERVER, ack, "rrrrrrrr");
	check("drop: {to: server, first: 3}", END_SERVER, ack, "xxx.....");
	check("drop: {to: server, every: 3}", END_SERVER, ack, "..x..x..");
	check("drop: {to: server, probability: 100}", END_SERVER, ack, "xxxxxxxx");
}

static void kinds_are_told_apart(void **state)
{
	static const struct {
		const char *word;
		const struct model_segment *segment;
	} kinds[] = {{"ACK", &ack},	    {"data", &data}, {"SYN", &syn},
		     {"SYN-ACK", &syn_ack}, {"FIN", &fin},   {"RST", &rst}};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		char fault[64];

		snprintf(fault, sizeof(fault), "drop: {to: server, kind: %s}", kinds[i].word);
		for (size_t j = 0; j < count; j++)
			check(fault, END_SERVER, *kinds[j].segment,
			      i == j ? "xxxxxxxx" : "........");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_are_taken),
		cmocka_unit_test(kinds_are_told_apart),
	};

	return cmocka_run_group_tests_name("path_faults", tests, NULL, NULL);
}

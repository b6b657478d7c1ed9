/*
 * Tables of bad scenario files: every mistake has one message at its place, with the words that
 * help, and nothing else is said.
 */
#ifndef HALFOPEN_TESTS_UNIT_SCENARIO_TABLE_H
#define HALFOPEN_TESTS_UNIT_SCENARIO_TABLE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenario/load.h"

#define MISTAKES 8

struct bad {
	const char *text;
	struct {
		int line, column;
		const char *words;
	} due[MISTAKES];
};

/* A file whose third line is the one that matters; what it does not say is as it should be. */
#define CLIENT(line) "scenario: t\nexpect: [server: {state: CLOSED}]\nclient: " line "\n"
#define SYSCTL(line) "scenario: t\nexpect: [server: {state: CLOSED}]\nsysctl: {net.ipv4." line "}\n"
#define EXPECT(line)                                                                               \
	"{scenario: t, client: {keepalive: on, idle: 1s, count: 3}, timeline: [{at: 2s, drop}],\n" \
	"expect: [\n" line "]}\n"
#define TIMELINE(lines)                                                                            \
	"{scenario: t, client: {keepalive: on, idle: 1s, count: 3},\n"                             \
	"expect: [server: {state: CLOSED}], timeline: [\n" lines "]}\n"

static inline bool is_due(const struct bad *bad, const struct problem *problem)
{
	for (size_t i = 0; i < MISTAKES && bad->due[i].words; i++) {
		if (problem->at.line == bad->due[i].line &&
		    problem->at.column == bad->due[i].column &&
		    strstr(problem->message, bad->due[i].words))
			return true;
	}
	return false;
}

static inline void check_table(const struct bad *table, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		struct scenarios scenarios = {0};
		struct problems problems = {0};
		size_t due = 0;
		bool good;

		scenario_parse("bad.yaml", "bad", table[i].text, strlen(table[i].text), &scenarios,
			       &problems);
		while (due < MISTAKES && table[i].due[due].words)
			due++;
		good = problems.count == due && scenarios.count == 0;
		for (size_t j = 0; j < problems.count; j++)
			good = good && is_due(&table[i], &problems.list[j]);
		if (!good) {
			wrong++;
			print_error("--- row %zu, %zu due:\n%s\n", i, due, table[i].text);
			problems_print(&problems, stderr);
		}
		problems_free(&problems);
		scenarios_free(&scenarios);
	}
	assert_int_equal(wrong, 0);
}

#endif

/* The table of documented and measured: what a document states, and whether it holds. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "compare/document.h"
#include "compare/table.h"

static char *quick_tag[] = {"quick"};

static struct scenario scenario_of(char *id, char *path, bool quick, char *documented)
{
	return (struct scenario){.id = id,
				 .path = path,
				 .documented = documented,
				 .tags = quick_tag,
				 .tag_count = quick};
}

static void reads_what_is_documented(void **state)
{
	static char plain[] = "after 39 s", wrong[] = "after 4 s; wrong: it counts seconds",
		    old[] = "the sysctls; out of date: set by curl";
	struct scenario list[] = {
		scenario_of("full", "1", false, plain),
		scenario_of("quick", "1", true, plain),
		scenario_of("only-quick", "2", true, plain),
		scenario_of("wrong", "3", false, wrong),
		scenario_of("quick-wrong", "3", true, wrong),
		scenario_of("old", "4", true, old),
		scenario_of("silent", "5", true, NULL),
	};
	const struct scenarios scenarios = {.list = list, .count = array_length(list)};
	static const struct {
		const char *id, *stated, *fault, *reason;
	} cases[] = {
		{"full", "after 39 s", NULL, NULL},
		{"quick", "", NULL, NULL},
		{"only-quick", "after 39 s", NULL, NULL},
		{"wrong", "after 4 s", "wrong", "it counts seconds"},
		{"quick-wrong", "", "wrong", "it counts seconds"},
		{"old", "the sysctls", "out of date", "set by curl"},
		{"silent", "", NULL, NULL},
		{"unknown", "", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct document document = document_of(&scenarios, cases[i].id);

		assert_string_equal(document.stated, cases[i].stated);
		assert_string_equal(document.fault ? document.fault : "",
				    cases[i].fault ? cases[i].fault : "");
		assert_string_equal(document.reason ? document.reason : "",
				    cases[i].reason ? cases[i].reason : "");
		free(document.stated);
	}
}

/* A kernel's results with one scenario and one finding, of the model or of what is spelled out. */
static struct table_column column_of(enum verdict verdict, const char *failed)
{
	struct table_column column = {.facts = calloc(1, sizeof(struct facts))};
	struct saved_scenario *scenario = array_push(column.saved.scenarios, column.saved.count);

	column.saved.release = strdup("6.x");
	*scenario = (struct saved_scenario){.id = strdup("one"),
					    .title = strdup("A | title"),
					    .source = strdup("a *source*"),
					    .judgement = {.verdict = verdict}};
	for (size_t i = 0; i < 2; i++) {
		const char *expectation = i ? "model" : "reset: {from: client}";

		*array_push(scenario->judgement.findings, scenario->judgement.count) =
			(struct finding){.expectation = strdup(expectation),
					 .at = {1, 1},
					 .verdict = failed && strcmp(failed, expectation) == 0
							    ? VERDICT_FAIL
							    : VERDICT_PASS};
	}
	return column;
}

static void each_row_has_its_verdict(void **state)
{
	static char wrong[] = "39 s; wrong: a reason";
	static const struct {
		enum verdict verdict;
		const char *failed;
		bool wrong;
		const char *words;
	} cases[] = {
		{VERDICT_PASS, NULL, false, "| holds |"},
		{VERDICT_PASS, NULL, true, "| **wrong**: a reason |"},
		{VERDICT_SKIP, NULL, true, "| not judged |"},
		{VERDICT_INCONCLUSIVE, NULL, false, "| not judged |"},
		{VERDICT_FAIL, "model", false,
		 "| **fails** on Linux 6.x: the scenario, not the model |"},
		{VERDICT_FAIL, "reset: {from: client}", true,
		 "| **fails** on Linux 6.x: the model, not the scenario |"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct table_column columns[] = {column_of(VERDICT_SKIP, NULL),
						 column_of(cases[i].verdict, cases[i].failed)};
		struct scenario scenario =
			scenario_of("one", "1", false, cases[i].wrong ? wrong : NULL);
		const struct scenarios scenarios = {.list = &scenario, .count = 1};
		char *text = NULL;
		size_t size;
		FILE *stream = open_memstream(&text, &size);

		table_write(columns, array_length(columns), &scenarios, stream);
		fclose(stream);
		if (!strstr(text, cases[i].words) ||
		    !strstr(text, "`one`: A \\| title | a \\*source\\* |"))
			fail_msg("no '%s' in:\n%s", cases[i].words, text);
		free(text);
		for (size_t j = 0; j < array_length(columns); j++)
			table_column_free(&columns[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_documented),
		cmocka_unit_test(each_row_has_its_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "command/command.h"
#include "command/options.h"
#include "command/select.h"
#include "compare/table.h"
#include "timeline/read.h"

enum { OPTION_SCENARIOS };

static const struct option_spec options[] = {
	[OPTION_SCENARIOS] = {"scenarios", 0, "PATH",
			      "where the scenarios are, for what documents state (scenarios/)"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"table",
	"RESULTS...",
	"Writes a table, in Markdown, of what was measured in several results: a line for each\n"
	"scenario, a column for each of them, and who is right, its document or the model.",
	"Each of RESULTS is a folder that 'halfopen run -o' has written.\n\n"
	"Exit: 0, or 2 where results cannot be read.\n",
	options,
};

static bool take(void *data, int option, const char *argument)
{
	char **path = data;

	if (option != OPTION_SCENARIOS)
		return false;
	*path = (char *)argument;
	return true;
}

static int read_facts(const struct saved_scenario *scenario, struct facts *ret_facts)
{
	cleanup_free char *error = NULL;
	struct timeline timeline;
	int result;

	*ret_facts = (struct facts){0};
	if (!scenario->timeline || (access(scenario->timeline, F_OK) && errno == ENOENT))
		return 0;
	result = timeline_read(scenario->timeline, &timeline, &error);
	if (result) {
		fprintf(stderr, "halfopen table: %s: %s\n", scenario->timeline, error);
		return result;
	}
	facts_of(&timeline, ret_facts);
	timeline_free(&timeline);
	return 0;
}

static int read_column(const char *path, struct table_column *column)
{
	cleanup_free char *error = NULL;
	int result = saved_read(path, &column->saved, &error);

	if (result) {
		fprintf(stderr, "halfopen table: %s: %s\n", path, error);
		return result;
	}
	column->facts = calloc(column->saved.count + 1, sizeof(*column->facts));
	for (size_t i = 0; i < column->saved.count && !result; i++)
		result = read_facts(&column->saved.scenarios[i], &column->facts[i]);
	return result;
}

int command_table(int argc, char **argv)
{
	struct table_column *columns = NULL;
	struct scenarios scenarios = {0};
	char *path = NULL;
	size_t count = 0;
	int exit_code = EXIT_USAGE, error = 0;
	int first = options_parse(&command, argc, argv, take, &path, &exit_code);

	if (first < 0)
		return exit_code;
	if (first == argc) {
		usage_error(&command,
			    "RESULTS is missing: a folder that 'halfopen run -o' has written");
		return EXIT_USAGE;
	}
	error = select_scenarios(&path, path ? 1 : 0, NULL, 0, &scenarios);
	for (int i = first; i < argc && !error; i++)
		error = read_column(argv[i], array_push(columns, count));
	if (!error) {
		table_write(columns, count, &scenarios, stdout);
		exit_code = fflush(stdout) || ferror(stdout) ? EXIT_USAGE : 0;
		if (exit_code)
			fprintf(stderr, "halfopen table: writing: %s\n", strerror(errno));
	} else {
		exit_code = EXIT_USAGE;
	}
	for (size_t i = 0; i < count; i++)
		table_column_free(&columns[i]);
	free(columns);
	scenarios_free(&scenarios);
	return exit_code;
}

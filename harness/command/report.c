#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command/command.h"
#include "command/options.h"
#include "command/outputs.h"
#include "report/saved.h"
#include "report/terminal.h"
#include "timeline/read.h"

enum { OPTION_VERBOSE, OPTION_OUTPUTS };

static const struct option_spec options[] = {
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "draw what happened, list every finding"},
	OUTPUT_OPTION_TABLE(OPTION_OUTPUTS),
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"report",
	"RESULTS",
	"Writes other formats from RESULTS: a folder that 'halfopen run -o' has written, or its\n"
	"results.json. Without an option for a format, prints what the run has printed.",
	"Exit: 0 all was written, 2 usage, no results, or a file could not be written.\n",
	options,
};

struct reporting {
	bool verbose;
	struct outputs outputs;
};

static bool take(void *data, int option, const char *argument)
{
	struct reporting *reporting = data;

	if (option >= OPTION_OUTPUTS)
		return outputs_take(&reporting->outputs, &command, option - OPTION_OUTPUTS,
				    argument);
	reporting->verbose = true;
	return true;
}

/* As it was printed when it was played; without its timeline there is nothing to draw. */
static int print_one(struct terminal *terminal, const struct saved_scenario *saved)
{
	const struct scenario scenario = {
		.id = saved->id, .title = saved->title, .path = saved->path};
	struct outcome outcome = {
		.scenario = &scenario, .judgement = saved->judgement, .wall = saved->wall};
	cleanup_free char *problem = NULL;
	int error = 0;

	if (saved->timeline)
		error = timeline_read(saved->timeline, &outcome.timeline, &problem);
	terminal_outcome(terminal, &outcome);
	if (error) {
		fflush(stdout);
		fprintf(stderr, "halfopen report: %s: %s\n", saved->timeline, problem);
	}
	timeline_free(&outcome.timeline);
	return error;
}

static int print_all(const struct saved *saved, bool verbose)
{
	struct terminal terminal = terminal_start(stdout, verbose, saved->count);
	const struct tally tally = saved_tally(saved);
	int64_t wall = 0;
	int exit_code = 0;

	/* They ran side by side; how long all of them took is not known. */
	for (size_t i = 0; i < saved->count; i++) {
		wall = saved->scenarios[i].wall > wall ? saved->scenarios[i].wall : wall;
		if (print_one(&terminal, &saved->scenarios[i]))
			exit_code = EXIT_USAGE;
	}
	terminal_summary(&terminal, &tally, wall);
	return exit_code;
}

int command_report(int argc, char **argv)
{
	struct reporting reporting = {0};
	cleanup_free char *problem = NULL;
	struct saved saved = {0};
	int exit_code, first = options_parse(&command, argc, argv, take, &reporting, &exit_code);

	if (first < 0)
		return exit_code;
	if (argc - first != 1) {
		usage_error(&command, "one RESULTS is needed, a folder written by 'halfopen run "
				      "-o' or its results.json");
		return EXIT_USAGE;
	}
	if (!outputs_check(&reporting.outputs, &command))
		return EXIT_USAGE;
	if (saved_read(argv[first], &saved, &problem)) {
		fprintf(stderr, "halfopen report: %s: %s\n", argv[first], problem);
		return EXIT_USAGE;
	}
	if (outputs_any(&reporting.outputs))
		exit_code =
			outputs_write(&reporting.outputs, &command, &saved, NULL) ? EXIT_USAGE : 0;
	else
		exit_code = print_all(&saved, reporting.verbose);
	saved_free(&saved);
	return exit_code;
}

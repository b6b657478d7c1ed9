#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/duration.h"
#include "command/command.h"
#include "command/options.h"
#include "command/select.h"
#include "report/output_file.h"
#include "report/results.h"
#include "report/terminal.h"
#include "sandbox/kernel.h"
#include "sandbox/sandbox.h"
#include "suite/suite.h"

/* Scenarios wait nearly all their time; this bounds descriptors and memory, not work. */
#define DEFAULT_JOBS 256
#define MAXIMUM_JOBS 4096

enum { OPTION_JOBS, OPTION_OUTPUT, OPTION_TAG, OPTION_VERBOSE };

static const struct option_spec options[] = {
	[OPTION_JOBS] = {"jobs", 'j', "N", "play at most N scenarios side by side (256)"},
	[OPTION_OUTPUT] = {"output", 'o', "DIR",
			   "keep timelines, captures and results.json in DIR"},
	[OPTION_TAG] = {"tag", 't', "TAG", "only scenarios with this tag; may be repeated"},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "draw what happened, list every finding"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"run",
	"[PATH...]",
	"Plays scenario files, or all below a folder, on the running kernel and judges what\n"
	"happened. No PATH means scenarios/. No root is needed where user namespaces are allowed.",
	"Exit: 0 all passed, 1 a failure, 2 usage or a bad scenario, 125 nothing failed but\n"
	"something was inconclusive or could not be played, 130 after Ctrl-C.\n",
	options,
};

struct run {
	size_t jobs;
	const char *output;
	char **tags;
	size_t tag_count;
	bool verbose;
	struct kernel kernel;
	struct terminal terminal;
};

static bool take(void *data, int option, const char *argument)
{
	struct run *run = data;
	char *end;

	switch (option) {
	case OPTION_JOBS:
		errno = 0;
		run->jobs = strtoul(argument, &end, 10);
		if (*end || end == argument || errno || *argument == '-' || !run->jobs ||
		    run->jobs > MAXIMUM_JOBS) {
			usage_error(&command, "--jobs takes a number from 1 to %d, not '%s'",
				    MAXIMUM_JOBS, argument);
			return false;
		}
		return true;
	case OPTION_OUTPUT:
		run->output = argument;
		return true;
	case OPTION_TAG:
		*array_push(run->tags, run->tag_count) = (char *)argument;
		return true;
	case OPTION_VERBOSE:
		run->verbose = true;
		return true;
	}
	return false;
}

static void happened(void *data, const struct scenario *scenario, const struct event *event)
{
	struct run *run = data;

	terminal_progress(&run->terminal, scenario, event);
}

static int finished(void *data, const struct outcome *outcome)
{
	struct run *run = data;
	int error = 0;

	terminal_outcome(&run->terminal, outcome);
	if (run->output)
		error = results_keep(run->output, outcome);
	if (error)
		fprintf(stderr, "halfopen run: writing to %s: %s\n", run->output, strerror(-error));
	return error;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* What must be there before many processes find out one by one that it is not. */
static int prepare(struct run *run)
{
	char message[SANDBOX_ERROR_SIZE];
	int error = sandbox_probe(message);

	if (error) {
		fprintf(stderr, "halfopen run: %s\n", message);
		return EXIT_UNABLE;
	}
	error = kernel_describe(&run->kernel);
	if (error) {
		fprintf(stderr, "halfopen run: uname or clock_getres: %s\n", strerror(-error));
		return EXIT_UNABLE;
	}
	error = run->output ? make_folder(run->output) : 0;
	if (error) {
		fprintf(stderr, "halfopen run: making %s: %s\n", run->output, strerror(-error));
		return EXIT_USAGE;
	}
	return 0;
}

static int write_results(const struct run *run, const struct outcome *outcomes, size_t count)
{
	int error =
		results_write(run->output, outcomes, count, run->kernel.release, run->kernel.hz);

	if (!error)
		return 0;
	fprintf(stderr, "halfopen run: writing to %s: %s\n", run->output, strerror(-error));
	return EXIT_UNABLE;
}

static int run_all(struct run *run, const struct scenarios *scenarios)
{
	struct outcome *outcomes = calloc(scenarios->count, sizeof(*outcomes));
	struct suite_watcher watcher = {happened, finished, run};
	int64_t started = now();
	int by_signal = 0, exit_code, error;
	struct tally tally;

	run->terminal = terminal_start(stdout, run->verbose, scenarios->count);
	error = suite_run(scenarios, &run->kernel, run->jobs, &watcher, outcomes, &by_signal);
	terminal_clear(&run->terminal);
	fflush(stdout);
	if (by_signal) {
		fprintf(stderr, "halfopen run: ended by SIG%s\n", sigabbrev_np(by_signal));
		exit_code = EXIT_BY_SIGNAL + by_signal;
	} else if (error) {
		fprintf(stderr, "halfopen run: %s\n", strerror(-error));
		exit_code = EXIT_UNABLE;
	} else {
		tally = outcomes_tally(outcomes, scenarios->count);
		terminal_summary(&run->terminal, &tally, now() - started);
		exit_code = tally_exit_code(&tally);
		if (run->output && (error = write_results(run, outcomes, scenarios->count)))
			exit_code = error;
	}
	for (size_t i = 0; i < scenarios->count; i++)
		outcome_free(&outcomes[i]);
	free(outcomes);
	return exit_code;
}

int command_run(int argc, char **argv)
{
	struct run run = {.jobs = DEFAULT_JOBS};
	struct scenarios scenarios = {0};
	int exit_code = EXIT_USAGE;
	int first = options_parse(&command, argc, argv, take, &run, &exit_code);

	if (first >= 0 && select_scenarios(argv + first, argc - first, run.tags, run.tag_count,
					   &scenarios) == 0) {
		exit_code = prepare(&run);
		if (!exit_code)
			exit_code = run_all(&run, &scenarios);
		scenarios_free(&scenarios);
	} else if (first >= 0) {
		exit_code = EXIT_USAGE;
	}
	free(run.tags);
	return exit_code;
}

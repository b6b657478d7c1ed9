#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "command/command.h"
#include "command/plays.h"
#include "command/run_options.h"
#include "command/select.h"
#include "play/play.h"
#include "report/results.h"
#include "report/terminal.h"
#include "sandbox/kernel.h"
#include "sandbox/sandbox.h"
#include "suite/phase.h"
#include "suite/suite.h"

/* What a guest may take longer than its plays, and be silent, before it counts as hung. */
#define GUEST_MARGIN  (5 * MINUTE)
#define GUEST_SILENCE (3 * MINUTE)
#define GUEST_TIMEOUT HOUR

struct run {
	struct run_options chosen;
	bool booted;	 /* kernel is that of a guest */
	bool unwritable; /* what was played could not be kept, and that has been said */
	struct kernel kernel;
	struct terminal terminal;
	struct suite_watcher watcher;
	struct plays plays;
};

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
	if (run->chosen.output)
		error = results_keep(run->chosen.output, outcome);
	if (error)
		fprintf(stderr, "halfopen run: writing to %s: %s\n", run->chosen.output,
			strerror(-error));
	run->unwritable |= error != 0;
	return error;
}

/* What must be there before many processes find out one by one that it is not. */
static int prepare(struct run *run)
{
	char message[SANDBOX_ERROR_SIZE];
	int error = run->chosen.guest.image ? 0 : sandbox_probe(message);

	if (error) {
		fprintf(stderr, "halfopen run: %s\n", message);
		return EXIT_UNABLE;
	}
	error = kernel_describe(&run->kernel);
	if (error) {
		fprintf(stderr, "halfopen run: uname or clock_getres: %s\n", strerror(-error));
		return EXIT_UNABLE;
	}
	/* A guest's kernel does its own work there. */
	if (!run->chosen.guest.image)
		softirqs_open(&run->kernel.softirqs);
	error = run->chosen.output ? results_check(run->chosen.output) : 0;
	if (error) {
		fprintf(stderr, "halfopen run: writing to %s: %s\n", run->chosen.output,
			strerror(-error));
		return EXIT_USAGE;
	}
	return 0;
}

static int write_results(struct run *run, const struct outcome *outcomes, size_t count)
{
	struct saved saved = {
		.release = strdup(run->kernel.release),
		.hz = run->kernel.hz,
		.clock = run->chosen.virtual_time ? CLOCK_VIRTUAL : CLOCK_REAL,
	};
	int error = 0, output_error;

	for (size_t i = 0; i < count; i++) {
		if (outcomes[i].scenario)
			saved_add(&saved, &outcomes[i], run->chosen.output);
	}
	machine_sysctls_report(&run->chosen.sysctls, &run_command, outcomes, count, &saved);
	if (run->chosen.output)
		error = results_write(run->chosen.output, &saved);
	if (error)
		fprintf(stderr, "halfopen run: writing to %s: %s\n", run->chosen.output,
			strerror(-error));
	run->chosen.outputs.outcomes = outcomes;
	run->chosen.outputs.outcome_count = count;
	output_error =
		outputs_write(&run->chosen.outputs, &run_command, &saved, run->chosen.output);
	saved_free(&saved);
	return error || output_error ? EXIT_USAGE : 0;
}

static int play_here(struct run *run, const struct suite_sink *sink, int *ret_signal)
{
	const struct plays *plays = &run->plays;
	cleanup_free int64_t *delays = calloc(plays->list_count + 1, sizeof(*delays));
	struct suite_plan plan = {
		.list = plays->list,
		.count = plays->list_count,
		.jobs = run->chosen.jobs,
		.kernel = &run->kernel,
		.delays = delays,
		.began = clock_now(),
	};

	for (size_t i = 0; i < plays->list_count; i++)
		delays[i] = phase_delay(plays->list[i], run->kernel.hz, plays->phases[i]);
	return suite_play(&plan, sink, ret_signal);
}

static void print_trouble(const struct guest_report *report)
{
	const char *line;

	fprintf(stderr, "halfopen run: %s\n", report->trouble);
	for (size_t i = 0; (line = console_line(&report->console, i)); i++)
		fprintf(stderr, "%s  console: %s\n", i ? "" : "The last lines of the guest:\n",
			line);
}

static bool any_skipped(const struct plays *plays)
{
	struct tally tally = outcomes_tally(plays->outcomes, plays->count);

	return tally.of[VERDICT_SKIP] > 0;
}

static int play_in_guest(struct run *run, const struct suite_sink *sink, int *ret_signal,
			 bool *ret_doubtful)
{
	const struct guest_plan plan = {
		.list = run->plays.list,
		.phases = run->plays.phases,
		.count = run->plays.list_count,
		.jobs = run->chosen.jobs,
		.virtual_time = run->chosen.virtual_time,
		.sysctls = run->chosen.sysctls.list.list,
		.sysctl_count = run->chosen.sysctls.list.count,
	};
	int64_t rounds = (int64_t)((plan.count + plan.jobs - 1) / plan.jobs);
	struct guest_options guest = run->chosen.guest;
	cleanup_free struct guest_report *report = calloc(1, sizeof(*report));
	int error;

	if (!guest.silence)
		guest.silence = GUEST_SILENCE + (run->chosen.virtual_time ? 0 : run->plays.longest);
	if (!guest.timeout)
		guest.timeout = run->chosen.virtual_time
					? GUEST_TIMEOUT
					: GUEST_MARGIN + rounds * run->plays.longest;
	error = guest_run(&guest, &plan, sink, report, ret_signal);
	run->kernel = report->kernel;
	run->booted = report->kernel.hz > 0;
	*ret_doubtful = report->trouble[0] != '\0';
	terminal_clear(&run->terminal);
	fflush(stdout);
	if (*ret_doubtful && !error)
		print_trouble(report);
	else if (run->booted && !report->has_modules && any_skipped(&run->plays))
		fprintf(stderr, "halfopen run: this kernel was given no modules; "
				"--modules names their folder\n");
	return error;
}

/* All that is said when everything was played. Returns the exit code. */
static int conclude(struct run *run, int64_t wall, bool doubtful)
{
	const struct plays *plays = &run->plays;
	struct tally tally = outcomes_tally(plays->outcomes, plays->count);
	int exit_code = tally_exit_code(&tally), error;

	terminal_summary(&run->terminal, &tally, wall);
	terminal_exactness(&run->terminal, plays->outcomes, plays->count);
	if (run->chosen.phases > 1)
		terminal_phases(&run->terminal, plays->outcomes, plays->count,
				(size_t)run->chosen.phases);
	if (run->booted)
		terminal_guest(&run->terminal, &run->kernel, plays->outcomes, plays->count, wall);
	/* Nor is a failure believed of a kernel that complains, or of a stream that is not whole.
	 */
	if (doubtful)
		exit_code = EXIT_UNABLE;
	error = write_results(run, plays->outcomes, plays->count);
	return error ? error : exit_code;
}

static int run_all(struct run *run, const struct scenarios *scenarios)
{
	int64_t started = clock_now();
	bool doubtful = false;
	int by_signal = 0, error;
	struct intake intake;
	struct suite_sink sink;

	run->watcher = (struct suite_watcher){happened, finished, run};
	run->terminal = terminal_start(outputs_people(&run->chosen.outputs), run->chosen.verbose,
				       scenarios->count * (size_t)run->chosen.phases);
	error = plays_make(scenarios, run->chosen.phases, run->kernel.hz, run->chosen.max_duration,
			   &run->watcher, &run->plays);
	intake = plays_intake(&run->plays, &run->watcher);
	sink = (struct suite_sink){intake_begin, intake_line, intake_end, NULL, &intake};
	if (!error && run->plays.list_count)
		error = run->chosen.guest.image ? play_in_guest(run, &sink, &by_signal, &doubtful)
						: play_here(run, &sink, &by_signal);
	terminal_clear(&run->terminal);
	fflush(stdout);
	if (by_signal) {
		fprintf(stderr, "halfopen run: ended by SIG%s\n", sigabbrev_np(by_signal));
		return EXIT_BY_SIGNAL + by_signal;
	}
	if (run->unwritable)
		return EXIT_USAGE;
	if (error) {
		fprintf(stderr, "halfopen run: %s\n", strerror(-error));
		return EXIT_UNABLE;
	}
	return conclude(run, clock_now() - started, doubtful);
}

/* Whether this kernel takes the scenarios' socket options; another one says so when it plays. */
static bool check_kernel(const struct run *run, const struct scenarios *scenarios)
{
	struct problems problems = {0};
	bool good;

	if (!run->chosen.guest.image)
		options_try(scenarios, &problems);
	problems_print(&problems, stderr);
	good = !problems.count;
	problems_free(&problems);
	return good;
}

int command_run(int argc, char **argv)
{
	struct run run = {0};
	struct scenarios scenarios = {0};
	int exit_code = EXIT_USAGE;
	int first = run_options_parse(argc, argv, &run.chosen, &exit_code);

	if (first >= 0) {
		exit_code = EXIT_USAGE;
		if (select_scenarios(argv + first, argc - first, run.chosen.tags,
				     run.chosen.tag_count, &scenarios) == 0 &&
		    machine_sysctls_apply(&run.chosen.sysctls, &run_command, &scenarios) == 0 &&
		    check_kernel(&run, &scenarios))
			exit_code = prepare(&run);
		if (!exit_code)
			exit_code = run_all(&run, &scenarios);
		softirqs_close(&run.kernel.softirqs);
		plays_free(&run.plays);
		scenarios_free(&scenarios);
	}
	run_options_free(&run.chosen);
	return exit_code;
}

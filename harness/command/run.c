#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "command/command.h"
#include "command/machine_sysctls.h"
#include "command/options.h"
#include "command/outputs.h"
#include "command/plays.h"
#include "command/select.h"
#include "guest/guest.h"
#include "play/play.h"
#include "report/output_file.h"
#include "report/results.h"
#include "report/terminal.h"
#include "sandbox/kernel.h"
#include "sandbox/sandbox.h"
#include "suite/phase.h"
#include "suite/suite.h"

/* Scenarios wait nearly all their time; this bounds descriptors and memory, not work. */
#define DEFAULT_JOBS 256
#define MAXIMUM_JOBS 4096

/* What a scenario may last where time is real. */
#define DEFAULT_MAX_DURATION (3 * MINUTE)

#define MAXIMUM_PHASES 1000

/* What a guest may take longer than its plays, and be silent, before it counts as hung. */
#define GUEST_MARGIN  (5 * MINUTE)
#define GUEST_SILENCE (3 * MINUTE)
#define GUEST_TIMEOUT HOUR

enum {
	OPTION_JOBS,
	OPTION_OUTPUT,
	OPTION_TAG,
	OPTION_VERBOSE,
	OPTION_MAX_DURATION,
	OPTION_PHASES,
	OPTION_KERNEL,
	OPTION_MODULES,
	OPTION_VIRTUAL_TIME,
	OPTION_APPEND,
	OPTION_TIMEOUT,
	OPTION_SYSCTLS,					  /* and those after it */
	OPTION_OUTPUTS = OPTION_SYSCTLS + SYSCTL_OPTIONS, /* and those after it: last */
};

static const struct option_spec options[] = {
	[OPTION_JOBS] = {"jobs", 'j', "N", "play at most N scenarios side by side (256)"},
	[OPTION_OUTPUT] = {"output", 'o', "DIR",
			   "keep timelines, captures and results.json in DIR"},
	[OPTION_TAG] = {"tag", 't', "TAG", "only scenarios with this tag; may be repeated"},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "draw what happened, list every finding"},
	[OPTION_MAX_DURATION] = {"max-duration", 0, "D",
				 "skip what can last longer (3m; in virtual time no limit)"},
	[OPTION_PHASES] = {"phases", 0, "N", "play each at N phases of the timer wheel"},
	[OPTION_KERNEL] = {"kernel", 0, "IMAGE",
			   "in this kernel, under QEMU: bzImage, vmlinux, tree or .deb"},
	[OPTION_MODULES] = {"modules", 0, "DIR", "its modules: lib/modules/RELEASE, or above it"},
	[OPTION_VIRTUAL_TIME] = {"virtual-time", 0, NULL,
				 "its clock jumps while nothing happens: hours in seconds"},
	[OPTION_APPEND] = {"append", 0, "WORDS", "more words for its command line"},
	[OPTION_TIMEOUT] = {"timeout", 0, "D", "how long it may take in all, in real time"},
	SYSCTL_OPTION_TABLE(OPTION_SYSCTLS),
	OUTPUT_OPTION_TABLE(OPTION_OUTPUTS),
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"run",
	"[PATH...]",
	"Plays scenario files, or all below a folder, on the running kernel, or on another one, "
	"and\n"
	"judges what happened. No PATH means scenarios/. No root is needed where user namespaces\n"
	"are allowed; for another kernel, none at all.",
	"Exit: 0 all passed, 1 a failure, 2 usage or a bad scenario, 125 nothing failed but\n"
	"something was inconclusive or could not be played, 130 after Ctrl-C. So it bisects:\n"
	"  git bisect run halfopen run --kernel arch/x86/boot/bzImage --virtual-time PATH\n",
	options,
};

struct run {
	size_t jobs;
	const char *output;
	char **tags;
	size_t tag_count;
	bool verbose, virtual_time;
	bool booted;	      /* kernel is that of a guest */
	int64_t max_duration; /* -1: as usual; 0: no limit */
	int phases;
	struct machine_sysctls sysctls;
	struct outputs outputs;
	struct guest_options guest; /* image NULL: on the running kernel */
	struct kernel kernel;
	struct terminal terminal;
	struct suite_watcher watcher;
	struct plays plays;
};

static bool take_number(const char *name, const char *argument, unsigned long maximum,
			unsigned long *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoul(argument, &end, 10);
	if (!*end && end != argument && !errno && *argument != '-' && *ret_number &&
	    *ret_number <= maximum)
		return true;
	usage_error(&command, "--%s takes a number from 1 to %lu, not '%s'", name, maximum,
		    argument);
	return false;
}

static bool take_duration(const char *name, const char *argument, int64_t *ret_duration)
{
	if (duration_parse(argument, ret_duration) == 0 && *ret_duration > 0)
		return true;
	usage_error(&command, "--%s takes a duration, such as 90s or 1h30m, not '%s'", name,
		    argument);
	return false;
}

static bool take(void *data, int option, const char *argument)
{
	struct run *run = data;
	unsigned long number;

	if (option >= OPTION_OUTPUTS)
		return outputs_take(&run->outputs, &command, option - OPTION_OUTPUTS, argument);
	if (option >= OPTION_SYSCTLS)
		return machine_sysctls_take(&run->sysctls, option - OPTION_SYSCTLS, argument);
	switch (option) {
	case OPTION_JOBS:
		if (!take_number("jobs", argument, MAXIMUM_JOBS, &number))
			return false;
		run->jobs = number;
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
	case OPTION_MAX_DURATION:
		return take_duration("max-duration", argument, &run->max_duration);
	case OPTION_PHASES:
		if (!take_number("phases", argument, MAXIMUM_PHASES, &number))
			return false;
		run->phases = (int)number;
		return true;
	case OPTION_KERNEL:
		run->guest.image = argument;
		return true;
	case OPTION_MODULES:
		run->guest.modules = argument;
		return true;
	case OPTION_VIRTUAL_TIME:
		run->virtual_time = true;
		return true;
	case OPTION_APPEND:
		run->guest.append = argument;
		return true;
	case OPTION_TIMEOUT:
		return take_duration("timeout", argument, &run->guest.timeout);
	}
	return false;
}

/* Whether the options make sense together; else says why not. */
static bool check_options(struct run *run)
{
	const char *guest_only = run->virtual_time    ? "virtual-time"
				 : run->guest.modules ? "modules"
				 : run->guest.append  ? "append"
				 : run->guest.timeout ? "timeout"
						      : NULL;

	if (!run->guest.image && guest_only) {
		usage_error(&command, "--%s needs --kernel", guest_only);
		return false;
	}
	if (run->max_duration < 0)
		run->max_duration = run->virtual_time ? 0 : DEFAULT_MAX_DURATION;
	return outputs_check(&run->outputs, &command);
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
	int error = run->guest.image ? 0 : sandbox_probe(message);

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

static int write_results(struct run *run, const struct outcome *outcomes, size_t count)
{
	struct saved saved = {
		.release = strdup(run->kernel.release),
		.hz = run->kernel.hz,
		.clock = run->virtual_time ? CLOCK_VIRTUAL : CLOCK_REAL,
	};
	int error = 0, output_error;

	for (size_t i = 0; i < count; i++) {
		if (outcomes[i].scenario)
			saved_add(&saved, &outcomes[i], run->output);
	}
	machine_sysctls_report(&run->sysctls, &command, outcomes, count, &saved);
	if (run->output)
		error = results_write(run->output, &saved);
	if (error)
		fprintf(stderr, "halfopen run: writing to %s: %s\n", run->output, strerror(-error));
	run->outputs.outcomes = outcomes;
	run->outputs.outcome_count = count;
	output_error = outputs_write(&run->outputs, &command, &saved, run->output);
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
		.jobs = run->jobs,
		.kernel = &run->kernel,
		.delays = delays,
		.began = now(),
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

static int play_in_guest(struct run *run, const struct suite_sink *sink, int *ret_signal,
			 bool *ret_doubtful)
{
	const struct guest_plan plan = {
		.list = run->plays.list,
		.phases = run->plays.phases,
		.count = run->plays.list_count,
		.jobs = run->jobs,
		.virtual_time = run->virtual_time,
		.sysctls = run->sysctls.list.list,
		.sysctl_count = run->sysctls.list.count,
	};
	int64_t rounds = (int64_t)((plan.count + plan.jobs - 1) / plan.jobs);
	struct guest_options guest = run->guest;
	cleanup_free struct guest_report *report = calloc(1, sizeof(*report));
	int error;

	guest.silence = GUEST_SILENCE + (run->virtual_time ? 0 : run->plays.longest);
	if (!guest.timeout)
		guest.timeout = run->virtual_time ? GUEST_TIMEOUT
						  : GUEST_MARGIN + rounds * run->plays.longest;
	error = guest_run(&guest, &plan, sink, report, ret_signal);
	run->kernel = report->kernel;
	run->booted = report->kernel.hz > 0;
	*ret_doubtful = report->trouble[0] != '\0';
	terminal_clear(&run->terminal);
	fflush(stdout);
	if (*ret_doubtful && !error)
		print_trouble(report);
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
	if (run->phases > 1)
		terminal_phases(&run->terminal, plays->outcomes, plays->count, (size_t)run->phases);
	if (run->booted)
		terminal_guest(&run->terminal, &run->kernel, plays->outcomes, plays->count, wall);
	if (doubtful && exit_code == 0)
		exit_code = EXIT_UNABLE;
	error = write_results(run, plays->outcomes, plays->count);
	return error ? error : exit_code;
}

static int run_all(struct run *run, const struct scenarios *scenarios)
{
	int64_t started = now();
	bool doubtful = false;
	int by_signal = 0, error;
	struct intake intake;
	struct suite_sink sink;

	run->watcher = (struct suite_watcher){happened, finished, run};
	run->terminal = terminal_start(outputs_people(&run->outputs), run->verbose,
				       scenarios->count * (size_t)run->phases);
	error = plays_make(scenarios, run->phases, run->kernel.hz, run->max_duration, &run->watcher,
			   &run->plays);
	intake = plays_intake(&run->plays, &run->watcher);
	sink = (struct suite_sink){intake_begin, intake_line, intake_end, &intake};
	if (!error && run->plays.list_count)
		error = run->guest.image ? play_in_guest(run, &sink, &by_signal, &doubtful)
					 : play_here(run, &sink, &by_signal);
	terminal_clear(&run->terminal);
	fflush(stdout);
	if (by_signal) {
		fprintf(stderr, "halfopen run: ended by SIG%s\n", sigabbrev_np(by_signal));
		return EXIT_BY_SIGNAL + by_signal;
	}
	if (error) {
		fprintf(stderr, "halfopen run: %s\n", strerror(-error));
		return EXIT_UNABLE;
	}
	return conclude(run, now() - started, doubtful);
}

/* Whether this kernel takes the scenarios' socket options; another one says so when it plays. */
static bool check_kernel(const struct run *run, const struct scenarios *scenarios)
{
	struct problems problems = {0};
	bool good;

	if (!run->guest.image)
		options_try(scenarios, &problems);
	problems_print(&problems, stderr);
	good = !problems.count;
	problems_free(&problems);
	return good;
}

int command_run(int argc, char **argv)
{
	struct run run = {.jobs = DEFAULT_JOBS, .phases = 1, .max_duration = -1};
	struct scenarios scenarios = {0};
	int exit_code = EXIT_USAGE;
	int first = options_parse(&command, argc, argv, take, &run, &exit_code);

	if (first >= 0 && !check_options(&run)) {
		exit_code = EXIT_USAGE;
	} else if (first >= 0 && select_scenarios(argv + first, argc - first, run.tags,
						  run.tag_count, &scenarios) == 0) {
		exit_code = machine_sysctls_apply(&run.sysctls, &command, &scenarios) ||
					    !check_kernel(&run, &scenarios)
				    ? EXIT_USAGE
				    : prepare(&run);
		if (!exit_code)
			exit_code = run_all(&run, &scenarios);
		plays_free(&run.plays);
		scenarios_free(&scenarios);
	} else if (first >= 0) {
		exit_code = EXIT_USAGE;
	}
	machine_sysctls_free(&run.sysctls);
	free(run.tags);
	return exit_code;
}

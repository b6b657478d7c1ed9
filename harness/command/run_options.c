#include "command/run_options.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/duration.h"
#include "command/command.h"

/* Scenarios wait nearly all their time; this bounds descriptors and memory, not work. */
#define DEFAULT_JOBS 256
#define MAXIMUM_JOBS 4096

/* What a scenario may last where time is real. */
#define DEFAULT_MAX_DURATION (3 * MINUTE)

#define MAXIMUM_PHASES 1000

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
	OPTION_SILENCE,
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
	[OPTION_SILENCE] = {"silence", 0, "D",
			    "how long it may say nothing, in real time (3m, and the longest wait)"},
	SYSCTL_OPTION_TABLE(OPTION_SYSCTLS),
	OUTPUT_OPTION_TABLE(OPTION_OUTPUTS),
	{NULL, 0, NULL, NULL},
};

const struct command_spec run_command = {
	"run",
	"[PATH...]",
	"Plays scenario files, or all below a folder, on the running kernel, or on another one, "
	"and\n"
	"judges what happened. No PATH means scenarios/. No root is needed where user namespaces\n"
	"are allowed; for another kernel, none at all.",
	"Exit: 0 all passed, 1 a failure, 2 usage or a bad scenario, 125 nothing failed but\n"
	"something was inconclusive or could not be played, or the other kernel had trouble, 130\n"
	"after Ctrl-C. So it bisects:\n"
	"  git bisect run halfopen run --kernel arch/x86/boot/bzImage --virtual-time PATH\n",
	options,
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
	usage_error(&run_command, "--%s takes a number from 1 to %lu, not '%s'", name, maximum,
		    argument);
	return false;
}

static bool take_duration(const char *name, const char *argument, int64_t *ret_duration)
{
	if (duration_parse(argument, ret_duration) == 0 && *ret_duration > 0)
		return true;
	usage_error(&run_command, "--%s takes a duration, such as 90s or 1h30m, not '%s'", name,
		    argument);
	return false;
}

static bool take(void *data, int option, const char *argument)
{
	struct run_options *chosen = data;
	unsigned long number;

	if (option >= OPTION_OUTPUTS)
		return outputs_take(&chosen->outputs, &run_command, option - OPTION_OUTPUTS,
				    argument);
	if (option >= OPTION_SYSCTLS)
		return machine_sysctls_take(&chosen->sysctls, option - OPTION_SYSCTLS, argument);
	switch (option) {
	case OPTION_JOBS:
		if (!take_number("jobs", argument, MAXIMUM_JOBS, &number))
			return false;
		chosen->jobs = number;
		return true;
	case OPTION_OUTPUT:
		if (!*argument) {
			usage_error(&run_command, "--output takes the name of a folder, not ''");
			return false;
		}
		chosen->output = argument;
		return true;
	case OPTION_TAG:
		*array_push(chosen->tags, chosen->tag_count) = (char *)argument;
		return true;
	case OPTION_VERBOSE:
		chosen->verbose = true;
		return true;
	case OPTION_MAX_DURATION:
		return take_duration("max-duration", argument, &chosen->max_duration);
	case OPTION_PHASES:
		if (!take_number("phases", argument, MAXIMUM_PHASES, &number))
			return false;
		chosen->phases = (int)number;
		return true;
	case OPTION_KERNEL:
		chosen->guest.image = argument;
		return true;
	case OPTION_MODULES:
		chosen->guest.modules = argument;
		return true;
	case OPTION_VIRTUAL_TIME:
		chosen->virtual_time = true;
		return true;
	case OPTION_APPEND:
		chosen->guest.append = argument;
		return true;
	case OPTION_TIMEOUT:
		return take_duration("timeout", argument, &chosen->guest.timeout);
	case OPTION_SILENCE:
		return take_duration("silence", argument, &chosen->guest.silence);
	}
	return false;
}

/* Whether the options make sense together; else says why not. */
static bool check_options(struct run_options *chosen)
{
	const char *guest_only = chosen->virtual_time	 ? "virtual-time"
				 : chosen->guest.modules ? "modules"
				 : chosen->guest.append	 ? "append"
				 : chosen->guest.timeout ? "timeout"
				 : chosen->guest.silence ? "silence"
							 : NULL;

	if (!chosen->guest.image && guest_only) {
		usage_error(&run_command, "--%s needs --kernel", guest_only);
		return false;
	}
	if (chosen->max_duration < 0)
		chosen->max_duration = chosen->virtual_time ? 0 : DEFAULT_MAX_DURATION;
	return outputs_check(&chosen->outputs, &run_command);
}

int run_options_parse(int argc, char **argv, struct run_options *ret_chosen, int *ret_exit_code)
{
	struct run_options chosen = {.jobs = DEFAULT_JOBS, .phases = 1, .max_duration = -1};
	int first = options_parse(&run_command, argc, argv, take, &chosen, ret_exit_code);

	if (first >= 0 && !check_options(&chosen)) {
		*ret_exit_code = EXIT_USAGE;
		first = -1;
	}
	*ret_chosen = chosen;
	return first;
}

void run_options_free(struct run_options *chosen)
{
	machine_sysctls_free(&chosen->sysctls);
	free(chosen->tags);
	*chosen = (struct run_options){0};
}

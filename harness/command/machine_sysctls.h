/* The options --sysctl-file and --sysctl of a command that plays: a suite on another's settings. */
#ifndef HALFOPEN_COMMAND_MACHINE_SYSCTLS_H
#define HALFOPEN_COMMAND_MACHINE_SYSCTLS_H

#include "command/options.h"
#include "report/saved.h"
#include "scenario/sysctl_file.h"

/* Places of the options, counted from the first one's. */
enum {
	SYSCTL_OPTION_FILE,
	SYSCTL_OPTION_ARGUMENT,
	SYSCTL_OPTIONS, /* their number */
};

/* Rows of a command's option table, the first at this place. */
#define SYSCTL_OPTION_TABLE(first)                                                                 \
	[(first) + SYSCTL_OPTION_FILE] = {"sysctl-file", 0, "FILE",                                \
					  "play with sysctls as in sysctl.d(5); may be repeated"}, \
		   [(first) + SYSCTL_OPTION_ARGUMENT] = {"sysctl", 0, "KEY=VALUE",                 \
							 "play with one sysctl; may be repeated"}

/* Starts as {0}. */
struct machine_sysctls {
	const char **files, **arguments;
	size_t file_count, argument_count;
	struct sysctl_list list;
};

/* Takes one of the options, by its place counted from the first one's. */
bool machine_sysctls_take(struct machine_sysctls *machine, int option, const char *argument);

/*
 * Reads what the options name, files first, and lays it under the scenarios. Names what no
 * namespace has for itself, once. Prints mistakes and returns -EINVAL.
 */
int machine_sysctls_apply(struct machine_sysctls *machine, const struct command_spec *command,
			  struct scenarios *scenarios);

/*
 * Puts those that were in force in any of the timelines into saved, and names the others, which the
 * kernel that played has not.
 */
void machine_sysctls_report(const struct machine_sysctls *machine,
			    const struct command_spec *command, const struct outcome *outcomes,
			    size_t count, struct saved *saved);

void machine_sysctls_free(struct machine_sysctls *machine);

#endif

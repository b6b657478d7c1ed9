/* What 'halfopen run' was asked to do. */
#ifndef HALFOPEN_COMMAND_RUN_OPTIONS_H
#define HALFOPEN_COMMAND_RUN_OPTIONS_H

#include "command/machine_sysctls.h"
#include "command/options.h"
#include "command/outputs.h"
#include "guest/guest.h"

struct run_options {
	size_t jobs;
	const char *output; /* the folder to keep everything in; NULL: none */
	char **tags;
	size_t tag_count;
	bool verbose, virtual_time;
	int64_t max_duration; /* 0: no limit */
	int phases;
	struct machine_sysctls sysctls;
	struct outputs outputs;
	struct guest_options guest; /* image NULL: on the running kernel */
};

extern const struct command_spec run_command;

/*
 * Reads and checks the options. Returns the index of the first argument that is none, or -1 with an
 * exit code, after a message where there was a mistake. Texts are those of argv; free with
 * run_options_free() in both cases.
 */
int run_options_parse(int argc, char **argv, struct run_options *ret_chosen, int *ret_exit_code);

void run_options_free(struct run_options *chosen);

#endif

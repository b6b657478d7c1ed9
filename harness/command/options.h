/* Options of a subcommand, as one table: for getopt and for --help. */
#ifndef HALFOPEN_COMMAND_OPTIONS_H
#define HALFOPEN_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

struct option_spec {
	const char *name;     /* NULL ends the table */
	char letter;	      /* 0: none */
	const char *argument; /* what it is called in the help; NULL: takes none */
	const char *help;
};

struct command_spec {
	const char *name, *arguments, *summary, *text; /* text: more lines for --help, or NULL */
	const struct option_spec *options;
};

/*
 * Reads the options; take is called for each, by its place in the table, and returns whether the
 * argument is acceptable (it has printed why not otherwise). --help is handled here. Returns
 * the index of the first operand, or -1 to exit with *ret_exit.
 */
int options_parse(const struct command_spec *command, int argc, char **argv,
		  bool (*take)(void *data, int option, const char *argument), void *data,
		  int *ret_exit);

void command_help(const struct command_spec *command, FILE *stream);

/* Says "halfopen COMMAND: …" on stderr, and where help is to be had. */
void usage_error(const struct command_spec *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

#define _GNU_SOURCE
#include "command/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "command/command.h"

/* getopt's values for long options are their place in the table, from here on. */
#define FIRST_OPTION 1000

void command_help(const struct command_spec *command, FILE *stream)
{
	fprintf(stream, "Usage: halfopen %s [OPTION...] %s\n\n%s\n\nOptions:\n", command->name,
		command->arguments, command->summary);
	for (const struct option_spec *option = command->options; option->name; option++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%c%s--%s%s%s", option->letter ? "-" : " ",
			 option->letter ? option->letter : ' ', option->letter ? ", " : "  ",
			 option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
		fprintf(stream, "  %-24s %s\n", left, option->help);
	}
	fprintf(stream, "  %-24s %s\n", "-h, --help", "print this and exit");
	if (command->text)
		fprintf(stream, "\n%s", command->text);
}

void usage_error(const struct command_spec *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "halfopen %s: ", command->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry 'halfopen %s --help'.\n", command->name);
}

static void unknown_option(const struct command_spec *command, const char *written)
{
	const char **names = NULL;
	const char *near;
	size_t count = 0;

	while (*written == '-')
		written++;
	for (const struct option_spec *option = command->options; option->name; option++)
		*array_push(names, count) = option->name;
	near = nearest_word(written, names, count);
	if (near)
		usage_error(command, "unknown option '%s'; did you mean '--%s'?", written, near);
	else
		usage_error(command, "unknown option '%s'", written);
	free(names);
}

static int place_of(const struct command_spec *command, int value)
{
	if (value >= FIRST_OPTION)
		return value - FIRST_OPTION;
	for (int i = 0; command->options[i].name; i++) {
		if (command->options[i].letter == value)
			return i;
	}
	return -1;
}

int options_parse(const struct command_spec *command, int argc, char **argv,
		  bool (*take)(void *data, int option, const char *argument), void *data,
		  int *ret_exit)
{
	cleanup_free struct option *longs = NULL;
	char letters[64] = ":h";
	size_t count = 0;
	int value;

	for (const struct option_spec *option = command->options; option->name; option++) {
		*array_push(longs, count) = (struct option){
			option->name, option->argument ? required_argument : no_argument, NULL,
			FIRST_OPTION + (int)(option - command->options)};
		if (option->letter)
			snprintf(letters + strlen(letters), sizeof(letters) - strlen(letters),
				 "%c%s", option->letter, option->argument ? ":" : "");
	}
	*array_push(longs, count) = (struct option){"help", no_argument, NULL, 'h'};
	array_push(longs, count);
	optind = 1;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (value == 'h') {
			command_help(command, stdout);
			*ret_exit = 0;
			return -1;
		}
		*ret_exit = EXIT_USAGE;
		if (value == ':') {
			usage_error(command, "%s needs a value", argv[optind - 1]);
			return -1;
		}
		if (value == '?') {
			unknown_option(command, argv[optind - 1]);
			return -1;
		}
		if (!take(data, place_of(command, value), optarg))
			return -1;
	}
	return optind;
}

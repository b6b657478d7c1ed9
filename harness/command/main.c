#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/words.h"
#include "command/command.h"
#include "guest/init.h"

static const struct {
	const char *name;
	int (*function)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"run", command_run, "play scenarios on this kernel and judge them"},
	{"check", command_check, "read scenarios without running them"},
	{"explain", command_explain, "draw what is due and why; when is a dead peer noticed?"},
	{"judge", command_judge, "judge a saved timeline or a capture from anywhere"},
	{"report", command_report, "other formats from the results of a run"},
	{"audit", command_audit, "name expectations that could never have failed"},
	{"compare", command_compare, "say what changed between two results; is it worse?"},
	{"table", command_table, "put what several results measured side by side, in Markdown"},
};

static void help(FILE *stream)
{
	fprintf(stream, "Usage: halfopen COMMAND [OPTION...] [ARGUMENT...]\n\n"
			"The peer is gone and nobody said so: who notices, when, and how?\n\n"
			"Commands:\n");
	for (size_t i = 0; i < array_length(commands); i++)
		fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fprintf(stream, "\n'halfopen COMMAND --help' tells more.\n");
}

int main(int argc, char **argv)
{
	const char *names[array_length(commands)], *near;

	if (guest_is_init(argc, argv))
		guest_init();
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("halfopen " HALFOPEN_VERSION);
		return 0;
	}
	for (size_t i = 0; i < array_length(commands); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].function(argc - 1, argv + 1);
		names[i] = commands[i].name;
	}
	near = nearest_word(argv[1], names, array_length(names));
	fprintf(stderr, "halfopen: unknown command '%s'%s%s%s\nTry 'halfopen --help'.\n", argv[1],
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return EXIT_USAGE;
}

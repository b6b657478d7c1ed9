#include <stdio.h>

#include "command/command.h"
#include "command/options.h"
#include "command/reference.h"
#include "command/select.h"

enum { OPTION_REFERENCE, OPTION_TABLES };

struct wanted {
	bool reference, tables;
};

static const struct option_spec options[] = {
	[OPTION_REFERENCE] = {"reference", 0, NULL, "print all that a scenario file can say"},
	[OPTION_TABLES] = {"tables", 0, NULL, "print its words as tables, a line each"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"check",
	"[PATH...]",
	"Reads scenario files, or all below a folder, without running them, and prints every\n"
	"mistake with file, line and column. No PATH means scenarios/.",
	"Exit: 0 all can be played, 2 there are mistakes.\n",
	options,
};

static bool take(void *data, int option, const char *argument)
{
	struct wanted *wanted = data;

	(void)argument;
	if (option == OPTION_REFERENCE)
		wanted->reference = true;
	else if (option == OPTION_TABLES)
		wanted->tables = true;
	return true;
}

int command_check(int argc, char **argv)
{
	struct scenarios scenarios = {0};
	struct wanted wanted = {false};
	int exit_code, first = options_parse(&command, argc, argv, take, &wanted, &exit_code);

	if (first < 0)
		return exit_code;
	if (wanted.reference)
		reference_write(stdout);
	if (wanted.tables)
		reference_write_tables(stdout);
	if (wanted.reference || wanted.tables)
		return 0;
	if (select_scenarios(argv + first, argc - first, NULL, 0, &scenarios))
		return EXIT_USAGE;
	for (size_t i = 0; i < scenarios.count; i++)
		printf("%s  %s\n", scenarios.list[i].id, scenarios.list[i].title);
	scenarios_free(&scenarios);
	return 0;
}

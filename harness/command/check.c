#include <stdio.h>

#include "command/command.h"
#include "command/options.h"
#include "command/select.h"

static const struct option_spec options[] = {{NULL, 0, NULL, NULL}};

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
	(void)data, (void)option, (void)argument;
	return true;
}

int command_check(int argc, char **argv)
{
	struct scenarios scenarios = {0};
	int exit_code, first = options_parse(&command, argc, argv, take, NULL, &exit_code);

	if (first < 0)
		return exit_code;
	if (select_scenarios(argv + first, argc - first, NULL, 0, &scenarios))
		return EXIT_USAGE;
	for (size_t i = 0; i < scenarios.count; i++)
		printf("%s  %s\n", scenarios.list[i].id, scenarios.list[i].title);
	scenarios_free(&scenarios);
	return 0;
}

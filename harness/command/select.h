/* Which scenarios are meant: paths, and tags. Shared by the subcommands that take PATH. */
#ifndef HALFOPEN_COMMAND_SELECT_H
#define HALFOPEN_COMMAND_SELECT_H

#include "scenario/scenario.h"

/*
 * Loads all paths ("scenarios" where there are none), keeps those that have one of the tags (all
 * where there are none). Prints every mistake to stderr and returns -EINVAL where there is any, or
 * where nothing is left.
 */
int select_scenarios(char **paths, int path_count, char **tags, size_t tag_count,
		     struct scenarios *ret_scenarios);

#endif

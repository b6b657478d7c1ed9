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

/*
 * Loads one scenario: a file or its id, below "scenarios" or not, with "@variant" behind it or with
 * variant apart (else NULL). scenario points into scenarios, which the caller frees. Prints
 * mistakes, or the variants where there are several and none was named, and returns -EINVAL.
 */
int select_scenario(const char *name, const char *variant, struct scenarios *ret_scenarios,
		    const struct scenario **ret_scenario);

/* The same; where no variant is named, all are meant, and scenario is NULL if there are several. */
int select_variants(const char *name, const char *variant, struct scenarios *ret_scenarios,
		    const struct scenario **ret_scenario);

#endif

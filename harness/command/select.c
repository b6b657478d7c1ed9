#include "command/select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"

static bool has_any_tag(const struct scenario *scenario, char **tags, size_t tag_count)
{
	for (size_t i = 0; i < tag_count; i++) {
		if (scenario_has_tag(scenario, tags[i]))
			return true;
	}
	return tag_count == 0;
}

static void keep_tagged(struct scenarios *scenarios, char **tags, size_t tag_count)
{
	size_t kept = 0;

	for (size_t i = 0; i < scenarios->count; i++) {
		if (has_any_tag(&scenarios->list[i], tags, tag_count))
			scenarios->list[kept++] = scenarios->list[i];
		else
			scenario_free(&scenarios->list[i]);
	}
	scenarios->count = kept;
}

int select_scenarios(char **paths, int path_count, char **tags, size_t tag_count,
		     struct scenarios *ret_scenarios)
{
	static char all[] = "scenarios";
	struct problems problems = {0};
	struct scenarios scenarios = {0};
	size_t loaded, mistakes;

	if (!path_count)
		scenarios_load(all, &scenarios, &problems);
	for (int i = 0; i < path_count; i++)
		scenarios_load(paths[i], &scenarios, &problems);
	problems_print(&problems, stderr);
	mistakes = problems.count;
	problems_free(&problems);
	loaded = scenarios.count;
	if (!mistakes)
		keep_tagged(&scenarios, tags, tag_count);
	if (!mistakes && loaded && !scenarios.count)
		fprintf(stderr, "halfopen: none of %zu scenarios has such a tag\n", loaded);
	if (mistakes || !scenarios.count) {
		scenarios_free(&scenarios);
		return -EINVAL;
	}
	*ret_scenarios = scenarios;
	return 0;
}

#define _GNU_SOURCE
#include "command/select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "scenario/load.h"

/* As many variants are listed where one has to be named. */
#define VARIANTS_LISTED 20

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

/* The file that a name without its variant stands for; the name itself where there is none. */
static char *find_file(const char *name)
{
	static const char *const folders[] = {"", "scenarios/"};
	static const char *const suffixes[] = {"", ".yaml", ".yml"};

	for (size_t i = 0; i < array_length(folders) * array_length(suffixes); i++) {
		char *path = NULL;

		if (asprintf(&path, "%s%s%s", folders[i / array_length(suffixes)], name,
			     suffixes[i % array_length(suffixes)]) < 0)
			return NULL;
		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return strdup(name);
}

/* What is behind the '@' of a scenario's id; empty where its file has no variants. */
static const char *variant_of(const struct scenario *scenario)
{
	const char *at = strchr(scenario->id, '@');

	return at ? at + 1 : "";
}

/* Says which variants there are, and which may have been meant. */
static int complain_variant(const char *name, const char *variant,
			    const struct scenarios *scenarios)
{
	cleanup_free const char **names = calloc(scenarios->count, sizeof(*names));
	const char *near;

	for (size_t i = 0; i < scenarios->count; i++)
		names[i] = variant_of(&scenarios->list[i]);
	near = variant ? nearest_word(variant, names, scenarios->count) : NULL;
	if (variant)
		fprintf(stderr, "halfopen: %s has no variant \"%.60s\"%s%s%s There are:\n", name,
			variant, near ? "; did you mean \"" : "", near ? near : "",
			near ? "\"?" : ".");
	else
		fprintf(stderr, "halfopen: one variant of %s has to be named. There are:\n", name);
	for (size_t i = 0; i < scenarios->count && i < VARIANTS_LISTED; i++)
		fprintf(stderr, "  %s\n", scenarios->list[i].id);
	if (scenarios->count > VARIANTS_LISTED)
		fprintf(stderr, "  and %zu more\n", scenarios->count - VARIANTS_LISTED);
	return -EINVAL;
}

/* Where no variant is named, all are meant, or there must be only one. */
static int select_named(const char *name, const char *variant, bool all,
			struct scenarios *ret_scenarios, const struct scenario **ret_scenario)
{
	const char *at = access(name, F_OK) == 0 ? NULL : strchr(name, '@');
	cleanup_free char *base = at ? strndup(name, (size_t)(at - name)) : strdup(name);
	cleanup_free char *path = find_file(base);
	struct scenarios scenarios = {0};
	int error;

	if (!variant && at)
		variant = at + 1;
	error = select_scenarios(&path, 1, NULL, 0, &scenarios);
	if (error)
		return error;
	*ret_scenario = scenarios.count == 1 && !variant ? &scenarios.list[0] : NULL;
	for (size_t i = 0; variant && i < scenarios.count; i++) {
		if (strcmp(variant_of(&scenarios.list[i]), variant) == 0)
			*ret_scenario = &scenarios.list[i];
	}
	if (!*ret_scenario && (variant || !all)) {
		error = complain_variant(base, variant, &scenarios);
		scenarios_free(&scenarios);
		return error;
	}
	*ret_scenarios = scenarios;
	return 0;
}

int select_scenario(const char *name, const char *variant, struct scenarios *ret_scenarios,
		    const struct scenario **ret_scenario)
{
	return select_named(name, variant, false, ret_scenarios, ret_scenario);
}

int select_variants(const char *name, const char *variant, struct scenarios *ret_scenarios,
		    const struct scenario **ret_scenario)
{
	return select_named(name, variant, true, ret_scenarios, ret_scenario);
}

/* YAML to checked scenarios. Pure but for reading the files. */
#ifndef HALFOPEN_SCENARIO_LOAD_H
#define HALFOPEN_SCENARIO_LOAD_H

#include "scenario/scenario.h"

/* The largest scenario file, in bytes. */
#define SCENARIO_SIZE_LIMIT (1024 * 1024)

/*
 * Loads a file, or every *.yaml and *.yml below a folder in byte order of their paths. Each variant
 * is a scenario of its own. Mistakes go to problems, all of them, and what has mistakes is not
 * appended. The id of a scenario is its file's path without suffix, relative to the nearest
 * "scenarios" folder on its path, else to the folder that was asked for.
 */
void scenarios_load(const char *path, struct scenarios *scenarios, struct problems *problems);

/* Loads one file's text; path is only for messages and id. For tests. */
void scenario_parse(const char *path, const char *id, const char *text, size_t length,
		    struct scenarios *scenarios, struct problems *problems);

/*
 * Checks what no single value shows: steps that can never happen or contradict each other,
 * expectations that the settings exclude. Called by the loader.
 */
void scenario_check(const struct scenario *scenario, struct problems *problems);

#endif

/* What a run plays: the selected scenarios, each at every phase, and what becomes of each play. */
#ifndef HALFOPEN_COMMAND_PLAYS_H
#define HALFOPEN_COMMAND_PLAYS_H

#include "suite/intake.h"

struct plays {
	struct scenario *all; /* one for each play; all but the id is the scenario's */
	struct outcome *outcomes;
	size_t count;
	/* Those that are to be played: the plan of a suite, and where its outcomes go. */
	const struct scenario **list;
	struct outcome **list_outcomes;
	int *phases;
	size_t list_count;
	int64_t longest; /* the bound of the longest of them */
};

/*
 * Makes the plays of scenarios, each at so many phases; with more than one, "#phaseN" is
 * behind the id. hz is for bounds. What can last longer than max_duration (0: no limit) is told to
 * the watcher as skipped, and not in the list. Returns 0 or what the watcher did.
 */
int plays_make(const struct scenarios *scenarios, int phases, int hz, int64_t max_duration,
	       const struct suite_watcher *watcher, struct plays *ret_plays);

/* The intake of those in the list. */
struct intake plays_intake(const struct plays *plays, const struct suite_watcher *watcher);

void plays_free(struct plays *plays);

#endif

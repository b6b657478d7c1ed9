/*
 * What a scenario will do, told in advance: the model run forward with the scenario's steps, every
 * moment a window. Needs no kernel and no privileges.
 */
#ifndef HALFOPEN_MODEL_FORECAST_H
#define HALFOPEN_MODEL_FORECAST_H

#include "model/model.h"
#include "scenario/scenario.h"

struct forecast_entry {
	int step;	/* index of the step that is taken; -1: something is due */
	struct due due; /* where it is no step; its window is counted from connect() */
	struct window at;
	bool lost; /* a segment that its receiver never gets */
};

struct forecast {
	struct forecast_entry *list;
	size_t count;
	bool endless; /* it goes on like that for ever, or beyond what was looked at */
};

/*
 * Plays the scenario in the model. Where an expiry may go either way the longer one is taken, so
 * the last entry is the latest that the scenario can end. forecast_free() frees.
 */
void forecast_make(const struct scenario *scenario, const struct settings *settings,
		   struct forecast *ret_forecast);

void forecast_free(struct forecast *forecast);

#endif

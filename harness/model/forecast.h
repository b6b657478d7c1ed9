/*
 * What a scenario will do, told in advance: the model run forward with the scenario's steps, every
 * moment a window. Needs no kernel and no privileges.
 */
#ifndef HALFOPEN_MODEL_FORECAST_H
#define HALFOPEN_MODEL_FORECAST_H

#include "model/model.h"
#include "scenario/scenario.h"

/* Of forecast_entry.folded: it goes on like that for ever. */
#define FOLDED_ENDLESS SIZE_MAX

struct forecast_entry {
	int step;	     /* index of the step that is taken; -1: something is due */
	struct due due;	     /* where it is no step */
	struct window at;    /* since connect() */
	struct window since; /* since what its rule counts from, or since the step's anchor */
	bool lost;	     /* a segment that its receiver never gets */
	/*
	 * Not 0: this entry stands for so many answered probes that are left out, the first and the
	 * last of them at the ends of the window, each this long after the one before.
	 */
	size_t folded;
};

struct forecast {
	struct forecast_entry *list;
	size_t count;
	bool endless; /* it goes on like that for ever */
	bool cut;     /* more follows than is looked at */
	bool ended;   /* the scenario's "until" was reached, in this window */
	struct window until;
	int unfollowed;		 /* index of the first step that this knows no rule for, or -1 */
	enum tcp_state state[3]; /* of each end, when it is over; by enum end */
	int told[3];		 /* the errno that its application was told; 0: none */
};

/*
 * Plays the scenario in the model. Where an expiry may go either way the longer one is taken, so
 * the last entry is the latest that the scenario can end. forecast_free() frees.
 */
void forecast_make(const struct scenario *scenario, const struct settings *settings,
		   struct forecast *ret_forecast);

/* Whether a step is taken at all. */
bool forecast_has_step(const struct forecast *forecast, size_t index);

void forecast_free(struct forecast *forecast);

#endif

/*
 * A step as a timeline tells of it, in the words of its scenario: "at: 5s, drop: {to: server}",
 * "at: step 1, heal". A timeline may have come from elsewhere, without the scenario.
 */
#ifndef HALFOPEN_SCENARIO_STEP_TEXT_H
#define HALFOPEN_SCENARIO_STEP_TEXT_H

#include "scenario/scenario.h"

struct step_text {
	enum record_kind kind;
	const char
		*keys; /* "{to: server}", or what else it says; "" for a bare word; in the text */
};

/* Returns whether the text names a step that this version knows; only then ret_step is set. */
bool step_text_read(const char *what, struct step_text *ret_step);

/* Whether the step's keys have this one, as it is written: "to: server", or with any value: "to: ".
 */
bool step_text_has(const struct step_text *step, const char *key);

#endif

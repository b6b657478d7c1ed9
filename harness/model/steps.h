/* What a step of a scenario is to the model. */
#ifndef HALFOPEN_MODEL_STEPS_H
#define HALFOPEN_MODEL_STEPS_H

#include "model/model.h"
#include "scenario/scenario.h"

/*
 * Tells the model a system call that an application makes in a step. In a timeline such calls have
 * events of their own. Returns whether the step is one.
 */
bool model_take_call(struct model *model, const struct record *step, struct window at);

/* The same for a step that changes socket options or sysctls, which have none. */
bool model_take_setting(struct model *model, const struct record *step, struct window at);

/* The server's socket gets the options that it did not inherit from its listener. */
void model_take_accept(struct model *model, const struct scenario *scenario, struct window at);

#endif

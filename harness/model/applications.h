/* What applications do by themselves, for a forecast: heartbeats, and a close() that lingers. */
#ifndef HALFOPEN_MODEL_APPLICATIONS_H
#define HALFOPEN_MODEL_APPLICATIONS_H

#include "model/model.h"
#include "scenario/scenario.h"

struct application {
	const struct record *record; /* of its end */
	bool beating;
	struct window beat; /* when its next heartbeat is due */
	int beats;	    /* that all were acknowledged, since something else happened */
	bool lingering;
	struct window returns; /* when its close() does at the latest */
};

struct applications {
	struct application list[3]; /* by enum end */
};

void applications_start(struct applications *applications, const struct scenario *scenario);

/* A step was taken: a close() may begin to linger. */
void applications_take(struct applications *applications, const struct wheel *wheel,
		       const struct record *step, struct window at);

/* Something happened at a moment: applications that waited for it go on. */
void applications_note(struct applications *applications, struct model *model, struct window at);

/* Finds whose turn is next, and when; END_NONE: nobody's. */
enum end applications_next(const struct applications *applications, struct window *ret_at);

/* An end's application does what is due. Returns the errno that it is told, or 0. */
int applications_act(struct applications *applications, struct model *model, enum end end);

#endif

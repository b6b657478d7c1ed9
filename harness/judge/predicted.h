/*
 * What the model says is due, against what came. Internal to judge/: predicted.c tells the model
 * what happened, predicted_due.c says how an event and what is due go together.
 */
#ifndef HALFOPEN_JUDGE_PREDICTED_H
#define HALFOPEN_JUDGE_PREDICTED_H

#include "judge/review.h"
#include "model/model.h"
#include "model/path_faults.h"

struct prediction {
	struct review *review;
	const struct record *expectation;
	struct model model, exact;
	struct path_faults faults;
	bool exact_known;
	const struct event *taken; /* a segment that was taken before its turn */
	int64_t asked[3];	   /* when each end's socket was asked last; by enum end */
};

/*
 * When something that is due may come. What waits for no timer follows its cause within the same
 * softirq or system call: before the shortest timer there is, one jiffy, could have brought it.
 */
struct window prediction_window(const struct model *model, const struct due *due);

/* Whether anything that is due is met by an event; if so, that whose window is nearest. */
bool prediction_find(const struct model *model, const struct event *event, struct due *ret_due);

/* Judges an event that was due, and how far from its jiffy it was. */
void prediction_met(struct prediction *prediction, const struct event *event,
		    const struct due *due);

/* An event that was not due. */
void prediction_unexpected(struct prediction *prediction, const struct event *event);

/* What a segment's header must say, apart from the role that it has by it. */
void prediction_check_form(struct prediction *prediction, const struct event *event);

/* What should have come before the timeline ends. */
void prediction_missing(struct prediction *prediction, int64_t end);

#endif

/*
 * Takes in the timelines of plays, wherever they were played, line by line; when one is
 * complete, judges it. So what is told of a run is the same for this kernel and for another one.
 */
#ifndef HALFOPEN_SUITE_INTAKE_H
#define HALFOPEN_SUITE_INTAKE_H

#include "judge/outcome.h"
#include "suite/suite.h"

/* Who is told what is going on. */
struct suite_watcher {
	/* An event of a running scenario has come. */
	void (*happened)(void *data, const struct scenario *scenario, const struct event *event);
	/* A scenario has been judged. Returns 0, or -errno to end the suite. */
	int (*finished)(void *data, const struct outcome *outcome);
	void *data;
};

/*
 * Outcomes, one for each scenario of the plan, zeroed; those that began are filled in, released by
 * outcome_free().
 */
struct intake {
	const struct scenario *const *scenarios;
	const struct suite_watcher *watcher;
	struct outcome *const *outcomes;
};

/* The functions of a suite_sink; data is a struct intake. */
void intake_begin(void *intake, size_t index);
void intake_line(void *intake, size_t index, const char *line, size_t length);
int intake_end(void *intake, size_t index, const char *trouble);

/* Judges a scenario that was not played: message says why; reason as in struct unable_event. */
int intake_unplayed(struct intake *intake, size_t index, int reason, const char *message);

#endif

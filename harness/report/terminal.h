/* What a person sees of a run: one line for each scenario, findings under a failed one, progress.
 */
#ifndef HALFOPEN_REPORT_TERMINAL_H
#define HALFOPEN_REPORT_TERMINAL_H

#include "judge/outcome.h"
#include "report/style.h"
#include "sandbox/kernel.h"

struct terminal {
	FILE *stream;
	struct style style;
	bool verbose; /* draw every timeline, list every finding */
	size_t total; /* scenarios to play */
	size_t finished;
	bool progress_shown; /* the cursor's line holds progress */
};

/* Begins a report on stream about so many scenarios. */
struct terminal terminal_start(FILE *stream, bool verbose, size_t total);

/* An event has come: renews the progress line, on a terminal. */
void terminal_progress(struct terminal *terminal, const struct scenario *scenario,
		       const struct event *event);

/* Takes the progress line away, for whatever is to be said instead. */
void terminal_clear(struct terminal *terminal);

/* A scenario was judged: its line, and what belongs under it. */
void terminal_outcome(struct terminal *terminal, const struct outcome *outcome);

/* The last line: how many of each verdict, and how long it took. */
void terminal_summary(struct terminal *terminal, const struct tally *tally, int64_t wall);

/* How far from the exact prediction events came at most, where that is known of any. */
void terminal_exactness(struct terminal *terminal, const struct outcome *outcomes, size_t count);

/*
 * How long each scenario took, and how late its timers were, at the best and at the worst of its
 * phases, which stand one behind the other.
 */
void terminal_phases(struct terminal *terminal, const struct outcome *outcomes, size_t count,
		     size_t phases);

/* Which other kernel it was, on which clock, and how much faster than real time. */
void terminal_guest(struct terminal *terminal, const struct kernel *kernel,
		    const struct outcome *outcomes, size_t count, int64_t wall);

#endif

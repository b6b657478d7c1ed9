/*
 * Many scenarios side by side: each in a process of its own, whose timeline is read from a pipe. A
 * process that dies takes its namespaces along; when this one dies, so do they all.
 */
#ifndef HALFOPEN_SUITE_SUITE_H
#define HALFOPEN_SUITE_SUITE_H

#include "sandbox/kernel.h"
#include "scenario/scenario.h"

/* What is to be played. */
struct suite_plan {
	const struct scenario *const *list;
	size_t count;
	size_t jobs; /* at most so many at a time, in their order */
	const struct kernel *kernel;
	const int64_t *delays; /* NULL: each at once; else each so long after began, if started */
	int64_t began;	       /* CLOCK_MONOTONIC */
	/*
	 * Who has played does not end, but is stopped, and keeps its namespaces: where the machine
	 * ends with the suite, it need not be tidied up, and nothing of that can hold up the timers
	 * of those that still play. suite_play() then returns without ending anybody.
	 */
	bool stay;
};

/*
 * Where the timelines go. All are called in the caller's process; index is that of the plan.
 */
struct suite_sink {
	void (*began)(void *data, size_t index);
	/* One event, as JSON, without the newline. */
	void (*line)(void *data, size_t index, const char *line, size_t length);
	/* trouble: why the timeline may not be whole, or NULL. Returns 0, or -errno to end all. */
	int (*ended)(void *data, size_t index, const char *trouble);
	/* All that there was has been handed over, and now it waits for more. May be NULL. */
	void (*idle)(void *data);
	void *data;
};

/*
 * Plays. SIGINT, SIGTERM and SIGHUP end all processes. Returns 0, -EINTR with the signal's number
 * in ret_signal, or -errno.
 */
int suite_play(const struct suite_plan *plan, const struct suite_sink *sink, int *ret_signal);

#endif

/*
 * Many scenarios side by side: each in a process of its own, whose timeline is read from a pipe and
 * judged here. A process that dies takes its namespaces along; when this one dies, so do they all.
 */
#ifndef HALFOPEN_SUITE_SUITE_H
#define HALFOPEN_SUITE_SUITE_H

#include "judge/outcome.h"
#include "sandbox/kernel.h"

/* How a suite tells what is going on. All are called in the caller's process. */
struct suite_watcher {
	/* An event of a running scenario has come. */
	void (*happened)(void *data, const struct scenario *scenario, const struct event *event);
	/* A scenario has been judged. Returns 0, or -errno to end the suite. */
	int (*finished)(void *data, const struct outcome *outcome);
	void *data;
};

/*
 * Plays scenarios, at most jobs at a time, in their order. outcomes has room for all of them; those
 * that were played are filled in, released by outcome_free(). SIGINT and SIGTERM end all
 * processes. Returns 0, -EINTR with the signal's number in ret_signal, or -errno.
 */
int suite_run(const struct scenarios *scenarios, const struct kernel *kernel, size_t jobs,
	      const struct suite_watcher *watcher, struct outcome *outcomes, int *ret_signal);

#endif

/*
 * Bends: small lies told of a recorded timeline, each of which somebody should notice. Pure.
 */
#ifndef HALFOPEN_JUDGE_BEND_H
#define HALFOPEN_JUDGE_BEND_H

#include "scenario/scenario.h"
#include "timeline/timeline.h"

/* Called with each bent timeline in turn, which is the callee's to look at only. */
typedef void bend_function(void *data, const struct timeline *bent, const char *what);

/*
 * Makes every bend of a timeline: each segment left out, doubled, moved by a granule of the timer
 * wheel to either side, given to the other end, or put out of form; each application result left
 * out, doubled, or changed; an error added at each end; each socket state left out or changed;
 * counters changed; stray segments added. Returns how many there were.
 */
size_t bend_all(const struct scenario *scenario, const struct timeline *timeline,
		bend_function *take, void *data);

#endif

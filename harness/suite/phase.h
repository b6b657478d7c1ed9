/*
 * The same scenario at other phases of the timer wheel: how late a timer fires depends on where in
 * its granule it was armed, so plays that begin at different moments show best and worst case.
 */
#ifndef HALFOPEN_SUITE_PHASE_H
#define HALFOPEN_SUITE_PHASE_H

#include "scenario/scenario.h"

/* How long after the others a phase of a scenario begins, at this timer frequency; 0 for phase 0.
 */
int64_t phase_delay(const struct scenario *scenario, int hz, int phase);

/* The bound of play_bound() under a kernel's defaults and what the scenario sets. */
int64_t default_bound(const struct scenario *scenario, int hz);

#endif

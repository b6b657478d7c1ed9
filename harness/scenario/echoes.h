/* What the settings of a ping or a monitor come to. */
#ifndef HALFOPEN_SCENARIO_ECHOES_H
#define HALFOPEN_SCENARIO_ECHOES_H

#include "scenario/scenario.h"

/* How long an answer is waited for, and from what became of one echo to the next one. */
int64_t echo_timeout(const struct record *record);
int64_t echo_interval(const struct record *record);

/* How many a step "ping" sends. */
int64_t echo_count(const struct record *ping);

/*
 * How long after its host fell silent a monitor says so, if an echo is due at once; up to an
 * interval later where it is not. Where the path answers with an error, nothing is waited for, and
 * it is earlier.
 */
int64_t monitor_silent_after(const struct record *monitor);

#endif

/* What the checks of steps and of expectations share: what the settings of an end come to. */
#ifndef HALFOPEN_SCENARIO_CHECK_H
#define HALFOPEN_SCENARIO_CHECK_H

#include "scenario/reader.h"
#include "scenario/scenario.h"

/* What keepalive of one end is, from its options, the sysctls, and the kernel's defaults. */
struct keepalive {
	bool known; /* nothing of it could not be read */
	bool on;
	int64_t idle;
	int64_t count;
	int64_t user_timeout;
};

struct keepalive keepalive_of(const struct scenario *scenario, enum end end);

/*
 * Whether the end's unanswered probes are bounded by its count alone: no user timeout, no step but
 * drops, and no probes of the other end, whose acknowledgements reset the counter (tcp_ack(),
 * net/ipv4/tcp_input.c: icsk_probes_out = 0).
 */
bool count_is_limit(const struct scenario *scenario, enum end end);

/* Whether a value was written and could be read. */
bool can_use(const struct record *record, enum key key);

/* Counts the steps that add a rule; -1 where that is not known, since one could not be read. */
int count_faults(const struct scenario *scenario);

/* Complains about what the scenario's topology does not have. */
void check_topology(const struct reader *reader, const struct scenario *scenario);
/* An end's record, which may not be bad in what concerns its application. */
void check_end(const struct reader *reader, const struct record *end);

/* The record of an end. */
const struct record *end_record(const struct scenario *scenario, enum end end);

void check_steps(const struct reader *reader, const struct scenario *scenario);
void check_expectations(const struct reader *reader, const struct scenario *scenario);

#endif

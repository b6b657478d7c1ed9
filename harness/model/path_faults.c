#include "model/path_faults.h"

#include <stdlib.h>

#include "base/pattern.h"

struct path_faults path_faults_start(const struct scenario *scenario)
{
	return (struct path_faults){
		.scenario = scenario,
		.list = calloc(scenario->step_count + 1, sizeof(struct fault_state)),
	};
}

void path_faults_free(struct path_faults *faults)
{
	free(faults->list);
	*faults = (struct path_faults){0};
}

void path_faults_step(struct path_faults *faults, size_t step)
{
	const struct scenario *scenario = faults->scenario;
	const struct record *record = &scenario->steps[step];

	if (takes_segments(record))
		faults->list[step] = (struct fault_state){.in_force = true};
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (step_ends_fault(scenario, record, i))
			faults->list[i].in_force = false;
	}
}

static bool is_to(const struct record *fault, enum end to)
{
	return !record_has(fault, KEY_TO) || (enum end)record_number(fault, KEY_TO) == to;
}

static enum path path_of(const struct record *fault)
{
	if (fault->kind == RECORD_STEP_DROP)
		return record_number(fault, KEY_HOOK) == HOOK_OUTPUT ? PATH_DROP_AT_SENDER
								     : PATH_DROP;
	if (record_number(fault, KEY_WITH) == ANSWER_RESET)
		return PATH_REJECT_RESET;
	return record_number(fault, KEY_WITH) == ANSWER_PORT_UNREACHABLE ? PATH_REJECT_PORT
									 : PATH_REJECT_HOST;
}

enum path path_faults_path(const struct path_faults *faults, enum end to)
{
	for (size_t i = 0; i < faults->scenario->step_count; i++) {
		const struct record *fault = &faults->scenario->steps[i];

		if (faults->list[i].in_force && is_to(fault, to) && !fault_is_partial(fault))
			return path_of(fault);
	}
	return PATH_OPEN;
}

/* As the rules tell them apart (sandbox/firewall.h, enum firewall_kind). */
static bool is_of_kind(const struct model_segment *segment, enum fault_kind kind)
{
	int flags = segment->flags;
	bool syn = flags & FLAG_SYN;

	switch (kind) {
	case FAULT_ANY:
		return true;
	case FAULT_DATA:
		return segment->length > 0 && !syn;
	case FAULT_ACK:
		return flags & FLAG_ACK && !(flags & (FLAG_SYN | FLAG_RST | FLAG_FIN)) &&
		       segment->length == 0;
	case FAULT_SYN:
		return syn && !(flags & FLAG_ACK);
	case FAULT_SYN_ACK:
		return syn && flags & FLAG_ACK;
	case FAULT_FIN:
		return flags & FLAG_FIN;
	case FAULT_RST:
		return flags & FLAG_RST;
	case FAULT_ECHO:
		return false;
	}
	return false;
}

/* Whether the segment of this number, from 0, is in the part that a pattern takes. */
static bool is_in_pattern(const struct record *fault, int64_t number)
{
	int64_t taken = record_number(fault, KEY_PROBABILITY) * PATTERN_LENGTH / 100;
	uint32_t positions[PATTERN_LENGTH];

	pattern_draw((uint64_t)record_number(fault, KEY_SEED), positions);
	for (int64_t i = 0; i < taken; i++) {
		if (positions[i] == number % PATTERN_LENGTH)
			return true;
	}
	return false;
}

/* Whether a fault takes the segment of this number, from 0, that it is for. */
static bool takes(const struct record *fault, int64_t number)
{
	if (record_has(fault, KEY_FIRST_ONES))
		return number < record_number(fault, KEY_FIRST_ONES);
	if (record_has(fault, KEY_EVERY))
		return (number + 1) % record_number(fault, KEY_EVERY) == 0;
	if (record_has(fault, KEY_PROBABILITY))
		return is_in_pattern(fault, number);
	return true;
}

enum path path_faults_meet(struct path_faults *faults, enum end to,
			   const struct model_segment *segment)
{
	const struct scenario *scenario = faults->scenario;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *fault = &scenario->steps[i];
		struct fault_state *state = &faults->list[i];
		/* On loopback and on a router one rule sees both directions, else each end has its
		 * own. */
		bool both = scenario->topology == TOPOLOGY_LOOPBACK ||
			    record_number(fault, KEY_HOOK) == HOOK_FORWARD;

		if (state->in_force && is_to(fault, to) &&
		    is_of_kind(segment, (enum fault_kind)record_number(fault, KEY_KIND)) &&
		    takes(fault, state->met[both ? END_NONE : to]++))
			return path_of(fault);
	}
	return PATH_OPEN;
}

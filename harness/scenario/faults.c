/* Which faults a scenario's steps leave in force. */
#include "scenario/scenario.h"

void scenario_faults(const struct scenario *scenario, size_t step, bool *in_force)
{
	const struct record *record = &scenario->steps[step];

	if (takes_segments(record))
		in_force[step] = true;
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (step_ends_fault(scenario, record, i))
			in_force[i] = false;
	}
}

bool step_ends_fault(const struct scenario *scenario, const struct record *step, size_t fault)
{
	const struct record *record = &scenario->steps[fault];

	if (step->kind == RECORD_STEP_REBOOT)
		return is_fault(record) &&
		       (!record_has(record, KEY_TO) ||
			record_number(record, KEY_TO) == record_number(step, KEY_END));
	return step->kind == RECORD_STEP_HEAL &&
	       (!record_has(step, KEY_STEP) || record_number(step, KEY_STEP) == (int64_t)fault + 1);
}

bool fault_is_partial(const struct record *fault)
{
	return record_number(fault, KEY_KIND) != FAULT_ANY || record_has(fault, KEY_FIRST_ONES) ||
	       record_has(fault, KEY_EVERY) || record_has(fault, KEY_PROBABILITY);
}

const struct record *scenario_fault_to(const struct scenario *scenario, const bool *in_force,
				       enum end end)
{
	const struct record *found = NULL;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (in_force[i] &&
		    (!record_has(step, KEY_TO) || (enum end)record_number(step, KEY_TO) == end))
			found = step;
	}
	return found;
}

/* Which faults a scenario's steps leave in force. */
#include "scenario/scenario.h"

void scenario_faults(const struct scenario *scenario, size_t step, bool *in_force)
{
	const struct record *record = &scenario->steps[step];

	if (record->kind == RECORD_STEP_DROP)
		in_force[step] = true;
	for (size_t i = 0; record->kind == RECORD_STEP_HEAL && i <= step; i++) {
		if (!record_has(record, KEY_STEP) ||
		    record_number(record, KEY_STEP) == (int64_t)i + 1)
			in_force[i] = false;
	}
}

bool scenario_drops_to(const struct scenario *scenario, const bool *in_force, enum end end)
{
	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (in_force[i] &&
		    (!record_has(step, KEY_TO) || (enum end)record_number(step, KEY_TO) == end))
			return true;
	}
	return false;
}

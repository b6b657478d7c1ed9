/* What a scenario's steps say of faults. Which are in force: model/path_faults.c. */
#include "scenario/scenario.h"

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

#include "base/duration.h"
#include "model/wheel.h"
#include "play/play.h"

/* For the handshake, for a rule to be put in force, and for what should not come. */
#define MARGIN (3 * SECOND)

static int64_t latest(const struct wheel *wheel, const struct record *record, enum key key)
{
	return record_has(record, key) ? wheel_window(wheel, record_number(record, key)).latest : 0;
}

/* How long an expectation can take. One probe more than expected must still be seen. */
static int64_t expectation_bound(const struct wheel *wheel, const struct record *record)
{
	int64_t probes =
		record_number(record, KEY_ANSWERED) + record_number(record, KEY_UNANSWERED);

	if (record->kind == RECORD_EXPECT_PROBES)
		return latest(wheel, record, KEY_FIRST) +
		       probes * latest(wheel, record, KEY_INTERVAL);
	return latest(wheel, record, KEY_DELAY);
}

int64_t play_bound(const struct scenario *scenario, int hz)
{
	struct wheel wheel = {.hz = hz};
	int64_t bound = MARGIN;

	for (size_t i = 0; i < scenario->step_count; i++)
		bound += scenario->steps[i].value[KEY_AT].moment.delay;
	for (size_t i = 0; i < scenario->expectation_count; i++)
		bound += expectation_bound(&wheel, &scenario->expectations[i]);
	if (scenario->until.set)
		bound += scenario->until.moment.delay;
	return bound;
}

#include "base/duration.h"
#include "model/forecast.h"
#include "play/play.h"
#include "scenario/echoes.h"

/* For the handshake, for a rule to be put in force, and for what should not come. */
#define MARGIN (3 * SECOND)

static int64_t latest(const struct wheel *wheel, const struct record *record, enum key key)
{
	return record_has(record, key) ? wheel_window(wheel, record_number(record, key)).latest : 0;
}

/*
 * How long window probes can go on without an answer. When a window closes is not foretold: it
 * depends on how the kernel sizes its buffers.
 */
static int64_t window_bound(const struct settings *settings, enum end end)
{
	struct settings turned = *settings;
	struct detection detection;

	if (end == END_SERVER) {
		turned.client = settings->server;
		turned.sysctl = *settings_sysctls(settings, END_SERVER);
	}
	detection = model_detection(&turned, SITUATION_WINDOW);
	return detection.never ? 0 : detection.within.latest;
}

/* How long an expectation can take. One probe more than expected must still be seen. */
static int64_t expectation_bound(const struct settings *settings, const struct record *record)
{
	const struct wheel *wheel = &settings->wheel;
	int64_t probes =
		record_number(record, KEY_ANSWERED) + record_number(record, KEY_UNANSWERED);

	if (record->kind == RECORD_EXPECT_PROBES)
		return latest(wheel, record, KEY_FIRST) +
		       probes * latest(wheel, record, KEY_INTERVAL);
	if (record->kind == RECORD_EXPECT_WINDOW_PROBES && record_number(record, KEY_UNANSWERED))
		return window_bound(settings, (enum end)record_number(record, KEY_FROM));
	return latest(wheel, record, KEY_DELAY);
}

static int64_t step_bound(const struct settings *settings, const struct record *step)
{
	/* There, and an answer to the last that was kept. */
	int64_t delay = step->value[KEY_AT].moment.delay + 2 * record_number(step, KEY_BY);

	if (step->kind == RECORD_STEP_PING)
		return delay + echo_count(step) * (echo_timeout(step) + echo_interval(step));
	if (step->kind == RECORD_STEP_CLOSE)
		return delay + latest(&settings->wheel, step, KEY_LINGER);
	if (step->kind == RECORD_STEP_CONNECT)
		return delay + model_detection(settings, SITUATION_CONNECTING).within.latest;
	return delay;
}

static int64_t forecast_bound(const struct scenario *scenario, const struct settings *settings)
{
	struct forecast forecast;
	int64_t bound = 0;

	forecast_make(scenario, settings, &forecast);
	for (size_t i = 0; i < forecast.count; i++) {
		if (forecast.list[i].at.latest > bound)
			bound = forecast.list[i].at.latest;
	}
	forecast_free(&forecast);
	return bound;
}

int64_t play_bound(const struct scenario *scenario, const struct settings *settings)
{
	int64_t predicted = forecast_bound(scenario, settings), claimed = 0;

	for (size_t i = 0; i < scenario->step_count; i++)
		claimed += step_bound(settings, &scenario->steps[i]);
	for (size_t i = 0; i < scenario->expectation_count; i++)
		claimed += expectation_bound(settings, &scenario->expectations[i]);
	if (scenario->monitor.text)
		claimed += monitor_silent_after(&scenario->monitor) +
			   echo_interval(&scenario->monitor);
	if (scenario->until.set)
		claimed += scenario->until.moment.delay;
	return (predicted > claimed ? predicted : claimed) + MARGIN;
}

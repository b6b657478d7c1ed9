#include "model/forecast.h"

#include <stdlib.h>

#include "base/array.h"

/* Beyond every count, sysctl and back-off; what goes on longer goes on for ever. */
#define ENTRY_LIMIT 2000

/* How many of the same an end may do, after the last step, until it counts as endless. */
#define REPEAT_LIMIT 4

struct forecaster {
	const struct scenario *scenario;
	struct model model;
	struct forecast *forecast;
	struct window *steps; /* when each is due, where that is known */
	bool *known, *done, *in_force;
	bool until_known;
	struct window until;
	bool established;
	int probes[3], answers[3], resets[3], errors[3]; /* by enum end: anchors count them */
	int repeats;
};

static bool is_anchor(const struct moment *moment, enum anchor anchor, enum end end, int ordinal)
{
	if (moment->anchor != anchor)
		return false;
	if (anchor == ANCHOR_START || anchor == ANCHOR_ESTABLISHED)
		return true;
	return moment->ordinal == ordinal && (anchor == ANCHOR_STEP || moment->end == end);
}

static struct window delayed(struct window at, int64_t delay)
{
	return (struct window){at.earliest + delay, at.latest + delay};
}

static void reached(struct forecaster *forecaster, enum anchor anchor, enum end end, int ordinal,
		    struct window at)
{
	const struct scenario *scenario = forecaster->scenario;
	const struct value *until = &scenario->until;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct moment *moment = &scenario->steps[i].value[KEY_AT].moment;

		if (forecaster->known[i] || !is_anchor(moment, anchor, end, ordinal))
			continue;
		forecaster->known[i] = true;
		forecaster->steps[i] = delayed(at, moment->delay);
	}
	if (until->set && !forecaster->until_known &&
	    is_anchor(&until->moment, anchor, end, ordinal)) {
		forecaster->until_known = true;
		forecaster->until = delayed(at, until->moment.delay);
	}
}

/* Puts the paths as the drops that are in force leave them. */
static void set_paths(struct forecaster *forecaster)
{
	struct model *model = &forecaster->model;

	model_path(model, END_CLIENT, PATH_OPEN);
	model_path(model, END_SERVER, PATH_OPEN);
	for (size_t i = 0; i < forecaster->scenario->step_count; i++) {
		const struct record *step = &forecaster->scenario->steps[i];
		enum end to = (enum end)record_number(step, KEY_TO);

		if (!forecaster->in_force[i])
			continue;
		if (!record_has(step, KEY_TO) || to == END_CLIENT)
			model_path(model, END_CLIENT, PATH_DROP);
		if (!record_has(step, KEY_TO) || to == END_SERVER)
			model_path(model, END_SERVER, PATH_DROP);
	}
}

static void take_step(struct forecaster *forecaster, size_t index)
{
	const struct record *step = &forecaster->scenario->steps[index];
	struct forecast *forecast = forecaster->forecast;

	forecaster->done[index] = true;
	forecaster->repeats = 0;
	*array_push(forecast->list, forecast->count) =
		(struct forecast_entry){.step = (int)index, .at = forecaster->steps[index]};
	if (step->kind == RECORD_STEP_DROP)
		forecaster->in_force[index] = true;
	for (size_t i = 0; step->kind == RECORD_STEP_HEAL && i <= index; i++) {
		if (!record_has(step, KEY_STEP) || record_number(step, KEY_STEP) == (int64_t)i + 1)
			forecaster->in_force[i] = false;
	}
	set_paths(forecaster);
	reached(forecaster, ANCHOR_STEP, END_NONE, (int)index + 1, forecaster->steps[index]);
}

/* The step that comes before anything else that is due; -1: none. */
static int next_step(const struct forecaster *forecaster, int64_t before)
{
	int found = -1;

	for (size_t i = 0; i < forecaster->scenario->step_count; i++) {
		if (!forecaster->known[i] || forecaster->done[i] ||
		    forecaster->steps[i].earliest > before)
			continue;
		found = (int)i;
		before = forecaster->steps[i].earliest;
	}
	return found;
}

static void count_due(struct forecaster *forecaster, const struct due *due)
{
	enum end end = due->end;

	if (due->kind == DUE_PROBE)
		reached(forecaster, ANCHOR_PROBE, end, ++forecaster->probes[end], due->at);
	else if (due->role == ROLE_PROBE_REPLY)
		reached(forecaster, ANCHOR_PROBE_ANSWERED, other_end(end),
			++forecaster->answers[other_end(end)], due->at);
	else if (due->role == ROLE_RST)
		reached(forecaster, ANCHOR_RESET, end, ++forecaster->resets[end], due->at);
	else if (due->kind == DUE_ERROR)
		reached(forecaster, ANCHOR_ERROR, end, ++forecaster->errors[end], due->at);
	if (!forecaster->established && forecaster->model.client.state == STATE_ESTABLISHED) {
		forecaster->established = true;
		reached(forecaster, ANCHOR_ESTABLISHED, END_CLIENT, 1, due->at);
	}
	/* An answered probe sets everything back to where it was. */
	forecaster->repeats += due->role == ROLE_PROBE_REPLY;
}

/* Takes what is due next. Returns false where nothing is, or the end is reached. */
static bool take_next(struct forecaster *forecaster)
{
	struct forecast *forecast = forecaster->forecast;
	struct due list[MODEL_DUE_LIMIT], due;
	size_t count = model_next(&forecaster->model, list);
	int64_t before = count ? list[0].at.earliest : INT64_MAX;
	int step = next_step(forecaster, before);
	struct forecast_entry *entry;

	if (step >= 0 && forecaster->steps[step].earliest < before)
		before = forecaster->steps[step].earliest;
	if (forecaster->until_known && before > forecaster->until.latest)
		return false;
	if (step >= 0) {
		take_step(forecaster, (size_t)step);
		return true;
	}
	if (!model_step(&forecaster->model, CHOOSE_ON, &due))
		return false;
	entry = array_push(forecast->list, forecast->count);
	*entry = (struct forecast_entry){.step = -1, .due = due, .at = due.at};
	entry->lost = due.role != ROLE_NONE && model_lost(&forecaster->model, other_end(due.end));
	count_due(forecaster, &due);
	return true;
}

static bool steps_are_open(const struct forecaster *forecaster)
{
	for (size_t i = 0; i < forecaster->scenario->step_count; i++) {
		if (!forecaster->done[i])
			return true;
	}
	return forecaster->until_known;
}

void forecast_make(const struct scenario *scenario, const struct settings *settings,
		   struct forecast *ret_forecast)
{
	size_t room = scenario->step_count + 1;
	struct forecaster forecaster = {
		.scenario = scenario,
		.forecast = ret_forecast,
		.steps = calloc(room, sizeof(struct window)),
		.known = calloc(room, sizeof(bool)),
		.done = calloc(room, sizeof(bool)),
		.in_force = calloc(room, sizeof(bool)),
	};

	*ret_forecast = (struct forecast){0};
	model_start(&forecaster.model, settings);
	reached(&forecaster, ANCHOR_START, END_NONE, 0, (struct window){0, 0});
	model_call(&forecaster.model, END_CLIENT, MODEL_CONNECT, 0, (struct window){0, 0});
	while (ret_forecast->count < ENTRY_LIMIT &&
	       (forecaster.repeats < REPEAT_LIMIT || steps_are_open(&forecaster))) {
		if (!take_next(&forecaster))
			break;
	}
	ret_forecast->endless = ret_forecast->count >= ENTRY_LIMIT ||
				(forecaster.repeats >= REPEAT_LIMIT && !forecaster.until_known);
	free(forecaster.steps);
	free(forecaster.known);
	free(forecaster.done);
	free(forecaster.in_force);
}

void forecast_free(struct forecast *forecast)
{
	free(forecast->list);
	*forecast = (struct forecast){0};
}

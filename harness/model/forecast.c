#include "model/forecast.h"

#include <stdlib.h>

#include "base/array.h"
#include "model/applications.h"
#include "model/path_faults.h"
#include "model/steps.h"

/* A day and more of a probe every ten seconds; a scenario that comes to more is cut. */
#define ENTRY_LIMIT 20000

/* How many answered probes an end must have sent, after the last step, to count as endless. */
#define REPEAT_LIMIT 4

/* Of a run of answered probes these are kept: the first two, and the last for what follows it. */
#define RUN_HEAD 2
#define RUN_TAIL 1

struct forecaster {
	const struct scenario *scenario;
	struct model model;
	struct applications applications;
	struct forecast *forecast;
	struct window *steps; /* when each is due, where that is known */
	bool *known, *done;
	struct path_faults faults;
	bool until_known;
	bool shut[3]; /* windows that were announced as closed */
	bool established;
	int seen[3][ANCHORS]; /* by enum end: anchors count them */
	enum tcp_state state[3];
	int repeats[3];		/* answered probes since the last step */
	struct window acted[3]; /* when an end last sent something that its timers count from */
};

static bool is_anchor(const struct moment *moment, enum anchor anchor, enum end end, int ordinal)
{
	if (moment->anchor != anchor)
		return false;
	if (anchor == ANCHOR_START || anchor == ANCHOR_ESTABLISHED || anchor == ANCHOR_BEFORE)
		return true;
	return moment->ordinal == ordinal && (anchor == ANCHOR_STEP || moment->end == end);
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
		forecaster->steps[i] = window_add(at, window_at(moment->delay));
	}
	if (until->set && !forecaster->until_known &&
	    is_anchor(&until->moment, anchor, end, ordinal)) {
		forecaster->until_known = true;
		forecaster->forecast->until = window_add(at, window_at(until->moment.delay));
	}
}

/* Puts the paths as the faults that are in force leave them. */
static void set_paths(struct forecaster *forecaster)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++)
		model_path(&forecaster->model, end, path_faults_path(&forecaster->faults, end));
}

static void take_step(struct forecaster *forecaster, size_t index)
{
	const struct record *step = &forecaster->scenario->steps[index];
	struct forecast *forecast = forecaster->forecast;

	forecaster->done[index] = true;
	forecaster->repeats[END_CLIENT] = forecaster->repeats[END_SERVER] = 0;
	*array_push(forecast->list, forecast->count) = (struct forecast_entry){
		.step = (int)index,
		.at = forecaster->steps[index],
		.since = window_at(step->value[KEY_AT].moment.delay),
	};
	applications_take(&forecaster->applications, &forecaster->model.settings.wheel, step,
			  forecaster->steps[index]);
	path_faults_step(&forecaster->faults, index);
	if (!is_fault(step) && step->kind != RECORD_STEP_HEAL && !is_about_echoes(step) &&
	    !model_take_call(&forecaster->model, step, forecaster->steps[index]) &&
	    !model_take_setting(&forecaster->model, step, forecaster->steps[index]) &&
	    forecast->unfollowed < 0)
		forecast->unfollowed = (int)index;
	set_paths(forecaster);
	reached(forecaster, ANCHOR_STEP, END_NONE, (int)index + 1, forecaster->steps[index]);
}

/*
 * The step that comes before what is due next; -1: none. What is due at once has left the kernel
 * before a program can do anything at the same moment.
 */
static int next_step(const struct forecaster *forecaster, const struct due *due)
{
	int64_t before = due ? due->at.earliest : INT64_MAX;
	bool at_once = due && !due->wait;
	int found = -1;

	for (size_t i = 0; i < forecaster->scenario->step_count; i++) {
		int64_t at = forecaster->steps[i].earliest;

		if (!forecaster->known[i] || forecaster->done[i] || at > before ||
		    (at == before && (found >= 0 || at_once)))
			continue;
		found = (int)i;
		before = at;
	}
	return found;
}

/* The next of its kind. */
static void seen(struct forecaster *forecaster, enum anchor anchor, enum end end, struct window at)
{
	reached(forecaster, anchor, end, ++forecaster->seen[end][anchor], at);
}

static void note_states(struct forecaster *forecaster, struct window at)
{
	applications_note(&forecaster->applications, &forecaster->model, at);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		enum tcp_state state = model_end(&forecaster->model, end)->state;

		if (state != forecaster->state[end])
			reached(forecaster, ANCHOR_STATE, end, (int)state, at);
		forecaster->state[end] = state;
	}
	if (!forecaster->established && forecaster->model.client.state == STATE_ESTABLISHED) {
		forecaster->established = true;
		reached(forecaster, ANCHOR_ESTABLISHED, END_CLIENT, 1, at);
	}
}

/* The anchor that a due of this kind is counted by; ANCHOR_START: none. */
static enum anchor anchor_of(const struct due *due)
{
	if (due->kind == DUE_PROBE)
		return ANCHOR_PROBE;
	if (due->kind == DUE_RETRANSMISSION || due->kind == DUE_LOSS_PROBE)
		return ANCHOR_RETRANSMISSION;
	if (due->kind == DUE_WINDOW_PROBE)
		return ANCHOR_WINDOW_PROBE;
	if (due->kind == DUE_SYN || due->kind == DUE_SYN_ACK)
		return ANCHOR_SYN;
	if (due->kind == DUE_FIN)
		return ANCHOR_FIN;
	if (due->kind == DUE_ERROR)
		return ANCHOR_ERROR;
	return due->role == ROLE_RST ? ANCHOR_RESET : ANCHOR_START;
}

static void count_due(struct forecaster *forecaster, const struct due *due, bool lost)
{
	enum anchor anchor = anchor_of(due);
	enum end other = other_end(due->end);

	if (anchor != ANCHOR_START)
		seen(forecaster, anchor, due->end, due->at);
	if (due->role == ROLE_PROBE_REPLY)
		seen(forecaster, ANCHOR_PROBE_ANSWERED, other, due->at);
	note_states(forecaster, due->at);
	/* A probe that is answered sets everything back to where it was. */
	forecaster->repeats[other] += due->role == ROLE_PROBE_REPLY && !lost;
}

/* Whether a rule counts from what its end sent last. */
static bool counts_from_sent(enum rule rule)
{
	return rule == RULE_KEEPALIVE_NEXT || rule == RULE_KEEPALIVE_COUNT ||
	       rule == RULE_LOSS_PROBE || rule == RULE_RETRANSMISSION ||
	       rule == RULE_RETRANSMISSION_THIN || rule == RULE_WINDOW_PROBE ||
	       rule == RULE_WINDOW_PROBE_LIMIT || rule == RULE_SYN_RETRANSMISSION ||
	       rule == RULE_SYN_LIMIT || rule == RULE_SYN_ACK_RETRANSMISSION ||
	       rule == RULE_SYN_ACK_LIMIT;
}

/* How long it comes after what its rule counts from; 0 to 0 where it comes at once. */
static struct window since_of(const struct forecaster *forecaster, const struct due *due)
{
	struct window from = forecaster->acted[due->end];

	if (!due->wait)
		return window_at(0);
	/* Both grow from one cause: the widths must not be added up. */
	if (counts_from_sent(due->rule))
		return (struct window){due->at.earliest - from.earliest,
				       due->at.latest - from.latest};
	if (due->elapsed.latest)
		return due->elapsed;
	return wheel_window(&forecaster->model.settings.wheel, due->wait);
}

static bool is_act(const struct due *due)
{
	return due->wait || due->kind == DUE_SYN || due->kind == DUE_SYN_ACK ||
	       due->kind == DUE_DATA || due->kind == DUE_FIN;
}

/* An application acts by itself. What comes of it is due then. */
static void take_act(struct forecaster *forecaster, enum end end, struct window at)
{
	int error = applications_act(&forecaster->applications, &forecaster->model, end);

	if (!error)
		return;
	if (!forecaster->forecast->told[end])
		forecaster->forecast->told[end] = error;
	seen(forecaster, ANCHOR_ERROR, end, at);
}

/* Takes a due as having happened. Returns whether it is a segment that is lost. */
static bool assume(struct forecaster *forecaster, const struct due *due)
{
	struct model *model = &forecaster->model;
	enum end to = other_end(due->end);
	bool lost = false;

	if (due->role != ROLE_NONE) {
		struct model_segment segment = model_due_segment(model, due);
		enum path path = path_faults_meet(&forecaster->faults, to, &segment);

		model_path(model, to, path);
		lost = path != PATH_OPEN;
	}
	model_assume(model, due);
	set_paths(forecaster);
	if (model_end(model, due->end)->window_shut && !forecaster->shut[due->end] &&
	    due->role != ROLE_NONE)
		seen(forecaster, ANCHOR_WINDOW_CLOSED, due->end, due->at);
	forecaster->shut[due->end] = model_end(model, due->end)->window_shut;
	return lost;
}

/* Takes what is due next. Returns false where nothing is, or the end is reached. */
static bool take_next(struct forecaster *forecaster)
{
	struct forecast *forecast = forecaster->forecast;
	struct due list[MODEL_DUE_LIMIT], due;
	size_t count = model_next(&forecaster->model, list);
	int step = next_step(forecaster, count ? &list[0] : NULL);
	int64_t next = step >= 0 ? forecaster->steps[step].earliest
		       : count	 ? list[0].at.earliest
				 : INT64_MAX;
	struct forecast_entry *entry;
	bool lost;
	struct window acts;
	enum end actor = applications_next(&forecaster->applications, &acts);
	bool is_act_next =
		actor != END_NONE && acts.earliest < next && (step >= 0 || !count || list[0].wait);

	if (is_act_next)
		next = acts.earliest;

	if (forecaster->until_known && next > forecast->until.latest) {
		forecast->ended = true;
		return false;
	}
	if (is_act_next) {
		take_act(forecaster, actor, acts);
		return true;
	}
	if (step >= 0) {
		take_step(forecaster, (size_t)step);
		return true;
	}
	if (!model_choose(&forecaster->model, CHOOSE_ON, &due))
		return false;
	lost = assume(forecaster, &due);
	entry = array_push(forecast->list, forecast->count);
	*entry = (struct forecast_entry){.step = -1, .due = due, .at = due.at};
	entry->since = since_of(forecaster, &due);
	entry->lost = lost;
	if (is_act(&due))
		forecaster->acted[due.end] = due.at;
	if (due.kind == DUE_ERROR)
		forecast->told[due.end] = due.error;
	count_due(forecaster, &due, entry->lost);
	return true;
}

/* Whether a moment still comes, where answered probes are all that happens. */
static bool is_coming(const struct forecaster *forecaster, const struct moment *moment, bool known)
{
	bool counts_probes =
		moment->anchor == ANCHOR_PROBE || moment->anchor == ANCHOR_PROBE_ANSWERED;

	return known || (counts_probes && forecaster->repeats[moment->end]);
}

static bool is_endless(const struct forecaster *forecaster)
{
	const struct scenario *scenario = forecaster->scenario;

	if (forecaster->repeats[END_CLIENT] + forecaster->repeats[END_SERVER] < REPEAT_LIMIT &&
	    forecaster->applications.list[END_CLIENT].beats +
			    forecaster->applications.list[END_SERVER].beats <
		    REPEAT_LIMIT)
		return false;
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (!forecaster->done[i] &&
		    is_coming(forecaster, &scenario->steps[i].value[KEY_AT].moment,
			      forecaster->known[i]))
			return false;
	}
	return !scenario->until.set ||
	       !is_coming(forecaster, &scenario->until.moment, forecaster->until_known);
}

/* Whether an answered probe begins here: two entries. */
static bool is_exchange(const struct forecast_entry *entry, size_t left)
{
	return left >= 2 && entry[0].step < 0 && entry[1].step < 0 && !entry[0].lost &&
	       !entry[1].lost && entry[0].due.kind == DUE_PROBE && entry[0].due.ordinal == 1 &&
	       entry[1].due.role == ROLE_PROBE_REPLY && entry[1].due.end != entry[0].due.end;
}

/* Makes one entry of a number of exchanges. */
static struct forecast_entry fold_of(const struct forecast_entry *from, size_t exchanges,
				     bool endless)
{
	struct forecast_entry fold = from[0];

	fold.at.latest = from[2 * (exchanges - 1)].at.latest;
	fold.folded = endless ? FOLDED_ENDLESS : exchanges;
	for (size_t i = 1; i < exchanges; i++)
		fold.since = window_union(fold.since, from[2 * i].since);
	return fold;
}

/* How many answered probes follow each other from here on. */
static size_t run_at(const struct forecast *forecast, size_t first)
{
	size_t run = 0;

	while (is_exchange(&forecast->list[first + 2 * run], forecast->count - first - 2 * run))
		run++;
	return run;
}

/* Leaves out the middle of each run of answered probes. */
static void fold(struct forecast *forecast)
{
	struct forecast_entry *list = forecast->list;
	size_t kept = 0, i = 0;

	while (i < forecast->count) {
		size_t run = run_at(forecast, i);
		bool endless = forecast->endless && i + 2 * run == forecast->count;
		size_t tail = endless ? 0 : RUN_TAIL, head;
		bool folds = run > RUN_HEAD + tail + !endless;

		/* What is no exchange is one entry. */
		head = folds ? 2 * RUN_HEAD : run ? 2 * run : 1;
		for (size_t j = 0; j < head; j++)
			list[kept++] = list[i++];
		if (!folds)
			continue;
		run -= RUN_HEAD + tail;
		list[kept++] = fold_of(&list[i], run, endless);
		i += 2 * run;
		for (size_t j = 0; j < 2 * tail; j++)
			list[kept++] = list[i++];
	}
	forecast->count = kept;
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
		.faults = path_faults_start(scenario),
	};

	*ret_forecast = (struct forecast){.unfollowed = -1};
	model_start(&forecaster.model, settings);
	applications_start(&forecaster.applications, scenario);
	reached(&forecaster, ANCHOR_BEFORE, END_NONE, 0, window_at(0));
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (forecaster.known[i])
			take_step(&forecaster, i);
	}
	reached(&forecaster, ANCHOR_START, END_NONE, 0, window_at(0));
	model_call(&forecaster.model, END_CLIENT, MODEL_CONNECT, 0, window_at(0));
	while (!ret_forecast->endless && !ret_forecast->cut && take_next(&forecaster)) {
		ret_forecast->endless = is_endless(&forecaster);
		ret_forecast->cut = ret_forecast->count >= ENTRY_LIMIT;
	}
	ret_forecast->state[END_CLIENT] = forecaster.model.client.state;
	ret_forecast->state[END_SERVER] = forecaster.model.server.state;
	fold(ret_forecast);
	free(forecaster.steps);
	free(forecaster.known);
	free(forecaster.done);
	path_faults_free(&forecaster.faults);
}

bool forecast_has_step(const struct forecast *forecast, size_t index)
{
	for (size_t i = 0; i < forecast->count; i++) {
		if (forecast->list[i].step == (int)index)
			return true;
	}
	return false;
}

void forecast_free(struct forecast *forecast)
{
	free(forecast->list);
	*forecast = (struct forecast){0};
}

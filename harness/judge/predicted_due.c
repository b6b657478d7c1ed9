/* How an event and what is due go together, and what is said of it. */
#include "judge/predicted.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/duration.h"

static bool is_at_once(const struct due *due)
{
	return due->wait == 0;
}

struct window prediction_window(const struct model *model, const struct due *due)
{
	struct window window = due->at;

	if (is_at_once(due))
		window.latest += wheel_tick(&model->settings.wheel);
	return window;
}

/* Any segment with an ACK does for an answer that is due. */
static bool is_met_by(const struct due *due, const struct event *event)
{
	if (due->end != event->end)
		return false;
	if (event->kind == EVENT_SEGMENT)
		return due->role != ROLE_NONE &&
		       due->role == (enum segment_role)event->segment.role;
	if (event->kind == EVENT_APPLICATION)
		return due->role == ROLE_NONE && due->error == event->application.error;
	return due->kind == DUE_STATE && due->state == (enum tcp_state)event->socket.state;
}

bool prediction_find(const struct model *model, const struct event *event, struct due *ret_due)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(model, list);
	int64_t best = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		int64_t distance = window_distance(prediction_window(model, &list[i]), event->at);

		distance = distance < 0 ? -distance : distance;
		if (!is_met_by(&list[i], event) || distance >= best)
			continue;
		best = distance;
		*ret_due = list[i];
	}
	return best != INT64_MAX;
}

static void describe(char *text, size_t size, const struct event *event)
{
	const char *end = word_name(end_words, (int)event->end);

	if (event->kind == EVENT_SEGMENT)
		snprintf(text, size, "%s from the %s (packet %lld)",
			 word_name(role_words, event->segment.role), end,
			 (long long)event->segment.number);
	else if (event->kind == EVENT_APPLICATION)
		snprintf(text, size, "%s at the %s", errno_name(event->application.error), end);
	else
		snprintf(text, size, "%s of the %s", word_name(state_words, event->socket.state),
			 end);
}

static void describe_due(char *text, size_t size, const struct due *due)
{
	const char *end = word_name(end_words, (int)due->end);

	if (due->role != ROLE_NONE)
		snprintf(text, size, "%s from the %s", word_name(role_words, (int)due->role), end);
	else if (due->kind == DUE_ERROR)
		snprintf(text, size, "%s at the %s", errno_name(due->error), end);
	else
		snprintf(text, size, "%s of the %s", word_name(state_words, (int)due->state), end);
}

/*
 * The beginning of the jiffy in which a timer was due. There may be two, where microseconds that
 * nobody sees decide between them: then it is the last one that the event was not before.
 */
static int64_t due_jiffy(const struct wheel *wheel, const struct due *due, int64_t moment)
{
	int64_t last = due->at.latest - wheel_spread(wheel);

	return last > due->at.earliest && moment >= last ? last : due->at.earliest;
}

/* How far an event was from the beginning of the jiffy in which it was due. */
static void note_deviation(struct prediction *prediction, const struct event *event)
{
	struct judgement *judgement = prediction->review->judgement;
	struct finding *finding = &judgement->findings[judgement->count - 1];
	struct due due;

	if (!prediction->exact_known || event->kind != EVENT_SEGMENT ||
	    !prediction_find(&prediction->exact, event, &due) || is_at_once(&due))
		return;
	finding->has_deviation = true;
	finding->deviation =
		event->at - due_jiffy(&prediction->exact.settings.wheel, &due, event->at);
	finding->lateness = event->at - due.asked;
}

void prediction_met(struct prediction *prediction, const struct event *event, const struct due *due)
{
	const struct rule_text *rule = rule_text(due->rule);
	struct window window = prediction_window(&prediction->model, due), reference = {0, 0};
	struct window armed = window_at(window.earliest - due->wait);
	char what[96], since[256];

	describe(what, sizeof(what), event);
	snprintf(since, sizeof(since), "connect() (%s: %s)", rule->name, rule->formula);
	review_armed(prediction->review, prediction->expectation, reference, window, armed,
		     event->at, what, since);
	note_deviation(prediction, event);
}

void prediction_unexpected(struct prediction *prediction, const struct event *event)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(&prediction->model, list);
	char what[96], due[96] = "nothing", at[DURATION_TEXT_SIZE];

	describe(what, sizeof(what), event);
	if (count)
		describe_due(due, sizeof(due), &list[0]);
	review_add(prediction->review, prediction->expectation, VERDICT_FAIL, due, what,
		   "an unexpected %s came at %s; due was %s%s", what,
		   duration_format(at, event->at), count ? "only " : "", due);
	review_moment(prediction->review, event->at);
}

void prediction_check_form(struct prediction *prediction, const struct event *event)
{
	const struct segment_event *segment = &event->segment;
	const struct model_end *end = model_end(&prediction->model, event->end);
	bool is_probe = segment->role == ROLE_PROBE;
	bool is_empty = is_probe || segment->role == ROLE_PROBE_REPLY ||
			segment->role == ROLE_ACK || segment->role == ROLE_HANDSHAKE_ACK ||
			segment->role == ROLE_WINDOW_PROBE || segment->role == ROLE_RST ||
			segment->role == ROLE_SYN || segment->role == ROLE_SYN_ACK;
	const char *wrong = NULL;
	char what[96];

	if (is_empty && segment->length)
		wrong = "it carries payload";
	else if (is_probe && segment->flags != FLAG_ACK)
		wrong = "its flags are not ACK alone";
	else if (is_probe && end->snd_known && (uint32_t)segment->seq != end->snd_nxt - 1)
		wrong = "its sequence is not one below SND.NXT";
	if (!wrong)
		return;
	describe(what, sizeof(what), event);
	review_add(prediction->review, prediction->expectation, VERDICT_FAIL, "another form", wrong,
		   "%s has not the form that it should have (RFC 9293 3.8.4, 3.10.7): %s", what,
		   wrong);
}

void prediction_missing(struct prediction *prediction, int64_t end)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(&prediction->model, list);
	char what[96], window_text[WINDOW_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		struct window window = prediction_window(&prediction->model, &list[i]);
		/* A state is missing where we have asked for it since. */
		int64_t looked = list[i].kind == DUE_STATE ? prediction->asked[list[i].end] : end;

		if (window.latest >= looked || list[i].unseen)
			continue;
		describe_due(what, sizeof(what), &list[i]);
		review_add(prediction->review, prediction->expectation, VERDICT_FAIL,
			   window_format(window_text, window), "nothing",
			   "%s never came; due %s after connect() (%s)", what, window_text,
			   rule_text(list[i].rule)->name);
		review_due(prediction->review, window, list[i].end);
	}
}

/*
 * expect: model. What the kernel's rules say is due, against what came, and nothing else on the
 * wire.
 *
 * The model is told every event in its order. Before a segment is told, it is looked up in what is
 * due at that moment: sender and role must be there, and the moment in the window. What is still
 * due when the timeline ends, and should have come, is missing. What is due at once, as an answer
 * is, has no timer: it must come before any timer could have brought it.
 *
 * The verdict uses windows of one granule of the timer wheel. Where the phase of the wheel is
 * known, a second model, told the same, gives the jiffy itself, and each finding says how far
 * from its beginning the event was. In virtual time, where no other load holds the machine up, the
 * verdict too is by that jiffy and the one behind it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "judge/review.h"
#include "model/path_faults.h"
#include "model/model.h"
#include "model/steps.h"

struct prediction {
	struct review *review;
	const struct record *expectation;
	struct model model, exact;
	struct path_faults faults;
	bool exact_known;
	const struct event *taken; /* a segment that was taken before its turn */
	int64_t asked[3];	   /* when each end's socket was asked last; by enum end */
};

static bool is_at_once(const struct due *due)
{
	return due->wait == 0;
}

/*
 * What waits for no timer follows its cause within the same softirq or system call: before the
 * shortest timer there is, one jiffy, could have brought it.
 */
static struct window due_window(const struct model *model, const struct due *due)
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

/* The due that an event meets best: the one whose window is nearest. */
static bool find_due(const struct model *model, const struct event *event, struct due *ret_due)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(model, list);
	int64_t best = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		int64_t distance = window_distance(due_window(model, &list[i]), event->at);

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
	    !find_due(&prediction->exact, event, &due) || is_at_once(&due))
		return;
	finding->has_deviation = true;
	finding->deviation =
		event->at - due_jiffy(&prediction->exact.settings.wheel, &due, event->at);
	finding->lateness = event->at - due.asked;
}

static void met(struct prediction *prediction, const struct event *event, const struct due *due)
{
	const struct rule_text *rule = rule_text(due->rule);
	struct window window = due_window(&prediction->model, due), reference = {0, 0};
	struct window armed = window_at(window.earliest - due->wait);
	char what[96], since[256];

	describe(what, sizeof(what), event);
	snprintf(since, sizeof(since), "connect() (%s: %s)", rule->name, rule->formula);
	review_armed(prediction->review, prediction->expectation, reference, window, armed,
		     event->at, what, since);
	note_deviation(prediction, event);
}

static void unexpected(struct prediction *prediction, const struct event *event)
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

/* What a segment's header must say, apart from the role that it has by it. */
static void check_form(struct prediction *prediction, const struct event *event)
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

/* What should have come before the timeline ends. */
static void missing(struct prediction *prediction, int64_t end)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(&prediction->model, list);
	char what[96], window_text[WINDOW_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		struct window window = due_window(&prediction->model, &list[i]);
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

static void tell(struct prediction *prediction, const struct event *event)
{
	model_event(&prediction->model, event);
	model_event(&prediction->exact, event);
}

static void set_path(struct prediction *prediction, enum end to, enum path path)
{
	model_path(&prediction->model, to, path);
	model_path(&prediction->exact, to, path);
}

/* Puts the paths as the faults that are in force leave them. */
static void set_paths(struct prediction *prediction)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++)
		set_path(prediction, end, path_faults_path(&prediction->faults, end));
}

/* The segment may meet a fault that does not take all. */
static void tell_segment(struct prediction *prediction, const struct event *event)
{
	struct model_segment segment = model_segment_of(event);
	enum end to = other_end(event->end);

	if (event->end != END_NONE)
		set_path(prediction, to, path_faults_meet(&prediction->faults, to, &segment));
	tell(prediction, event);
	set_paths(prediction);
}

static bool assume_unseen(struct model *model, int64_t until)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(model, list);

	if (!count || !list[0].unseen || list[0].at.earliest > until)
		return false;
	model_assume(model, &list[0]);
	return true;
}

/*
 * What its sender's own firewall eats is never on the wire: it came, where something else did that
 * is due only after it.
 */
static void take_unseen(struct prediction *prediction, const struct event *event)
{
	struct due due;

	while (!find_due(&prediction->model, event, &due) &&
	       assume_unseen(&prediction->model, event->at))
		assume_unseen(&prediction->exact, event->at);
}

/* at: when it was sent, which is its stamp or a little before. */
static void take_segment_at(struct prediction *prediction, const struct event *segment, int64_t at)
{
	struct event moved = *segment;
	const struct event *event = &moved;
	struct due due;

	moved.at = at;
	take_unseen(prediction, event);
	if (event->segment.role != ROLE_OTHER && find_due(&prediction->model, event, &due)) {
		met(prediction, event, &due);
		check_form(prediction, segment);
		review_claim(prediction->review, segment);
	} else {
		unexpected(prediction, event);
	}
	tell_segment(prediction, event);
}

static void take_segment(struct prediction *prediction, const struct event *event)
{
	if (event != prediction->taken && event->segment.role != ROLE_LATER)
		take_segment_at(prediction, event, event->at);
}

/*
 * A timer that gives up sends a reset and then tells the application. Where both are on one CPU,
 * the kernel may put off the reset's way through loopback, and with it the capture's stamp, until
 * the application has run (kernel/softirq.c, need_resched; seen on 6.1). So where an error is not
 * due yet, but the next segment of the same end is, that came first; the next tick at the latest
 * takes the CPU from the application.
 */
static void take_put_off(struct prediction *prediction, const struct event *error)
{
	const struct timeline *timeline = prediction->review->timeline;
	const struct event *end = timeline->events + timeline->count;
	struct due due;

	if (find_due(&prediction->model, error, &due))
		return;
	for (const struct event *event = error + 1; event < end; event++) {
		if (event->at > error->at + wheel_tick(&prediction->model.settings.wheel))
			return;
		if (event->kind != EVENT_SEGMENT || event->end != error->end)
			continue;
		if (find_due(&prediction->model, event, &due) && due.at.earliest <= error->at) {
			take_segment_at(prediction, event, error->at);
			prediction->taken = event;
		}
		return;
	}
}

/* A call on a connection that is known to be over fails at once. */
static bool is_consequence(const struct prediction *prediction, const struct event *event)
{
	const struct application_event *told = &event->application;

	return model_call_error(&prediction->model, event->end,
				(enum application_call)told->call) == told->error;
}

/* A blocking recv() that ran out of its own time is no error of the connection. */
static void take_wait(struct prediction *prediction, const struct event *event)
{
	const struct scenario *scenario = prediction->review->scenario;
	const struct record *end = event->end == END_CLIENT ? &scenario->client : &scenario->server;

	if (event->application.call == CALL_RECV && record_has(end, KEY_RECEIVE_TIMEOUT))
		review_wait(prediction->review, prediction->expectation, event,
			    record_number(end, KEY_RECEIVE_TIMEOUT));
	else
		unexpected(prediction, event);
}

/* Its options are set between the handshake and when accept() was recorded. */
static void take_accept(struct prediction *prediction, const struct event *accept)
{
	const struct scenario *scenario = prediction->review->scenario;
	struct window at = {prediction->model.server.received_at.earliest, accept->at};

	if (server_inherits(&scenario->server))
		return;
	if (at.earliest > at.latest)
		at.earliest = at.latest;
	model_take_accept(&prediction->model, scenario, at);
	model_take_accept(&prediction->exact, scenario, at);
}

static void take_application(struct prediction *prediction, const struct event *event)
{
	struct event told = *event;
	struct due due;

	if (event->application.call == CALL_CONNECT_AGAIN)
		return;
	if (event->application.error == EAGAIN) {
		take_wait(prediction, event);
		return;
	}
	if (event->application.error) {
		take_unseen(prediction, event);
		take_put_off(prediction, event);
	}
	if (event->application.error && find_due(&prediction->model, event, &due)) {
		told.at = review_told_at(prediction->review, event,
					 due_window(&prediction->model, &due).latest);
		met(prediction, &told, &due);
	} else if (event->application.error && !is_consequence(prediction, event)) {
		unexpected(prediction, event);
	}
	model_called(&prediction->model, event, review_called_at(prediction->review, event));
	model_called(&prediction->exact, event, review_called_at(prediction->review, event));
	if (event->application.call == CALL_ACCEPT)
		take_accept(prediction, event);
}

/*
 * A socket's state is seen when it is asked for, which is later than it changed: at some moment
 * since it was asked before. That one is judged, as near to the window as it can have been.
 */
static void take_socket(struct prediction *prediction, const struct event *event)
{
	int64_t asked = prediction->asked[event->end];
	struct event seen = *event;
	struct due due;

	prediction->asked[event->end] = event->at;
	if (!find_due(&prediction->model, event, &due) || event->at < due.at.earliest)
		return;
	if (seen.at > due.at.latest)
		seen.at = asked > due.at.latest ? asked : due.at.latest;
	met(prediction, &seen, &due);
	model_assume(&prediction->model, &due);
	if (find_due(&prediction->exact, event, &due))
		model_assume(&prediction->exact, &due);
}

static void take_step(struct prediction *prediction, const struct event *event)
{
	const struct scenario *scenario = prediction->review->scenario;
	size_t index = (size_t)event->step.index;

	if (index >= scenario->step_count)
		return;
	model_take_setting(&prediction->model, &scenario->steps[index],
			   (struct window){event->step.began, event->at});
	model_take_setting(&prediction->exact, &scenario->steps[index],
			   (struct window){event->step.began, event->at});
	path_faults_step(&prediction->faults, index);
	set_paths(prediction);
}

static void take(struct prediction *prediction, const struct event *event)
{
	switch (event->kind) {
	case EVENT_KERNEL:
		tell(prediction, event);
		prediction->exact_known = prediction->exact.settings.wheel.phase_known;
		if (event->kernel.clock != CLOCK_VIRTUAL)
			prediction->model.settings.wheel.phase_known = false;
		break;
	case EVENT_SYSCTL:
		tell(prediction, event);
		break;
	case EVENT_SEGMENT:
		take_segment(prediction, event);
		break;
	case EVENT_SOCKET:
		take_socket(prediction, event);
		break;
	case EVENT_APPLICATION:
		take_application(prediction, event);
		break;
	case EVENT_STEP:
		take_step(prediction, event);
		break;
	case EVENT_END:
		missing(prediction, event->at);
		break;
	case EVENT_NONE:
	case EVENT_CAPTURE:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_PING:
	case EVENT_MONITOR:
	case EVENT_RESOURCES:
	case EVENT_RULE:
	case EVENT_COUNTER:
	case EVENT_CONNTRACK:
	case EVENT_WITNESS:
	case EVENT_LOSS:
	case EVENT_CLOCK_STEP:
	case EVENT_UNABLE:
		break;
	}
}

static void start(struct prediction *prediction, const struct settings *settings)
{
	struct window at = review_connected_at(prediction->review);
	const struct scenario *scenario = prediction->review->scenario;
	struct settings listening = *settings;

	if (!server_inherits(&scenario->server))
		listening.server = (struct end_settings){.unaware = settings->server.unaware};
	settings = &listening;

	model_start(&prediction->model, settings);
	model_start(&prediction->exact, settings);
	model_call(&prediction->model, END_CLIENT, MODEL_CONNECT, 0, at);
	model_call(&prediction->exact, END_CLIENT, MODEL_CONNECT, 0, at);
}

void review_model(struct review *review, const struct record *expectation)
{
	const struct scenario *scenario = review->scenario;
	struct settings settings = settings_default(review->wheel.hz);
	cleanup_free struct prediction *prediction = calloc(1, sizeof(*prediction));

	if (review->capture) {
		review_unanswerable(
			review, expectation,
			"all that the model predicts, since what the applications called, "
			"and which segments arrived, is not on the wire");
		return;
	}
	prediction->review = review;
	prediction->expectation = expectation;
	prediction->faults = path_faults_start(scenario);
	settings_scenario(&settings, scenario);
	start(prediction, &settings);
	for_each_event (event, review->timeline)
		take(prediction, event);
	path_faults_free(&prediction->faults);
}

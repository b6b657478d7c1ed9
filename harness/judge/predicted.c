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
#include "judge/predicted.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "model/steps.h"

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

	while (!prediction_find(&prediction->model, event, &due) &&
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
	if (event->segment.role != ROLE_OTHER && prediction_find(&prediction->model, event, &due)) {
		prediction_met(prediction, event, &due);
		prediction_check_form(prediction, segment);
		review_claim(prediction->review, segment);
	} else {
		prediction_unexpected(prediction, event);
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

	if (prediction_find(&prediction->model, error, &due))
		return;
	for (const struct event *event = error + 1; event < end; event++) {
		if (event->at > error->at + wheel_tick(&prediction->model.settings.wheel))
			return;
		if (event->kind != EVENT_SEGMENT || event->end != error->end)
			continue;
		if (prediction_find(&prediction->model, event, &due) &&
		    due.at.earliest <= error->at) {
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
		prediction_unexpected(prediction, event);
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
	if (event->application.error && prediction_find(&prediction->model, event, &due)) {
		told.at = review_told_at(prediction->review, event,
					 prediction_window(&prediction->model, &due).latest);
		prediction_met(prediction, &told, &due);
	} else if (event->application.error && !is_consequence(prediction, event)) {
		prediction_unexpected(prediction, event);
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
	if (!prediction_find(&prediction->model, event, &due) || event->at < due.at.earliest)
		return;
	if (seen.at > due.at.latest)
		seen.at = asked > due.at.latest ? asked : due.at.latest;
	prediction_met(prediction, &seen, &due);
	model_assume(&prediction->model, &due);
	if (prediction_find(&prediction->exact, event, &due))
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
		prediction_missing(prediction, event->at);
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

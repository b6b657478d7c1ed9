#include "model/applications.h"

#include <errno.h>

#include "model/engine.h"

void applications_start(struct applications *applications, const struct scenario *scenario)
{
	*applications = (struct applications){0};
	applications->list[END_CLIENT].record = &scenario->client;
	applications->list[END_SERVER].record = &scenario->server;
}

void applications_take(struct applications *applications, const struct wheel *wheel,
		       const struct record *step, struct window at)
{
	struct application *closer = &applications->list[record_number(step, KEY_END)];

	for (enum end end = END_CLIENT; end <= END_SERVER; end++)
		applications->list[end].beats = 0;
	if (step->kind != RECORD_STEP_CLOSE || !record_number(step, KEY_LINGER))
		return;
	closer->lingering = true;
	closer->returns = window_add(at, wheel_window(wheel, record_number(step, KEY_LINGER)));
}

static bool is_closing(const struct model_end *end)
{
	return end->state == STATE_FIN_WAIT_1 || end->state == STATE_CLOSING ||
	       end->state == STATE_LAST_ACK;
}

void applications_note(struct applications *applications, struct model *model, struct window at)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		struct application *application = &applications->list[end];
		const struct model_end *socket = model_end(model, end);
		struct window every = window_at(record_number(application->record, KEY_EVERY));

		if (observer_of(application->record) == OBSERVE_HEARTBEAT &&
		    !application->beat.latest && socket->state == STATE_ESTABLISHED) {
			application->beating = true;
			application->beat = window_add(at, every);
		}
		if (application->lingering && !is_closing(socket)) {
			application->lingering = false;
			model_call(model, end, MODEL_CLOSE, 0, at);
		}
	}
}

enum end applications_next(const struct applications *applications, struct window *ret_at)
{
	enum end found = END_NONE;

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		const struct application *application = &applications->list[end];
		struct window at =
			application->lingering ? application->returns : application->beat;

		if ((!application->beating && !application->lingering) ||
		    (found != END_NONE && at.earliest >= ret_at->earliest))
			continue;
		found = end;
		*ret_at = at;
	}
	return found;
}

/* A call on a connection that is over fails: once with its error, then with EPIPE for good. */
static int beat(struct application *application, struct model *model, enum end end)
{
	const struct record *record = application->record;
	struct window every = window_at(record_number(record, KEY_EVERY)), at = application->beat;
	const struct model_end *socket = model_end(model, end);
	int error = socket->fin_wanted ? EPIPE : model_call_error(model, end, CALL_SEND);

	application->beat = window_add(at, every);
	application->beats = in_flight(socket) ? 0 : application->beats + 1;
	if (error == EPIPE)
		application->beating = false;
	if (error)
		model_call(model, end, MODEL_TOLD, 0, at);
	else
		model_call(model, end, MODEL_SEND,
			   record_has(record, KEY_BYTES) ? record_number(record, KEY_BYTES) : 1,
			   at);
	return error;
}

int applications_act(struct applications *applications, struct model *model, enum end end)
{
	struct application *application = &applications->list[end];

	if (!application->lingering)
		return beat(application, model, end);
	application->lingering = false;
	application->beating = false;
	model_call(model, end, MODEL_CLOSE, 0, application->returns);
	return 0;
}

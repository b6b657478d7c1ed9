/* Reading a timeline's events into the model. */
#include <errno.h>

#include "base/array.h"
#include "model/engine.h"

static void take_kernel(struct model *model, const struct kernel_event *kernel)
{
	struct wheel *wheel = &model->settings.wheel;

	if (kernel->hz > 0)
		wheel->hz = (int)kernel->hz;
	wheel->phase_known = kernel->jiffies_at != 0;
	wheel->jiffies = kernel->jiffies;
	wheel->jiffies_at = kernel->jiffies_at - kernel->zero;
}

struct model_segment model_segment_of(const struct event *event)
{
	const struct segment_event *seen = &event->segment;

	return (struct model_segment){
		.role = (enum segment_role)seen->role,
		.flags = seen->flags,
		.seq = (uint32_t)seen->seq,
		.ack = (uint32_t)seen->ack,
		.length = seen->length,
		.window = seen->window,
	};
}

static void take_segment(struct model *model, const struct event *event)
{
	struct model_segment segment = model_segment_of(event);

	if (role_is_foreign((int)segment.role) || event->end == END_NONE)
		return;
	/* Only its receiver knows how full a buffer is: it says so. */
	if (segment.flags & FLAG_ACK && !(segment.flags & FLAG_RST)) {
		if (!segment.window)
			model_call(model, event->end, MODEL_FULL, 0, window_at(event->at));
		else
			model_end(model, event->end)->window_shut = false;
	}
	model_segment(model, event->end, &segment, window_at(event->at),
		      model_lost(model, other_end(event->end)));
}

/* An errno that says that the connection is over, not that nothing is there yet. */
static bool is_final(int error)
{
	return error && error != EAGAIN && error != EINPROGRESS && error != EALREADY &&
	       error != EINTR && error != EPIPE;
}

/* What an end loses its socket by, whatever the call returned. */
static const struct {
	enum application_call call;
	enum model_call means;
} endings[] = {
	{CALL_LINGER, MODEL_LINGER}, {CALL_CLOSE, MODEL_CLOSE},	    {CALL_KILL, MODEL_CLOSE},
	{CALL_VANISH, MODEL_VANISH}, {CALL_DESTROY, MODEL_DESTROY}, {CALL_ABORT, MODEL_ABORT},
};

static void take_ending(struct model *model, const struct event *event, struct window at)
{
	for (size_t i = 0; i < array_length(endings); i++) {
		if (event->application.call == (int)endings[i].call)
			model_call(model, event->end, endings[i].means, 0, at);
	}
}

static void take_shutdown(struct model *model, const struct event *event, struct window at)
{
	int call = event->application.call;

	if (event->application.error)
		return;
	if (call == CALL_SHUTDOWN_RECEIVE || call == CALL_SHUTDOWN_BOTH)
		model_call(model, event->end, MODEL_SHUTDOWN_RECEIVE, 0, at);
	if (call == CALL_SHUTDOWN || call == CALL_SHUTDOWN_BOTH)
		model_call(model, event->end, MODEL_SHUTDOWN, 0, at);
}

static void take_transfer(struct model *model, const struct event *event, struct window at)
{
	const struct application_event *call = &event->application;

	if ((call->call == CALL_SEND || call->call == CALL_ALIVE) && call->result > 0)
		model_call(model, event->end, MODEL_SEND, call->result, at);
	else if (call->call == CALL_RECV && call->result > 0)
		model_call(model, event->end, MODEL_READ, 0, at);
	else if (call->call == CALL_RECV && call->result == 0)
		model_end(model, event->end)->unaware = true; /* end of file: it is done */
}

void model_called(struct model *model, const struct event *event, struct window at)
{
	take_transfer(model, event, at);
	take_shutdown(model, event, at);
	take_ending(model, event, at);
	if (is_final(event->application.error) && event->application.call != CALL_CONNECT_AGAIN)
		model_call(model, event->end, MODEL_TOLD, 0, at);
}

void model_event(struct model *model, const struct event *event)
{
	switch (event->kind) {
	case EVENT_KERNEL:
		take_kernel(model, &event->kernel);
		break;
	case EVENT_SYSCTL:
		model_sysctl(model, event->end, event->sysctl.name, event->sysctl.value,
			     window_at(event->at));
		break;
	case EVENT_SEGMENT:
		take_segment(model, event);
		break;
	case EVENT_APPLICATION:
		model_called(model, event, window_at(event->at));
		break;
	case EVENT_NONE:
	case EVENT_CAPTURE:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_SOCKET:
	case EVENT_STEP:
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
	case EVENT_END:
		break;
	}
}

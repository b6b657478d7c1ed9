/* Reading a timeline's events into the model. */
#include <errno.h>

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

static void shut_down_both(struct model *model, enum end end, struct window at)
{
	model_call(model, end, MODEL_SHUTDOWN_RECEIVE, 0, at);
	model_call(model, end, MODEL_SHUTDOWN, 0, at);
}

void model_called(struct model *model, const struct event *event, struct window at)
{
	const struct application_event *call = &event->application;

	if ((call->call == CALL_SEND || call->call == CALL_ALIVE) && call->result > 0)
		model_call(model, event->end, MODEL_SEND, call->result, at);
	else if (call->call == CALL_RECV && call->result == 0)
		model_end(model, event->end)->unaware = true; /* end of file: it is done */
	else if (call->call == CALL_RECV && call->result > 0)
		model_call(model, event->end, MODEL_READ, 0, at);
	else if (call->call == CALL_SHUTDOWN && !call->error)
		model_call(model, event->end, MODEL_SHUTDOWN, 0, at);
	else if (call->call == CALL_SHUTDOWN_RECEIVE && !call->error)
		model_call(model, event->end, MODEL_SHUTDOWN_RECEIVE, 0, at);
	else if (call->call == CALL_SHUTDOWN_BOTH && !call->error)
		shut_down_both(model, event->end, at);
	else if (call->call == CALL_LINGER)
		model_call(model, event->end, MODEL_LINGER, 0, at);
	else if (call->call == CALL_CLOSE)
		model_call(model, event->end, MODEL_CLOSE, 0, at);
	else if (call->call == CALL_KILL)
		model_call(model, event->end, MODEL_CLOSE, 0, at);
	else if (call->call == CALL_VANISH)
		model_call(model, event->end, MODEL_VANISH, 0, at);
	else if (call->call == CALL_DESTROY)
		model_call(model, event->end, MODEL_DESTROY, 0, at);
	else if (call->call == CALL_ABORT)
		model_call(model, event->end, MODEL_ABORT, 0, at);
	if (is_final(call->error) && call->call != CALL_CONNECT_AGAIN)
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

/*
 * When something happened that has no stamp of the kernel's: between two moments that our own
 * process knows, or the one that plays an application (play/witnesses.c, play/caller.c).
 */
#include "judge/review.h"

int64_t review_told_at(const struct review *review, const struct event *told, int64_t latest)
{
	const struct event *before = told > review->timeline->events ? told - 1 : NULL;
	int64_t unasked = before && before->kind == EVENT_WITNESS ? before->witness.lateness : 0;

	if (told->at <= latest)
		return told->at;
	return told->at - unasked > latest ? told->at - unasked : latest;
}

/* Who called at a moment waited for a CPU from then on, as the witness of that says. */
static struct window waited_since(const struct review *review, int64_t at)
{
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_WITNESS && event->witness.due == at)
			return (struct window){at, event->at};
	}
	return window_at(at);
}

struct window review_called_at(const struct review *review, const struct event *call)
{
	const struct timeline *timeline = review->timeline;
	const struct event *end = timeline->events + timeline->count;
	struct window window = window_at(call->at);

	if (call->application.call == CALL_LINGER)
		return waited_since(review, call->at);
	for (const struct event *event = call + 1; event < end; event++) {
		if (event->kind != EVENT_STEP)
			continue;
		if (event->step.began <= call->at)
			window.latest = event->at;
		break;
	}
	return window;
}

int64_t review_armed_by(const struct review *review, const struct event *received)
{
	if (received->end != END_CLIENT || server_inherits(&review->scenario->server))
		return received->at;
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_APPLICATION && event->application.call == CALL_ACCEPT)
			return event->at > received->at ? event->at : received->at;
	}
	return received->at;
}

struct window review_connected_at(const struct review *review)
{
	const struct event *connection = timeline_first(review->timeline, EVENT_CONNECTION);

	return connection ? waited_since(review, connection->at) : window_at(0);
}

/* That both ends live on: no error, and in the end a byte of each reached the other one. */
#include <errno.h>

#include "judge/review.h"

static bool is_call(const struct event *event, enum application_call call, enum end end)
{
	return event->kind == EVENT_APPLICATION && event->end == end &&
	       event->application.call == (int)call;
}

/* Whether a byte that an end sent in the end arrived. */
static bool byte_arrived(struct review *review, enum end sender)
{
	bool sent = false;

	for_each_event (event, review->timeline) {
		if (is_call(event, CALL_ALIVE, sender))
			sent = event->application.result == 1;
		else if (sent && is_call(event, CALL_RECV, other_end(sender)) &&
			 event->application.result > 0)
			return true;
	}
	return false;
}

static const struct event *error_of(const struct review *review)
{
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_APPLICATION && event->application.error &&
		    event->application.error != EAGAIN &&
		    event->application.call != CALL_CONNECT_AGAIN)
			return event;
	}
	return NULL;
}

void review_alive(struct review *review, const struct record *expectation)
{
	const struct event *error = error_of(review);
	bool asked = false;

	for_each_event (event, review->timeline) {
		asked = asked ||
			(event->kind == EVENT_APPLICATION && event->application.call == CALL_ALIVE);
		if (asked && event->kind == EVENT_SEGMENT)
			review_claim(review, event);
	}
	review_add(review, expectation, error ? VERDICT_FAIL : VERDICT_PASS, "no error",
		   error ? errno_name(error->application.error) : "none",
		   error ? "the %s was told %s" : "neither end was told an error",
		   error ? word_name(end_words, error->end) : "",
		   error ? errno_name(error->application.error) : "");
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		bool arrived = byte_arrived(review, end);

		review_add(review, expectation, arrived ? VERDICT_PASS : VERDICT_FAIL, "a byte",
			   arrived ? "a byte" : "nothing",
			   "in the end a byte that the %s sent %s the %s",
			   word_name(end_words, end), arrived ? "reached" : "did not reach",
			   word_name(end_words, other_end(end)));
	}
}

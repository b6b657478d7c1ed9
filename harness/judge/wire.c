/* Other expectations of the wire: the reset, and nothing else. */
#define _GNU_SOURCE
#include <stdio.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/review.h"

void review_reset(struct review *review, const struct record *expectation)
{
	enum end end = (enum end)record_number(expectation, KEY_FROM);
	const struct event *reset = NULL;
	struct window reference, delay;
	const char *since = "";
	char packets[64] = "", subject[64], what[64];
	int64_t count = 0;

	for_each_event (event, review->timeline) {
		if (event->kind != EVENT_SEGMENT || event->end != end ||
		    event->segment.role != ROLE_RST)
			continue;
		review_claim(review, event);
		if (!reset)
			reset = event;
		count++;
	}
	if (reset)
		snprintf(packets, sizeof(packets), "from %lld", (long long)reset->segment.number);
	snprintf(what, sizeof(what), "resets from the %s", word_name(end_words, end));
	review_count(review, expectation, 1, count, what, count > 1 ? packets : NULL);
	if (!reset || !record_has(expectation, KEY_DELAY))
		return;
	delay = wheel_window(&review->wheel, record_number(expectation, KEY_DELAY));
	if (!review_reference(review, expectation, end, &reference, &since)) {
		review_add(review, expectation, VERDICT_FAIL, since, "none",
			   "a reset came, but there was no moment to measure it from: %s", since);
		return;
	}
	snprintf(subject, sizeof(subject), "the reset (packet %lld)",
		 (long long)reset->segment.number);
	review_time(review, expectation, reference, delay, reset->at, subject, since);
}

static bool is_handshake(const struct event *event)
{
	return event->segment.role == ROLE_SYN || event->segment.role == ROLE_SYN_ACK ||
	       event->segment.role == ROLE_HANDSHAKE_ACK;
}

void review_nothing_else(struct review *review, const struct record *expectation)
{
	const struct timeline *timeline = review->timeline;
	int64_t handshake[3] = {0}, unexpected = 0;

	for (size_t i = 0; i < timeline->count; i++) {
		const struct event *event = &timeline->events[i];
		char at[DURATION_TEXT_SIZE];

		if (event->kind != EVENT_SEGMENT || review->claimed[i])
			continue;
		if (is_handshake(event) && handshake[event->segment.role - ROLE_SYN]++ == 0)
			continue;
		unexpected++;
		review_add(review, expectation, VERDICT_FAIL, "nothing",
			   word_name(role_words, event->segment.role),
			   "an unexpected %s from the %s came at %s (packet %lld)",
			   word_name(role_words, event->segment.role),
			   event->end == END_NONE ? "outside" : word_name(end_words, event->end),
			   duration_format(at, event->at), (long long)event->segment.number);
	}
	if (!unexpected)
		review_add(review, expectation, VERDICT_PASS, "nothing", "nothing",
			   "nothing else was on the wire");
}

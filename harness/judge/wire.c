/* Other expectations of the wire: the reset, and nothing else. */
#define _GNU_SOURCE
#include <stdio.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/review.h"

/* When, measured from what the expectation says. has_reference: that came too. */
static void review_reset_time(struct review *review, const struct record *expectation,
			      const struct event *reset, bool has_reference,
			      struct window reference, const char *since)
{
	char subject[64], unseen[UNSEEN_TEXT_SIZE] = "";

	if (!has_reference) {
		bool is_unseen = review_unseen(review, INT64_MIN, unseen);

		review_add(review, expectation, is_unseen ? VERDICT_INCONCLUSIVE : VERDICT_FAIL,
			   since, "none",
			   "a reset came, but there was no moment to measure it from: %s%s", since,
			   unseen);
		return;
	}
	snprintf(subject, sizeof(subject), "the reset (packet %lld)",
		 (long long)reset->segment.number);
	review_time(review, expectation, reference,
		    review_window(review, record_number(expectation, KEY_DELAY)), reset->at,
		    subject, since);
}

void review_reset(struct review *review, const struct record *expectation)
{
	enum end end = (enum end)record_number(expectation, KEY_FROM);
	bool is_timed = record_has(expectation, KEY_DELAY), has_reference = false;
	const struct event *reset = NULL;
	struct window reference = {0, 0};
	const char *since = "";
	char packets[64] = "", what[64];
	int64_t count = 0, due_by = INT64_MAX;

	for_each_event (event, review->timeline) {
		if (event->kind != EVENT_SEGMENT || event->end != end ||
		    event->segment.role != ROLE_RST || review_is_after(review, event))
			continue;
		review_claim(review, event);
		if (!reset)
			reset = event;
		count++;
	}
	if (reset)
		snprintf(packets, sizeof(packets), "from %lld", (long long)reset->segment.number);
	if (is_timed)
		has_reference = review_reference(review, expectation, end, &reference, &since);
	if (has_reference)
		due_by = reference.latest +
			 review_window(review, record_number(expectation, KEY_DELAY)).latest;
	snprintf(what, sizeof(what), "reset%s from the %s", plural(count),
		 word_name(end_words, end));
	review->key = KEY_FROM;
	review_segments(review, expectation, 1, count, what, count > 1 ? packets : NULL, due_by);
	if (!reset || !is_timed)
		return;
	review->key = KEY_DELAY;
	if (record_number(expectation, KEY_AFTER) == AFTER_FAULT &&
	    review_unanswerable(review, expectation, "when the path was broken"))
		return;
	review_reset_time(review, expectation, reset, has_reference, reference, since);
}

static bool is_handshake(const struct event *event)
{
	return event->segment.role == ROLE_SYN || event->segment.role == ROLE_SYN_ACK ||
	       event->segment.role == ROLE_HANDSHAKE_ACK;
}

/* As many unexpected segments are told one by one; nobody reads a bulk transfer's. */
#define UNEXPECTED_LIMIT 20

void review_nothing_else(struct review *review, const struct record *expectation)
{
	const struct timeline *timeline = review->timeline;
	int64_t handshake[3] = {0}, unexpected = 0;

	for (size_t i = 0; i < timeline->count; i++) {
		const struct event *event = &timeline->events[i];
		char at[DURATION_TEXT_SIZE];

		if (event->kind != EVENT_SEGMENT || review->claimed[i] ||
		    event->segment.role == ROLE_LATER || review_is_after(review, event))
			continue;
		if (is_handshake(event) && handshake[event->segment.role - ROLE_SYN]++ == 0)
			continue;
		if (unexpected++ >= UNEXPECTED_LIMIT)
			continue;
		review_add(review, expectation, VERDICT_FAIL, "nothing",
			   word_name(role_words, event->segment.role),
			   "an unexpected %s from the %s came at %s (packet %lld)",
			   word_name(role_words, event->segment.role),
			   event->end == END_NONE ? "outside" : word_name(end_words, event->end),
			   duration_format(at, event->at), (long long)event->segment.number);
		review_moment(review, event->at);
	}
	if (unexpected > UNEXPECTED_LIMIT)
		review_add(review, expectation, VERDICT_FAIL, "nothing", "more segments",
			   "%lld more unexpected segments came",
			   (long long)(unexpected - UNEXPECTED_LIMIT));
	if (!unexpected)
		review_add(review, expectation, VERDICT_PASS, "nothing", "nothing",
			   "nothing else was on the wire");
}

/*
 * Judging what a capture file shows. Only the wire was observed, from some place between the two
 * ends, from some moment to another, and of kernels whose timer frequency may not be known.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/review.h"

/* CONFIG_HZ of today's kernels (kernel/Kconfig.hz). */
static const int usual_hz[] = {100, 250, 300, 1000};

/* What all windows need, and what a report says of them where it is not known. */
static const struct record frequency = {.text = (char *)"windows of one known timer frequency"};

bool review_unanswerable(struct review *review, const struct record *expectation, const char *what)
{
	struct judgement *judgement = review->judgement;

	if (!review->capture)
		return false;
	review_add(review, expectation, VERDICT_INCONCLUSIVE, what, "not observed",
		   "a capture cannot answer this: %s", what);
	judgement->findings[judgement->count - 1].unanswerable = true;
	return true;
}

static void review_end_unanswerable(struct review *review, const struct record *expectation,
				    enum end end)
{
	static const struct {
		enum key key;
		const char *what;
	} parts[] = {
		{KEY_ERROR, "which error the %s's application was told"},
		{KEY_STATE, "in which state the %s's socket was"},
		{KEY_POLL, "what poll() said to the %s's application"},
		{KEY_RECV, "what recv() returned to the %s's application"},
		{KEY_SEND, "what send() returned to the %s's application"},
		{KEY_CONNECT, "what connect() returned to the %s's application"},
		{KEY_STATES, "in which states the %s's socket was"},
	};

	for (size_t i = 0; i < array_length(parts); i++) {
		char what[96];

		if (!record_has(expectation, parts[i].key))
			continue;
		snprintf(what, sizeof(what), parts[i].what, word_name(end_words, end));
		review_unanswerable(review, expectation, what);
	}
}

bool review_beyond_capture(struct review *review, const struct record *expectation)
{
	enum record_kind kind = expectation->kind;
	char what[96];

	if (!review->capture)
		return false;
	if (kind == RECORD_EXPECT_CLIENT || kind == RECORD_EXPECT_SERVER) {
		review_end_unanswerable(review, expectation,
					kind == RECORD_EXPECT_CLIENT ? END_CLIENT : END_SERVER);
		return true;
	}
	if (kind == RECORD_EXPECT_TIMER) {
		snprintf(what, sizeof(what), "what the timer of the %s's socket was",
			 word_name(end_words, (int)record_number(expectation, KEY_OF)));
		return review_unanswerable(review, expectation, what);
	}
	if (kind == RECORD_EXPECT_ALIVE)
		return review_unanswerable(review, expectation, "who is alive in the end");
	if (kind == RECORD_EXPECT_RULE)
		return review_unanswerable(review, expectation, "what a firewall rule counted");
	if (kind == RECORD_EXPECT_PING || kind == RECORD_EXPECT_MONITOR)
		return review_unanswerable(review, expectation, "what became of ICMP echoes");
	if (kind == RECORD_EXPECT_RESOURCES)
		return review_unanswerable(review, expectation, "what a process held");
	if (kind == RECORD_EXPECT_CONNTRACK)
		return review_unanswerable(review, expectation, "what a router knew");
	if (kind == RECORD_EXPECT_COUNTERS)
		return review_unanswerable(review, expectation, "what the kernel counted");
	return false;
}

void review_frequency(struct review *review)
{
	if (review->capture && !review->wheel.hz)
		review_unanswerable(review, &frequency,
				    "which timer frequency the kernels had; what is due is judged "
				    "with the widest window of 100, 250, 300 and 1000 Hz");
}

struct window review_window(const struct review *review, int64_t delay)
{
	struct window window = {0, 0};

	if (review->wheel.hz)
		return wheel_window(&review->wheel, delay);
	for (size_t i = 0; i < array_length(usual_hz); i++) {
		struct wheel wheel = {.hz = usual_hz[i]};

		window = i ? window_union(window, wheel_window(&wheel, delay))
			   : wheel_window(&wheel, delay);
	}
	return window;
}

int64_t review_away(const struct review *review, const struct record *expectation)
{
	int64_t away = 0;

	if (review->capture && record_number(expectation, KEY_FROM) == END_CLIENT)
		away = review->capture->client_away;
	else if (review->capture && record_number(expectation, KEY_FROM) == END_SERVER)
		away = review->capture->server_away;
	return away > 0 ? away : 0;
}

/* Whether the wire shows the connection's beginning, and its end: an RST, or a FIN of each end. */
static void find_bounds(const struct timeline *timeline, bool *ret_begins, bool *ret_ends)
{
	bool begins = false, reset = false, fin[END_SERVER + 1] = {false};

	for_each_event (event, timeline) {
		if (event->kind != EVENT_SEGMENT)
			continue;
		begins |= (event->segment.flags & FLAG_SYN) != 0;
		reset |= event->segment.role == ROLE_RST;
		fin[event->end] |= (event->segment.flags & FLAG_FIN) != 0;
	}
	*ret_begins = begins;
	*ret_ends = reset || (fin[END_CLIENT] && fin[END_SERVER]);
}

bool review_unseen(const struct review *review, int64_t due_by, char text[static UNSEEN_TEXT_SIZE])
{
	const struct event *last = timeline_first(review->timeline, EVENT_END);
	char at[DURATION_TEXT_SIZE];
	bool begins, ends;

	if (!review->capture)
		return false;
	find_bounds(review->timeline, &begins, &ends);
	if (!begins) {
		snprintf(text, UNSEEN_TEXT_SIZE,
			 "; the capture begins later than the connection: what is missing may have "
			 "come before");
		return true;
	}
	if (ends || !last || due_by <= last->at)
		return false;
	snprintf(text, UNSEEN_TEXT_SIZE,
		 "; the capture ends at %s, and the connection had not ended: what is missing may "
		 "have come later",
		 duration_format(at, last->at));
	return true;
}

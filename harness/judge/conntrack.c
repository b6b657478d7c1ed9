/* Expectations of the router between the ends. */
#include "judge/items.h"

static void review_last(struct review *review, const struct record *expectation,
			const struct event *last)
{
	int due = (int)record_number(expectation, KEY_TRACKED_STATE);
	const char *due_word = word_name(conntrack_words, due);
	const char *seen_word = word_name(conntrack_words, last->conntrack.state);

	review->key = KEY_TRACKED_STATE;
	review_add(review, expectation, last->conntrack.state == due ? VERDICT_PASS : VERDICT_FAIL,
		   due_word, seen_word, "the router's entry ended as %s, %s expected", seen_word,
		   due_word);
}

/* States that a handshake passes in microseconds are not asked for (is_conntrack_item()). */
static void review_tracked(struct review *review, const struct record *expectation)
{
	struct item_list list = {0};

	for_each_event (event, review->timeline) {
		int state = event->conntrack.state;

		if (event->kind == EVENT_CONNTRACK && !conntrack_is_handshake(state) &&
		    (list.count || state != CONNTRACK_NONE))
			item_add(&list, word_name(conntrack_words, state), false);
	}
	review_items(review, expectation, KEY_TRACKED, END_NONE, &list, "the router's entry went");
}

void review_conntrack(struct review *review, const struct record *expectation)
{
	const struct event *last = timeline_last(review->timeline, EVENT_CONNTRACK, END_NONE);

	if (!last) {
		review_add(review, expectation, VERDICT_INCONCLUSIVE, "an entry", "not observed",
			   "the router was never asked what it knows");
		return;
	}
	if (record_has(expectation, KEY_TRACKED))
		review_tracked(review, expectation);
	if (record_has(expectation, KEY_TRACKED_STATE))
		review_last(review, expectation, last);
	review->key = KEY_FILTERED;
	if (record_has(expectation, KEY_FILTERED))
		review_count(review, expectation, record_number(expectation, KEY_FILTERED),
			     last->conntrack.filtered, "packets dropped by the router's filter",
			     NULL);
}

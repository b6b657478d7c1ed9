/* Expectations of counters: a rule's, and the namespace's. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "judge/review.h"

/* The step whose rule is meant: the one that is said, or the only one that adds a rule. */
static int64_t rule_step(const struct review *review, const struct record *expectation)
{
	if (record_has(expectation, KEY_RULE_STEP))
		return record_number(expectation, KEY_RULE_STEP) - 1;
	for (size_t i = 0; i < review->scenario->step_count; i++) {
		if (is_fault(&review->scenario->steps[i]))
			return (int64_t)i;
	}
	return -1;
}

void review_rule(struct review *review, const struct record *expectation)
{
	int64_t step = rule_step(review, expectation);
	const struct event *last = NULL;

	review->key = KEY_PACKETS;
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_RULE && event->rule.index == step)
			last = event;
	}
	if (!last)
		review_add(review, expectation, VERDICT_FAIL, "a rule", "none",
			   "no rule was in force: its step never ran");
	else
		review_count(review, expectation, record_number(expectation, KEY_PACKETS),
			     last->rule.packets,
			     last->rule.packets == 1 ? "packet dropped by the rule"
						     : "packets dropped by the rule",
			     NULL);
}

void review_counters(struct review *review, const struct record *expectation)
{
	const struct value *due = &expectation->value[KEY_COUNTERS];

	for (size_t i = 0; i < due->item_count; i++) {
		const struct list_item *item = &due->items[i];
		int64_t delta = 0;
		char what[128];

		for_each_event (event, review->timeline) {
			if (event->kind == EVENT_COUNTER &&
			    strcmp(event->counter.name, item->text) == 0)
				delta = event->counter.after - event->counter.before;
		}
		snprintf(what, sizeof(what), "is how much %s grew", item->text);
		review->key = KEY_COUNTERS;
		review_count(review, expectation, item->number, delta, what, NULL);
		review->judgement->findings[review->judgement->count - 1].at = item->at;
	}
}

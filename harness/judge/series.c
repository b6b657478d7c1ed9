/*
 * What is sent again and again while nothing answers: SYN, SYN-ACK, data and FIN. How often, and
 * how far apart.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "judge/review.h"
#include "model/settings.h"

/* Of gaps beyond the expected number, as many are judged one by one. */
#define EXTRA_LIMIT 20

struct series {
	const struct event **list; /* the segment that was sent first comes first, where known */
	size_t count;
	size_t members; /* without one that is there to measure from only */
	const char *name;
};

static bool is_member(const struct record *expectation, const struct event *event)
{
	int syn = event->segment.flags & (FLAG_SYN | FLAG_ACK);

	if (event->kind != EVENT_SEGMENT || role_is_foreign(event->segment.role) ||
	    event->end != (enum end)record_number(expectation, KEY_FROM))
		return false;
	if (expectation->kind == RECORD_EXPECT_SYNS)
		return syn == FLAG_SYN;
	if (expectation->kind == RECORD_EXPECT_SYN_ACKS)
		return syn == (FLAG_SYN | FLAG_ACK);
	return event->segment.role == ROLE_RETRANSMISSION && !(syn & FLAG_SYN);
}

/* The segment that a retransmission repeats, when it was sent for the first time. */
static const struct event *origin_of(const struct review *review, const struct event *again)
{
	const struct event *found = NULL;

	for (const struct event *event = review->timeline->events; event < again; event++) {
		if (event->kind == EVENT_SEGMENT && event->end == again->end &&
		    (event->segment.role == ROLE_DATA || event->segment.role == ROLE_FIN) &&
		    event->segment.seq <= again->segment.seq)
			found = event;
	}
	return found;
}

static struct series series_of(struct review *review, const struct record *expectation)
{
	struct series series = {.name = expectation->kind == RECORD_EXPECT_SYNS ? "SYN"
					: expectation->kind == RECORD_EXPECT_SYN_ACKS
						? "SYN-ACK"
						: "retransmission"};

	for_each_event (event, review->timeline) {
		const struct event *origin = NULL;

		if (!is_member(expectation, event) || review_is_after(review, event))
			continue;
		if (!series.count && expectation->kind == RECORD_EXPECT_RETRANSMISSIONS)
			origin = origin_of(review, event);
		if (origin)
			*array_push(series.list, series.count) = origin;
		*array_push(series.list, series.count) = event;
		series.members++;
		review_claim(review, event);
	}
	return series;
}

/*
 * What a gap is due to be where each is twice the one before: that one was late by a granule at
 * most, so half of what is due lies between it and its granule less.
 */
static struct window doubled(const struct review *review, const struct record *expectation,
			     int64_t before)
{
	int64_t late = review_window(review, before).latest - before;
	int64_t least = 2 * (before - late), most = 2 * before;
	int64_t ceiling = record_number(expectation, KEY_CEILING);

	if (record_has(expectation, KEY_CEILING) && most > ceiling)
		most = ceiling;
	if (least > most)
		least = most;
	return (struct window){least > 0 ? least : 0, review_window(review, most).latest};
}

/*
 * A wait that the scenario names. The round trip, as the kernel has smoothed it, adds to a
 * retransmission time-out.
 */
static struct window named(const struct review *review, const struct record *expectation,
			   int64_t wait)
{
	const struct settings settings = settings_default(review->wheel.hz);
	struct window due = review_window(review, wait);

	if (expectation->kind == RECORD_EXPECT_RETRANSMISSIONS)
		due.latest = review_window(review, wait + settings.rtt.latest).latest;
	return due;
}

static void review_gap(struct review *review, const struct record *expectation, enum key key,
		       const struct series *series, size_t index, struct window due)
{
	const struct event *from = series->list[index - 1], *event = series->list[index];
	size_t first = series->members - series->count + 1;
	char subject[96], since[96];

	review->key = key;
	snprintf(subject, sizeof(subject), "%s %zu of %zu (packet %lld)", series->name,
		 index + first, series->members, (long long)event->segment.number);
	snprintf(since, sizeof(since), "packet %lld", (long long)from->segment.number);
	review_time(review, expectation, (struct window){from->at, from->at}, due, event->at,
		    subject, since);
}

static void review_gaps(struct review *review, const struct record *expectation,
			const struct series *series)
{
	bool doubling = record_number(expectation, KEY_DOUBLING);
	size_t begin = record_number(expectation, KEY_LOSS_PROBE) ? 3 : 2;
	size_t limit = (size_t)record_number(expectation, KEY_COUNT_) + EXTRA_LIMIT;

	for (size_t i = 1; i < series->count && i < limit; i++) {
		int64_t before = i > 1 ? series->list[i - 1]->at - series->list[i - 2]->at : 0;
		int64_t first = record_number(expectation, KEY_FIRST);
		int64_t interval = record_number(expectation, KEY_INTERVAL);

		if (i == 1 && record_has(expectation, KEY_FIRST))
			review_gap(review, expectation, KEY_FIRST, series, i,
				   named(review, expectation, first));
		else if (i >= begin && doubling)
			review_gap(review, expectation, KEY_DOUBLING, series, i,
				   doubled(review, expectation, before));
		else if (record_has(expectation, KEY_INTERVAL))
			review_gap(review, expectation, KEY_INTERVAL, series, i,
				   named(review, expectation, interval));
	}
}

void review_series(struct review *review, const struct record *expectation)
{
	struct series series = series_of(review, expectation);
	char what[64];

	snprintf(what, sizeof(what), "%s%s of the %s", series.name, plural((int64_t)series.members),
		 word_name(end_words, (int)record_number(expectation, KEY_FROM)));
	review->key = KEY_COUNT_;
	review_segments(review, expectation, record_number(expectation, KEY_COUNT_),
			(int64_t)series.members, what, NULL, INT64_MAX);
	review_gaps(review, expectation, &series);
	free(series.list);
}

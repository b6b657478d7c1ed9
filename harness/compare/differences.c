/*
 * What differs between two runs' facts.
 *
 * Noise is kept out by what is compared: counts and sequences, which the kernel
 * repeats exactly; waits as windows around what was asked for, which overlap
 * where the same was asked for; and the order of the two ends only where their
 * moments are further apart than either can move.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "compare/comparison.h"

/* Of more happenings than this, the order of the two ends is not compared: it
 * is quadratic. */
#define ORDER_LIMIT 2000

/* A detection that differs by less differs for nobody. */
#define NOTABLE (100 * MILLISECOND)

/* Room for what describe() writes. */
#define HAPPENING_TEXT_SIZE 96

static const enum end ends[] = {END_CLIENT, END_SERVER};

/* One end's happenings of a kind, in their order. */
struct sequence {
	const struct happening **list;
	size_t count;
};

static struct sequence sequence_of(const struct facts *facts, enum end end,
				   enum happening_kind kind)
{
	struct sequence sequence = {0};

	for (size_t i = 0; i < facts->count; i++) {
		if (facts->list[i].end == end && facts->list[i].kind == kind)
			*array_push(sequence.list, sequence.count) = &facts->list[i];
	}
	return sequence;
}

static bool is_same(const struct happening *a, const struct happening *b)
{
	return a->kind == b->kind && a->what == b->what;
}

static const char *describe(char buffer[static HAPPENING_TEXT_SIZE],
			    const struct sequence *sequence, size_t index)
{
	const struct happening *happening;
	size_t ordinal = 1;

	if (index >= sequence->count)
		return "nothing more";
	happening = sequence->list[index];
	for (size_t i = 0; i < index; i++)
		ordinal += is_same(sequence->list[i], happening);
	switch (happening->kind) {
	case HAPPENING_SENT:
		snprintf(buffer, HAPPENING_TEXT_SIZE, "%s %zu of the %s",
			 word_name(role_words, happening->what), ordinal,
			 word_name(end_words, (int)happening->end));
		break;
	case HAPPENING_TOLD:
		snprintf(buffer, HAPPENING_TEXT_SIZE, "%s at the %s", errno_name(happening->what),
			 word_name(end_words, (int)happening->end));
		break;
	case HAPPENING_STEP:
		snprintf(buffer, HAPPENING_TEXT_SIZE, "step %d", happening->what + 1);
		break;
	}
	return buffer;
}

/*
 * Leaves out what one run has more than the other at its end, where the other may just have ended
 * before it: how much a run sees of what goes on for ever is no news.
 */
static void trim(struct sequence *longer, const struct sequence *shorter, int64_t end)
{
	if (longer->count <= shorter->count)
		return;
	for (size_t i = 0; i < shorter->count; i++) {
		if (!is_same(longer->list[i], shorter->list[i]))
			return;
	}
	if (longer->list[shorter->count]->at + longer->list[shorter->count]->doubt >= end)
		longer->count = shorter->count;
}

static size_t count_of(const struct sequence *sequence, int role)
{
	size_t count = 0;

	for (size_t i = 0; i < sequence->count; i++)
		count += sequence->list[i]->what == role;
	return count;
}

static bool compare_counts(struct comparison *comparison, const struct sequence *old,
			   const struct sequence *new, enum end end)
{
	bool differ = false;

	for (int role = 0; role < ROLE_OTHER; role++) {
		size_t before = count_of(old, role), now = count_of(new, role);

		if (before == now)
			continue;
		differ = true;
		comparison_add(comparison, CHANGE_DIFFERENT, "count",
			       "%zu of role %s from the %s, was %zu", now,
			       word_name(role_words, role), word_name(end_words, (int)end), before);
	}
	return differ;
}

static bool overlap(struct window a, struct window b)
{
	return a.earliest <= b.latest && b.earliest <= a.latest;
}

/* -1: a surely came before b, 1: after it, 0: that may be otherwise in the next
 * run. */
static int sure_order(const struct happening *a, const struct happening *b)
{
	int64_t doubt = a->doubt + b->doubt;

	return a->at + doubt < b->at ? -1 : b->at + doubt < a->at ? 1 : 0;
}

/* The next of the same kind behind a place, or NULL. */
static const struct happening *next_like(const struct sequence *sequence, size_t place,
					 const struct happening *like)
{
	for (size_t i = place + 1; i < sequence->count; i++) {
		if (is_same(sequence->list[i], like))
			return sequence->list[i];
	}
	return NULL;
}

/* Whether something came when it may come in another run of the same. */
static bool is_as_before(const struct happening *old, const struct happening *new)
{
	return old && new &&llabs(new->at - old->at) <= old->doubt + new->doubt;
}

/* Whether what differs at a place only took turns, and neither moved more than it may. */
static bool may_take_turns(const struct sequence *old, const struct sequence *new, size_t place)
{
	const struct happening *before, *now;

	if (place >= old->count || place >= new->count)
		return false;
	before = old->list[place];
	now = new->list[place];
	return is_as_before(before, next_like(new, place, before)) &&
	       is_as_before(next_like(old, place, now), now);
}

/*
 * Returns whether one end did the same, and waited as long for it. Only the
 * first difference is told: what follows comes from it.
 */
static bool compare_sequences(struct comparison *comparison, const struct sequence *old,
			      const struct sequence *new, bool counts_differ)
{
	char before[HAPPENING_TEXT_SIZE], now[HAPPENING_TEXT_SIZE];
	char old_wait[DURATION_TEXT_SIZE], new_wait[DURATION_TEXT_SIZE];

	for (size_t i = 0; i < old->count || i < new->count; i++) {
		if (i >= old->count || i >= new->count || !is_same(old->list[i], new->list[i])) {
			if (!counts_differ && !may_take_turns(old, new, i))
				comparison_add(comparison, CHANGE_DIFFERENT, "order",
					       "%s where there was %s", describe(now, new, i),
					       describe(before, old, i));
			return false;
		}
		if (overlap(old->list[i]->wait, new->list[i]->wait))
			continue;
		comparison_add(comparison, CHANGE_DIFFERENT, "timing", "%s came after %s, was %s",
			       describe(now, new, i),
			       duration_format(new_wait, new->list[i]->waited),
			       duration_format(old_wait, old->list[i]->waited));
		return false;
	}
	return true;
}

/* The order of two sequences that are each the same in both runs. */
static void compare_order(struct comparison *comparison, const struct sequence old[2],
			  const struct sequence new[2])
{
	char first[HAPPENING_TEXT_SIZE], second[HAPPENING_TEXT_SIZE];

	if (old[0].count + old[1].count > ORDER_LIMIT)
		return;
	for (size_t i = 0; i < old[0].count; i++) {
		for (size_t j = 0; j < old[1].count && i < new[0].count &&j < new[1].count; j++) {
			int before = sure_order(old[0].list[i], old[1].list[j]);
			int now = sure_order(new[0].list[i], new[1].list[j]);

			if (before * now >= 0)
				continue;
			comparison_add(comparison, CHANGE_DIFFERENT, "order", "%s comes %s %s now",
				       describe(first, &new[0], i), now < 0 ? "before" : "after",
				       describe(second, &new[1], j));
			return;
		}
	}
}

static void compare_detection(struct comparison *comparison, const struct noticed *old,
			      const struct noticed *new, enum end end, bool waits_differ)
{
	char before[DURATION_TEXT_SIZE], now[DURATION_TEXT_SIZE];
	const char *name = word_name(end_words, (int)end);
	bool later = new->after > old->after;

	if (old->noticed != new->noticed) {
		const struct noticed *only = new->noticed ? new : old;

		comparison_add(comparison, new->noticed ? CHANGE_BETTER : CHANGE_WORSE, "detection",
			       "the %s %s told: %s after %s", name,
			       new->noticed ? "is now" : "is no longer", errno_name(only->error),
			       duration_format(now, only->after));
		return;
	}
	/* Where nothing was done otherwise, it is the same up to what timers are
	 * late. */
	if (!new->noticed || !waits_differ || llabs(new->after - old->after) < NOTABLE)
		return;
	comparison_add(comparison, later ? CHANGE_WORSE : CHANGE_BETTER, "detection",
		       "the %s is told %s: %s after %s, was %s", name, later ? "later" : "sooner",
		       duration_format(now, new->after),
		       new->since_fault ? "the fault" : "it heard the last",
		       duration_format(before, old->after));
}

static void compare_told(struct comparison *comparison, const struct facts *old,
			 const struct facts *new, enum end end)
{
	const char *name = word_name(end_words, (int)end);
	const char *before = old->told[end] ? old->told[end] : "nothing";
	const char *now = new->told[end] ? new->told[end] : "nothing";

	if (strcmp(before, now) != 0)
		comparison_add(comparison, CHANGE_DIFFERENT, "told", "the %s is told %s, was %s",
			       name, now, before);
	if (old->state[end] != new->state[end])
		comparison_add(comparison, CHANGE_DIFFERENT, "state", "the %s ends in %s, was %s",
			       name, word_name(state_words, new->state[end]),
			       word_name(state_words, old->state[end]));
}

/* The same of what an end sent or was told; returns whether it did the same. */
static bool compare_kind(struct comparison *comparison, const struct facts *old,
			 const struct facts *new, enum end end, enum happening_kind kind)
{
	struct sequence before = sequence_of(old, end, kind), now = sequence_of(new, end, kind);
	bool counts_differ = false, same;

	trim(&before, &now, new->end);
	trim(&now, &before, old->end);
	if (kind == HAPPENING_SENT)
		counts_differ = compare_counts(comparison, &before, &now, end);
	same = compare_sequences(comparison, &before, &now, counts_differ);
	free(before.list);
	free(now.list);
	return same;
}

/* What one end did and was told; returns whether it did the same. */
static bool compare_end(struct comparison *comparison, const struct facts *old,
			const struct facts *new, enum end end)
{
	bool same = compare_kind(comparison, old, new, end, HAPPENING_SENT);

	compare_told(comparison, old, new, end);
	/* That it came later since something else was done is no news; nor that it
	 * came at all. */
	if (same && old->noticed[end].noticed && new->noticed[end].noticed &&
	    old->noticed[end].error == new->noticed[end].error)
		same = compare_kind(comparison, old, new, end, HAPPENING_TOLD);
	compare_detection(comparison, &old->noticed[end], &new->noticed[end], end, !same);
	return same;
}

void compare_facts(struct comparison *comparison, const struct facts *old, const struct facts *new)
{
	bool same = compare_kind(comparison, old, new, END_NONE, HAPPENING_STEP);
	struct sequence before[2], now[2];

	for (size_t i = 0; i < array_length(ends); i++) {
		same = compare_end(comparison, old, new, ends[i]) && same;
		before[i] = sequence_of(old, ends[i], HAPPENING_SENT);
		now[i] = sequence_of(new, ends[i], HAPPENING_SENT);
	}
	if (same)
		compare_order(comparison, before, now);
	for (size_t i = 0; i < array_length(ends); i++) {
		free(before[i].list);
		free(now[i].list);
	}
}

/* Expectations of ICMP echoes: what became of them, what a monitor said, and what they left. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "judge/review.h"
#include "scenario/echoes.h"

/*
 * In bytes. A leak of each echo is 32 at least (MINSIZE, malloc/malloc.c of glibc 2.36); the
 * allocator itself keeps a little of what was freed, whatever the number of echoes.
 */
#define MEMORY_OF_A_LEAK 16

/* Whether an event of this step is meant. The monitor's are not. */
static bool is_meant(const struct record *expectation, int64_t step)
{
	return record_has(expectation, KEY_RULE_STEP)
		       ? step == record_number(expectation, KEY_RULE_STEP) - 1
		       : step >= 0;
}

static int64_t count_echoes(const struct review *review, const struct record *expectation,
			    enum ping_outcome outcome)
{
	int64_t count = 0;

	for_each_event (event, review->timeline)
		count += event->kind == EVENT_PING && is_meant(expectation, event->ping.step) &&
			 event->ping.outcome == (int)outcome;
	return count;
}

static const struct event *first_ping_error(const struct review *review,
					    const struct record *expectation)
{
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_PING && is_meant(expectation, event->ping.step) &&
		    event->ping.error)
			return event;
	}
	return NULL;
}

static void review_ping_error(struct review *review, const struct record *expectation)
{
	const struct event *met = first_ping_error(review, expectation);
	int due = (int)record_number(expectation, KEY_ERROR), seen = met ? met->ping.error : 0;
	const char *due_name = due ? errno_name(due) : "none";
	const char *seen_name = seen ? errno_name(seen) : "none";

	review->key = KEY_ERROR;
	if (!met) {
		review_add(review, expectation, due ? VERDICT_FAIL : VERDICT_PASS, due_name,
			   seen_name, "no echo met an error, %s expected", due_name);
		return;
	}
	review_add(review, expectation, due == seen ? VERDICT_PASS : VERDICT_FAIL, due_name,
		   seen_name, "echo %lld %s %s, %s expected", (long long)met->ping.number,
		   met->ping.outcome == PING_REFUSED ? "was not sent:" : "met", seen_name,
		   due_name);
	review_moment(review, met->at);
}

void review_ping(struct review *review, const struct record *expectation)
{
	int64_t answered = count_echoes(review, expectation, PING_ANSWERED);
	int64_t unanswered = count_echoes(review, expectation, PING_UNANSWERED);

	review->key = KEY_ANSWERED;
	if (record_has(expectation, KEY_ANSWERED))
		review_count(review, expectation, record_number(expectation, KEY_ANSWERED),
			     answered, answered == 1 ? "answered echo" : "answered echoes", NULL);
	review->key = KEY_UNANSWERED;
	if (record_has(expectation, KEY_UNANSWERED))
		review_count(review, expectation, record_number(expectation, KEY_UNANSWERED),
			     unanswered, unanswered == 1 ? "unanswered echo" : "unanswered echoes",
			     NULL);
	if (record_has(expectation, KEY_ERROR))
		review_ping_error(review, expectation);
}

static char *said_text(const struct timeline *timeline)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	const char *separator = "";

	for_each_event (event, timeline) {
		if (event->kind != EVENT_MONITOR)
			continue;
		fprintf(stream, "%s%s", separator, word_name(host_words, event->monitor.says));
		separator = ", ";
	}
	fclose(stream);
	return text;
}

static char *due_text(const struct value *says)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < says->item_count; i++)
		fprintf(stream, "%s%s", i ? ", " : "", says->items[i].text);
	fclose(stream);
	return text;
}

static const struct event *first_silent(const struct timeline *timeline)
{
	for_each_event (event, timeline) {
		if (event->kind == EVENT_MONITOR && event->monitor.says == HOST_SILENT)
			return event;
	}
	return NULL;
}

/*
 * The monitor pauses for an interval between two echoes, so the first echo that a fault takes is
 * sent up to an interval after it.
 */
static void review_silent(struct review *review, const struct record *expectation)
{
	const struct record *monitor = &review->scenario->monitor;
	int64_t delay = record_has(expectation, KEY_DELAY) ? record_number(expectation, KEY_DELAY)
							   : monitor_silent_after(monitor);
	enum end end = (enum end)record_number(monitor, KEY_FROM);
	const struct event *silent = first_silent(review->timeline);
	const char *since = "";
	const struct window due = {delay, delay + echo_interval(monitor)};
	struct window reference;
	bool has_reference = review_reference(review, expectation, end, &reference, &since);

	review->key = KEY_AFTER;
	if (!silent) { /* which was said */
		if (has_reference)
			review_due(review, window_add(reference, due), end);
		return;
	}
	if (!has_reference) {
		review_add(review, expectation, VERDICT_FAIL, since, "none",
			   "the monitor said \"silent\", but there was no moment to measure it "
			   "from: %s",
			   since);
		return;
	}
	review_time(review, expectation, reference, due, silent->at, "\"silent\" of the monitor",
		    since);
}

void review_monitor(struct review *review, const struct record *expectation)
{
	cleanup_free char *due = due_text(&expectation->value[KEY_SAYS]);
	cleanup_free char *seen = said_text(review->timeline);

	review->key = KEY_SAYS;
	review_add(review, expectation, strcmp(due, seen) == 0 ? VERDICT_PASS : VERDICT_FAIL, due,
		   seen, "the monitor said of the host: %s; expected: %s", *seen ? seen : "nothing",
		   due);
	if (record_has(expectation, KEY_AFTER))
		review_silent(review, expectation);
}

/* What was held before the first echo of a ping, behind the first one, and behind the last one. */
struct holding {
	const struct resources_event *before, *first, *last;
};

static struct holding find_holding(const struct review *review, const struct record *expectation)
{
	struct holding holding = {0};

	for_each_event (event, review->timeline) {
		const struct resources_event *held = &event->resources;

		if (event->kind != EVENT_RESOURCES || !is_meant(expectation, held->step))
			continue;
		if (!holding.before)
			holding.before = held;
		/* Of one ping: the first one where none is said. */
		if (held->step != holding.before->step)
			continue;
		if (held->echoes == 1)
			holding.first = held;
		holding.last = held;
	}
	return holding;
}

/* The first echo fills what is kept for all: caches of the allocator, tables of a library. */
static void review_memory(struct review *review, const struct record *expectation,
			  const struct holding *holding)
{
	int64_t echoes = holding->last->echoes - holding->first->echoes;
	int64_t left = holding->last->memory - holding->first->memory;
	bool unchanged = left < echoes * MEMORY_OF_A_LEAK;
	char seen[48];

	snprintf(seen, sizeof(seen), "%lld bytes", (long long)left);
	review->key = KEY_MEMORY;
	review_add(review, expectation, unchanged ? VERDICT_PASS : VERDICT_FAIL, "unchanged", seen,
		   "%lld echoes left %lld bytes of memory, less than %d for each expected",
		   (long long)echoes, (long long)left, MEMORY_OF_A_LEAK);
}

/* How many more of one thing there are. */
static void review_held(struct review *review, const struct record *expectation, enum key key,
			int64_t more, const char *what, int64_t echoes)
{
	char text[96];

	if (!record_has(expectation, key))
		return;
	snprintf(text, sizeof(text), "%s%s behind %lld echoes", what,
		 more == 1 ? " more is open" : "s more are open", (long long)echoes);
	review->key = key;
	review_count(review, expectation, record_number(expectation, key), more, text, NULL);
}

void review_resources(struct review *review, const struct record *expectation)
{
	struct holding holding = find_holding(review, expectation);

	if (!holding.first || holding.last == holding.first) {
		review_add(review, expectation, VERDICT_FAIL, "echoes", "too few",
			   "nothing can be said of what echoes left: the ping did not finish");
		return;
	}
	review_held(review, expectation, KEY_DESCRIPTORS,
		    holding.last->descriptors - holding.before->descriptors, "descriptor",
		    holding.last->echoes);
	review_held(review, expectation, KEY_PORTS, holding.last->ports - holding.before->ports,
		    "port", holding.last->echoes);
	if (record_has(expectation, KEY_MEMORY))
		review_memory(review, expectation, &holding);
}

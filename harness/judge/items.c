#define _GNU_SOURCE
#include "judge/items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

void item_add(struct item_list *list, const char *text, bool repeats)
{
	if (!repeats && list->count && strcmp(list->items[list->count - 1], text) == 0)
		return;
	*array_push(list->items, list->count) = strdup(text);
}

static char *items_join(char *const *items, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%s%s", i ? ", " : "", items[i]);
	fclose(stream);
	return text;
}

static void items_free(struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
}

/* Whether what came is what was due with some items left out. */
static bool is_part_of(const struct item_list *seen, const struct value *due)
{
	size_t found = 0;

	for (size_t i = 0; i < due->item_count && found < seen->count; i++) {
		if (strcmp(due->items[i].text, seen->items[found]) == 0)
			found++;
	}
	return found == seen->count;
}

/*
 * Whether we may have missed a state of an end: two of its segments had passed before the first one
 * was read, so the socket was not asked between them.
 */
static bool missed_states(const struct review *review, enum end end)
{
	for_each_event (witness, review->timeline) {
		size_t passed = 0;

		if (witness->kind != EVENT_WITNESS || !witness->witness.lateness)
			continue;
		for_each_event (event, review->timeline) {
			if (event->kind == EVENT_SEGMENT && event->end == end &&
			    event->at >= witness->witness.due && event->at <= witness->at)
				passed++;
		}
		if (passed > 1)
			return true;
	}
	return false;
}

/* What is asked when something has happened may have passed before; what a call returned has not.
 */
static bool is_sampled(enum key key)
{
	return key == KEY_STATES || key == KEY_GOES || key == KEY_POLL || key == KEY_TRACKED;
}

void review_items(struct review *review, const struct record *expectation, enum key key,
		  enum end end, struct item_list *seen, const char *what)
{
	const struct value *due = &expectation->value[key];
	cleanup_free char **due_items = calloc(due->item_count + 1, sizeof(char *));
	cleanup_free char *due_text = NULL, *seen_text = items_join(seen->items, seen->count);
	enum verdict verdict = VERDICT_FAIL;

	review->key = key;
	for (size_t i = 0; i < due->item_count; i++)
		due_items[i] = due->items[i].text;
	due_text = items_join(due_items, due->item_count);
	if (strcmp(due_text, seen_text) == 0)
		verdict = VERDICT_PASS;
	else if (is_sampled(key) && is_part_of(seen, due) && missed_states(review, end))
		verdict = VERDICT_INCONCLUSIVE;
	review_add(review, expectation, verdict, due_text, seen_text, "%s: %s; expected: %s%s",
		   what, *seen_text ? seen_text : "nothing", due_text,
		   verdict == VERDICT_INCONCLUSIVE ? "; the machine was too late to see them all"
						   : "");
	items_free(seen);
}

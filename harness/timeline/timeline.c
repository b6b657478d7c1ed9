#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void timeline_append(struct timeline *timeline, struct event event)
{
	*array_push(timeline->events, timeline->count) = event;
}

/* How far events are moved, on average, before their order counts as no order at all. */
#define NEARLY_SORTED 64

/* Returns whether it ended within its budget; the events are all there in any case. */
static bool insertion_sort(struct event *events, size_t count)
{
	size_t budget = count * NEARLY_SORTED;

	for (size_t i = 1; i < count; i++) {
		struct event event = events[i];
		size_t j = i;

		for (; j > 0 && events[j - 1].at > event.at; j--)
			events[j] = events[j - 1];
		events[j] = event;
		if (i - j > budget)
			return false;
		budget -= i - j;
	}
	return true;
}

/* scratch has room for count events. */
static void merge_sort(struct event *events, size_t count, struct event *scratch)
{
	size_t half = count / 2, left = 0, right = half;

	if (count < 2)
		return;
	merge_sort(events, half, scratch);
	merge_sort(events + half, count - half, scratch);
	memcpy(scratch, events, count * sizeof(*events));
	for (size_t i = 0; i < count; i++) {
		bool take_left =
			right == count || (left < half && scratch[left].at <= scratch[right].at);

		events[i] = scratch[take_left ? left++ : right++];
	}
}

void timeline_sort(struct timeline *timeline)
{
	struct event *scratch;

	/* A fresh timeline is nearly sorted, where insertion is linear; a file may be anything. */
	if (insertion_sort(timeline->events, timeline->count))
		return;
	scratch = calloc(timeline->count, sizeof(*scratch));
	if (!scratch)
		abort();
	merge_sort(timeline->events, timeline->count, scratch);
	free(scratch);
}

const struct event *timeline_first(const struct timeline *timeline, enum event_kind kind)
{
	for_each_event (event, timeline) {
		if (event->kind == kind)
			return event;
	}
	return NULL;
}

const struct event *timeline_last(const struct timeline *timeline, enum event_kind kind,
				  enum end end)
{
	for (size_t i = timeline->count; i > 0; i--) {
		const struct event *event = &timeline->events[i - 1];

		if (event->kind == kind && event->end == end)
			return event;
	}
	return NULL;
}

const char *timeline_sysctl(const struct timeline *timeline, const char *name)
{
	for_each_event (event, timeline) {
		if (event->kind == EVENT_SYSCTL && strcmp(event->sysctl.name, name) == 0)
			return event->sysctl.value;
	}
	return NULL;
}

void timeline_free(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->count; i++)
		event_release(&timeline->events[i]);
	free(timeline->events);
	*timeline = (struct timeline){0};
}

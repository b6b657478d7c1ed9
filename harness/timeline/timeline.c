#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void timeline_append(struct timeline *timeline, struct event event)
{
	*array_push(timeline->events, timeline->count) = event;
}

void timeline_sort(struct timeline *timeline)
{
	/* Nearly sorted: an insertion sort is linear here, and it is stable. */
	for (size_t i = 1; i < timeline->count; i++) {
		struct event event = timeline->events[i];
		size_t j = i;

		for (; j > 0 && timeline->events[j - 1].at > event.at; j--)
			timeline->events[j] = timeline->events[j - 1];
		timeline->events[j] = event;
	}
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

/* The timeline: all that happened, one list of events on one clock, ordered by time. */
#ifndef HALFOPEN_TIMELINE_TIMELINE_H
#define HALFOPEN_TIMELINE_TIMELINE_H

#include "timeline/event.h"

struct timeline {
	struct event *events;
	size_t count;
};

/* Appends an event; the timeline owns what it points to from now on. */
void timeline_append(struct timeline *timeline, struct event event);

/*
 * Puts events in the order of their time; equal times keep the order in which they came. Packets
 * carry kernel stamps and are read later than they are stamped, so a fresh timeline needs it.
 */
void timeline_sort(struct timeline *timeline);

/* Returns the first event of a kind, or NULL. */
const struct event *timeline_first(const struct timeline *timeline, enum event_kind kind);

/* Returns the last event of a kind of one end, or NULL. */
const struct event *timeline_last(const struct timeline *timeline, enum event_kind kind,
				  enum end end);

/* Returns a sysctl's value before the connection was made, or NULL where it is not recorded. */
const char *timeline_sysctl(const struct timeline *timeline, const char *name);

void timeline_free(struct timeline *timeline);

#define for_each_event(each, timeline)                                                             \
	for (const struct event *each = (timeline)->events;                                        \
	     each && each < (timeline)->events + (timeline)->count; each++)

#endif

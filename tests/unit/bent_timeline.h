/* Bending a timeline made by hand. Shared by the tests of judging. */
#ifndef HALFOPEN_TESTS_BENT_TIMELINE_H
#define HALFOPEN_TESTS_BENT_TIMELINE_H

#include "timeline/timeline.h"

static inline struct event segment(int64_t at, enum end end, int role, int64_t number, int flags,
				   int64_t seq, int64_t ack)
{
	return (struct event){
		.at = at,
		.kind = EVENT_SEGMENT,
		.end = end,
		.segment = {
			.number = number, .role = role, .flags = flags, .seq = seq, .ack = ack}};
}

static inline void drop_event(struct timeline *timeline, size_t place)
{
	event_release(&timeline->events[place]);
}

/* What comes after a place goes along: only the gap before it changes. */
static inline void move_rest(struct timeline *timeline, size_t place, int64_t by)
{
	for (size_t i = place; i < timeline->count; i++)
		timeline->events[i].at += by;
}

static inline void nothing(struct timeline *timeline)
{
	(void)timeline;
}

#endif

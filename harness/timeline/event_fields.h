/* The fields of each kind of event, as one table: for JSON, for copying and for freeing. */
#ifndef HALFOPEN_TIMELINE_EVENT_FIELDS_H
#define HALFOPEN_TIMELINE_EVENT_FIELDS_H

#include "timeline/event.h"

enum field_type {
	FIELD_NUMBER,	/* int64_t */
	FIELD_OPTIONAL, /* int64_t; left out where it is 0 */
	FIELD_WORD,	/* int, by its word */
	FIELD_ERRNO,	/* int, by its name; "none" for 0 */
	FIELD_FLAGS,	/* int, TCP flags as tcpdump prints them */
	FIELD_TEXT,	/* char *, owned */
	FIELD_ADDRESS,	/* struct address */
	FIELD_BYTES,	/* uint8_t *, owned, with the size_t frame_length; hexadecimal */
};

struct event_field {
	const char *name; /* NULL ends the table */
	enum field_type type;
	size_t offset; /* in struct event */
	const struct word *words;
};

const struct event_field *event_fields(enum event_kind kind);

static inline void *event_field_in(struct event *event, const struct event_field *field)
{
	return (char *)event + field->offset;
}

#endif

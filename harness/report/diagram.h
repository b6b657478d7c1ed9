/* Lines of a sequence diagram: a bar for each end, arrows between them, notes beside them. */
#ifndef HALFOPEN_REPORT_DIAGRAM_H
#define HALFOPEN_REPORT_DIAGRAM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/names.h"
#include "report/style.h"

struct diagram {
	FILE *stream;
	const struct style *style;
	int span;	   /* columns between the bars */
	bool notes_inside; /* those of the server stand left of its bar, not right of it */
};

/*
 * Each ends a line whose beginning, up to the client's bar, the caller has written. behind stands
 * right of the server's bar; NULL: nothing.
 */

/* "|---- probe ---->|", from the client unless it is from the server; lost: "|---- probe --x  |".
 */
void diagram_arrow(const struct diagram *diagram, enum end from, const char *label, bool lost,
		   const char *behind);

/* "|== drop to server ====|": something that is done to the connection. */
void diagram_band(const struct diagram *diagram, const char *text, const char *behind);

/* Something that an end is told or does; emphasis is of the style, or NULL. */
void diagram_note(const struct diagram *diagram, enum end end, const char *emphasis,
		  const char *note, const char *behind);

#endif

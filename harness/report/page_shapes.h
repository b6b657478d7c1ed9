/*
 * What a page's drawing is made of, in SVG: a column of moments, two ends, the path between them,
 * and room for notes beside each end. Positions are in pixels, from the top.
 */
#ifndef HALFOPEN_REPORT_PAGE_SHAPES_H
#define HALFOPEN_REPORT_PAGE_SHAPES_H

#include <stdint.h>
#include <stdio.h>

#include "base/names.h"

/* Columns: moments, the client's notes, the path, the server's notes. */
#define TIME_EDGE 76
#define CLIENT	  335
#define SERVER	  635
#define MIDDLE	  ((CLIENT + SERVER) / 2)
#define WIDTH	  885
#define NOTE_GAP  12

static inline int end_x(enum end end)
{
	return end == END_SERVER ? SERVER : CLIENT;
}

void shape_time(FILE *stream, int y, int64_t at);

/* Text beside an end: left of the client, right of the server. class begins with a blank, or is "".
 */
void shape_note(FILE *stream, enum end end, int y, const char *class, const char *text);

enum arrow {
	ARROW_ARRIVES,
	ARROW_LOST,  /* ends in a cross */
	ARROW_GHOST, /* of what never came */
};

/* From an end to the other, its label above it. */
void shape_arrow(FILE *stream, enum end end, int y, enum arrow how, const char *label);

/* Something that was done to the path or an end, or that happened to the run. */
void shape_bar(FILE *stream, int y, const char *class, const char *text);

#endif

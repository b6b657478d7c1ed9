/*
 * The lines of a sequence diagram in text, each as wide as is said: a mark, the time, the time
 * since the line before, and the two ends with what is between and beside them.
 */
#ifndef HALFOPEN_REPORT_SEQUENCE_LINES_H
#define HALFOPEN_REPORT_SEQUENCE_LINES_H

#include "report/diagram.h"

struct lines {
	struct diagram diagram;
	bool with_since;
	char mark;    /* of the next line */
	int64_t last; /* time of the last line */
};

struct lines lines_on(FILE *stream, const struct style *style);

/* Begins a line: with its time, or without one. */
void line_begin(struct lines *lines, int64_t at);
void line_margin(struct lines *lines);

/* Draws a piece of a text between the bars, or beside one of them. */
typedef void lines_draw(const struct diagram *diagram, enum end end, const char *emphasis,
			const char *text, const char *behind);

/* Draws a text of that room in as many lines as it takes; the first has the time, unless NULL. */
void lines_text(struct lines *lines, const int64_t *at, const char *text, size_t room,
		lines_draw *draw, enum end end, const char *emphasis, const char *behind);

/* A text beside one end. */
void lines_note(struct lines *lines, const int64_t *at, enum end end, const char *emphasis,
		const char *note);

#endif

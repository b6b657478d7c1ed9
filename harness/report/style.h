/* How text for people looks: colours on a terminal only, and never with NO_COLOR (no-color.org). */
#ifndef HALFOPEN_REPORT_STYLE_H
#define HALFOPEN_REPORT_STYLE_H

#include <stdbool.h>
#include <stdio.h>

/* Escape sequences, or empty texts. */
struct style {
	const char *good, *bad, *doubtful, *faint, *bold, *plain;
	bool terminal; /* whether a line can be rewritten */
	int width;     /* columns, by COLUMNS or of the terminal; 0: nobody says */
};

struct style style_for(FILE *stream);

#endif

/* Text for people, broken into lines. */
#ifndef HALFOPEN_REPORT_PARAGRAPH_H
#define HALFOPEN_REPORT_PARAGRAPH_H

#include <stdio.h>

#include "report/style.h"

/* Columns that text may take: the terminal's, within reason, or 80 where there is none. */
int text_width(const struct style *style);

/*
 * Writes words, of ASCII, one after the other; a line begins with indent blanks and ends before
 * width, unless one word is longer. column is where the stream stands already; the rest of its line
 * is used. Ends with a newline.
 */
void paragraph_write(FILE *stream, int width, int indent, int column, const char *text);

#endif

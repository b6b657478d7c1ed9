/* Text in HTML and SVG: nothing that comes from elsewhere can break a page. */
#ifndef HALFOPEN_REPORT_HTML_H
#define HALFOPEN_REPORT_HTML_H

#include <stddef.h>
#include <stdio.h>

/*
 * Writes text for an element's content or a quoted attribute: markup is escaped, a control is shown
 * as its picture (U+2400 and above), and what HTML must not have, or would turn the direction of
 * what follows, or is not UTF-8, becomes U+FFFD. NULL: nothing.
 */
void html_text(FILE *stream, const char *text);

/* The same, cut to so many characters, the last of them then an ellipsis. */
void html_text_cut(FILE *stream, const char *text, size_t characters);

#endif

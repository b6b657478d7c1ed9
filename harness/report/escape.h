/*
 * Text from scenarios, file names and programs, made harmless for the format that it goes into.
 * For all of them: what is not UTF-8 becomes U+FFFD, and what is neither text nor allowed becomes
 * '?', so that nothing can end a line, an element or a terminal's patience.
 */
#ifndef HALFOPEN_REPORT_ESCAPE_H
#define HALFOPEN_REPORT_ESCAPE_H

#include <stdio.h>

enum escape {
	ESCAPE_LINE,	    /* plain text on one line: controls become '?' */
	ESCAPE_JSON,	    /* only broken UTF-8 is replaced: JSON's own writer does the rest */
	ESCAPE_XML,	    /* text of an element; lines stay lines */
	ESCAPE_XML_VALUE,   /* within double quotes; line ends and tabs as references */
	ESCAPE_KTAP,	    /* a test's name: '#' would begin a directive */
	ESCAPE_GITHUB,	    /* the message of a workflow command */
	ESCAPE_GITHUB_VALUE /* the value of one of its properties */
};

void escape_write(FILE *stream, enum escape how, const char *text);

/* The same as a new text, which the caller frees. */
char *escape_text(enum escape how, const char *text);

#endif

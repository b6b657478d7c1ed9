/* The drawn sequence diagram of one scenario, as SVG inside a page. */
#ifndef HALFOPEN_REPORT_PAGE_DRAWING_H
#define HALFOPEN_REPORT_PAGE_DRAWING_H

#include <stdio.h>

#include "judge/judge.h"

/*
 * Draws what happened and what was due. number is the scenario's on the page: what stands out links
 * to its finding, "#s3f1". The page must have page_symbols().
 */
void page_draw(FILE *stream, size_t number, const struct timeline *timeline,
	       const struct judgement *judgement);

/* What all drawings of a page share; once, before the first. */
void page_symbols(FILE *stream);

#endif

/* The findings of one scenario on a page, with the packets around those that are not a pass. */
#ifndef HALFOPEN_REPORT_PAGE_FINDINGS_H
#define HALFOPEN_REPORT_PAGE_FINDINGS_H

#include <stdio.h>

#include "report/saved.h"

/* timeline: NULL where none was kept. */
void page_findings(FILE *stream, size_t number, const struct saved_scenario *scenario,
		   const struct timeline *timeline);

/* A verdict as a word with its sign, so that it does not need its colour. */
void page_verdict(FILE *stream, enum verdict verdict);

#endif

/*
 * Results as a page for people: one HTML file that needs nothing else, no script to be read, and no
 * network. All scenarios stand in it, what failed first and open, each with its drawing and its
 * findings.
 */
#ifndef HALFOPEN_REPORT_PAGE_H
#define HALFOPEN_REPORT_PAGE_H

#include <stdio.h>

#include "report/saved.h"

/* Where a page gets its timelines from: one after the other, so that not all need be in memory. */
struct page_source {
	/* Gives a scenario's, valid until the next call; NULL: there is none. */
	const struct timeline *(*timeline)(void *data, const struct saved_scenario *scenario);
	void *data;
};

/* Writes the page to stream, whose errors are its owner's to find. */
void page_write(FILE *stream, const struct saved *saved, const struct page_source *source);

/* The same with timelines from the files that the results name. */
void page_write_saved(FILE *stream, const struct saved *saved);

/* The same with those of outcomes. */
void page_write_outcomes(FILE *stream, const struct saved *saved, const struct outcome *outcomes,
			 size_t count);

#endif

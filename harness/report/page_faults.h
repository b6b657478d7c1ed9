/* From when to when the way to an end was cut, as the steps of a timeline say. */
#ifndef HALFOPEN_REPORT_PAGE_FAULTS_H
#define HALFOPEN_REPORT_PAGE_FAULTS_H

#include "scenario/step_text.h"
#include "timeline/timeline.h"

struct fault {
	enum record_kind kind;
	int64_t step; /* its index in the scenario */
	enum end to;  /* END_NONE: to both */
	int64_t from, until;
};

struct faults {
	struct fault *list;
	size_t count;
};

/*
 * Finds the rules that take everything that goes to an end, or to both, ends that vanish, links
 * that are down and cables that are unplugged. Rules for some packets only are left out: which ones
 * they took is not in a timeline. Freed with faults_free().
 */
void faults_find(const struct timeline *timeline, struct faults *ret_faults);

/* Whether nothing reaches an end at a moment. */
bool faults_cut(const struct faults *faults, enum end to, int64_t at);

void faults_free(struct faults *faults);

#endif

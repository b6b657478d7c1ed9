/*
 * What stands out in a drawing of a timeline: which event came late or early, which should not have
 * come, and what was due and did not come. Made from findings that did not pass.
 */
#ifndef HALFOPEN_REPORT_REMARKS_H
#define HALFOPEN_REPORT_REMARKS_H

#include "judge/judge.h"

struct remarks {
	const struct finding **came;	/* that speak of an event */
	const struct finding **missing; /* of something that did not come, by the end of windows */
	size_t came_count, missing_count;
};

/* The findings stay their judgement's, which must live as long. NULL: no remarks. */
struct remarks remarks_make(const struct judgement *judgement);

/* What is to be said of an event, or NULL. */
const struct finding *remark_on(const struct remarks *remarks, const struct event *event);

#define REMARK_TEXT_SIZE 160

/* "LATE by 2.976 s: due 4.000 s to 4.024 s". Returns the buffer. */
const char *remark_text(char buffer[static REMARK_TEXT_SIZE], const struct finding *finding);

/* '!' where it is a failure, '?' where something explains it. */
char remark_letter(const struct finding *finding);

void remarks_free(struct remarks *remarks);

#endif

/* A timeline drawn as text: who sent what to whom, what was done, what each end was told. */
#ifndef HALFOPEN_REPORT_SEQUENCE_H
#define HALFOPEN_REPORT_SEQUENCE_H

#include <stdio.h>

#include "judge/judge.h"
#include "report/style.h"
#include "timeline/timeline.h"

/*
 * Draws to stream, as wide as it is. What came late or early, should not have come, or did not come
 * stands out: by '!' (or '?', where something explains it) before the line, and by words. judgement
 * may be NULL. Of a long timeline only beginning, end and what is around a remark is drawn, unless
 * all is wanted.
 */
void sequence_draw(const struct timeline *timeline, const struct judgement *judgement, bool all,
		   const struct style *style, FILE *stream);

#endif

/* A timeline drawn as text: who sent what to whom, what was done, what each end was told. */
#ifndef HALFOPEN_REPORT_SEQUENCE_H
#define HALFOPEN_REPORT_SEQUENCE_H

#include <stdio.h>

#include "report/style.h"
#include "timeline/timeline.h"

/* Draws to stream; each line is indented by two blanks. */
void sequence_draw(const struct timeline *timeline, const struct style *style, FILE *stream);

#endif

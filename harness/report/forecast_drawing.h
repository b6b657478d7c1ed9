/* What a scenario will do, drawn as a sequence diagram: when, from whom to whom, by which rule. */
#ifndef HALFOPEN_REPORT_FORECAST_DRAWING_H
#define HALFOPEN_REPORT_FORECAST_DRAWING_H

#include <stdio.h>

#include "model/forecast.h"
#include "report/legend.h"
#include "report/style.h"

/* Draws to stream, as wide as it is, and puts the rules into the legend. */
void forecast_draw(const struct forecast *forecast, const struct scenario *scenario,
		   struct legend *legend, const struct style *style, FILE *stream);

/* Room for what step_words() writes. */
#define STEP_WORDS_SIZE 128

/* Writes what a step does, without when: "drop to server". Returns the buffer. */
const char *step_words(const struct record *step, char buffer[static STEP_WORDS_SIZE]);

#endif

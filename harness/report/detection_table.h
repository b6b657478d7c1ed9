/* How long until a dead peer is noticed, for each end and situation, as a table. */
#ifndef HALFOPEN_REPORT_DETECTION_TABLE_H
#define HALFOPEN_REPORT_DETECTION_TABLE_H

#include <stdio.h>

#include "model/model.h"
#include "report/legend.h"
#include "report/style.h"

struct detection_row {
	enum end end; /* END_NONE: either end, both notice alike */
	enum situation situation;
	struct detection detection;
};

/* The client in four situations, the server in all but connecting. */
#define DETECTION_ROWS 7

struct detection_table {
	struct detection_row rows[DETECTION_ROWS];
	size_t count;
};

extern const struct word situation_words[];

/* What the settings come to. */
struct detection_table detection_table(const struct settings *settings);

/* Writes the table as wide as stream is, and puts the rules into the legend. */
void detection_table_write(const struct detection_table *table, struct legend *legend,
			   const struct style *style, FILE *stream);

#endif

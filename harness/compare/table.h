/* What was measured, on one line for each scenario, in a column for each of several results. */
#ifndef HALFOPEN_COMPARE_TABLE_H
#define HALFOPEN_COMPARE_TABLE_H

#include <stdio.h>

#include "compare/facts.h"
#include "report/saved.h"

struct table_column {
	struct saved saved;
	struct facts *facts; /* of each of its scenarios; empty where no timeline was kept */
};

/*
 * Writes Markdown: experiment, document, what it states (from the scenarios), what each kernel did,
 * and the verdict: whether the document holds, or is wrong or out of date; where a kernel did not
 * do what was expected, whether the expectations that the scenario spells out failed, or the model.
 */
void table_write(const struct table_column *columns, size_t count,
		 const struct scenarios *scenarios, FILE *stream);

void table_column_free(struct table_column *column);

#endif

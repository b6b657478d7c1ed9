/* The rules that a picture refers to, numbered in the order in which they appear in it. */
#ifndef HALFOPEN_REPORT_LEGEND_H
#define HALFOPEN_REPORT_LEGEND_H

#include <stdio.h>

#include "model/rules.h"
#include "report/style.h"

/* Starts as {0}. */
struct legend {
	enum rule rules[RULE_LIMIT];
	int count;
};

/* Room for what legend_mark() writes. */
#define LEGEND_MARK_SIZE 16

/* Writes "[2]", the rule's number from now on; nothing for RULE_NONE. Returns the buffer. */
const char *legend_mark(struct legend *legend, enum rule rule,
			char buffer[static LEGEND_MARK_SIZE]);

/* Writes name, formula and source of each rule. */
void legend_write(const struct legend *legend, const struct style *style, FILE *stream);

#endif

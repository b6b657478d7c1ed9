/* Nodes to records, as the vocabulary's table says. */
#ifndef HALFOPEN_SCENARIO_RECORDS_H
#define HALFOPEN_SCENARIO_RECORDS_H

#include "scenario/node.h"
#include "scenario/scenario.h"

/* Steps, and expectations, of one scenario. */
#define RECORD_LIMIT 1000

/* Reads an end: the mapping behind "client" or "server". */
void end_read(const struct reader *reader, enum record_kind kind, const struct node *node,
	      struct record *record);

/* Reads one item of "timeline". */
void step_read(const struct reader *reader, const struct node *item, struct record *record);

/* Reads one item of "expect". */
void expectation_read(const struct reader *reader, const struct node *item, struct record *record);

#endif

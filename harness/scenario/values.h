/* Nodes to values: one function for each type of value. */
#ifndef HALFOPEN_SCENARIO_VALUES_H
#define HALFOPEN_SCENARIO_VALUES_H

#include "scenario/node.h"
#include "scenario/scenario.h"
#include "scenario/vocabulary.h"

/* Reads what a key has as its value; complains, and sets value->bad, where it cannot be. */
void value_read(const struct reader *reader, const struct key_spec *spec, const struct node *node,
		struct value *value);

/* Reads a sysctl's entry; complains, and leaves value NULL, where it cannot be. */
void setting_read(const struct reader *reader, const struct node *node,
		  struct sysctl_setting *setting);

/* Reads a list of tags, and appends those that are not there yet. */
void tags_read(const struct reader *reader, const struct node *node, char ***tags, size_t *count);

/* Reads one line of text for people; returns NULL where it is none, with a complaint. */
char *line_read(const struct reader *reader, const char *name, const struct node *node);

/* Reads decimal digits. Returns whether text is a whole number that int64_t holds. */
bool parse_number(const char *text, int64_t *ret_number);

#endif

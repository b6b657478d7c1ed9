/*
 * The tree of a YAML file, reduced to what scenarios need: texts, lists and mappings, each with
 * its place. A tree is owned by whoever holds its root and freed by node_free().
 */
#ifndef HALFOPEN_SCENARIO_NODE_H
#define HALFOPEN_SCENARIO_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "scenario/reader.h"

enum node_kind {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAPPING,
	NODE_REFUSED, /* an alias, an unknown parameter: a message says so; nothing follows from it
		       */
};

struct node {
	enum node_kind kind;
	struct position at;
	char *key; /* of an entry of a mapping, else NULL */
	struct position key_at;
	char *text;	       /* of a text */
	bool quoted;	       /* a text in quotes, or a block */
	bool exact;	       /* a text whose characters stand in the file one by one from at */
	struct node *children; /* of a list or mapping, in order */
	size_t count;
};

/* Walks through the children of a list or mapping. */
#define for_each_child(child, parent)                                                              \
	for (const struct node *(child) = (parent)->children;                                      \
	     (child) < (parent)->children + (parent)->count; (child)++)

/* Frees what a node holds, but not the node. */
void node_free(struct node *node);

/* Returns the entry of a mapping that has this key, or NULL. */
const struct node *node_find(const struct node *mapping, const char *key);

/* Returns "a list" and so on, for messages. */
const char *node_kind_name(const struct node *node);

/* Whether nothing was written: "key:" alone. */
bool node_is_empty(const struct node *node);

/*
 * Returns the node in flow style on one line, to be freed: "{from: client, answered: 2}". A mapping
 * in a list that introduces a record is shown without braces: "probes: {from: client}".
 */
char *node_line(const struct node *node, bool braces);

/*
 * Complains about keys that a mapping, or one below it, has twice, and takes the later ones away,
 * so that nothing else is said about them.
 */
void node_drop_duplicates(const struct reader *reader, struct node *node);

#endif

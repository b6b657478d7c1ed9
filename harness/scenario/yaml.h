/* YAML text to a tree of nodes, by libyaml, refusing what scenarios have no use for. */
#ifndef HALFOPEN_SCENARIO_YAML_H
#define HALFOPEN_SCENARIO_YAML_H

#include "scenario/node.h"

/* Levels of lists and mappings within each other, and nodes of one file. */
#define YAML_DEPTH_LIMIT 16
#define YAML_NODE_LIMIT	 100000

/*
 * Reads the one document of a text. Refused with a message each: what is not UTF-8 or has control
 * characters, anchors, aliases, tags, keys that are not texts, a second document, and what is
 * nested too deep or has too many nodes. Returns 0 and a tree, where all that can be read on is
 * in it (aliases as NODE_REFUSED); or -EINVAL where there is nothing to read on with.
 */
int yaml_read(const struct reader *reader, const char *text, size_t length, struct node *ret_root,
	      size_t *ret_nodes);

#endif

/*
 * Parameters: one file, many scenarios. "variants" names sets of parameters, "matrix" crosses
 * values; "$name" or "${name}" in any text of the file stands for the parameter's value, and "$$"
 * for a dollar.
 */
#ifndef HALFOPEN_SCENARIO_PARAMETERS_H
#define HALFOPEN_SCENARIO_PARAMETERS_H

#include "scenario/node.h"

/* Bytes of one value. What a file can grow to is bounded by this and by VARIANT_LIMIT. */
#define PARAMETER_LIMIT 256

/* Variants of one file, and values of all of them together. */
#define VARIANT_LIMIT	    10000
#define VARIANT_NODES_LIMIT 1000000

struct parameter {
	const char *name, *text; /* belong to the file's tree */
	struct position at;
	bool used;
};

struct variant {
	char *suffix; /* of the id: "@quick,idle=1s"; empty for the only one of a plain file */
	struct parameter *parameters;
	size_t parameter_count;
	const struct node *tags; /* of the file's tree; NULL where it has none */
	int family;		 /* 4 or 6 where the file says "both"; else 0 */
};

struct variants {
	struct variant *list;
	size_t count; /* at least 1 */
	bool broken;  /* parameters may be missing that were meant */
};

/*
 * Finds the variants of a file, which has node_count nodes. There is always one, so that the rest
 * of the file can be checked. They live as long as root.
 */
struct variants variants_of(const struct reader *reader, const struct node *root,
			    size_t node_count);

void variants_free(struct variants *variants);

/*
 * Returns a copy of root, to be freed with node_free(), without "variants" and "matrix" and with
 * all parameters replaced. An unknown one is complained about and its text becomes NODE_REFUSED;
 * silently, where variants are broken.
 */
struct node parameters_apply(const struct reader *reader, const struct node *root,
			     const struct variants *variants, struct variant *variant);

/* Complains about parameters of the variant that parameters_apply() did not need. */
void parameters_check_used(const struct reader *reader, const struct variant *variant);

/* Whether a name can be part of an id: letters, digits, '.', '_', '-', and more than dots. */
bool is_id_word(const char *text);

#endif

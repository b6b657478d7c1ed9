/*
 * What changed between two results of the same scenarios. A pure function of
 * what two runs left; noise is no change: two runs of one kernel are equal, and
 * so are two of kernels whose only difference is their HZ.
 */
#ifndef HALFOPEN_COMPARE_COMPARISON_H
#define HALFOPEN_COMPARE_COMPARISON_H

#include "compare/facts.h"
#include "report/saved.h"

/* In order of weight, of the changes of a scenario the heaviest one decides. */
enum change_class {
	CHANGE_SAME,
	CHANGE_UNKNOWN, /* one of the two runs was inconclusive or skipped */
	CHANGE_DIFFERENT,
	CHANGE_BETTER,
	CHANGE_WORSE,
	CHANGE_NEW,  /* of a scenario: only in the new results */
	CHANGE_GONE, /* of a scenario: only in the old ones */
	CHANGE_CLASSES,
};

extern const struct word change_words[];

struct change {
	enum change_class class;
	const char *aspect; /* what changed: "verdict", "count", "order", "told", … */
	char *text;	    /* one sentence */
};

struct comparison {
	const struct saved_scenario *old, *new; /* NULL: it is not in these results */
	enum change_class class;
	struct change *list;
	size_t count;
	/* Detection before and after, where both have timelines. */
	bool has_noticed;
	struct noticed old_noticed[END_SERVER + 1], new_noticed[END_SERVER + 1];
};

/* The same for whole results. */
struct comparisons {
	struct comparison *list; /* in the order of the new results, then what is gone */
	size_t count;
	size_t of[CHANGE_CLASSES];
};

/*
 * Compares one scenario; either may be NULL, but not both. A timeline that is
 * NULL was not kept: then verdicts and findings are compared alone. The caller
 * frees with comparison_free().
 */
struct comparison compare_scenario(const struct saved_scenario *old,
				   const struct timeline *old_timeline,
				   const struct saved_scenario *new,
				   const struct timeline *new_timeline);

/* Returns the scenario's id. */
const char *comparison_id(const struct comparison *comparison);

void comparison_free(struct comparison *comparison);
void comparisons_free(struct comparisons *comparisons);

/* Internal to compare/. */

/* Adds a change; its class decides for the scenario if it is the heaviest one.
 */
void comparison_add(struct comparison *comparison, enum change_class class, const char *aspect,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds what differs between two runs, verdicts apart. */
void compare_facts(struct comparison *comparison, const struct facts *old, const struct facts *new);

/* Adds what differs between the findings. */
void compare_findings(struct comparison *comparison, const struct judgement *old,
		      const struct judgement *new);

#endif

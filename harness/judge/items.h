/* Lists of words in order: states, results of calls, timer columns. Internal to judge/. */
#ifndef HALFOPEN_JUDGE_ITEMS_H
#define HALFOPEN_JUDGE_ITEMS_H

#include "judge/review.h"

/* Zeroed, it is empty. */
struct item_list {
	char **items;
	size_t count;
};

/* Appends a copy; where repeats do not count, only if it is not the last one already. */
void item_add(struct item_list *list, const char *text, bool repeats);

/*
 * Compares the items that came with those of a list value and adds the finding: what is its subject
 * and verb. Inconclusive where what came has some left out, and the end could not be asked in time;
 * an end of END_NONE is never too late. Frees the items.
 */
void review_items(struct review *review, const struct record *expectation, enum key key,
		  enum end end, struct item_list *seen, const char *what);

#endif

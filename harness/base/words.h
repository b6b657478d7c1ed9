/* Closed vocabularies: tables of a word and its value, for parsing, printing and suggestions. */
#ifndef HALFOPEN_BASE_WORDS_H
#define HALFOPEN_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table ends with a NULL name. */
struct word {
	const char *name;
	int value;
};

/* Looks a word up, exactly. Returns whether it is in the table. */
bool word_value(const struct word *table, const char *name, int *ret_value);

/* Returns the name of a value, or "?" where the table has none. */
const char *word_name(const struct word *table, int value);

/* What follows a noun that is counted: "1 packet", "2 packets". */
static inline const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

/*
 * Returns the candidate with the fewest edits to text (Damerau-Levenshtein, case ignored), or NULL
 * where none is near enough to have been meant: at most a third of its letters, and at least one.
 */
const char *nearest_word(const char *text, const char *const *candidates, size_t count);

#endif

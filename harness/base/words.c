#include "base/words.h"

#include <ctype.h>
#include <string.h>

/* Longer words are not compared: nobody means one, and the distance takes length squared. */
#define WORD_LIMIT 63

bool word_value(const struct word *table, const char *name, int *ret_value)
{
	for (; table->name; table++) {
		if (strcmp(table->name, name) == 0) {
			*ret_value = table->value;
			return true;
		}
	}
	return false;
}

const char *word_name(const struct word *table, int value)
{
	for (; table->name; table++) {
		if (table->value == value)
			return table->name;
	}
	return "?";
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Damerau-Levenshtein in its restricted form: insertion, deletion, change and exchange of two
 * neighbours count one each. row[i % 3] is the i-th row of the table.
 */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[3][WORD_LIMIT + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *now = row[i % 3], *above = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = above[j - 1] + !same_letter(a[i - 1], b[j - 1]);

			now[j] = least(change, least(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return row[a_length % 3][b_length];
}

const char *nearest_word(const char *text, const char *const *candidates, size_t count)
{
	size_t length = strlen(text), best;
	const char *nearest = NULL;

	if (length == 0 || length > WORD_LIMIT)
		return NULL;
	best = (length < 3 ? 1 : length / 3) + 1;
	for (size_t i = 0; i < count; i++) {
		size_t candidate_length = strlen(candidates[i]), distance;

		if (candidate_length > WORD_LIMIT)
			continue;
		distance = edit_distance(text, length, candidates[i], candidate_length);
		/* A word of which no letter is left was not meant. */
		if (distance < best && distance < candidate_length) {
			best = distance;
			nearest = candidates[i];
		}
	}
	return nearest;
}

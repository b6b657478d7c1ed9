/*
 * Fields of saved results, each checked: what is not as it should be becomes one sentence, the
 * first one that is found, and a value that does no harm. Internal to reading them.
 */
#ifndef HALFOPEN_REPORT_SAVED_FIELDS_H
#define HALFOPEN_REPORT_SAVED_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/words.h"

/* Beyond this, sums of two would overflow; no clock comes to it. */
#define NUMBER_LIMIT ((int64_t)1 << 61)

/* The first thing that is wrong, and where: "scenarios[3].findings[0]". */
struct reading {
	char where[64];
	char *error; /* NULL: nothing is */
};

/* Notes what is wrong, unless something was before. */
void reading_wrong(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes controls in a text '?': nothing in it may act on a terminal that shows it. */
void text_tame(char *text);

/* A new text, tame; "" where it is wrong, NULL where it is not there and need not be. */
char *field_text(struct reading *reading, const json_t *object, const char *key, bool required);

int64_t field_integer(struct reading *reading, const json_t *object, const char *key, int64_t min,
		      int64_t max);

/* A number in the given unit, as nanoseconds. */
int64_t field_duration(struct reading *reading, const json_t *object, const char *key,
		       int64_t unit);

/* The value of one of the words; 0 where it is wrong. */
int field_word(struct reading *reading, const json_t *object, const char *key,
	       const struct word *words);

/* What has to be there and of that type, which what names; NULL where it is wrong. */
const json_t *field_of_type(struct reading *reading, const json_t *object, const char *key,
			    json_type type, const char *what);

/* Whether a path leads below where it begins: not absolute, no "..", and nothing that is no name.
 */
bool path_is_below(const char *path);

/*
 * A name below the folder, with the folder in front, or NULL. As it is written: it is there to be
 * opened, not to be shown.
 */
char *field_path(struct reading *reading, const json_t *object, const char *key,
		 const char *folder);

#endif

/* What every part of the reading of a file shares: where its mistakes go. */
#ifndef HALFOPEN_SCENARIO_READER_H
#define HALFOPEN_SCENARIO_READER_H

#include <stddef.h>

#include "base/problem.h"

struct reader {
	const char *path; /* for messages */
	struct problems *problems;
};

/* Notes a mistake; further arguments are those of printf(). */
#define complain(reader, at, ...)                                                                  \
	problems_add((reader)->problems, (reader)->path, (at), __VA_ARGS__)

/* How a user's word is shown in a message: quoted, and not longer than a line. */
#define WORD "\"%.60s\""

/*
 * Notes that a word is not among those that where allows ("client", "the timeline"), with the
 * nearest and all allowed ones. Returns the nearest, or NULL.
 */
const char *complain_unknown(const struct reader *reader, struct position at, const char *what,
			     const char *word, const char *where, const char *const *allowed,
			     size_t count);

/* strdup() that ends the process when memory is out. */
char *copy_text(const char *text);

#endif

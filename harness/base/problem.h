/*
 * What a user did wrong, collected: every mistake with its place, none printed before all are
 * known. Printed as compilers do, with the line and a caret.
 */
#ifndef HALFOPEN_BASE_PROBLEM_H
#define HALFOPEN_BASE_PROBLEM_H

#include <stddef.h>
#include <stdio.h>

/* A place in a text file: both count from 1; 0 is "the file as a whole". */
struct position {
	int line;
	int column;
};

struct problem {
	char *file;
	struct position at;
	char *message;
};

/* Starts as {0}. */
struct problems {
	struct problem *list;
	size_t count;
	size_t *slots; /* hash table of list indices + 1, so that noting many stays cheap */
	size_t slot_count;
};

/*
 * Notes one mistake. file and the message are copied. The same message at the same place is noted
 * once, so that variants of one scenario do not repeat it.
 */
void problems_add(struct problems *problems, const char *file, struct position at,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Prints all of them to stream, in order of file and place, as "file:line:column: error: message",
 * each followed by the line, read again from the file, and a caret below the column; without line
 * and caret where the place is the whole file or the file cannot be read. Control characters
 * in the line are printed as '?', tabs as one blank, long lines cut around the caret.
 */
void problems_print(const struct problems *problems, FILE *stream);

void problems_free(struct problems *problems);

#endif

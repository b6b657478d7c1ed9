#define _GNU_SOURCE
#include "scenario/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"

char *copy_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy) {
		fputs("halfopen: out of memory\n", stderr);
		abort();
	}
	return copy;
}

/* Joins words by ", ". */
static char *join(const char *const *words, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return copy_text("");
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%s%s", i ? ", " : "", words[i]);
	fclose(stream);
	return text;
}

const char *complain_unknown(const struct reader *reader, struct position at, const char *what,
			     const char *word, const char *where, const char *const *allowed,
			     size_t count)
{
	const char *nearest = nearest_word(word, allowed, count);
	cleanup_free char *list = join(allowed, count);

	if (nearest)
		complain(reader, at, "unknown %s " WORD " in %s; did you mean \"%s\"? Allowed: %s",
			 what, word, where, nearest, list);
	else
		complain(reader, at, "unknown %s " WORD " in %s. Allowed: %s", what, word, where,
			 count ? list : "none");
	return nearest;
}

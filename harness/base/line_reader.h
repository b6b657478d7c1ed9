/* Lines from a descriptor, as they come. */
#ifndef HALFOPEN_BASE_LINE_READER_H
#define HALFOPEN_BASE_LINE_READER_H

#include <stddef.h>

/* A line that is longer ends the reading: nothing that we write is. */
#define LINE_LIMIT (1024 * 1024)

struct line_reader {
	char *buffer;
	size_t length, capacity;
};

/*
 * Reads what is there, once, and hands over each whole line, without its newline. Returns 1 where
 * more may come, 0 at the end, or -errno (-EMSGSIZE: a line over the limit). An unfinished last
 * line is dropped.
 */
int line_reader_read(struct line_reader *reader, int fd,
		     void (*take)(void *data, const char *line, size_t length), void *data);

/* The same with bytes that are here already. Returns 0, or -ENOMEM or -EMSGSIZE. */
int line_reader_add(struct line_reader *reader, const char *bytes, size_t length,
		    void (*take)(void *data, const char *line, size_t length), void *data);

void line_reader_free(struct line_reader *reader);

#endif

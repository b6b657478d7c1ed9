#include "base/line_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much room there is for one read at least. */
#define CHUNK 65536

static int make_room(struct line_reader *reader)
{
	size_t capacity = 2 * reader->capacity + CHUNK;
	char *buffer;

	if (reader->capacity - reader->length >= CHUNK)
		return 0;
	if (reader->length > LINE_LIMIT)
		return -EMSGSIZE;
	buffer = realloc(reader->buffer, capacity);
	if (!buffer)
		return -ENOMEM;
	reader->buffer = buffer;
	reader->capacity = capacity;
	return 0;
}

int line_reader_read(struct line_reader *reader, int fd,
		     void (*take)(void *data, const char *line, size_t length), void *data)
{
	char *line, *newline;
	ssize_t count;
	int error = make_room(reader);

	if (error)
		return error;
	count = read(fd, reader->buffer + reader->length, reader->capacity - reader->length);
	if (count < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	if (count == 0)
		return 0;
	reader->length += (size_t)count;
	line = reader->buffer;
	while ((newline = memchr(line, '\n', reader->length - (size_t)(line - reader->buffer)))) {
		take(data, line, (size_t)(newline - line));
		line = newline + 1;
	}
	reader->length -= (size_t)(line - reader->buffer);
	memmove(reader->buffer, line, reader->length);
	return 1;
}

void line_reader_free(struct line_reader *reader)
{
	free(reader->buffer);
	*reader = (struct line_reader){0};
}

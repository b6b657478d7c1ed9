#include "base/line_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much room there is for one read at least. */
#define CHUNK 65536

static int make_room(struct line_reader *reader, size_t room)
{
	size_t capacity = 2 * reader->capacity + room;
	char *buffer;

	if (reader->capacity - reader->length >= room)
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

/* Hands over the lines, when there is so much more in the buffer. */
static void take_lines(struct line_reader *reader, size_t more,
		       void (*take)(void *data, const char *line, size_t length), void *data)
{
	char *line = reader->buffer, *newline;

	reader->length += more;
	while ((newline = memchr(line, '\n', reader->length - (size_t)(line - reader->buffer)))) {
		take(data, line, (size_t)(newline - line));
		line = newline + 1;
	}
	reader->length -= (size_t)(line - reader->buffer);
	memmove(reader->buffer, line, reader->length);
}

int line_reader_read(struct line_reader *reader, int fd,
		     void (*take)(void *data, const char *line, size_t length), void *data)
{
	ssize_t count;
	int error = make_room(reader, CHUNK);

	if (error)
		return error;
	count = read(fd, reader->buffer + reader->length, reader->capacity - reader->length);
	if (count < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	if (count == 0)
		return 0;
	take_lines(reader, (size_t)count, take, data);
	return 1;
}

int line_reader_add(struct line_reader *reader, const char *bytes, size_t length,
		    void (*take)(void *data, const char *line, size_t length), void *data)
{
	int error = make_room(reader, length);

	if (error || !length)
		return error;
	memcpy(reader->buffer + reader->length, bytes, length);
	take_lines(reader, length, take, data);
	return 0;
}

void line_reader_free(struct line_reader *reader)
{
	free(reader->buffer);
	*reader = (struct line_reader){0};
}

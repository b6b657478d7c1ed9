#define _GNU_SOURCE
#include "guest/wire_reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "guest/wire.h"
#include "timeline/event.h"

struct wire_reader wire_reader_start(size_t count, const struct suite_sink *sink)
{
	return (struct wire_reader){
		.count = count, .sink = sink, .progress = calloc(count + 1, sizeof(enum progress))};
}

void wire_reader_free(struct wire_reader *reader)
{
	free(reader->progress);
	reader->progress = NULL;
}

__attribute__((format(printf, 2, 3))) static void garbled(struct wire_reader *reader,
							  const char *format, ...)
{
	va_list arguments;
	int length;

	if (reader->trouble[0])
		return; /* the first one is the cause */
	length = snprintf(reader->trouble, sizeof(reader->trouble),
			  "what the guest says is garbled: ");
	va_start(arguments, format);
	vsnprintf(reader->trouble + length, sizeof(reader->trouble) - (size_t)length, format,
		  arguments);
	va_end(arguments);
}

static void take_kernel(struct wire_reader *reader, const char *text, size_t length)
{
	cleanup_free char *error = NULL;
	struct kernel *kernel = &reader->kernel;
	struct event event;

	if (event_from_json(text, length, &event, &error)) {
		garbled(reader, "%s", error);
		return;
	}
	if (event.kind == EVENT_KERNEL) {
		snprintf(kernel->release, sizeof(kernel->release), "%s", event.kernel.release);
		kernel->hz = (int)event.kernel.hz;
		kernel->is_virtual = event.kernel.clock == CLOCK_VIRTUAL;
	}
	event_release(&event);
}

static void begin_play(struct wire_reader *reader, size_t index)
{
	if (reader->progress[index] != NOT_BEGUN)
		return;
	reader->progress[index] = BEGUN;
	reader->sink->began(reader->sink->data, index);
}

static void end_play(struct wire_reader *reader, size_t index, const char *reason)
{
	int error;

	begin_play(reader, index);
	reader->progress[index] = ENDED;
	error = reader->sink->ended(reader->sink->data, index, reason);
	if (error)
		reader->error = error;
}

/* "N" or "N \t REST". Returns the rest, or NULL where N is no play that goes on. */
static const char *play_of(const struct wire_reader *reader, const char *text, size_t *ret_index)
{
	char *end;
	unsigned long index = strtoul(text, &end, 10);

	if (end == text || index >= reader->count || reader->progress[index] == ENDED)
		return NULL;
	*ret_index = index;
	return *end == '\t' ? end + 1 : end;
}

static void take_end(struct wire_reader *reader, const char *sum)
{
	char expected[24];

	reader->done = true;
	snprintf(expected, sizeof(expected), "%" PRIx64, reader->sum);
	if (strcmp(sum, expected) != 0)
		garbled(reader, "its sum is another one");
}

static void take_text(struct wire_reader *reader, const char *text, size_t length)
{
	const char *body = length > 2 ? text + 2 : "", *rest = NULL;
	size_t index;

	if (length < 2 || text[1] != '\t') {
		garbled(reader, "%.40s", text);
	} else if (*text == WIRE_DONE) {
		take_end(reader, body);
	} else if (*text == WIRE_KERNEL) {
		take_kernel(reader, body, (size_t)(text + length - body));
	} else if (*text == WIRE_UNABLE) {
		if (!reader->trouble[0])
			snprintf(reader->trouble, sizeof(reader->trouble), "%s", body);
		reader->done = true;
	} else if ((rest = play_of(reader, body, &index))) {
		if (*text == WIRE_BEGAN)
			begin_play(reader, index);
		else if (*text == WIRE_LINE)
			reader->sink->line(reader->sink->data, index, rest,
					   (size_t)(text + length - rest));
		else if (*text == WIRE_ENDED)
			end_play(reader, index, *rest ? rest : NULL);
	} else {
		garbled(reader, "%.40s", text);
	}
}

void wire_reader_take(void *data, const char *line, size_t length)
{
	/* With a 0 byte behind it, for strtoul() and messages. */
	cleanup_free char *text = strndup(line, length);
	struct wire_reader *reader = data;

	take_text(reader, text, strlen(text));
	reader->sum = wire_sum(wire_sum(reader->sum, line, length), "\n", 1);
}

void wire_reader_end(struct wire_reader *reader, const char *reason)
{
	for (size_t i = 0; i < reader->count; i++) {
		if (reader->progress[i] != ENDED)
			end_play(reader, i, reason);
	}
}

#define _GNU_SOURCE
#include "timeline/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/line_reader.h"
#include "base/utf8.h"
#include "timeline/event_fields.h"

/* Beyond this, sums of two would overflow: no clock, counter or length comes to it. */
#define NUMBER_LIMIT ((int64_t)1 << 61)

/* Above the timer frequency of any kernel. */
#define HZ_LIMIT 100000

struct reading {
	struct timeline timeline;
	size_t line;
	char *error; /* of the first line that is wrong */
};

/* A file may come from anywhere, and its texts are printed: nothing in them may act on a terminal.
 */
static void tame_text(char *text)
{
	size_t size = strlen(text);

	while (size) {
		uint32_t character;
		size_t length = utf8_decode(text, size, &character);

		if (character == UTF8_INVALID || utf8_is_control(character))
			memset(text, '?', length);
		text += length;
		size -= length;
	}
}

/* Returns whether all numbers of an event are such as can be reckoned with. */
static bool check_event(struct event *event)
{
	if (event->at < -NUMBER_LIMIT || event->at > NUMBER_LIMIT)
		return false;
	for (const struct event_field *field = event_fields(event->kind); field->name; field++) {
		void *value = event_field_in(event, field);
		bool is_number = field->type == FIELD_NUMBER || field->type == FIELD_OPTIONAL;
		int64_t number = is_number ? *(int64_t *)value : 0;

		if (number < -NUMBER_LIMIT || number > NUMBER_LIMIT)
			return false;
		if (field->type == FIELD_TEXT)
			tame_text(*(char **)value);
	}
	return event->kind != EVENT_KERNEL ||
	       (event->kernel.hz >= 0 && event->kernel.hz <= HZ_LIMIT);
}

static void take_line(void *data, const char *line, size_t length)
{
	struct reading *reading = data;
	cleanup_free char *error = NULL;
	struct event event;

	reading->line++;
	if (reading->error)
		return;
	if (event_from_json(line, length, &event, &error) == 0 && !check_event(&event)) {
		event_release(&event);
		error = strdup("a number in it is beyond all measure");
	}
	if (!error)
		timeline_append(&reading->timeline, event);
	else if (asprintf(&reading->error, "line %zu is no event of a timeline: %s", reading->line,
			  error) < 0)
		reading->error = NULL;
}

int timeline_read(const char *path, struct timeline *ret_timeline, char **ret_error)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct line_reader reader = {0};
	struct reading reading = {0};
	int result = fd < 0 ? -errno : 1;

	while (result > 0 && !reading.error)
		result = line_reader_read(&reader, fd, take_line, &reading);
	line_reader_free(&reader);
	if (!result && !reading.error && !reading.line)
		reading.error = strdup("the file is empty");
	if (result < 0 && !reading.error)
		reading.error = strdup(strerror(-result));
	if (reading.error) {
		timeline_free(&reading.timeline);
		*ret_error = reading.error;
		return result < 0 ? result : -EINVAL;
	}
	*ret_timeline = reading.timeline;
	timeline_sort(ret_timeline);
	return 0;
}

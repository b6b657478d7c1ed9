#define _GNU_SOURCE
#include "timeline/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/line_reader.h"

struct reading {
	struct timeline timeline;
	size_t line;
	char *error; /* of the first line that is wrong */
};

static void take_line(void *data, const char *line, size_t length)
{
	struct reading *reading = data;
	cleanup_free char *error = NULL;
	struct event event;

	reading->line++;
	if (reading->error)
		return;
	if (event_from_json(line, length, &event, &error) == 0)
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

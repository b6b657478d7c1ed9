#include "sandbox/softirq.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"

#define THREAD "ksoftirqd/"

static bool is_softirq_thread(int processes, const char *process)
{
	char path[300], name[32] = "";
	cleanup_fd int fd = -1;

	snprintf(path, sizeof(path), "%s/comm", process);
	fd = openat(processes, path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, name, sizeof(name) - 1) > 0 &&
	       strncmp(name, THREAD, strlen(THREAD)) == 0;
}

void softirqs_open(struct softirqs *ret_softirqs)
{
	DIR *processes = opendir("/proc");

	*ret_softirqs = (struct softirqs){0};
	if (!processes)
		return;
	for (struct dirent *entry; (entry = readdir(processes));) {
		char path[300];
		int fd;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !is_softirq_thread(dirfd(processes), entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/schedstat", entry->d_name);
		fd = openat(dirfd(processes), path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			*array_push(ret_softirqs->threads, ret_softirqs->count) = fd;
	}
	closedir(processes);
}

int64_t schedstat_waited(int schedstat)
{
	char text[96], *end;
	ssize_t length = schedstat < 0 ? -1 : pread(schedstat, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return -1;
	text[length] = '\0';
	/* Time on the CPU, time waiting for one, slices. */
	strtoll(text, &end, 10);
	return *end == ' ' ? strtoll(end, NULL, 10) : -1;
}

int64_t softirqs_waited(const struct softirqs *softirqs)
{
	int64_t sum = 0;

	for (size_t i = 0; i < softirqs->count; i++) {
		int64_t waited = schedstat_waited(softirqs->threads[i]);

		sum += waited > 0 ? waited : 0;
	}
	return sum;
}

void softirqs_close(struct softirqs *softirqs)
{
	for (size_t i = 0; i < softirqs->count; i++)
		close(softirqs->threads[i]);
	free(softirqs->threads);
	*softirqs = (struct softirqs){0};
}

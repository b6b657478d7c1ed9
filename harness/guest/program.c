#define _GNU_SOURCE
#include "guest/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* No module, library or list is larger. */
#define SIZE_LIMIT (256 << 20)

/* Reads to the end. Returns 0 or -errno. */
static int read_all(int fd, char **ret_bytes, size_t *ret_length)
{
	cleanup_free char *bytes = NULL;
	size_t length = 0, capacity = 0;
	ssize_t got;

	do {
		if (capacity - length < 2) {
			char *larger;

			capacity = capacity ? 2 * capacity : 65536;
			larger = capacity > SIZE_LIMIT ? NULL : realloc(bytes, capacity);
			if (!larger)
				return -ENOMEM;
			bytes = larger;
		}
		got = read(fd, bytes + length, capacity - length - 1);
		if (got > 0)
			length += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return -errno;
	bytes[length] = '\0';
	*ret_bytes = steal_pointer(bytes);
	*ret_length = length;
	return 0;
}

static int start(const char *const argv[], int output, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	error = posix_spawnp(ret_pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

int program_read(const char *const argv[], char **ret_output, size_t *ret_length,
		 char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *output = NULL;
	cleanup_fd int read_end = -1, write_end = -1;
	size_t length = 0;
	int ends[2], result, status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	read_end = ends[0];
	write_end = ends[1];
	result = start(argv, write_end, &pid);
	if (result) {
		snprintf(error, GUEST_ERROR_SIZE, "running %s: %s", argv[0], strerror(-result));
		return result;
	}
	close(steal_fd(&write_end));
	result = read_all(read_end, &output, &length);
	close(steal_fd(&read_end)); /* so that it ends, where we read no further */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!result && status)
		result = -EIO;
	if (result) {
		snprintf(error, GUEST_ERROR_SIZE, "%s failed", argv[0]);
		return result;
	}
	*ret_output = steal_pointer(output);
	*ret_length = length;
	return 0;
}

int file_read(const char *path, char **ret_bytes, size_t *ret_length,
	      char error[static GUEST_ERROR_SIZE])
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	int result = fd < 0 || fstat(fd, &status) ? -errno : 0;

	if (!result && !S_ISREG(status.st_mode))
		result = -EINVAL;
	if (!result)
		result = read_all(fd, ret_bytes, ret_length);
	if (result)
		snprintf(error, GUEST_ERROR_SIZE, "reading %s: %s", path, strerror(-result));
	return result;
}

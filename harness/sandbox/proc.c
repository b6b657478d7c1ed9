#define _GNU_SOURCE
#include "sandbox/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

/* /proc/timer_list has some 4 KiB for each CPU. */
#define MAXIMUM_SIZE ((size_t)16 << 20)

static bool contains_line(const char *text, const char *part)
{
	const char *found = strstr(text, part);

	return found && strchr(found + strlen(part), '\n');
}

int proc_read(const char *path, const char *until, char **ret_text)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_free char *text = NULL;
	size_t used = 0, size = 0;

	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t count;

		if (size - used < 2) {
			char *larger;

			if (size >= MAXIMUM_SIZE)
				return -EFBIG;
			size = size ? 2 * size : 16384;
			larger = realloc(text, size);
			if (!larger)
				return -ENOMEM;
			text = larger;
		}
		count = read(fd, text + used, size - used - 1);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		used += (size_t)count;
		text[used] = '\0';
		if (count == 0 || (until && contains_line(text, until)))
			break;
	}
	*ret_text = steal_pointer(text);
	return 0;
}

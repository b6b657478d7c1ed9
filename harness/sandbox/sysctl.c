#define _GNU_SOURCE
#include "sandbox/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ROOT "/proc/sys/"

/*
 * "net.ipv4.tcp_sack" to /proc/sys/net/ipv4/tcp_sack. As in sysctl(8), a slash in a dotted name is
 * a dot in the file's: net.ipv4.conf.eth0/1.forwarding. No part may be empty, or lead elsewhere.
 */
static int sysctl_path(const char *name, char path[static PATH_MAX])
{
	size_t length = strlen(name), part = 0;
	char *file = path + strlen(ROOT);

	if (length == 0 || length >= PATH_MAX - strlen(ROOT))
		return -ENOENT;
	memcpy(path, ROOT, strlen(ROOT));
	for (size_t i = 0; i <= length; i++) {
		file[i] = name[i] == '.' ? '/' : name[i] == '/' ? '.' : name[i];
		if (name[i] != '.' && name[i] != '\0')
			continue;
		if (i == part || strspn(file + part, ".") == i - part)
			return -ENOENT;
		part = i + 1;
	}
	return 0;
}

/* Opens the folder of a file, unless it is the one that is open. Its name ends at slash. */
static int enter_folder(struct sysctl_folder *folder, const char *path, const char *slash)
{
	size_t length = (size_t)(slash - path);
	int fd;

	if (folder->fd >= 0 && strncmp(folder->name, path, length) == 0 &&
	    folder->name[length] == '\0')
		return 0;
	if (length >= sizeof(folder->name))
		return -ENAMETOOLONG;
	sysctl_folder_close(folder);
	memcpy(folder->name, path, length);
	folder->name[length] = '\0';
	fd = open(folder->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	folder->fd = fd;
	return 0;
}

void sysctl_folder_close(struct sysctl_folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
}

/* As one line: without the newline, other white space as blanks. */
static void make_one_line(char *value, size_t length)
{
	while (length > 0 && value[length - 1] == '\n')
		length--;
	value[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (value[i] == '\t' || value[i] == '\n')
			value[i] = ' ';
	}
}

int sysctl_read_next(struct sysctl_folder *folder, const char *name, char *ret_value, size_t size)
{
	char path[PATH_MAX], value[PATH_MAX];
	cleanup_fd int fd = -1;
	ssize_t length;
	const char *slash;
	int result = sysctl_path(name, path);

	if (result < 0)
		return result;
	slash = strrchr(path, '/');
	result = enter_folder(folder, path, slash);
	if (result < 0)
		return result;
	fd = openat(folder->fd, slash + 1, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, value, sizeof(value) - 1);
	if (length < 0)
		return -errno;
	make_one_line(value, (size_t)length);
	if (strlen(value) >= size)
		return -EOVERFLOW;
	memcpy(ret_value, value, strlen(value) + 1);
	return 0;
}

int sysctl_read(const char *name, char *ret_value, size_t size)
{
	struct sysctl_folder folder = {.fd = -1};
	int result = sysctl_read_next(&folder, name, ret_value, size);

	sysctl_folder_close(&folder);
	return result;
}

int sysctl_write(const char *name, const char *value)
{
	char path[PATH_MAX];
	cleanup_fd int fd = -1;
	size_t length = strlen(value);
	ssize_t written;
	int result = sysctl_path(name, path);

	if (result < 0)
		return result;
	/*
	 * What is under net and visible in a namespace is that namespace's own, or read-only there
	 * (net/sysctl_net.c, ensure_safe_net_sysctl, since 5.13). Anything else is the machine's.
	 */
	if (strncmp(name, "net.", strlen("net.")) != 0)
		return -EPERM;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* One write: the kernel takes each for a whole value (kernel/sysctl.c,
	 * sysctl_writes_strict). */
	written = write(fd, value, length);
	if (written < 0)
		return -errno;
	return (size_t)written == length ? 0 : -EINVAL;
}

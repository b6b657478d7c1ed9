#define _GNU_SOURCE
#include "sandbox/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

int sysctl_read(const char *name, char *ret_value, size_t size)
{
	char path[PATH_MAX], value[PATH_MAX];
	cleanup_fd int fd = -1;
	ssize_t length;
	int result = sysctl_path(name, path);

	if (result < 0)
		return result;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, value, sizeof(value) - 1);
	if (length < 0)
		return -errno;
	while (length > 0 && value[length - 1] == '\n')
		length--;
	value[length] = '\0';
	for (ssize_t i = 0; i < length; i++) {
		if (value[i] == '\t' || value[i] == '\n')
			value[i] = ' ';
	}
	if ((size_t)length >= size)
		return -EOVERFLOW;
	memcpy(ret_value, value, (size_t)length + 1);
	return 0;
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

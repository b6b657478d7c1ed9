#define _GNU_SOURCE
#include "sandbox/resources.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sandbox/proc.h"

static int count_descriptors(int64_t *ret_count)
{
	DIR *folder = opendir("/proc/self/fd");
	int64_t count = -1; /* of this folder */

	if (!folder)
		return -errno;
	for (struct dirent *entry; (entry = readdir(folder));)
		count += *entry->d_name != '.';
	closedir(folder);
	*ret_count = count;
	return 0;
}

/* "TCP: inuse 3 orphan 0 …", "UDP6: inuse 0": how many the named protocols have, in all. */
static int64_t ports_in(const char *text)
{
	static const char *const protocols[] = {"TCP:", "UDP:", "UDPLITE:"};
	int64_t sum = 0;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char protocol[16];
		int64_t in_use;

		if (sscanf(line, "%15s inuse %" SCNd64, protocol, &in_use) != 2)
			continue;
		for (size_t i = 0; i < array_length(protocols); i++) {
			size_t length = strlen(protocols[i]) - 1;

			/* TCP6 beside TCP. */
			if (strncmp(protocol, protocols[i], length) == 0 &&
			    strcmp(protocol + length + (protocol[length] == '6'), ":") == 0)
				sum += in_use;
		}
	}
	return sum;
}

static int count_ports(int64_t *ret_count)
{
	static const char *const paths[] = {"/proc/thread-self/net/sockstat",
					    "/proc/thread-self/net/sockstat6"};
	int64_t count = 0;

	for (size_t i = 0; i < array_length(paths); i++) {
		cleanup_free char *text = NULL;
		int error = proc_read(paths[i], NULL, &text);

		if (error == -ENOENT && i) /* a kernel without IPv6 */
			continue;
		if (error)
			return error;
		count += ports_in(text);
	}
	*ret_count = count;
	return 0;
}

/* AddressSanitizer has an allocator of its own, of which mallinfo2() says nothing. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static int64_t memory_in_use(void)
{
	struct mallinfo2 info;

	if (__sanitizer_get_current_allocated_bytes)
		return (int64_t)__sanitizer_get_current_allocated_bytes();
	info = mallinfo2();
	return (int64_t)(info.uordblks + info.hblkhd);
}

int resources_read(struct resources *ret_resources)
{
	struct resources resources = {0};
	int error = count_descriptors(&resources.descriptors);

	if (!error)
		error = count_ports(&resources.ports);
	resources.memory = memory_in_use();
	if (!error)
		*ret_resources = resources;
	return error;
}

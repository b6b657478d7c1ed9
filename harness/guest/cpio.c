#define _GNU_SOURCE
#include "guest/cpio.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"

#define TRAILER "TRAILER!!!"

struct entry {
	const char *path;
	unsigned int mode, major, minor;
	const void *bytes;
	size_t length;
};

struct cpio cpio_begin(FILE *stream)
{
	return (struct cpio){.stream = stream};
}

static void pad(FILE *stream, size_t length)
{
	fwrite("\0\0\0", 1, (4 - length % 4) % 4, stream);
}

static void write_entry(struct cpio *cpio, const struct entry *entry)
{
	size_t name_size = strlen(entry->path) + 1;
	/* magic, inode, mode, uid, gid, links, time, size, device, device of a node, name, check */
	int header =
		fprintf(cpio->stream, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
			++cpio->inode, entry->mode, 0, 0, 1, 0, (unsigned int)entry->length, 0, 0,
			entry->major, entry->minor, (unsigned int)name_size, 0);

	fwrite(entry->path, 1, name_size, cpio->stream);
	pad(cpio->stream, (size_t)(header > 0 ? header : 0) + name_size);
	if (entry->length)
		fwrite(entry->bytes, 1, entry->length, cpio->stream);
	pad(cpio->stream, entry->length);
}

static void write_folder(struct cpio *cpio, const char *path)
{
	for (size_t i = 0; i < cpio->folder_count; i++) {
		if (strcmp(cpio->folders[i], path) == 0)
			return;
	}
	*array_push(cpio->folders, cpio->folder_count) = strdup(path);
	write_entry(cpio, &(struct entry){.path = path, .mode = S_IFDIR | 0755});
}

/* The kernel makes no folder by itself (init/initramfs.c, do_name). */
static void write_folders_above(struct cpio *cpio, const char *path)
{
	cleanup_free char *copy = strdup(path);

	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		write_folder(cpio, copy);
		*slash = '/';
	}
}

void cpio_file(struct cpio *cpio, const char *path, const void *bytes, size_t length, int mode)
{
	write_folders_above(cpio, path);
	write_entry(cpio, &(struct entry){.path = path,
					  .mode = S_IFREG | (unsigned int)mode,
					  .bytes = bytes,
					  .length = length});
}

void cpio_folder(struct cpio *cpio, const char *path)
{
	write_folders_above(cpio, path);
	write_folder(cpio, path);
}

void cpio_device(struct cpio *cpio, const char *path, unsigned int major, unsigned int minor)
{
	write_folders_above(cpio, path);
	write_entry(cpio,
		    &(struct entry){
			    .path = path, .mode = S_IFCHR | 0600, .major = major, .minor = minor});
}

void cpio_end(struct cpio *cpio)
{
	write_entry(cpio, &(struct entry){.path = TRAILER});
	for (size_t i = 0; i < cpio->folder_count; i++)
		free(cpio->folders[i]);
	free(cpio->folders);
	*cpio = (struct cpio){0};
}

/*
 * An archive in cpio's "newc" format, as the kernel unpacks it at boot
 * (Documentation/driver-api/early-userspace/buffer-format.rst). All is owned by root and has time
 * 0, so that the same files always give the same bytes.
 */
#ifndef HALFOPEN_GUEST_CPIO_H
#define HALFOPEN_GUEST_CPIO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cpio {
	FILE *stream;
	uint32_t inode;
	char **folders; /* those that were written */
	size_t folder_count;
};

struct cpio cpio_begin(FILE *stream);

/* Adds a file, and the folders above it that are not there yet. The path begins without '/'. */
void cpio_file(struct cpio *cpio, const char *path, const void *bytes, size_t length, int mode);

/* Adds an empty folder, and those above it. */
void cpio_folder(struct cpio *cpio, const char *path);

/* Adds a character device. */
void cpio_device(struct cpio *cpio, const char *path, unsigned int major, unsigned int minor);

/* Ends the archive; another one may follow in the same stream. Errors are the stream's. */
void cpio_end(struct cpio *cpio);

#endif

/* What takes time to make, kept by its content below ${XDG_CACHE_HOME:-~/.cache}/halfopen. */
#ifndef HALFOPEN_GUEST_CACHE_H
#define HALFOPEN_GUEST_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "guest/program.h"

/* The folder; the caller frees it. NULL where there is no home. It need not exist. */
char *cache_folder(void);

/* A sum (FNV-1a, 64 bits) over bytes, on top of another sum; begin with 0. */
uint64_t cache_sum(uint64_t sum, const void *bytes, size_t length);

/*
 * Unpacks a Debian package below the cache, unless it is there, and gives its folder, to be freed
 * by the caller. Returns 0, or -errno with a sentence in error.
 */
int cache_unpack(const char *cache, const char *package, char **ret_folder,
		 char error[static GUEST_ERROR_SIZE]);

#endif

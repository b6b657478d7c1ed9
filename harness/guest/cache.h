/* What takes time to make, kept by its content below ${XDG_CACHE_HOME:-~/.cache}/halfopen. */
#ifndef HALFOPEN_GUEST_CACHE_H
#define HALFOPEN_GUEST_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/program.h"

/* The folder; the caller frees it. NULL where there is no home. It need not exist. */
char *cache_folder(void);

/* A sum (FNV-1a, 64 bits) over bytes, on top of another sum; begin with 0. */
uint64_t cache_sum(uint64_t sum, const void *bytes, size_t length);

/* The path of what a sum stands for: "CACHE/KIND-SUM" and a suffix. The caller frees it. */
char *cache_path(const char *cache, const char *kind, uint64_t sum, const char *suffix);

/* Whether a file is there that can be read; if so, it counts as used now. */
bool cache_has(const char *path);

/*
 * Keeps all that a descriptor has from its beginning on as a file, which appears whole or not at
 * all, whoever else does the same at the same time; files of the same kind that nobody has used for
 * a month go. What cannot be kept is made again another time: no error.
 */
void cache_keep(const char *path, int fd);

/*
 * Unpacks a Debian package below the cache, unless it is there, and gives its folder, to be freed
 * by the caller. Returns 0, or -errno with a sentence in error.
 */
int cache_unpack(const char *cache, const char *package, char **ret_folder,
		 char error[static GUEST_ERROR_SIZE]);

#endif

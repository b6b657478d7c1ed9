/* Release on scope exit, so that error paths need no goto. */
#ifndef HALFOPEN_BASE_CLEANUP_H
#define HALFOPEN_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_function(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_fd_function(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_file_function(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define cleanup_free __attribute__((cleanup(cleanup_free_function)))
#define cleanup_fd   __attribute__((cleanup(cleanup_fd_function)))
#define cleanup_file __attribute__((cleanup(cleanup_file_function)))

/* Hands a descriptor on to a new owner; the variable no longer closes it. */
static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

/* Hands a pointer on to a new owner; the variable no longer frees it. */
#define steal_pointer(pointer)                                                                     \
	({                                                                                         \
		__typeof__(pointer) stolen_ = (pointer);                                           \
		(pointer) = NULL;                                                                  \
		stolen_;                                                                           \
	})

#endif

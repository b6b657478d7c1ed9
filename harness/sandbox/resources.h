/* What a process holds, so that a leak can be counted: read before, read after, and compared. */
#ifndef HALFOPEN_SANDBOX_RESOURCES_H
#define HALFOPEN_SANDBOX_RESOURCES_H

#include <stdint.h>

struct resources {
	int64_t descriptors; /* open ones of the calling process */
	int64_t ports;	     /* TCP and UDP sockets in use in the caller's network namespace */
	int64_t memory;	     /* bytes that the process has allocated and not freed */
};

/* Returns 0 or -errno. */
int resources_read(struct resources *ret_resources);

#endif

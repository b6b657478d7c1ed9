/* What a guest boots into: this program, its libraries, modules, and what is to be played. */
#ifndef HALFOPEN_GUEST_INITRAMFS_H
#define HALFOPEN_GUEST_INITRAMFS_H

#include "guest/plan.h"

/*
 * Gives a descriptor of the archive, which is in memory only. All but the plan is made once, and
 * kept below cache (NULL: made every time). modules is a folder lib/modules/RELEASE, or NULL.
 * Returns 0, or -errno with a sentence in error.
 */
int initramfs_make(const struct guest_plan *plan, const char *modules, const char *cache,
		   int *ret_fd, char error[static GUEST_ERROR_SIZE]);

#endif

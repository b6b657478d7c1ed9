/* Which modules a guest's kernel needs for what we do, in the order in which to load them. */
#ifndef HALFOPEN_GUEST_MODULES_H
#define HALFOPEN_GUEST_MODULES_H

#include <stdint.h>

#include "guest/program.h"

struct module_list {
	char **paths; /* whole paths of files, perhaps compressed */
	size_t count;
};

/*
 * Finds them, and what they depend on, in a folder lib/modules/RELEASE. What is neither there nor
 * in its modules.builtin goes unsaid: the kernel may have it, and else the scenario that needs it
 * says so. Returns 0, or -errno with a sentence in error.
 */
int modules_find(const char *folder, struct module_list *ret_list,
		 char error[static GUEST_ERROR_SIZE]);

/* Pure, for tests: the same from the text of modules.dep. */
void modules_order(const char *dependencies, const char *folder, struct module_list *list);

/* Reads a module, decompressed. Returns 0, or -errno with a sentence in error. */
int module_read(const char *path, char **ret_bytes, size_t *ret_length,
		char error[static GUEST_ERROR_SIZE]);

/* A sum over the names, sizes and times of all modules of a folder: one of its content would take
 * seconds. */
uint64_t modules_sum(const char *folder);

void module_list_free(struct module_list *list);

#endif

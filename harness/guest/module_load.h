/* Loading the modules that were packed, in the guest. */
#ifndef HALFOPEN_GUEST_MODULE_LOAD_H
#define HALFOPEN_GUEST_MODULE_LOAD_H

#include <stddef.h>

/*
 * Loads all modules of a folder, decompressed, in the order of their names. One that is there
 * already is as good as loaded. Returns 0, or -errno with the name of the module that the kernel
 * does not take, which the caller frees.
 */
int modules_load(const char *folder, char **ret_name);

/*
 * Pure, for tests: how long a module is without the signature that is appended to it, or with all
 * of it where there is none (include/linux/module_signature.h, since 3.7).
 */
size_t module_unsigned_length(const char *bytes, size_t length);

#endif

/* A kernel to boot, and its modules: from a file, an unpacked package, or a package. */
#ifndef HALFOPEN_GUEST_IMAGE_H
#define HALFOPEN_GUEST_IMAGE_H

#include "guest/program.h"

struct guest_image {
	char *kernel;  /* bzImage or vmlinux */
	char *modules; /* …/lib/modules/RELEASE; NULL: none */
};

/*
 * Finds it. path is a bzImage or vmlinux, a folder with boot/vmlinuz-* and lib/modules, or a .deb,
 * which is unpacked below cache. modules is NULL, or a folder lib/modules/RELEASE or one above.
 * Returns 0, or -errno with a sentence in error.
 */
int guest_image_find(const char *path, const char *modules, const char *cache,
		     struct guest_image *ret_image, char error[static GUEST_ERROR_SIZE]);

void guest_image_free(struct guest_image *image);

#endif

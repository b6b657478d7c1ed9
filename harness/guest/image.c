#define _GNU_SOURCE
#include "guest/image.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "guest/cache.h"

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), suffix_length = strlen(suffix);

	return length >= suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

/* Finds the one file that a pattern below a folder stands for. Returns 0, -ENOENT or -EEXIST. */
static int find_one(const char *folder, const char *pattern, char **ret_path)
{
	cleanup_free char *whole = NULL;
	glob_t found = {0};
	int result = 0;

	if (asprintf(&whole, "%s/%s", folder, pattern) < 0)
		return -ENOMEM;
	if (glob(whole, 0, NULL, &found) || found.gl_pathc == 0)
		result = -ENOENT;
	else if (found.gl_pathc > 1)
		result = -EEXIST;
	else
		*ret_path = strdup(found.gl_pathv[0]);
	globfree(&found);
	return result;
}

/* A folder below lib/modules. Since the merge of /usr packages may have it there. */
static int find_release(const char *folder, const char *release, char **ret_path)
{
	cleanup_free char *pattern = NULL;
	int result;

	if (asprintf(&pattern, "usr/lib/modules/%s", release) < 0)
		return -ENOMEM;
	result = find_one(folder, pattern + strlen("usr/"), ret_path);
	return result == -ENOENT ? find_one(folder, pattern, ret_path) : result;
}

/*
 * bzImage: Documentation/arch/x86/boot.rst, "HdrS" at 0x202. vmlinux: ELF for x86-64 (EM_X86_64
 * at 0x12).
 */
static bool is_kernel(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[0x206];

	if (fd < 0 || read(fd, head, sizeof(head)) != (ssize_t)sizeof(head))
		return false;
	return memcmp(head + 0x202, "HdrS", 4) == 0 ||
	       (memcmp(head, "\177ELF", 4) == 0 && head[0x12] == 0x3e && head[0x13] == 0);
}

/* name is what the user calls it. */
static int find_in_folder(const char *folder, const char *name, struct guest_image *image,
			  char error[static GUEST_ERROR_SIZE])
{
	int result = find_one(folder, "boot/vmlinuz-*", &image->kernel);

	if (result) {
		snprintf(error, GUEST_ERROR_SIZE, "%s has %s kernel boot/vmlinuz-*", name,
			 result == -EEXIST ? "more than one" : "no");
		return result;
	}
	/* The package of a kernel alone has none. */
	find_release(folder, strrchr(image->kernel, '/') + strlen("/vmlinuz-"), &image->modules);
	return 0;
}

static int find_modules(const char *folder, struct guest_image *image,
			char error[static GUEST_ERROR_SIZE])
{
	int result;

	free(image->modules);
	image->modules = NULL;
	if (!is_folder(folder)) {
		snprintf(error, GUEST_ERROR_SIZE, "%s is no folder", folder);
		return -ENOTDIR;
	}
	result = find_release(folder, "*", &image->modules);
	if (result == -ENOENT) {
		result = find_one(folder, "*/kernel", &image->modules);
		if (!result)
			*strrchr(image->modules, '/') = '\0';
		else if (result == -ENOENT)
			image->modules = strdup(folder);
	}
	if (result == -EEXIST)
		snprintf(error, GUEST_ERROR_SIZE,
			 "%s has modules of more than one kernel; name one of its folders", folder);
	return result == -EEXIST ? result : 0;
}

static int find(const char *path, const char *modules, const char *cache, struct guest_image *image,
		char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *unpacked = NULL;
	const char *name = path;
	struct stat status;
	int result = 0;

	if (stat(path, &status)) {
		result = -errno;
		snprintf(error, GUEST_ERROR_SIZE, "%s: %s", path, strerror(-result));
		return result;
	}
	if (!S_ISDIR(status.st_mode) && has_suffix(path, ".deb")) {
		result = cache_unpack(cache, path, &unpacked, error);
		path = unpacked;
	}
	if (!result && is_folder(path))
		result = find_in_folder(path, name, image, error);
	else if (!result)
		image->kernel = strdup(path);
	if (!result && !is_kernel(image->kernel)) {
		snprintf(error, GUEST_ERROR_SIZE,
			 "%s is no x86-64 kernel: neither a bzImage nor a vmlinux, an unpacked "
			 "package or a .deb",
			 image->kernel);
		result = -ENOEXEC;
	}
	if (!result && modules)
		result = find_modules(modules, image, error);
	return result;
}

int guest_image_find(const char *path, const char *modules, const char *cache,
		     struct guest_image *ret_image, char error[static GUEST_ERROR_SIZE])
{
	struct guest_image image = {0};
	int result = find(path, modules, cache, &image, error);

	if (result)
		guest_image_free(&image);
	else
		*ret_image = image;
	return result;
}

void guest_image_free(struct guest_image *image)
{
	free(image->kernel);
	free(image->modules);
	*image = (struct guest_image){0};
}

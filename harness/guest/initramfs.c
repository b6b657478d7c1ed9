#define _GNU_SOURCE
#include "guest/initramfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/cache.h"
#include "guest/modules.h"
#include "guest/wire.h"

/* Counts up when what is packed changes its form. */
#define FORMAT 1

struct packed_file {
	char *path; /* here */
	char *name; /* in the archive */
	char *bytes;
	size_t length;
	int mode;
};

struct content {
	struct packed_file *files;
	size_t count;
};

static void content_free(struct content *content)
{
	for (size_t i = 0; i < content->count; i++) {
		free(content->files[i].path);
		free(content->files[i].name);
		free(content->files[i].bytes);
	}
	free(content->files);
}

static int add_file(struct content *content, const char *path, const char *name,
		    char error[static GUEST_ERROR_SIZE])
{
	struct packed_file *file = array_push(content->files, content->count);

	*file = (struct packed_file){.path = strdup(path), .name = strdup(name), .mode = 0755};
	return file_read(path, &file->bytes, &file->length, error);
}

/*
 * The libraries of a program, and its loader: "NAME => PATH (0x…)" and "PATH (0x…)" of ldd(1). A
 * static program has none, and then ldd fails.
 */
static int add_libraries(struct content *content, const char *program,
			 char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *text = NULL;
	char *line, *rest;
	size_t length;
	int result =
		program_read((const char *const[]){"ldd", program, NULL}, &text, &length, error);

	if (result == -EIO)
		return 0;
	for (rest = text; !result && (line = strsep(&rest, "\n"));) {
		char *path = strchr(line, '/'), *end = path ? strstr(path, " (0x") : NULL;

		if (!end)
			continue;
		*end = '\0';
		result = add_file(content, path, path + 1, error);
	}
	return result;
}

static int find_content(struct content *content, char error[static GUEST_ERROR_SIZE])
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int result;

	if (length < 0) {
		snprintf(error, GUEST_ERROR_SIZE, "reading /proc/self/exe: %s", strerror(errno));
		return -errno;
	}
	program[length] = '\0';
	result = add_file(content, program, "init", error);
	return result ? result : add_libraries(content, program, error);
}

static uint64_t content_sum(const struct content *content, const char *modules)
{
	const int format = FORMAT;
	uint64_t sum = cache_sum(0, &format, sizeof(format));

	for (size_t i = 0; i < content->count; i++) {
		const struct packed_file *file = &content->files[i];

		sum = cache_sum(sum, file->name, strlen(file->name) + 1);
		sum = cache_sum(sum, file->bytes, file->length);
	}
	return modules ? cache_sum(sum ^ modules_sum(modules), "m", 1) : sum;
}

static int pack_modules(struct cpio *cpio, const char *folder, char error[static GUEST_ERROR_SIZE])
{
	struct module_list list;
	int result = modules_find(folder, &list, error);

	if (result)
		return result;
	for (size_t i = 0; !result && i < list.count; i++) {
		const char *file = strrchr(list.paths[i], '/') + 1;
		int name_length = (int)(strstr(file, ".ko") - file);
		cleanup_free char *bytes = NULL;
		char name[NAME_MAX];
		size_t length;

		snprintf(name, sizeof(name), MODULES_FOLDER "/%02zu-%.*s", i, name_length, file);
		result = module_read(list.paths[i], &bytes, &length, error);
		if (!result)
			cpio_file(cpio, name, bytes, length, 0644);
	}
	module_list_free(&list);
	return result;
}

static int pack(FILE *stream, const struct content *content, const char *modules,
		char error[static GUEST_ERROR_SIZE])
{
	struct cpio cpio = cpio_begin(stream);
	int result = 0;

	cpio_device(&cpio, "dev/console", 5, 1);
	cpio_folder(&cpio, MODULES_FOLDER);
	for (size_t i = 0; i < content->count; i++) {
		const struct packed_file *file = &content->files[i];

		cpio_file(&cpio, file->name, file->bytes, file->length, file->mode);
	}
	if (modules)
		result = pack_modules(&cpio, modules, error);
	cpio_end(&cpio);
	return result;
}

static int copy_file(const char *path, FILE *stream, char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *bytes = NULL;
	size_t length;
	int result = file_read(path, &bytes, &length, error);

	if (!result)
		fwrite(bytes, 1, length, stream);
	return result;
}

/* Writes all that does not depend on the plan: from the cache, or packed and then kept there. */
static int write_base(FILE *stream, const char *modules, const char *cache,
		      char error[static GUEST_ERROR_SIZE])
{
	struct content content = {0};
	cleanup_free char *path = NULL;
	int result = find_content(&content, error);

	if (!result && cache)
		path = cache_path(cache, "initramfs", content_sum(&content, modules), ".cpio");
	if (!result && path && cache_has(path)) {
		result = copy_file(path, stream, error);
	} else if (!result) {
		result = pack(stream, &content, modules, error);
		if (!result && path && fflush(stream) == 0)
			cache_keep(path, fileno(stream));
	}
	content_free(&content);
	return result;
}

int initramfs_make(const struct guest_plan *plan, const char *modules, const char *cache,
		   int *ret_fd, char error[static GUEST_ERROR_SIZE])
{
	cleanup_fd int fd = memfd_create("initramfs", MFD_CLOEXEC);
	cleanup_file FILE *stream = fd < 0 ? NULL : fdopen(dup(fd), "w");
	struct cpio cpio;
	int result;

	if (!stream) {
		snprintf(error, GUEST_ERROR_SIZE, "memfd_create: %s", strerror(errno));
		return -errno;
	}
	result = write_base(stream, modules, cache, error);
	if (result)
		return result;
	/* The kernel unpacks one archive after the other. */
	cpio = cpio_begin(stream);
	result = guest_plan_pack(&cpio, plan, error);
	cpio_end(&cpio);
	if (!result && (fflush(stream) || ferror(stream))) {
		snprintf(error, GUEST_ERROR_SIZE, "writing the initramfs: no memory");
		result = -ENOMEM;
	}
	if (!result)
		*ret_fd = steal_fd(&fd);
	return result;
}

#define _GNU_SOURCE
#include "report/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"

int make_folder(const char *path)
{
	cleanup_free char *copy = strdup(path);

	if (!*copy)
		return 0; /* of the root */
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(copy, 0777) && errno != EEXIST ? -errno : 0;
}

int output_file_open(struct output_file *ret_file, const char *folder, const char *name,
		     const char *suffix)
{
	struct output_file file = {0};
	cleanup_free char *parent = NULL;
	char *slash;
	int error = 0;

	if (asprintf(&file.path, "%s/%s%s", folder, name, suffix) < 0 ||
	    asprintf(&file.temporary, "%s.part", file.path) < 0)
		return -ENOMEM;
	parent = strdup(file.path);
	slash = strrchr(parent, '/');
	*slash = '\0';
	error = make_folder(parent);
	if (!error) {
		file.stream = fopen(file.temporary, "we");
		error = file.stream ? 0 : -errno;
	}
	if (error) {
		free(file.path);
		free(file.temporary);
		return error;
	}
	*ret_file = file;
	return 0;
}

static int open_in_place(struct output_file *ret_file, const char *path)
{
	struct output_file file = {.stream = fopen(path, "we")};

	if (!file.stream)
		return -errno;
	*ret_file = file;
	return 0;
}

int output_path_open(struct output_file *ret_file, const char *path)
{
	cleanup_free char *target = realpath(path, NULL), *folder = NULL;
	const char *slash;
	struct stat status;

	if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? -EISDIR : open_in_place(ret_file, target);
	path = target ? target : path;
	slash = strrchr(path, '/');
	if (!*path || (slash && !slash[1]))
		return *path ? -EISDIR : -ENOENT;
	/* The folder of "/file" is the empty text: what follows is a slash. */
	folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	return output_file_open(ret_file, folder, slash ? slash + 1 : path, "");
}

static void release(struct output_file *file)
{
	free(file->path);
	free(file->temporary);
	*file = (struct output_file){0};
}

int output_path_check(const char *path)
{
	struct output_file file;
	struct stat status;
	int error;

	/* Opening a pipe would wait for its reader, and tell it that all is over. */
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return access(path, W_OK) ? -errno : 0;
	error = output_path_open(&file, path);
	if (!error)
		output_file_discard(&file);
	return error;
}

/* Which error a write had that was not asked then: errno is another call's by now. */
static int error_of(FILE *stream)
{
	struct statvfs status;

	if (!ferror(stream))
		return fflush(stream) ? -errno : 0;
	return fstatvfs(fileno(stream), &status) == 0 && status.f_blocks && !status.f_bavail
		       ? -ENOSPC
		       : -EIO;
}

int output_file_commit(struct output_file *file)
{
	int error = error_of(file->stream);

	if (fclose(file->stream) && !error)
		error = -errno;
	if (!error && file->temporary && rename(file->temporary, file->path))
		error = -errno;
	if (error && file->temporary)
		unlink(file->temporary);
	release(file);
	return error;
}

void output_file_discard(struct output_file *file)
{
	fclose(file->stream);
	if (file->temporary)
		unlink(file->temporary);
	release(file);
}

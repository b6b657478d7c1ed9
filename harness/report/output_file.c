#define _GNU_SOURCE
#include "report/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

int make_folder(const char *path)
{
	cleanup_free char *copy = strdup(path);

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

static void release(struct output_file *file)
{
	free(file->path);
	free(file->temporary);
	*file = (struct output_file){0};
}

int output_file_commit(struct output_file *file)
{
	int error = 0;

	errno = 0;
	if (ferror(file->stream) || fflush(file->stream))
		error = errno ? -errno : -EIO;
	if (fclose(file->stream) && !error)
		error = -errno;
	if (!error && rename(file->temporary, file->path))
		error = -errno;
	if (error)
		unlink(file->temporary);
	release(file);
	return error;
}

void output_file_discard(struct output_file *file)
{
	fclose(file->stream);
	unlink(file->temporary);
	release(file);
}

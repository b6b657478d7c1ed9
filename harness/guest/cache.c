#define _GNU_SOURCE
#include "guest/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "report/output_file.h"

/* How long nobody has to have used a file for it to go. */
#define UNUSED_LIMIT_S (30 * 24 * 3600)

char *cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *folder = NULL;

	if (cache && *cache == '/')
		return asprintf(&folder, "%s/halfopen", cache) < 0 ? NULL : folder;
	if (!home || *home != '/')
		return NULL;
	return asprintf(&folder, "%s/.cache/halfopen", home) < 0 ? NULL : folder;
}

uint64_t cache_sum(uint64_t sum, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	sum ^= 0xcbf29ce484222325;
	for (size_t i = 0; i < length; i++)
		sum = (sum ^ byte[i]) * 0x100000001b3;
	return sum;
}

char *cache_path(const char *cache, const char *kind, uint64_t sum, const char *suffix)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s-%016" PRIx64 "%s", cache, kind, sum, suffix) < 0 ? NULL
										       : path;
}

bool cache_has(const char *path)
{
	if (access(path, R_OK))
		return false;
	utimensat(AT_FDCWD, path, NULL, 0);
	return true;
}

/* Removes files of the same folder and kind that nobody has used for long. */
static void forget_old(const char *folder, const char *name)
{
	size_t kind = (size_t)(strchr(name, '-') + 1 - name);
	const time_t before = time(NULL) - UNUSED_LIMIT_S;
	DIR *entries = opendir(folder);

	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		struct stat status;

		if (strncmp(entry->d_name, name, kind) == 0 &&
		    fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && status.st_mtime < before)
			unlinkat(dirfd(entries), entry->d_name, 0);
	}
	if (entries)
		closedir(entries);
}

static bool copy(int from, int to)
{
	struct stat status;
	off_t at = 0;

	if (fstat(from, &status))
		return false;
	while (at < status.st_size && sendfile(to, from, &at, (size_t)(status.st_size - at)) > 0)
		;
	return at == status.st_size;
}

void cache_keep(const char *path, int fd)
{
	cleanup_free char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
	cleanup_fd int file = make_folder(folder) ? -1 : open(folder, O_TMPFILE | O_RDWR, 0644);
	char self[32];

	/* It has no name before it is whole: nothing to tidy up, wherever this is ended. */
	if (file < 0 || !copy(fd, file))
		return;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", file);
	linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
	forget_old(folder, path + strlen(folder) + 1);
}

static void remove_tree(char *folder)
{
	char *roots[] = {folder, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	if (!tree)
		return;
	for (FTSENT *entry; (entry = fts_read(tree));) {
		if (entry->fts_info == FTS_DP)
			rmdir(entry->fts_path);
		else if (entry->fts_info != FTS_D)
			unlink(entry->fts_path);
	}
	fts_close(tree);
}

/* Opens a folder and locks it; -1 where somebody else has. */
static int lock_folder(const char *path, int operation)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || flock(fd, operation) ? -1 : steal_fd(&fd);
}

/* Removes folders of the form that begin_unpacking() gives which nobody fills any more. */
static void remove_abandoned(const char *folder)
{
	cleanup_free char *pattern = NULL;
	glob_t found;

	if (asprintf(&pattern, "%s.??????", folder) < 0 || glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		cleanup_fd int lock = lock_folder(found.gl_pathv[i], LOCK_EX | LOCK_NB);

		if (lock >= 0)
			remove_tree(found.gl_pathv[i]);
	}
	globfree(&found);
}

/*
 * Makes a folder to fill, which is locked as long as we live: one that a killed run has left is
 * known by that it is not. Returns its descriptor or -errno.
 */
static int begin_unpacking(const char *cache, const char *folder, char **ret_temporary)
{
	cleanup_fd int nobody_else = lock_folder(cache, LOCK_EX);
	cleanup_free char *temporary = NULL;
	int lock;

	remove_abandoned(folder);
	if (asprintf(&temporary, "%s.XXXXXX", folder) < 0)
		return -ENOMEM;
	if (!mkdtemp(temporary))
		return -errno;
	lock = lock_folder(temporary, LOCK_EX);
	if (lock < 0)
		return -errno;
	*ret_temporary = steal_pointer(temporary);
	return lock;
}

/* Unpacks beside and renames, so that a folder of that name is always whole. */
static int unpack(const char *cache, const char *package, const char *folder,
		  char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *temporary = NULL;
	cleanup_free char *output = NULL;
	cleanup_fd int lock = begin_unpacking(cache, folder, &temporary);
	size_t length;
	int result;

	if (lock < 0) {
		snprintf(error, GUEST_ERROR_SIZE, "making %s.XXXXXX: %s", folder, strerror(-lock));
		return lock;
	}
	result = program_read((const char *const[]){"dpkg-deb", "-x", package, temporary, NULL},
			      &output, &length, error);
	/* Somebody else may have done it at the same time. */
	if (!result && rename(temporary, folder) && access(folder, F_OK)) {
		result = -errno;
		snprintf(error, GUEST_ERROR_SIZE, "making %s: %s", folder, strerror(-result));
	}
	if (access(temporary, F_OK) == 0)
		remove_tree(temporary);
	return result;
}

int cache_unpack(const char *cache, const char *package, char **ret_folder,
		 char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *bytes = NULL;
	cleanup_free char *folder = NULL;
	size_t length;
	int result;

	if (!cache) {
		snprintf(error, GUEST_ERROR_SIZE,
			 "%s has to be unpacked somewhere; set HOME or XDG_CACHE_HOME", package);
		return -ENOENT;
	}
	result = file_read(package, &bytes, &length, error);
	if (result)
		return result;
	folder = cache_path(cache, "package", cache_sum(0, bytes, length), "");
	if (!folder)
		return -ENOMEM;
	result = make_folder(cache);
	if (result)
		snprintf(error, GUEST_ERROR_SIZE, "making %s: %s", cache, strerror(-result));
	else if (access(folder, F_OK))
		result = unpack(cache, package, folder, error);
	if (!result)
		*ret_folder = steal_pointer(folder);
	return result;
}

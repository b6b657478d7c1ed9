#define _GNU_SOURCE
#include "guest/cache.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "report/output_file.h"

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

/* Unpacks beside and renames, so that a folder of that name is always whole. */
static int unpack(const char *package, const char *folder, char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *temporary = NULL;
	cleanup_free char *output = NULL;
	size_t length;
	int result;

	if (asprintf(&temporary, "%s.XXXXXX", folder) < 0)
		return -ENOMEM;
	if (!mkdtemp(temporary)) {
		result = -errno;
		snprintf(error, GUEST_ERROR_SIZE, "making %s: %s", temporary, strerror(-result));
		return result;
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
	if (asprintf(&folder, "%s/package-%016llx", cache,
		     (unsigned long long)cache_sum(0, bytes, length)) < 0)
		return -ENOMEM;
	result = make_folder(cache);
	if (result)
		snprintf(error, GUEST_ERROR_SIZE, "making %s: %s", cache, strerror(-result));
	else if (access(folder, F_OK))
		result = unpack(package, folder, error);
	if (!result)
		*ret_folder = steal_pointer(folder);
	return result;
}

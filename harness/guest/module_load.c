/*
 * A kernel that does not insist on signatures takes a module without one as well, and then checks
 * none: hashing all that we load would be an eighth of the time to boot.
 */
#define _GNU_SOURCE
#include "guest/module_load.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Behind the module: the signature, this, and the mark. */
struct signature {
	uint8_t algorithm, hash, type, signer_length, key_length, unused[3];
	uint32_t length; /* big endian; of the signature alone */
};

static const char mark[] = "~Module signature appended~\n";

size_t module_unsigned_length(const char *bytes, size_t length)
{
	const size_t tail = sizeof(mark) - 1 + sizeof(struct signature);
	struct signature signature;

	if (length < tail || memcmp(bytes + length - (sizeof(mark) - 1), mark, sizeof(mark) - 1))
		return length;
	memcpy(&signature, bytes + length - tail, sizeof(signature));
	signature.length = be32toh(signature.length);
	return signature.length > length - tail ? length : length - tail - signature.length;
}

static int take(const char *bytes, size_t length)
{
	return syscall(SYS_init_module, bytes, length, "") && errno != EEXIST ? -errno : 0;
}

static int load(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	size_t length;
	char *bytes;
	int result;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	length = (size_t)status.st_size;
	bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	result = take(bytes, module_unsigned_length(bytes, length));
	/* It insists (kernel/module/signing.c, module_sig_check()). */
	if (result == -EKEYREJECTED || result == -EPERM)
		result = take(bytes, length);
	munmap(bytes, length);
	return result;
}

int modules_load(const char *folder, char **ret_name)
{
	struct dirent **list = NULL;
	int count = scandir(folder, &list, NULL, alphasort), result = 0;

	for (int i = 0; i < count; i++) {
		cleanup_free char *path = NULL;

		if (!result && list[i]->d_name[0] != '.' &&
		    asprintf(&path, "%s/%s", folder, list[i]->d_name) >= 0) {
			result = load(path);
			if (result)
				*ret_name = strdup(list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	return result;
}

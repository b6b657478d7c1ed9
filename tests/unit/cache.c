/* What is kept by its content: whole or not at all, whoever else makes the same. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/cache.h"
#include "guest/initramfs.h"

#define AT_A_TIME 8

static char folder[] = "/tmp/halfopen-cache.XXXXXX";

static int make_folder_of_test(void **state)
{
	(void)state;
	strcpy(strrchr(folder, '.'), ".XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static int remove_folder_of_test(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static size_t count_files(const char *pattern)
{
	char command[128];
	FILE *output;
	size_t count = 0;

	snprintf(command, sizeof(command), "find %s -mindepth 1 -name '%s'", folder, pattern);
	output = popen(command, "r");
	for (int byte; (byte = fgetc(output)) != EOF;)
		count += byte == '\n';
	pclose(output);
	return count;
}

/* Several runs of a new program, or on a new kernel, all find nothing there and pack. */
static void test_made_by_several_at_once(void **state)
{
	int failed = 0;

	(void)state;
	for (int i = 0; i < AT_A_TIME; i++) {
		if (fork() == 0) {
			const struct guest_plan plan = {0};
			char error[GUEST_ERROR_SIZE];
			int fd;

			_exit(initramfs_make(&plan, NULL, folder, &fd, error) ? 1 : 0);
		}
	}
	for (int i = 0; i < AT_A_TIME; i++) {
		int status;

		assert_true(wait(&status) > 0);
		failed += status != 0;
	}
	assert_int_equal(failed, 0);
	assert_int_equal(count_files("initramfs-*.cpio"), 1);
	assert_int_equal(count_files("*"), 1);
}

static int bytes_in_memory(const char *text)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static void test_kept_whole_and_first_stays(void **state)
{
	cleanup_free char *path = cache_path(folder, "initramfs", 1, ".cpio");
	cleanup_fd int first = bytes_in_memory("first"), second = bytes_in_memory("second");
	char bytes[16] = "";
	cleanup_fd int kept = -1;

	(void)state;
	assert_false(cache_has(path));
	cache_keep(path, first);
	cache_keep(path, second);
	assert_true(cache_has(path));
	kept = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(kept, bytes, sizeof(bytes)), 5);
	assert_string_equal(bytes, "first");
	assert_int_equal(count_files("initramfs-*01.cpio*"), 1);
}

static void test_unused_for_long_goes(void **state)
{
	static const struct {
		const char *kind;
		int days;
		bool used, stays;
	} rows[] = {
		{"initramfs", 29, false, true},
		{"initramfs", 31, false, false},
		{"initramfs", 31, true, true},
		{"package", 31, false, true}, /* of another kind */
	};
	cleanup_fd int bytes = bytes_in_memory("bytes");

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		cleanup_free char *path = cache_path(folder, rows[i].kind, 10 + 2 * i, "");
		cleanup_free char *later = cache_path(folder, "initramfs", 11 + 2 * i, "");
		char command[128];

		cache_keep(path, bytes);
		snprintf(command, sizeof(command), "touch -d '%d days ago' %s", rows[i].days, path);
		run(command);
		if (rows[i].used)
			cache_has(path);
		cache_keep(later, bytes);
		assert_int_equal(access(path, F_OK) == 0, rows[i].stays);
	}
}

/* What a run left that was killed while it unpacked goes; what another one fills stays. */
static void test_half_unpacked_goes(void **state)
{
	static const char build[] =
		"mkdir -p %1$s/source/DEBIAN && printf 'Package: none\nVersion: 1\n"
		"Architecture: all\nMaintainer: none\nDescription: none\n' "
		">%1$s/source/DEBIAN/control && "
		"dpkg-deb -b %1$s/source %1$s/none.deb >/dev/null";
	cleanup_free char *unpacked = NULL, *command = NULL, *package = NULL, *again = NULL;
	cleanup_free char *left = NULL, *filled = NULL;
	char error[GUEST_ERROR_SIZE] = "";
	cleanup_fd int lock = -1;

	(void)state;
	if (system("command -v dpkg-deb >/dev/null"))
		skip();
	assert_true(asprintf(&command, build, folder) > 0);
	assert_true(asprintf(&package, "%s/none.deb", folder) > 0);
	run(command);
	assert_int_equal(cache_unpack(folder, package, &unpacked, error), 0);
	assert_int_equal(rmdir(unpacked), 0);
	assert_true(asprintf(&left, "%s.abcdef", unpacked) > 0);
	assert_true(asprintf(&filled, "%s.ghijkl", unpacked) > 0);
	assert_int_equal(mkdir(left, 0700), 0);
	assert_int_equal(mkdir(filled, 0700), 0);
	lock = open(filled, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(cache_unpack(folder, package, &again, error), 0);
	assert_string_equal(again, unpacked);
	assert_int_equal(access(unpacked, F_OK), 0);
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(access(filled, F_OK), 0);
}

static void test_where_nothing_can_be_kept(void **state)
{
	cleanup_fd int bytes = bytes_in_memory("bytes");

	(void)state;
	cache_keep("/proc/nowhere/initramfs-1.cpio", bytes);
	assert_false(cache_has("/proc/nowhere/initramfs-1.cpio"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_by_several_at_once),
		cmocka_unit_test(test_kept_whole_and_first_stays),
		cmocka_unit_test(test_unused_for_long_goes),
		cmocka_unit_test(test_half_unpacked_goes),
		cmocka_unit_test(test_where_nothing_can_be_kept),
	};

	return cmocka_run_group_tests_name("cache", tests, make_folder_of_test,
					   remove_folder_of_test);
}

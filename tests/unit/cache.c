/* What is kept by its content: whole or not at all, whoever else makes the same. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
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
		cmocka_unit_test(test_where_nothing_can_be_kept),
	};

	return cmocka_run_group_tests_name("cache", tests, make_folder_of_test,
					   remove_folder_of_test);
}

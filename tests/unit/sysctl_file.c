/* Settings of a machine: what a file as sysctl.d(5) has it says, and what is wrong with it. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/sysctl_file.h"

/* "name=value …; left out …", for comparing. */
static char *words_of(const struct sysctl_list *list)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	for (size_t i = 0; i < list->count; i++)
		fprintf(stream, "%s%s=%s", i ? "; " : "", list->list[i].name, list->list[i].value);
	for (size_t i = 0; i < list->left_out_count; i++)
		fprintf(stream, "%s%s", i ? " " : " | ", list->left_out[i]);
	fclose(stream);
	return text;
}

static void check_text(const char *text, size_t length, const char *words, const char *problem)
{
	struct sysctl_list list = {0};
	struct problems problems = {0};
	cleanup_free char *found = NULL, *said = NULL;

	sysctl_text_read("f.conf", text, length, &list, &problems);
	found = words_of(&list);
	assert_string_equal(found, words);
	assert_int_equal(problems.count, problem ? 1 : 0);
	if (problem) {
		assert_true(asprintf(&said, "%d:%d: %s", problems.list[0].at.line,
				     problems.list[0].at.column, problems.list[0].message) > 0);
		assert_non_null(strstr(said, problem));
	}
	problems_free(&problems);
	sysctl_list_free(&list);
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *words, *problem;
	} rows[] = {
		{"", "", NULL},
		{"\n\n  \t\n", "", NULL},
		{"# net.ipv4.tcp_retries2 = 3\n; x\n  # y", "", NULL},
		{"net.ipv4.tcp_retries2=8", "net.ipv4.tcp_retries2=8", NULL},
		{"  net.ipv4.tcp_retries2 \t=\t 8 \r\n", "net.ipv4.tcp_retries2=8", NULL},
		{"net/ipv4/tcp_retries2 = 8\n", "net.ipv4.tcp_retries2=8", NULL},
		{"\xef\xbb\xbfnet.ipv4.tcp_retries2 = 8\n", "net.ipv4.tcp_retries2=8", NULL},
		{"net.ipv4.tcp_rmem = 4096\t131072\t6291456\n",
		 "net.ipv4.tcp_rmem=4096\t131072\t6291456", NULL},
		{"net.ipv4.tcp_retries2 = 8\nnet.ipv4.tcp_retries2 = 9\n",
		 "net.ipv4.tcp_retries2=8; net.ipv4.tcp_retries2=9", NULL},
		/* What belongs to the whole machine, or to nothing known. */
		{"vm.swappiness = 1\nvm.swappiness = 2\nkernel.pid_max=3\n",
		 " | kernel.pid_max vm.swappiness", NULL},
		{"net/ipv4/conf/eth0.100/rp_filter = 1\nnet.ipv4.conf.eth0/100.rp_filter = 1\n",
		 " | net.ipv4.conf.eth0/100.rp_filter", NULL},
		{"net.ipv4.conf.*.rp_filter = 2\n", " | net.ipv4.conf.*.rp_filter", NULL},
		{"net.ipv4.tcp_fastopen_key =\n", " | net.ipv4.tcp_fastopen_key", NULL},
		/* '-': a failure does not matter. */
		{"-net.ipv4.tcp_retries2 = 8\n", "net.ipv4.tcp_retries2=8", NULL},
		{"- net.ipv4.tcp_retries2 = many\n", " | net.ipv4.tcp_retries2", NULL},
		{"-net.ipv4.tcp_keepalive_time = 30s\n", " | net.ipv4.tcp_keepalive_time", NULL},
		{"-net.ipv4.conf.lo.rp_filter\n", " | net.ipv4.conf.lo.rp_filter", NULL},
		/* Mistakes. */
		{"\n net.ipv4.tcp_retries2 8\n", "", "2:2: no \"=\""},
		{"net.ipv4.tcp_retries2 = \n", "", "1:25: net.ipv4.tcp_retries2 must be a number"},
		{"net.ipv4.tcp_retries2 = 8x\n", "", "1:25: net.ipv4.tcp_retries2: \"8x\""},
		{"net.ipv4.tcp_retries2 = 256\n", "",
		 "1:25: net.ipv4.tcp_retries2: \"256\" is out"},
		{"net.ipv4.tcp_keepalive_time = 30s\n", "", "1:31: net.ipv4.tcp_keepalive_time"},
		{"net.ipv4.tcp_retries2 = 8 # eight\n", "", "1:25: net.ipv4.tcp_retries2: \"8 #"},
		{"= 8\n", "", "1:1: before \"=\""},
		{"net.ipv4.tcp_retries2 8 = 3\n", "", "1:1: before \"=\""},
		{"net.ipv4.tcp_rmem = 1 2\n", "", "must be 3 numbers"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++)
		check_text(rows[i].text, strlen(rows[i].text), rows[i].words, rows[i].problem);
	check_text("a\0b", 3, "", "0:0: not a text");
}

/* All mistakes are told, and what is right beside them is read. */
static void test_several(void **state)
{
	static const char text[] = "x\nnet.ipv4.tcp_sack = 7x\nnet.ipv4.tcp_retries2 = 5\ny\n";
	struct sysctl_list list = {0};
	struct problems problems = {0};

	(void)state;
	sysctl_text_read("f.conf", text, strlen(text), &list, &problems);
	assert_int_equal(problems.count, 3);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.list[0].at.line, 3);
	problems_free(&problems);
	sysctl_list_free(&list);
}

static void test_arguments(void **state)
{
	static const struct {
		const char *argument, *words, *problem;
	} rows[] = {
		{"net.ipv4.tcp_retries2=8", "net.ipv4.tcp_retries2=8", NULL},
		{"net/ipv4/tcp_retries2=8", "net.ipv4.tcp_retries2=8", NULL},
		{"tcp_retries2=8", "net.ipv4.tcp_retries2=8", NULL},
		{"tcp_keepalive_time=2m", "net.ipv4.tcp_keepalive_time=120", NULL},
		{"tcp_retries2", "", "must be KEY=VALUE"},
		{"=3", "", "must be KEY=VALUE"},
		{"", "", "must be KEY=VALUE"},
		{"tcp_retries2=", "", "tcp_retries2 must be a number"},
		{"tcp_retires2=3", "", "did you mean \"net.ipv4.tcp_retries2\"?"},
		{"vm.swappiness=3", "", "unknown sysctl"},
		{"net.ipv4.tcp_mem=3", "", "not per network namespace"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct sysctl_list list = {0};
		struct problems problems = {0};
		cleanup_free char *found = NULL;

		sysctl_argument_read("--sysctl", rows[i].argument, &list, &problems);
		found = words_of(&list);
		assert_string_equal(found, rows[i].words);
		assert_int_equal(problems.count, rows[i].problem ? 1 : 0);
		if (rows[i].problem)
			assert_non_null(strstr(problems.list[0].message, rows[i].problem));
		problems_free(&problems);
		sysctl_list_free(&list);
	}
}

/* A hundred thousand lines, many of them alike, through a file; and what is no file. */
static void test_files(void **state)
{
	char path[] = "/tmp/halfopen-sysctl-XXXXXX";
	struct sysctl_list list = {0};
	struct problems problems = {0};
	int fd = mkstemp(path);
	FILE *stream = fdopen(fd, "w");

	(void)state;
	assert_non_null(stream);
	for (int i = 0; i < 100000; i++)
		fprintf(stream, "net.ipv4.conf.x%d.y = 1\n", i % 50000);
	fprintf(stream, "net.ipv4.tcp_retries2 = 5");
	fclose(stream);
	sysctl_file_read(path, &list, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.left_out_count, 50000);
	assert_int_equal(truncate(path, SYSCTL_FILE_LIMIT + 1), 0);
	sysctl_file_read(path, &list, &problems);
	assert_int_equal(problems.count, 1);
	unlink(path);
	sysctl_file_read(path, &list, &problems);
	sysctl_file_read("/tmp", &list, &problems);
	assert_int_equal(problems.count, 3);
	assert_non_null(strstr(problems.list[1].message, "No such file"));
	assert_non_null(strstr(problems.list[2].message, "directory"));
	problems_free(&problems);
	sysctl_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

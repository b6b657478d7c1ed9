/* Files and folders: what is found, in which order, under which ids, and what cannot be read. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/load.h"

#define GOOD "{scenario: t, expect: [server: {state: CLOSED}]}\n"

static char folder[64];

static char *path_of(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s%s%s", folder, *name ? "/" : "", name) > 0);
	return path;
}

static void make(const char *name, const char *text)
{
	cleanup_free char *path = path_of(name);
	cleanup_file FILE *file = NULL;

	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/halfopen-load-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Loads names below the folder; checks ids, joined by blanks, and messages' words. */
static void check_load(const char *const *names, size_t name_count, const char *ids,
		       const char *const *words, size_t word_count)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	char found[1000] = "";

	for (size_t i = 0; i < name_count; i++) {
		cleanup_free char *path = path_of(names[i]);

		scenarios_load(path, &scenarios, &problems);
	}
	for (size_t i = 0; i < scenarios.count; i++) {
		strcat(found, i ? " " : "");
		strcat(found, scenarios.list[i].id);
	}
	if (problems.count != word_count)
		problems_print(&problems, stderr);
	assert_string_equal(found, ids);
	assert_int_equal(problems.count, word_count);
	for (size_t i = 0; i < word_count; i++) {
		assert_int_equal(problems.list[i].at.line, 0);
		assert_non_null(strstr(problems.list[i].message, words[i]));
	}
	scenarios_free(&scenarios);
	problems_free(&problems);
}

#define NAMES(...)                                                                                 \
	(const char *const[]){__VA_ARGS__},                                                        \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)
#define NO_WORDS NULL, 0

static void test_order_and_ids(void **state)
{
	(void)state;
	make("b/z.yaml", GOOD);
	make("b/a.yml", GOOD);
	make("b.yaml", GOOD);
	make("a/deep/er/x.yaml", GOOD);
	make("notes.txt", "no YAML at all");
	make(".hidden.yaml", "no YAML at all: [");
	make(".git/x.yaml", "no YAML at all: [");
	check_load(NAMES(""), "a/deep/er/x b b/a b/z", NO_WORDS);
	check_load(NAMES("b/", "b.yaml"), "a z b", NO_WORDS);
	check_load(NAMES("a/deep/er/x.yaml"), "x", NO_WORDS);
	/* Named twice, loaded once. */
	check_load(NAMES("b", "b/z.yaml"), "a z", NO_WORDS);
}

static void test_scenarios_folder(void **state)
{
	(void)state;
	make("scenarios/002/idle.yaml", GOOD);
	make("scenarios/002/deep.yaml",
	     "{scenario: t, matrix: {idle: [1s, 2s]}, client: {idle: $idle}, "
	     "expect: [server: {state: CLOSED}]}");
	check_load(NAMES(""), "002/deep@idle=1s 002/deep@idle=2s 002/idle", NO_WORDS);
	check_load(NAMES("scenarios/002/idle.yaml"), "002/idle", NO_WORDS);
	check_load(NAMES("scenarios/002/deep.yaml", "scenarios/002"),
		   "002/deep@idle=1s 002/deep@idle=2s 002/idle", NO_WORDS);
}

static void test_messages(void **state)
{
	cleanup_free char *fifo = path_of("f/fifo.yaml"), *loop = path_of("l/loop");
	cleanup_free char *dangling = path_of("d/gone.yaml"), *locked = path_of("u/locked.yaml");

	(void)state;
	make("n/notes.txt", "");
	check_load(NAMES("n"), "", NAMES("no scenario in this folder or below"));
	check_load(NAMES("nothing"), "", NAMES("cannot be read: No such file"));
	check_load(NAMES("n/notes.txt/x"), "", NAMES("cannot be read: Not a directory"));
	make("s/a b.yaml", GOOD);
	make("s/x@y.yaml", GOOD);
	check_load(NAMES("s"), "",
		   NAMES("write \"a b\" with letters", "write \"x@y\" with letters"));
	make("t/x.yaml", GOOD);
	make("t/x.yml", GOOD);
	check_load(NAMES("t"), "x", NAMES("its id \"x\" is that of"));
	/* Must neither wait for a writer, nor go round in circles. */
	make("f/x.txt", "");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	check_load(NAMES("f"), "", NAMES("is not a regular file"));
	make("l/x.yaml", GOOD);
	assert_int_equal(symlink("..", loop), 0);
	check_load(NAMES("l/x.yaml"), "x", NO_WORDS);
	unlink(loop);
	assert_int_equal(symlink(".", loop), 0);
	check_load(NAMES("l"), "x", NO_WORDS);
	make("d/x.txt", "");
	assert_int_equal(symlink("nowhere", dangling), 0);
	check_load(NAMES("d"), "", NAMES("cannot be read: No such file"));
	make("u/locked.yaml", GOOD);
	assert_int_equal(chmod(locked, 0), 0);
	if (geteuid() != 0)
		check_load(NAMES("u"), "", NAMES("cannot be read: Permission denied"));
}

static void test_large(void **state)
{
	char *text = malloc(SCENARIO_SIZE_LIMIT + 2);
	size_t length = strlen(GOOD);

	(void)state;
	memset(text, '#', SCENARIO_SIZE_LIMIT + 1);
	text[SCENARIO_SIZE_LIMIT + 1] = '\0';
	memcpy(text, GOOD, length);
	make("large.yaml", text);
	check_load(NAMES("large.yaml"), "", NAMES("the file is larger than 1 MiB"));
	text[SCENARIO_SIZE_LIMIT] = '\0';
	make("large.yaml", text);
	check_load(NAMES("large.yaml"), "large", NO_WORDS);
	free(text);
}

/* The files of tests/bad, all at once, as a person sees it. */
static void test_bad_folder(void **state)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	cleanup_file FILE *file = fopen("tests/bad/messages.txt", "r");
	cleanup_free char *printed = NULL, *due = NULL;
	size_t printed_size = 0, due_size = 0;
	FILE *stream = open_memstream(&printed, &printed_size);

	(void)state;
	scenarios_load("tests/bad", &scenarios, &problems);
	problems_print(&problems, stream);
	fclose(stream);
	assert_non_null(file);
	assert_true(getdelim(&due, &due_size, '\0', file) > 0);
	assert_string_equal(printed, due);
	assert_int_equal(scenarios.count, 0);
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order_and_ids, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_scenarios_folder, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_messages, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_large, make_folder, remove_folder),
		cmocka_unit_test(test_bad_folder),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}

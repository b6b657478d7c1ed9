/* Mistakes: noted once, printed in order, with the line and a caret, and harmless to terminals. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/problem.h"

#define AT(line, column) ((struct position){line, column})

static char folder[] = "/tmp/halfopen-problem-XXXXXX";

static char *path_of(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
	return path;
}

static char *write_file(const char *name, const char *text, size_t length)
{
	char *path = path_of(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
	return path;
}

static char *printed(const struct problems *problems)
{
	char *text = NULL, *copy;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	problems_print(problems, stream);
	fclose(stream);
	/* A copy, or gcc 12 takes the stream's text for one of this function's variables. */
	copy = strdup(text);
	free(text);
	return copy;
}

static void assert_printed(struct problems *problems, const char *expected)
{
	char *text = printed(problems);

	assert_string_equal(text, expected);
	free(text);
	problems_free(problems);
	assert_int_equal(problems->count, 0);
}

static void test_noted_once(void **state)
{
	struct problems problems = {0};

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++)
			problems_add(&problems, "f", AT(i / 10, i % 10), "message %d", i % 7);
	}
	assert_int_equal(problems.count, 1000);
	problems_add(&problems, "g", AT(0, 0), "message 0");
	problems_add(&problems, "f", AT(0, 0), "message 1");
	problems_add(&problems, "f", AT(0, 1), "message 0");
	assert_int_equal(problems.count, 1003);
	assert_string_equal(problems.list[999].message, "message 5");
	problems_free(&problems);
	problems_free(NULL);
}

static void test_order(void **state)
{
	struct problems problems = {0};

	(void)state;
	problems_add(&problems, "/none/b", AT(2, 1), "later");
	problems_add(&problems, "/none/b", AT(1, 9), "second");
	problems_add(&problems, "/none/b", AT(1, 2), "first of the place");
	problems_add(&problems, "/none/b", AT(1, 2), "another of the place");
	problems_add(&problems, "/none/b", AT(0, 0), "whole");
	problems_add(&problems, "/none/a", AT(5, 5), "other file");
	assert_printed(&problems, "/none/a:5:5: error: other file\n"
				  "/none/b: error: whole\n"
				  "/none/b:1:2: error: first of the place\n"
				  "/none/b:1:2: error: another of the place\n"
				  "/none/b:1:9: error: second\n"
				  "/none/b:2:1: error: later\n");
}

/* Prints one problem of a file with this text, without the message's line. */
static void assert_line(const char *text, size_t length, int line, int column, const char *expected)
{
	char *path = write_file("line", text, length), *all, *rest;
	struct problems problems = {0};

	problems_add(&problems, path, AT(line, column), "wrong");
	all = printed(&problems);
	rest = strchr(all, '\n') + 1;
	assert_string_equal(rest, expected);
	free(all);
	free(path);
	problems_free(&problems);
}

#define ASSERT_LINE(text, line, column, expected)                                                  \
	assert_line(text, sizeof(text) - 1, line, column, expected)

static void test_lines(void **state)
{
	(void)state;
	ASSERT_LINE("one\ntwo\nthree", 1, 1, "  one\n  ^\n");
	ASSERT_LINE("one\ntwo\nthree", 2, 3, "  two\n    ^\n");
	ASSERT_LINE("one\ntwo\nthree", 3, 6, "  three\n       ^\n");
	ASSERT_LINE("one\r\ntwo\rthree\n", 2, 1, "  two\n  ^\n");
	ASSERT_LINE("one\r\ntwo\rthree\n", 3, 1, "  three\n  ^\n");
	ASSERT_LINE("one\xc2\x85two\xe2\x80\xa8three", 3, 2, "  three\n   ^\n");
	ASSERT_LINE("\xef\xbb\xbfkey: 1\n", 1, 1, "  key: 1\n  ^\n");
	ASSERT_LINE("\n\nx\n", 3, 1, "  x\n  ^\n");
	/* Columns are characters, tabs one blank. */
	ASSERT_LINE("\t\xc3\xa9\xe2\x82\xac: x", 1, 5, "   \xc3\xa9\xe2\x82\xac: x\n      ^\n");
	/* Nothing that a terminal would act on: escape, C1, a change of direction, bad UTF-8. */
	ASSERT_LINE("a\x1b[31m\xc2\x9b\xe2\x80\xae\xff\x7f\0z", 1, 2, "  a?[31m?????z\n   ^\n");
	/* A place that is not in the file: the message alone. */
	ASSERT_LINE("one\n", 3, 1, "");
	ASSERT_LINE("", 1, 1, "");
	ASSERT_LINE("one", 0, 0, "");
}

static void test_long_line(void **state)
{
	char line[5000], *path, *all, *text, *caret;
	struct problems problems = {0};

	(void)state;
	memset(line, 'x', sizeof(line));
	line[4000] = '@';
	path = write_file("long", line, sizeof(line));
	problems_add(&problems, path, AT(1, 4001), "wrong");
	all = printed(&problems);
	caret = strchr(all, '^');
	assert_true(strlen(all) < 400);
	text = strchr(all, '\n') + 1;
	/* Two bytes of the first "…" are no columns. */
	assert_int_equal(strchr(text, '@') - text - 2, caret - (strchr(text, '\n') + 1));
	assert_non_null(strstr(text, "x…\n"));
	free(all);
	free(path);
	problems_free(&problems);
}

static void test_hostile_names(void **state)
{
	struct problems problems = {0};
	char *fifo = path_of("fifo"), *expected;

	(void)state;
	problems_add(&problems, "/none/\x1b]0;x\a", AT(1, 1), "word \"%s\"", "\x1b[2J\n");
	assert_printed(&problems, "/none/?]0;x?:1:1: error: word \"?[2J?\"\n");
	/* Reading it must not wait for a writer. */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	problems_add(&problems, fifo, AT(1, 1), "wrong");
	assert_true(asprintf(&expected, "%s:1:1: error: wrong\n", fifo) > 0);
	assert_printed(&problems, expected);
	problems_add(&problems, folder, AT(1, 1), "wrong");
	free(expected);
	assert_true(asprintf(&expected, "%s:1:1: error: wrong\n", folder) > 0);
	assert_printed(&problems, expected);
	free(expected);
	unlink(fifo);
	free(fifo);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"line", "long"};

	(void)state;
	for (size_t i = 0; i < array_length(names); i++) {
		char *path = path_of(names[i]);

		unlink(path);
		free(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noted_once),    cmocka_unit_test(test_order),
		cmocka_unit_test(test_lines),	      cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests_name("problem", tests, make_folder, remove_folder);
}

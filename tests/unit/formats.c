/* Formats for machines: whatever stands in a text, each stays what it is. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "report/escape.h"
#include "report/github.h"
#include "report/junit.h"
#include "report/ktap.h"
#include "report/output_file.h"

#define NASTY "a<b>&\"'\n]]>\t\x01\x1b[2J\x7f\xff\xe2\x80\xae\xef\xbf\xbe#%,:\r\xe2\x82\xac\xf0\x9f"

static const struct {
	enum escape how;
	const char *text;
} escaped[] = {
	{ESCAPE_LINE, "a<b>&\"'?]]>???[2J?\xef\xbf\xbd?\xef\xbf\xbe#%,:?\xe2\x82\xac"
		      "\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_JSON, "a<b>&\"'\n]]>\t\x01\x1b[2J\x7f\xef\xbf\xbd\xe2\x80\xae\xef\xbf\xbe#%,:\r"
		      "\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_XML, "a&lt;b&gt;&amp;\"'\n]]&gt;\t??[2J?\xef\xbf\xbd??#%,:?\xe2\x82\xac"
		     "\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_XML_VALUE, "a&lt;b&gt;&amp;&quot;'&#10;]]&gt;&#9;??[2J?\xef\xbf\xbd??#%,:?"
			   "\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_KTAP, "a<b>&\"'?]]>???[2J?\xef\xbf\xbd?\xef\xbf\xbe%23%,:?\xe2\x82\xac"
		      "\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_GITHUB, "a<b>&\"'%0A]]>???[2J?\xef\xbf\xbd?\xef\xbf\xbe#%25,:%0D\xe2\x82\xac"
			"\xef\xbf\xbd\xef\xbf\xbd"},
	{ESCAPE_GITHUB_VALUE, "a<b>&\"'%0A]]>???[2J?\xef\xbf\xbd?\xef\xbf\xbe#%25%2C%3A%0D"
			      "\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd"},
};

static void each_format_has_its_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(escaped); i++) {
		cleanup_free char *text = escape_text(escaped[i].how, NASTY);

		assert_string_equal(text, escaped[i].text);
	}
}

/* One of each verdict; owns nothing but the findings. */
static struct saved sample(void)
{
	static struct saved_scenario scenarios[] = {
		{.id = (char *)"folder/passes@quick", .wall = 1500000000},
		{.id = (char *)"fa#ils", .timeline = (char *)"fa#ils.jsonl"},
		{.id = (char *)"doubtful"},
		{.id = (char *)"left/out"},
	};
	static const enum verdict verdicts[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE,
						VERDICT_SKIP};
	static struct finding findings[] = {
		{(char *)"alive", {0, 0}, KEY_LIMIT, VERDICT_PASS, .text = (char *)"lives"},
		{(char *)NASTY, {7, 5}, KEY_LIMIT, VERDICT_FAIL, .text = (char *)NASTY},
		{(char *)"", {0, 0}, KEY_LIMIT, VERDICT_INCONCLUSIVE, .text = (char *)"lost\n#1"},
		{(char *)"", {3, 1}, KEY_LIMIT, VERDICT_SKIP, .text = (char *)"no sysctl"},
	};

	for (size_t i = 0; i < array_length(scenarios); i++) {
		scenarios[i].title = (char *)NASTY;
		scenarios[i].path = (char *)"a,b:\xff.yaml";
		scenarios[i].judgement = (struct judgement){verdicts[i], &findings[i], 1};
	}
	return (struct saved){.tool = (char *)"1",
			      .release = (char *)NASTY,
			      .hz = 250,
			      .scenarios = scenarios,
			      .count = array_length(scenarios)};
}

static void ktap_is_version_1(void **state)
{
	const struct saved saved = sample();

	(void)state;
	for (enum inconclusive as = INCONCLUSIVE_ERROR; as <= INCONCLUSIVE_SKIPPED; as++) {
		cleanup_free char *text = NULL;
		size_t size, lines = 0, results = 0;
		FILE *stream = open_memstream(&text, &size);

		ktap_write(&saved, as, stream);
		fclose(stream);
		assert_ptr_equal(strstr(text, "KTAP version 1\n1..4\n"), text);
		assert_non_null(strstr(text, "\nok 1 folder/passes@quick\n"));
		assert_non_null(strstr(text, "\nnot ok 2 fa%23ils\n"));
		assert_non_null(strstr(text, "\nok 4 left/out # SKIP no sysctl\n"));
		assert_non_null(strstr(text, as == INCONCLUSIVE_ERROR
						     ? "\nnot ok 3 doubtful # ERROR lost?%231\n"
						     : "\nok 3 doubtful # SKIP lost?%231\n"));
		assert_non_null(strstr(text, as == INCONCLUSIVE_ERROR
						     ? "\n# Totals: pass:1 fail:1 xfail:0 xpass:0 "
						       "skip:1 error:1\n"
						     : "\n# Totals: pass:1 fail:1 xfail:0 xpass:0 "
						       "skip:2 error:0\n"));
		for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
			bool result = !strncmp(line, "ok ", 3) || !strncmp(line, "not ok ", 7);

			assert_true(lines < 2 || result || *line == '#');
			lines++;
			results += result;
		}
		assert_int_equal(results, 4);
		assert_null(strpbrk(text, "\r\033\x01\x7f\xff"));
	}
}

static void github_has_a_line_for_each(void **state)
{
	const struct saved saved = sample();
	cleanup_free char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	github_write(&saved, stream);
	fclose(stream);
	assert_ptr_equal(strstr(text,
				"::error file=a%2Cb%3A\xef\xbf\xbd.yaml,line=7,col=5,title=fa#ils::"
				"a<b>&\"'%0A]]>"),
			 text);
	assert_non_null(strstr(text, "\n::warning file=a%2Cb%3A\xef\xbf\xbd.yaml,"
				     "title=doubtful::lost%0A#1\n"));
	assert_non_null(strstr(text, "\n::notice file=a%2Cb%3A\xef\xbf\xbd.yaml,line=3,col=1,"
				     "title=left/out::no sysctl\n"));
}

static void junit_names_all(void **state)
{
	const struct saved saved = sample();
	cleanup_free char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	junit_write(&saved, INCONCLUSIVE_ERROR, "the/folder", stream);
	fclose(stream);
	assert_non_null(strstr(text, "tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" "
				     "time=\"1.500\""));
	assert_non_null(strstr(text, "<testcase name=\"passes@quick\" classname=\"folder\" "
				     "time=\"1.500\">"));
	assert_non_null(strstr(text, "classname=\"halfopen\""));
	assert_non_null(strstr(text, "<failure type=\"fail\" message=\"a&lt;b&gt;"));
	assert_non_null(strstr(text, "<error type=\"inconclusive\" message=\"lost&#10;#1\">"));
	assert_non_null(strstr(text, "<skipped message=\"no sysctl\">"));
	assert_non_null(strstr(text, "[[ATTACHMENT|the/folder/fa#ils.jsonl]]"));
	for (size_t i = 0; i < size;) {
		uint32_t character;

		i += utf8_decode(text + i, size - i, &character);
		assert_true(character == '\n' || character == '\t' || !utf8_is_control(character));
	}
}

static void write_to(const char *path, const char *text)
{
	struct output_file file;

	assert_int_equal(output_path_check(path), 0);
	assert_int_equal(output_path_open(&file, path), 0);
	fputs(text, file.stream);
	assert_int_equal(output_file_commit(&file), 0);
}

static void expect_text(const char *path, const char *text)
{
	char buffer[16] = "";
	FILE *stream = fopen(path, "r");

	assert_non_null(stream);
	assert_true(fread(buffer, 1, sizeof(buffer) - 1, stream) < sizeof(buffer));
	assert_string_equal(buffer, text);
	fclose(stream);
}

static void files_appear_where_they_are_named(void **state)
{
	char folder[] = "/tmp/halfopen-formats-XXXXXX";
	struct output_file file;
	struct stat status;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	write_to("one", "1");
	expect_text("one", "1");
	write_to("deep/er/two", "2");
	expect_text("deep/er/two", "2");
	/* A symbolic link stays one. */
	assert_int_equal(symlink("one", "link"), 0);
	write_to("link", "3");
	expect_text("one", "3");
	assert_int_equal(lstat("link", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	/* A device stays one. */
	write_to("/dev/null", "4");
	assert_int_equal(stat("/dev/null", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
	/* Given up: as it was. */
	assert_int_equal(output_path_open(&file, "one"), 0);
	fputs("5", file.stream);
	output_file_discard(&file);
	expect_text("one", "3");
	assert_int_equal(output_path_open(&file, ""), -ENOENT);
	assert_int_equal(output_path_open(&file, "deep"), -EISDIR);
	assert_int_equal(output_path_open(&file, "new/"), -EISDIR);
	assert_int_equal(output_path_open(&file, "one/two"), -ENOTDIR);
	assert_int_equal(output_path_check("deep"), -EISDIR);
	/* Full from the first byte on. */
	assert_int_equal(output_path_open(&file, "/dev/full"), 0);
	fputs("6", file.stream);
	assert_int_equal(output_file_commit(&file), -ENOSPC);
	unlink("one");
	unlink("link");
	unlink("deep/er/two");
	rmdir("deep/er");
	rmdir("deep");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_has_its_escape),
		cmocka_unit_test(ktap_is_version_1),
		cmocka_unit_test(github_has_a_line_for_each),
		cmocka_unit_test(junit_names_all),
		cmocka_unit_test(files_appear_where_they_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

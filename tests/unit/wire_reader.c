/*
 * What the guest says is handed on as it is, and whatever is cut, changed, lost or added is
 * noticed: nothing of it is believed then.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/wire.h"
#include "guest/wire_reader.h"

#define PLAYS 2

/* As Debian's 6.1 said it of itself; the plays are short. */
static const char kernel[] =
	"K\t{\"at\":0,\"event\":\"kernel\",\"release\":\"6.1.0-56-cloud-amd64\",\"hz\":250,"
	"\"clock\":\"virtual\",\"zero\":6323732407,\"realtime\":1704067200542280898,"
	"\"jiffies\":4294893332,\"jiffies_at\":4272000000}\n";
static const char plays[] = "B\t0\nB\t1\nL\t1\t{\"one\"}\nL\t0\t{\"two\"}\nE\t1\t\n"
			    "L\t0\t{\"three\"}\nE\t0\tthe playing process was ended by SIGKILL\n";

/* What reached the sink, in words. */
static char said[512];

static void began(void *data, size_t index)
{
	(void)data;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%zu begins. ", index);
}

static void line(void *data, size_t index, const char *text, size_t length)
{
	(void)data;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%zu: %.*s. ", index,
		 (int)length, text);
}

static int ended(void *data, size_t index, const char *trouble)
{
	(void)data;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%zu ends%s%s. ", index,
		 trouble ? ": " : "", trouble ? trouble : "");
	return 0;
}

static const struct suite_sink sink = {began, line, ended, NULL, NULL};

static struct wire_reader read_all(const char *text)
{
	struct wire_reader reader = wire_reader_start(PLAYS, &sink);
	const char *newline;

	said[0] = '\0';
	for (; (newline = strchr(text, '\n')); text = newline + 1)
		wire_reader_take(&reader, text, (size_t)(newline - text));
	wire_reader_free(&reader);
	return reader;
}

/* The stream, with its last line; freed by the caller. */
static char *whole(void)
{
	char *text = NULL;
	uint64_t sum = wire_sum(wire_sum(0, kernel, strlen(kernel)), plays, strlen(plays));

	assert_true(asprintf(&text, "%s%sZ\t%" PRIx64 "\n", kernel, plays, sum) > 0);
	return text;
}

static void test_whole(void **state)
{
	cleanup_free char *text = whole();
	struct wire_reader reader = read_all(text);

	(void)state;
	assert_true(reader.done);
	assert_string_equal(reader.trouble, "");
	assert_string_equal(reader.kernel.release, "6.1.0-56-cloud-amd64");
	assert_int_equal(reader.kernel.hz, 250);
	assert_true(reader.kernel.is_virtual);
	assert_string_equal(said, "0 begins. 1 begins. 1: {\"one\"}. 0: {\"two\"}. 1 ends. "
				  "0: {\"three\"}. "
				  "0 ends: the playing process was ended by SIGKILL. ");
}

static void test_cut_anywhere(void **state)
{
	cleanup_free char *text = whole();

	(void)state;
	for (size_t length = strlen(text); length-- > 0;) {
		text[length] = '\0';
		assert_false(read_all(text).done);
	}
}

static void test_each_byte_changed(void **state)
{
	cleanup_free char *text = whole();

	(void)state;
	for (size_t i = 0; text[i]; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct wire_reader reader;

			text[i] ^= (char)(1 << bit);
			reader = read_all(text);
			if (reader.done && !reader.trouble[0])
				fail_msg("bit %d of byte %zu: not noticed", bit, i);
			text[i] ^= (char)(1 << bit);
		}
	}
}

static void test_each_line_lost(void **state)
{
	cleanup_free char *text = whole();

	(void)state;
	for (char *begin = text, *end; (end = strchr(begin, '\n')) && end[1]; begin = end + 1) {
		cleanup_free char *without = NULL;
		struct wire_reader reader;

		assert_true(asprintf(&without, "%.*s%s", (int)(begin - text), text, end + 1) > 0);
		reader = read_all(without);
		assert_true(reader.done && reader.trouble[0]);
	}
}

static void test_what_is_said_of_it(void **state)
{
	static const struct {
		const char *text, *trouble;
	} rows[] = {
		{"?\n", "what the guest says is garbled: ?"},
		{"K\t{}\n", "what the guest says is garbled: "},
		{"B\t2\n", "what the guest says is garbled: B\t2"},
		{"B\t-1\n", "what the guest says is garbled: B\t-1"},
		{"L\t\n", "what the guest says is garbled: L"},
		{"E\t0\t\nL\t0\t{}\n", "what the guest says is garbled: L\t0"},
		{"Z\t1\n", "what the guest says is garbled: its sum is another one"},
		{"Z\t\n", "what the guest says is garbled: its sum is another one"},
		{"X\tno memory\n", "no memory"},
		{"?\nX\tno memory\n", "what the guest says is garbled: ?"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct wire_reader reader = read_all(rows[i].text);

		if (strncmp(reader.trouble, rows[i].trouble, strlen(rows[i].trouble)) != 0)
			fail_msg("'%s': %s", rows[i].text, reader.trouble);
	}
}

/* Plays that the guest did not come to begin and end all the same, with the reason. */
static void test_what_was_not_ended(void **state)
{
	struct wire_reader reader = wire_reader_start(PLAYS, &sink);

	(void)state;
	said[0] = '\0';
	wire_reader_take(&reader, "B\t1", 3);
	wire_reader_end(&reader, "the guest hangs");
	assert_string_equal(said, "1 begins. 0 begins. 0 ends: the guest hangs. "
				  "1 ends: the guest hangs. ");
	wire_reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_each_byte_changed),
		cmocka_unit_test(test_each_line_lost),
		cmocka_unit_test(test_what_is_said_of_it),
		cmocka_unit_test(test_what_was_not_ended),
	};

	return cmocka_run_group_tests_name("wire_reader", tests, NULL, NULL);
}

/* Tables of words, and what was probably meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "base/names.h"
#include "base/words.h"

static const struct word colours[] = {{"red", 1}, {"green", 2}, {NULL, 0}};

static void test_table(void **state)
{
	int value = 7;

	(void)state;
	assert_true(word_value(colours, "green", &value));
	assert_int_equal(value, 2);
	assert_false(word_value(colours, "Green", &value));
	assert_false(word_value(colours, "gree", &value));
	assert_false(word_value(colours, "", &value));
	assert_int_equal(value, 2);
	assert_string_equal(word_name(colours, 1), "red");
	assert_string_equal(word_name(colours, 3), "?");
}

static void test_nearest(void **state)
{
	static const char *const words[] = {
		"idle", "interval", "count", "keepalive", "user_timeout", "at",
	};
	static const struct {
		const char *text, *nearest;
	} rows[] = {
		{"idle", "idle"},
		{"IDLE", "idle"},
		{"idel", "idle"},  /* two neighbours exchanged: one edit */
		{"idl", "idle"},   /* one left out */
		{"iddle", "idle"}, /* one too many */
		{"intervall", "interval"},
		{"intreval", "interval"},
		{"keep_alive", "keepalive"},
		{"kepalve", "keepalive"},
		{"usertimeout", "user_timeout"},
		{"att", "at"},
		{"a", "at"},
		{"ta", "at"},
		{"xy", NULL}, /* nothing of "at" is left */
		{"x", NULL},
		{"", NULL},
		{"idxx", NULL}, /* half of it */
		{"something else", NULL},
	};
	char lengthy[300];

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		const char *nearest = nearest_word(rows[i].text, words, array_length(words));

		if (nearest != rows[i].nearest &&
		    (!nearest || !rows[i].nearest || strcmp(nearest, rows[i].nearest) != 0))
			fail_msg("\"%s\" is near \"%s\"", rows[i].text,
				 nearest ? nearest : "(none)");
	}
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_null(nearest_word(lengthy, words, array_length(words)));
	assert_null(nearest_word("idle", words, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}

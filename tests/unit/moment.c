/* Moments: every form, and what is said about others. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "scenario/moment.h"

static void test_reads(void **state)
{
	static const struct {
		const char *text;
		struct moment moment;
	} rows[] = {
		{"0", {ANCHOR_START, END_NONE, 1, 0}},
		{"5s", {ANCHOR_START, END_NONE, 1, 5 * SECOND}},
		{"established", {ANCHOR_ESTABLISHED, END_NONE, 1, 0}},
		{"established + 1s", {ANCHOR_ESTABLISHED, END_NONE, 1, SECOND}},
		{"established+1s", {ANCHOR_ESTABLISHED, END_NONE, 1, SECOND}},
		{"probe 2", {ANCHOR_PROBE, END_CLIENT, 2, 0}},
		{"client probe 2", {ANCHOR_PROBE, END_CLIENT, 2, 0}},
		{"server probe 3", {ANCHOR_PROBE, END_SERVER, 3, 0}},
		{"probe 2 answered", {ANCHOR_PROBE_ANSWERED, END_CLIENT, 2, 0}},
		{"  server  probe 1 answered  +  200ms ",
		 {ANCHOR_PROBE_ANSWERED, END_SERVER, 1, 200 * MILLISECOND}},
		{"reset", {ANCHOR_RESET, END_CLIENT, 1, 0}},
		{"server reset", {ANCHOR_RESET, END_SERVER, 1, 0}},
		{"error", {ANCHOR_ERROR, END_CLIENT, 1, 0}},
		{"client error + 1s", {ANCHOR_ERROR, END_CLIENT, 1, SECOND}},
		{"before connect", {ANCHOR_BEFORE, END_NONE, 1, 0}},
		{"SYN 2", {ANCHOR_SYN, END_CLIENT, 2, 0}},
		{"server SYN 1 + 1s", {ANCHOR_SYN, END_SERVER, 1, SECOND}},
		{"retransmission 3", {ANCHOR_RETRANSMISSION, END_CLIENT, 3, 0}},
		{"server window probe 2", {ANCHOR_WINDOW_PROBE, END_SERVER, 2, 0}},
		{"server window closed", {ANCHOR_WINDOW_CLOSED, END_SERVER, 1, 0}},
		{"FIN + 5ms", {ANCHOR_FIN, END_CLIENT, 1, 5 * MILLISECOND}},
		{"server CLOSE-WAIT", {ANCHOR_STATE, END_SERVER, STATE_CLOSE_WAIT, 0}},
		{"step 1 + 200ms", {ANCHOR_STEP, END_NONE, 1, 200 * MILLISECOND}},
		{"step 1000000 + 0", {ANCHOR_STEP, END_NONE, 1000000, 0}},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct moment moment = {0};
		char error[512] = "";

		if (moment_parse(rows[i].text, &moment, error, sizeof(error)))
			fail_msg("\"%s\": %s", rows[i].text, error);
		assert_int_equal(moment.anchor, rows[i].moment.anchor);
		assert_int_equal(moment.end, rows[i].moment.end);
		assert_int_equal(moment.ordinal, rows[i].moment.ordinal);
		assert_int_equal(moment.delay, rows[i].moment.delay);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"", "no event. Allowed: a time such as 5s; before connect; established"},
		{"   ", "no event"},
		{"30", "\"30\" has no unit; write 30s"},
		{"99999999999d", "too long a time"},
		{"5 s", "unknown event \"5 s\""},
		{"prob 2", "did you mean \"probe\"?"},
		{"probe two", "unknown event \"probe two\""},
		{"probe", "unknown event \"probe\""},
		{"probe 2 anwsered", "did you mean \"answered\"?"},
		{"probe 2 answered 3", "unknown event"},
		{"sever probe 2", "did you mean \"server\"?"},
		{"probe 0", "the number must be 1 to 1000000"},
		{"probe 1000001", "the number must be 1 to 1000000"},
		{"probe 99999999999999999999", "the number must be 1 to 1000000"},
		{"probe -1", "unknown event"},
		{"client step 1", "unknown event"},
		{"client established", "unknown event"},
		{"step 1 + 200", "\"200\" has no unit; write 200s"},
		{"step 1 +", "one duration must follow the \"+\""},
		{"step 1 + 1s 2s", "one duration must follow"},
		{"step 1 + 1s + 1s", "one duration must follow"},
		{"step 1 + soon", "\"soon\" is not a duration"},
		{"step 1 - 1s", "unknown event"},
		{"+ 1s", "unknown event"},
		{"5s + 1s", "unknown event"},
		{"Established", "did you mean \"established\"?"},
		{"a b c d e f g h i j k", "unknown event"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct moment moment = {.ordinal = 77};
		char error[512] = "";

		assert_int_equal(moment_parse(rows[i].text, &moment, error, sizeof(error)),
				 -EINVAL);
		assert_int_equal(moment.ordinal, 77);
		if (!strstr(error, rows[i].words))
			fail_msg("\"%s\" gives: %s", rows[i].text, error);
	}
}

static void test_small_buffer(void **state)
{
	struct moment moment;
	char error[8] = "";

	(void)state;
	assert_int_equal(moment_parse("nothing known", &moment, error, sizeof(error)), -EINVAL);
	assert_string_equal(error, "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_small_buffer),
	};

	return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}

/* A timeline drawn as text: as wide as is said, and what is not as it should be stands out. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "report/sequence.h"

static struct timeline sample(size_t probes)
{
	struct timeline timeline = {0};
	struct event probe = {.kind = EVENT_SEGMENT, .end = END_CLIENT};

	timeline_append(&timeline, (struct event){.kind = EVENT_CONNECTION,
						  .connection = {{4, 22345, {127, 0, 0, 1}},
								 {6,
								  12345,
								  {0x20, 1, 0xd, 0xb8, [7] = 0xff,
								   1, 2, 3, 4, 5, 6, 7, 8}}}});
	timeline_append(&timeline, (struct event){.at = 1000,
						  .kind = EVENT_STEP,
						  .step = {0, 7,
							   strdup("at: established + 500ms, drop: "
								  "{to: server, packets: 4, "
								  "longwordwithoutanyblankinit}"),
							   0, 0}});
	for (size_t i = 0; i < probes; i++) {
		probe.at = (int64_t)(i + 1) * SECOND;
		probe.segment.role = ROLE_PROBE;
		probe.segment.number = (int64_t)i + 1;
		timeline_append(&timeline, probe);
	}
	timeline_append(&timeline, (struct event){.at = probe.at + 5,
						  .kind = EVENT_SOCKET,
						  .end = END_CLIENT,
						  .socket = {STATE_ESTABLISHED, TIMER_KEEPALIVE,
							     12 * SECOND, 10, 10}});
	timeline_append(&timeline, (struct event){.at = probe.at + 6,
						  .kind = EVENT_APPLICATION,
						  .end = END_SERVER,
						  .application = {CALL_RECV, -1, ETIMEDOUT, 0}});
	return timeline;
}

/* Draws at a width, or where nobody says one; the caller frees it. */
static char *draw(const struct timeline *timeline, const struct judgement *judgement, bool all,
		  const char *columns)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct style style;

	if (columns)
		setenv("COLUMNS", columns, 1);
	else
		unsetenv("COLUMNS");
	style = style_for(stream);
	sequence_draw(timeline, judgement, all, &style, stream);
	fclose(stream);
	return text;
}

static size_t widest(const char *text)
{
	size_t width = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		width = length > width ? length : width;
		text += length + (text[length] == '\n');
	}
	return width;
}

static void widths_are_respected(void **state)
{
	static const struct {
		const char *columns;
		size_t width;
	} widths[] = {{NULL, 80}, {"60", 60},	{"71", 71}, {"72", 72}, {"80", 80},   {"100", 100},
		      {"30", 60}, {"900", 100}, {"0", 80},  {"-1", 80}, {"wide", 80}, {"", 80}};
	struct timeline timeline = sample(3);

	(void)state;
	for (size_t i = 0; i < array_length(widths); i++) {
		cleanup_free char *text = draw(&timeline, NULL, true, widths[i].columns);

		if (widest(text) > widths[i].width || widest(text) + 16 < widths[i].width)
			fail_msg("%zu columns, not %zu:\n%s", widest(text), widths[i].width, text);
		assert_null(strchr(text, '\033'));
		assert_null(strchr(text, '!'));
		assert_non_null(strstr(text, "packet 3"));
		assert_non_null(strstr(text, "longword"));
	}
	timeline_free(&timeline);
}

static const struct finding findings[] = {
	{.verdict = VERDICT_PASS, .has_moment = true, .moment = SECOND},
	{.verdict = VERDICT_FAIL,
	 .has_moment = true,
	 .moment = 2 * SECOND,
	 .has_window = true,
	 .window = {SECOND, SECOND + 4 * MILLISECOND},
	 .end = END_CLIENT},
	{.verdict = VERDICT_INCONCLUSIVE,
	 .has_moment = true,
	 .moment = 3 * SECOND,
	 .has_window = true,
	 .window = {4 * SECOND, 5 * SECOND}},
	{.verdict = VERDICT_FAIL, .has_moment = true, .moment = 4 * SECOND, .end = END_CLIENT},
	/* Of the other end: no event of it came then. */
	{.verdict = VERDICT_FAIL, .has_moment = true, .moment = SECOND, .end = END_SERVER},
	{.verdict = VERDICT_FAIL, .has_window = true, .window = {9 * SECOND, 10 * SECOND}},
	{.verdict = VERDICT_FAIL,
	 .has_window = true,
	 .window = {2 * SECOND, 2500 * MILLISECOND},
	 .end = END_SERVER},
	{.verdict = VERDICT_INCONCLUSIVE,
	 .unanswerable = true,
	 .has_moment = true,
	 .moment = SECOND},
};

static const struct judgement judgement = {VERDICT_FAIL, (struct finding *)findings,
					   array_length(findings)};

static void what_is_wrong_stands_out(void **state)
{
	/* In this order. */
	static const char *const lines[] = {
		"\n     1.000000    +1.000 |",
		"\n!    2.000000    +1.000 |",
		"\n!                       |  ^ LATE by 0.996 s: due 1.000 s to",
		"\n!    2.500000    +0.500 |",
		"MISSING: due 2.000 s to",
		"\n?    3.000000    +0.500 |",
		"\n?                       |  ^ EARLY by 1.000 s: due 4.000 s",
		"\n!    4.000000    +1.000 |",
		"\n!                       |  ^ UNEXPECTED ",
		"recv: ETIMEDOUT",
		"\n!   10.000000",
		"MISSING: due 9.000 s to",
	};
	struct timeline timeline = sample(4);
	cleanup_free char *text = draw(&timeline, &judgement, true, NULL);
	const char *at = text;

	(void)state;
	for (size_t i = 0; i < array_length(lines); i++) {
		at = strstr(at, lines[i]);
		if (!at)
			fail_msg("no '%s' where it should be:\n%s", lines[i], text);
	}
	assert_true(widest(text) <= 80);
	timeline_free(&timeline);
}

/* Echoes that fare as the one before are no news; what is wrong with one stands out. */
static void echoes_are_drawn_where_they_change(void **state)
{
	static const struct finding late[] = {
		{.verdict = VERDICT_FAIL,
		 .has_moment = true,
		 .moment = 2 * SECOND,
		 .has_window = true,
		 .window = {SECOND, SECOND + 1}},
		{.verdict = VERDICT_FAIL, .has_moment = true, .moment = 3 * SECOND},
	};
	static const struct judgement bad = {VERDICT_FAIL, (struct finding *)late,
					     array_length(late)};
	static const struct event events[] = {
		{.kind = EVENT_CONNECTION},
		{.at = 1, .kind = EVENT_PING, .end = END_CLIENT, .ping = {-1, 1, 0, 0, 0}},
		{.at = 2, .kind = EVENT_PING, .end = END_CLIENT, .ping = {-1, 2, 1, 0, 0}},
		{.at = 2 * SECOND,
		 .kind = EVENT_PING,
		 .end = END_CLIENT,
		 .ping = {-1, 3, SECOND, PING_UNANSWERED, 0}},
		{.at = 2 * SECOND,
		 .kind = EVENT_MONITOR,
		 .end = END_CLIENT,
		 .monitor = {HOST_SILENT, 1}},
		{.at = 3 * SECOND,
		 .kind = EVENT_PING,
		 .end = END_SERVER,
		 .ping = {0, 1, SECOND, PING_REFUSED, EACCES}},
	};
	struct timeline timeline = {0};
	cleanup_free char *text = NULL;
	const char *silent;

	(void)state;
	for (size_t i = 0; i < array_length(events); i++)
		timeline_append(&timeline, event_copy(&events[i]));
	text = draw(&timeline, &bad, true, "80");
	assert_non_null(strstr(text, "ping 1: answered"));
	assert_null(strstr(text, "ping 2"));
	assert_non_null(strstr(text, "ping 3: unanswered after 1.000 s"));
	silent = strstr(text, "monitor: host silent");
	assert_non_null(silent);
	assert_non_null(strstr(silent, "LATE by 1.000 s"));
	assert_non_null(strstr(text, "! "));
	assert_non_null(strstr(silent, "ping 1: EACCES"));
	timeline_free(&timeline);
}

static void long_ones_are_folded(void **state)
{
	static const struct finding late = {
		.verdict = VERDICT_FAIL,
		.has_moment = true,
		.moment = 500 * SECOND,
		.has_window = true,
		.window = {0, SECOND},
	};
	const struct judgement one = {VERDICT_FAIL, (struct finding *)&late, 1};
	struct timeline timeline = sample(1000);
	cleanup_free char *some = draw(&timeline, &one, false, NULL);
	cleanup_free char *all = draw(&timeline, &one, true, NULL);

	(void)state;
	assert_non_null(strstr(some, "packet 19\n"));
	assert_null(strstr(some, "packet 20\n"));
	assert_non_null(strstr(some, ": 475 events; -v draws all\n"));
	assert_non_null(strstr(some, "packet 495\n"));
	assert_non_null(strstr(some, "LATE by"));
	assert_non_null(strstr(some, "packet 505\n"));
	assert_null(strstr(some, "packet 506\n"));
	assert_non_null(strstr(some, "packet 1000\n"));
	assert_non_null(strstr(all, "packet 300\n"));
	assert_null(strstr(all, "draws all"));
	timeline_free(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_are_respected),
		cmocka_unit_test(what_is_wrong_stands_out),
		cmocka_unit_test(echoes_are_drawn_where_they_change),
		cmocka_unit_test(long_ones_are_folded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

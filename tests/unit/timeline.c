/* The timeline: every kind of event survives the way to JSON and back; nonsense is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "timeline/timeline.h"

static uint8_t frame_bytes[] = {0x45, 0x00, 0xff, 0x7f};

/* One of each kind, with values at their limits somewhere. */
static const struct event samples[] = {
	{.kind = EVENT_KERNEL,
	 .kernel = {(char *)"6.12.0", 250, CLOCK_VIRTUAL, INT64_MAX, -1, 4295007062, 12}},
	{.kind = EVENT_CAPTURE, .capture = {0, INT64_MAX, 1000000, -1, 97000}},
	{.kind = EVENT_SYSCTL, .sysctl = {(char *)"net.ipv4.tcp_keepalive_time", (char *)"7200"}},
	{.kind = EVENT_CONNECTION,
	 .connection = {{4, 22345, {127, 0, 0, 1}}, {6, 12345, {[15] = 1}}}},
	{.at = -5,
	 .kind = EVENT_SEGMENT,
	 .end = END_SERVER,
	 .segment = {7, ROLE_PROBE_REPLY, 6, FLAG_ACK | FLAG_PSH, UINT32_MAX, 0, 65535, 1448, 1, 66,
		     frame_bytes, sizeof(frame_bytes)}},
	{.at = 3072000123,
	 .kind = EVENT_SOCKET,
	 .end = END_CLIENT,
	 .socket = {STATE_FIN_WAIT_1, TIMER_PERSIST, 9460000000, 2, 4}},
	{.kind = EVENT_APPLICATION,
	 .end = END_CLIENT,
	 .application = {CALL_RECV, -1, ETIMEDOUT, 0}},
	{.kind = EVENT_STEP, .step = {1, 19, (char *)"drop: {to: server} \"\\ \n", 4, 5}},
	{.kind = EVENT_PING, .end = END_CLIENT, .ping = {-1, 3, 5, PING_REFUSED, EACCES}},
	{.kind = EVENT_MONITOR, .end = END_SERVER, .monitor = {HOST_SILENT, 3}},
	{.kind = EVENT_RESOURCES, .end = END_CLIENT, .resources = {1, 300, 12, 3, 123456}},
	{.kind = EVENT_RULE, .rule = {1, 4, 208}},
	{.kind = EVENT_COUNTER, .counter = {(char *)"TcpExtTCPKeepAlive", 2, 7}},
	{.kind = EVENT_CONNTRACK, .conntrack = {CONNTRACK_ESTABLISHED, 4}},
	{.kind = EVENT_WITNESS, .witness = {10, 20}},
	{.kind = EVENT_LOSS, .loss = {LOSS_BACKLOG, 31592}},
	{.kind = EVENT_CLOCK_STEP, .clock_step = {-3600000000000}},
	{.at = 9, .kind = EVENT_UNTIL},
	{.kind = EVENT_UNABLE, .unable = {UNABLE_FEATURE, 3, (char *)"no sysctl"}},
	{.at = INT64_MAX, .kind = EVENT_END},
};

static void every_kind_round_trips(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(samples); i++) {
		char *line = event_to_json(&samples[i]), *again, *error = NULL;
		struct event event = {0}, copy;

		assert_null(strchr(line, '\n'));
		assert_int_equal(event_from_json(line, strlen(line), &event, &error), 0);
		copy = event_copy(&event);
		event_release(&event);
		again = event_to_json(&copy);
		assert_string_equal(line, again);
		event_release(&copy);
		free(line);
		free(again);
	}
	assert_int_equal(array_length(samples), EVENT_END);
}

static void broken_text_is_no_broken_line(void **state)
{
	const struct event unable = {
		.kind = EVENT_UNABLE,
		.unable = {UNABLE_RUN, 1, (char *)"a\xff\xe2\x82 \xe2\x82\xac"}};
	char *line = event_to_json(&unable), *error = NULL;
	struct event event = {0};

	(void)state;
	assert_int_equal(event_from_json(line, strlen(line), &event, &error), 0);
	assert_string_equal(event.unable.message, "a??? \xe2\x82\xac");
	event_release(&event);
	free(line);
}

static void nonsense_is_refused(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{"", ""},
		{"null", ""},
		{"[]", ""},
		{"{}", "event"},
		{"{\"event\":\"party\",\"at\":1}", "event"},
		{"{\"event\":\"end\"}", "at"},
		{"{\"event\":\"end\",\"at\":1.5}", "at"},
		{"{\"event\":\"end\",\"at\":1,\"at\":1}", "duplicate"},
		{"{\"event\":\"end\",\"at\":1,\"end\":\"middle\"}", "end"},
		{"{\"event\":\"rule\",\"at\":1,\"index\":0,\"packets\":1}", "bytes"},
		{"{\"event\":\"rule\",\"at\":1,\"index\":0,\"packets\":\"1\",\"bytes\":1}",
		 "packets"},
		{"{\"event\":\"loss\",\"at\":1,\"place\":\"sofa\",\"packets\":1}", "place"},
		{"{\"event\":\"application\",\"at\":1,\"call\":\"recv\",\"result\":0,"
		 "\"error\":\"EWHAT\"}",
		 "error"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct event event = {.at = 77};
		char *error = NULL;

		assert_int_equal(
			event_from_json(cases[i].line, strlen(cases[i].line), &event, &error),
			-EINVAL);
		assert_non_null(error);
		assert_non_null(strstr(error, cases[i].words));
		assert_int_equal(event.at, 77);
		free(error);
	}
}

/* Each line of a real timeline, cut at every length: refused, never a crash or a leak. */
static void cut_lines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(samples); i++) {
		char *line = event_to_json(&samples[i]);

		for (size_t length = 0; length < strlen(line); length++) {
			struct event event;
			char *error = NULL;

			assert_int_equal(event_from_json(line, length, &event, &error), -EINVAL);
			free(error);
		}
		free(line);
	}
}

static void sorting_is_by_time_and_stable(void **state)
{
	static const int64_t times[] = {5, 1, 5, 3, 1, 9, 0};
	static const int64_t order[] = {6, 1, 4, 3, 0, 2, 5};
	struct timeline timeline = {0};

	(void)state;
	for (size_t i = 0; i < array_length(times); i++)
		timeline_append(&timeline, (struct event){.at = times[i],
							  .kind = EVENT_RULE,
							  .rule = {.index = (int64_t)i}});
	timeline_sort(&timeline);
	for (size_t i = 0; i < array_length(times); i++)
		assert_int_equal(timeline.events[i].rule.index, order[i]);
	timeline_free(&timeline);
	assert_null(timeline.events);
}

/* The worst order there is, long enough that a quadratic sort would be noticed. */
static void sorting_is_fast_for_any_order(void **state)
{
	const int64_t count = 200000;
	struct timeline timeline = {0};

	(void)state;
	for (int64_t i = 0; i < count; i++)
		timeline_append(&timeline, (struct event){.at = (count - i) / 2,
							  .kind = EVENT_RULE,
							  .rule = {.index = i}});
	timeline_sort(&timeline);
	for (size_t i = 1; i < timeline.count; i++) {
		const struct event *a = &timeline.events[i - 1], *b = &timeline.events[i];

		assert_true(a->at < b->at || (a->at == b->at && a->rule.index < b->rule.index));
	}
	timeline_free(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_round_trips),
		cmocka_unit_test(broken_text_is_no_broken_line),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(cut_lines_are_refused),
		cmocka_unit_test(sorting_is_by_time_and_stable),
		cmocka_unit_test(sorting_is_fast_for_any_order),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}

/* What an application was told, judged: the results of each call in order, and how long it waited.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/outcome.h"
#include "scenario/load.h"

#define CALLS 5

/* By default at HZ 250, where a wait of 1 s by the timer wheel may be 40 ms longer. */
static const struct row {
	const char *client;	 /* its keys */
	const char *expectation; /* of the client */
	struct {
		int64_t at;
		struct application_event told;
	} calls[CALLS];
	int64_t witness; /* of this lateness, when the first call returned; 0: none */
	enum verdict verdict;
	const char *words;
} rows[] = {
	{"observe: recv, receive_timeout: 1s",
	 "recv: [EAGAIN, ETIMEDOUT, end of file], lasted: 1s, error: ETIMEDOUT",
	 {{2 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND + 30 * MILLISECOND}},
	  {3 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND}},
	  {4 * SECOND, {CALL_RECV, -1, ETIMEDOUT, 500 * MILLISECOND}},
	  {4 * SECOND, {CALL_RECV, 0, 0, 1000}}},
	 0,
	 VERDICT_PASS,
	 "recv() came 1.030 s after the call"},
	{"observe: recv, receive_timeout: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND + 30 * MILLISECOND}},
	  {3 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND + 45 * MILLISECOND}}},
	 0,
	 VERDICT_FAIL,
	 "came 1.045 s after the call; due within 1.000 s to 1.044 s: 0.001 s late"},
	{"observe: recv, receive_timeout: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND - 1}}},
	 0,
	 VERDICT_FAIL,
	 "early"},
	{"observe: recv, receive_timeout: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_RECV, -1, ETIMEDOUT, SECOND}}},
	 0,
	 VERDICT_FAIL,
	 "no call of the client waited in vain"},
	{"observe: select, wait: 1s",
	 "select: [nothing, readable], lasted: 1s",
	 {{2 * SECOND, {CALL_SELECT, 0, 0, SECOND + 5 * MILLISECOND}},
	  {3 * SECOND, {CALL_SELECT, 0, 0, SECOND}},
	  {4 * SECOND, {CALL_SELECT, 1, 0, 20 * MILLISECOND}}},
	 0,
	 VERDICT_PASS,
	 "select() said: nothing, readable"},
	/* No timer wheel, but the slack of poll(), and a jiffy of the CPU's own work. */
	{"observe: select, wait: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_SELECT, 0, 0, SECOND + 5 * MILLISECOND + 1}}},
	 0,
	 VERDICT_FAIL,
	 "due within 1.000 s to 1.005 s"},
	/* What the machine did to one call says nothing of the others. */
	{"observe: select, wait: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_SELECT, 0, 0, SECOND + 20 * MILLISECOND}},
	  {3 * SECOND, {CALL_SELECT, 0, 0, SECOND}}},
	 20 * MILLISECOND,
	 VERDICT_PASS,
	 "came 1.000 s after the call"},
	{"observe: select, wait: 1s",
	 "lasted: 1s",
	 {{2 * SECOND, {CALL_SELECT, 0, 0, SECOND + 20 * MILLISECOND}}},
	 20 * MILLISECOND,
	 VERDICT_INCONCLUSIVE,
	 "the machine was 0.020 s late then"},
	{"observe: epoll",
	 "epoll: [IN|ERR|HUP]",
	 {{2 * SECOND, {CALL_EPOLL, POLLIN | POLLERR | POLLHUP, 0, SECOND}},
	  {3 * SECOND, {CALL_EPOLL, POLLIN | POLLERR | POLLHUP, 0, 5}}},
	 0,
	 VERDICT_PASS,
	 "epoll_wait() said: IN|ERR|HUP"},
	{"observe: select",
	 "select: readable",
	 {{2 * SECOND, {CALL_SELECT, -1, EBADF, SECOND}}},
	 0,
	 VERDICT_FAIL,
	 "select() said: EBADF; expected: readable"},
	/* What a call returned cannot have passed unseen, however late we were. */
	{"observe: heartbeat, every: 1s",
	 "send: [5 bytes, EPIPE]",
	 {{2 * SECOND, {CALL_SEND, 5, 0, 10}}},
	 SECOND,
	 VERDICT_FAIL,
	 "send() returned: 5 bytes; expected: 5 bytes, EPIPE"},
	/* Patience that ran out is no error of the connection. */
	{"observe: recv, receive_timeout: 1s",
	 "error: none",
	 {{2 * SECOND, {CALL_RECV, -1, EAGAIN, SECOND}}},
	 0,
	 VERDICT_PASS,
	 "told no error"},
	/* Nor is what happens to another socket. */
	{"observe: nothing",
	 "error: none, connect: [ok, ECONNREFUSED]",
	 {{2 * SECOND, {CALL_CONNECT, 0, 0, 0}},
	  {3 * SECOND, {CALL_CONNECT_AGAIN, -1, ECONNREFUSED, 0}}},
	 0,
	 VERDICT_PASS,
	 "connect() returned: ok, ECONNREFUSED"},
	{"observe: nothing",
	 "close: ok",
	 {{2 * SECOND, {CALL_LINGER, 0, 0, 0}}, {3 * SECOND, {CALL_CLOSE, 0, 0, SECOND}}},
	 0,
	 VERDICT_PASS,
	 "close() returned: ok"},
};

static struct timeline timeline_of(const struct row *row)
{
	struct timeline timeline = {0};

	timeline_append(&timeline, (struct event){.kind = EVENT_KERNEL,
						  .kernel = {.release = strdup("6.x"), .hz = 250}});
	for (size_t i = 0; i < CALLS && row->calls[i].at; i++)
		timeline_append(&timeline, (struct event){.at = row->calls[i].at,
							  .kind = EVENT_APPLICATION,
							  .end = END_CLIENT,
							  .application = row->calls[i].told});
	if (row->witness)
		timeline_append(
			&timeline,
			(struct event){.at = row->calls[0].at,
				       .kind = EVENT_WITNESS,
				       .witness = {row->calls[0].at - row->witness, row->witness}});
	timeline_append(&timeline, (struct event){.at = 9 * SECOND, .kind = EVENT_END});
	timeline_sort(&timeline);
	return timeline;
}

static struct scenarios scenario_of(const struct row *row)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};
	char text[512];

	snprintf(text, sizeof(text),
		 "scenario: t\nserver: {listen: 127.0.0.1:1}\nclient: {%s}\nexpect: [client: "
		 "{%s}]\n",
		 row->client, row->expectation);
	scenario_parse("t.yaml", "t", text, strlen(text), &scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	return scenarios;
}

static bool says(const struct judgement *judgement, const char *words)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (strstr(judgement->findings[i].text, words))
			return true;
	}
	return false;
}

static void each_row_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct scenarios scenarios = scenario_of(&rows[i]);
		struct timeline timeline = timeline_of(&rows[i]);
		struct judgement judgement;

		judge(&scenarios.list[0], &timeline, &judgement);
		if (judgement.verdict != rows[i].verdict || !says(&judgement, rows[i].words)) {
			print_error("row %zu, {%s}: %s\n", i, rows[i].expectation,
				    word_name(verdict_words, (int)judgement.verdict));
			for (size_t j = 0; j < judgement.count; j++)
				print_error("  %s\n", judgement.findings[j].text);
			fail();
		}
		judgement_free(&judgement);
		timeline_free(&timeline);
		scenarios_free(&scenarios);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_has_its_verdict),
	};

	return cmocka_run_group_tests_name("judge_application", tests, NULL, NULL);
}

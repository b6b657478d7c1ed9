/*
 * Judging a capture file's timeline: what the wire can answer decides, what it cannot is said and
 * does not weigh, and nothing that may lie outside of the capture is a failure.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/judge.h"
#include "model/wheel.h"
#include "scenario/load.h"

#include "bent_timeline.h"

#define HEAD                                                                                       \
	"scenario: A client and a silenced server\n"                                               \
	"server: {listen: 127.0.0.1:12345}\n"                                                      \
	"client: {keepalive: on, idle: 2s, interval: 1s, count: 2}\n"                              \
	"timeline:\n"                                                                              \
	"  - {at: probe 1 answered, drop: {to: server}}\n"                                         \
	"expect:\n"

static const char wire[] =
	HEAD "  - probes: {from: client, answered: 1, first: 2s}\n"
	     "  - probes: {from: client, unanswered: 2, first: 2s, interval: 1s}\n"
	     "  - reset: {from: client, after: last probe, delay: 1s}\n"
	     "  - nothing else on the wire\n";

static const char all[] =
	HEAD "  - probes: {from: client, answered: 1, first: 2s}\n"
	     "  - probes: {from: client, unanswered: 2, first: 2s, interval: 1s}\n"
	     "  - reset: {from: client, after: fault, delay: 2s}\n"
	     "  - client: {error: ETIMEDOUT, after: last probe, delay: 1s, state: CLOSED,\n"
	     "             poll: [nothing, IN|ERR|HUP|RDHUP], recv: [ETIMEDOUT, end of file]}\n"
	     "  - server: {error: none, state: ESTABLISHED}\n"
	     "  - timer: {of: client, goes: [keepalive 0/0, gone]}\n"
	     "  - rule: {packets: 3}\n"
	     "  - counters: {TcpExtTCPKeepAlive: 3}\n"
	     "  - nothing else on the wire\n";

static const char beyond[] = HEAD "  - client: {error: ETIMEDOUT}\n"
				  "  - rule: {packets: 3}\n";

static const char established[] = HEAD "  - reset: {from: client, after: established, delay: 6s}\n";

static const char echoes[] = "scenario: Echoes beside the connection\n"
			     "monitor: {from: client, interval: 1s, threshold: 3}\n"
			     "timeline: [{at: 1s, ping: {from: client, count: 100}}]\n"
			     "expect:\n"
			     "  - ping: {answered: 100}\n"
			     "  - monitor: {says: answers}\n"
			     "  - resources: {descriptors: 0, memory: unchanged}\n";

enum place {
	CAPTURE,
	SYN,
	SYN_ACK,
	HANDSHAKE_ACK,
	PROBE_1,
	REPLY_1,
	PROBE_2,
	PROBE_3,
	RESET,
	END,
	PLACES,
};

/* A server's side capture: the client is 2 ms away. 250 Hz; all on time for it. */
static struct timeline good_timeline(void)
{
	const int64_t p1 = 2016 * MILLISECOND, p2 = 4032 * MILLISECOND, p3 = 5056 * MILLISECOND;
	struct event events[PLACES] = {
		[CAPTURE] = {.kind = EVENT_CAPTURE, .capture = {0, 0, 9, 2 * MILLISECOND, 1000}},
		[SYN] = segment(0, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 99, 0),
		[SYN_ACK] =
			segment(1000, END_SERVER, ROLE_SYN_ACK, 2, FLAG_SYN | FLAG_ACK, 499, 100),
		[HANDSHAKE_ACK] = segment(2 * MILLISECOND, END_CLIENT, ROLE_HANDSHAKE_ACK, 3,
					  FLAG_ACK, 100, 500),
		[PROBE_1] = segment(p1, END_CLIENT, ROLE_PROBE, 4, FLAG_ACK, 99, 500),
		[REPLY_1] =
			segment(p1 + 10000, END_SERVER, ROLE_PROBE_REPLY, 5, FLAG_ACK, 500, 100),
		[PROBE_2] = segment(p2, END_CLIENT, ROLE_PROBE, 6, FLAG_ACK, 99, 500),
		[PROBE_3] = segment(p3, END_CLIENT, ROLE_PROBE, 7, FLAG_ACK, 99, 500),
		[RESET] = segment(6080 * MILLISECOND, END_CLIENT, ROLE_RST, 8, FLAG_RST | FLAG_ACK,
				  100, 500),
		[END] = {.at = MINUTE, .kind = EVENT_END},
	};
	struct timeline timeline = {0};

	events[REPLY_1].segment.answers = 4;
	for (size_t i = 0; i < PLACES; i++)
		timeline_append(&timeline, events[i]);
	return timeline;
}

static void cut_at(struct timeline *timeline, enum place place, int64_t end)
{
	for (size_t i = place; i < END; i++)
		event_release(&timeline->events[i]);
	timeline->events[END].at = end;
}

static void at_250_hz(struct timeline *timeline)
{
	timeline->events[CAPTURE].capture.hz = 250;
}

static void at_no_hz_of_this_world(struct timeline *timeline)
{
	timeline->events[CAPTURE].capture.hz = INT64_C(1) << 32;
}

/* Probe 3 comes so much later than the latest moment that a kernel of 250 Hz allows. */
static void late_for_250_hz_by(struct timeline *timeline, int64_t by)
{
	const struct wheel wheel = {.hz = 250};
	int64_t gap = timeline->events[PROBE_3].at - timeline->events[PROBE_2].at;

	move_rest(timeline, PROBE_3, wheel_window(&wheel, SECOND).latest + by - gap);
}

/* With 100 Hz a timer of 1 s may be 80 ms late, with 250 Hz about half of it. */
static void late_for_250_hz(struct timeline *timeline)
{
	late_for_250_hz_by(timeline, 10 * MILLISECOND);
}

static void late_for_known_250_hz(struct timeline *timeline)
{
	at_250_hz(timeline);
	late_for_250_hz(timeline);
}

static void late_for_every_hz(struct timeline *timeline)
{
	late_for_250_hz_by(timeline, 200 * MILLISECOND);
}

static void early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -27 * MILLISECOND);
}

static void late_by_the_way(struct timeline *timeline)
{
	at_250_hz(timeline);
	late_for_250_hz_by(timeline, MILLISECOND);
}

static void early_by_the_way(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -25 * MILLISECOND);
}

static void ends_before_probe_3(struct timeline *timeline)
{
	cut_at(timeline, PROBE_3, 4500 * MILLISECOND);
}

static void stays_silent_instead_of_probe_3(struct timeline *timeline)
{
	cut_at(timeline, PROBE_3, 6 * SECOND);
}

static void ends_before_the_reset(struct timeline *timeline)
{
	cut_at(timeline, RESET, 5500 * MILLISECOND);
}

static void never_resets(struct timeline *timeline)
{
	cut_at(timeline, RESET, MINUTE);
}

static void ends_early_but_one_too_many(struct timeline *timeline)
{
	struct event more =
		segment(5100 * MILLISECOND, END_CLIENT, ROLE_PROBE, 70, FLAG_ACK, 99, 500);

	cut_at(timeline, RESET, 5500 * MILLISECOND);
	timeline->events[RESET] = more;
}

static void resets_instead_of_probe_3(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
}

static void begins_late(struct timeline *timeline)
{
	for (enum place place = SYN; place <= REPLY_1; place++)
		drop_event(timeline, place);
}

static void breaks_off(struct timeline *timeline)
{
	drop_event(timeline, END);
}

static void loses_packets(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
	timeline_append(timeline, (struct event){.kind = EVENT_LOSS, .loss = {LOSS_UNSEEN, 1}});
}

static void bulk_transfer(struct timeline *timeline)
{
	for (int i = 0; i < 1000; i++)
		timeline_append(timeline, segment(MINUTE, END_SERVER, ROLE_DATA, 100 + i, FLAG_ACK,
						  500 + i, 100));
}

static const struct {
	const char *name;
	const char *scenario;
	void (*bend)(struct timeline *timeline);
	enum verdict verdict;
	enum verdict finding; /* some finding of this verdict … */
	const char *words;    /* … has these words */
	size_t unanswerable;
} cases[] = {
	{"good", wire, nothing, VERDICT_PASS, VERDICT_PASS, "due within 1.000 s to 1.1", 1},
	{"no hz", wire, nothing, VERDICT_PASS, VERDICT_INCONCLUSIVE,
	 "widest window of 100, 250, 300 and 1000 Hz", 1},
	{"250 Hz", wire, at_250_hz, VERDICT_PASS, VERDICT_PASS, "due within 1.000 s to 1.04", 0},
	{"wild Hz", wire, at_no_hz_of_this_world, VERDICT_PASS, VERDICT_INCONCLUSIVE, "1000 Hz", 1},
	{"late for 250 Hz", wire, late_for_250_hz, VERDICT_PASS, VERDICT_PASS,
	 "probe 2 of 2 (packet 7) came 1.05", 1},
	{"late for known 250 Hz", wire, late_for_known_250_hz, VERDICT_FAIL, VERDICT_FAIL,
	 "0.010 s late", 0},
	{"late for all", wire, late_for_every_hz, VERDICT_FAIL, VERDICT_FAIL, " late", 1},
	{"early", wire, early, VERDICT_FAIL, VERDICT_FAIL, "0.003 s early", 1},
	{"late by the way", wire, late_by_the_way, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "0.001 s late, but to its sender and back from the capture it is 0.002 s", 0},
	{"early by the way", wire, early_by_the_way, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "0.001 s early, but to its sender", 1},
	{"ends early", wire, ends_before_probe_3, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "1 unanswered probe of the client, 2 expected (packet 6); the capture ends at 4.500 s", 1},
	{"silent", wire, stays_silent_instead_of_probe_3, VERDICT_FAIL, VERDICT_FAIL,
	 "1 unanswered probe of the client, 2 expected (packet 6)", 1},
	{"ends before the reset", wire, ends_before_the_reset, VERDICT_INCONCLUSIVE,
	 VERDICT_INCONCLUSIVE, "0 resets from the client, 1 expected; the capture ends", 1},
	{"never resets", wire, never_resets, VERDICT_FAIL, VERDICT_FAIL,
	 "0 resets from the client, 1 expected", 1},
	{"ends early, too many", wire, ends_early_but_one_too_many, VERDICT_FAIL, VERDICT_FAIL,
	 "3 unanswered probes of the client, 2 expected", 1},
	{"resets early", wire, resets_instead_of_probe_3, VERDICT_FAIL, VERDICT_FAIL,
	 "1 unanswered probe of the client, 2 expected", 1},
	{"begins late", wire, begins_late, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "0 answered probes of the client, 1 expected; the capture begins later", 1},
	{"breaks off", wire, breaks_off, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "the capture breaks off after packet 9", 1},
	{"loses packets", wire, loses_packets, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "1 times an end acknowledged what the capture does not have", 1},
	{"bulk", wire, bulk_transfer, VERDICT_FAIL, VERDICT_FAIL,
	 "980 more unexpected segments came", 1},
	{"all asked", all, nothing, VERDICT_PASS, VERDICT_INCONCLUSIVE,
	 "a capture cannot answer this: when the path was broken", 11},
	{"all asked, error", all, nothing, VERDICT_PASS, VERDICT_INCONCLUSIVE,
	 "a capture cannot answer this: which error the client's application was told", 11},
	{"all asked, failing", all, resets_instead_of_probe_3, VERDICT_FAIL, VERDICT_FAIL,
	 "1 unanswered probe of the client, 2 expected", 11},
	{"all asked, no reset", all, never_resets, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "0 resets from the client, 1 expected; the capture ends at 60.000 s", 10},
	{"nothing answerable", beyond, nothing, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "a capture cannot answer this: what a firewall rule counted", 3},
	{"nothing answerable, disturbed", beyond, loses_packets, VERDICT_INCONCLUSIVE,
	 VERDICT_INCONCLUSIVE, "what a firewall rule counted", 3},
	{"echoes", echoes, nothing, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "a capture cannot answer this: what became of ICMP echoes", 4},
	{"echoes, resources", echoes, nothing, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE,
	 "a capture cannot answer this: what a process held", 4},
	{"established", established, nothing, VERDICT_PASS, VERDICT_PASS,
	 "after the connection was established", 1},
	{"established, unseen", established, begins_late, VERDICT_INCONCLUSIVE,
	 VERDICT_INCONCLUSIVE, "no moment to measure it from", 1},
};

static bool has(const struct judgement *judgement, enum verdict verdict, const char *words)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict == verdict &&
		    strstr(judgement->findings[i].text, words))
			return true;
	}
	return false;
}

static size_t count_unanswerable(const struct judgement *judgement)
{
	size_t count = 0;

	for (size_t i = 0; i < judgement->count; i++)
		count += judgement->findings[i].unanswerable;
	return count;
}

static void each_case_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct scenarios scenarios = {0};
		struct problems problems = {0};
		struct timeline timeline = good_timeline();
		struct judgement judgement;

		scenario_parse("test.yaml", "test", cases[i].scenario, strlen(cases[i].scenario),
			       &scenarios, &problems);
		problems_print(&problems, stderr);
		assert_int_equal(scenarios.count, 1);
		cases[i].bend(&timeline);
		judge(&scenarios.list[0], &timeline, &judgement);
		if (judgement.verdict != cases[i].verdict ||
		    !has(&judgement, cases[i].finding, cases[i].words) ||
		    count_unanswerable(&judgement) != cases[i].unanswerable) {
			print_error("%s: verdict %s, %zu unanswerable\n", cases[i].name,
				    word_name(verdict_words, (int)judgement.verdict),
				    count_unanswerable(&judgement));
			for (size_t j = 0; j < judgement.count; j++)
				print_error("  %s: %s\n",
					    word_name(verdict_words,
						      (int)judgement.findings[j].verdict),
					    judgement.findings[j].text);
			fail();
		}
		judgement_free(&judgement);
		timeline_free(&timeline);
		scenarios_free(&scenarios);
		problems_free(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_has_its_verdict),
	};

	return cmocka_run_group_tests_name("judge_capture", tests, NULL, NULL);
}

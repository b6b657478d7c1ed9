/*
 * Judging is a pure function: a timeline made by hand passes, and each bend of it yields its own
 * verdict, in the field's words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/outcome.h"
#include "scenario/load.h"

#include "bent_timeline.h"

static const char text[] =
	"scenario: An idle client and a silenced server\n"
	"server: {listen: 127.0.0.1:12345}\n"
	"client: {bind: 127.0.0.1:22345, keepalive: on, idle: 2s, interval: 1s, count: 2}\n"
	"timeline:\n"
	"  - {at: probe 1 answered, drop: {to: server}}\n"
	"expect:\n"
	"  - probes: {from: client, answered: 1, first: 2s}\n"
	"  - probes: {from: client, unanswered: 2, first: 2s, interval: 1s}\n"
	"  - reset: {from: client, after: last probe, delay: 1s}\n"
	"  - client: {error: ETIMEDOUT, after: last probe, delay: 1s, state: CLOSED,\n"
	"             poll: [nothing, IN|ERR|HUP|RDHUP], recv: [ETIMEDOUT, end of file]}\n"
	"  - server: {error: none, state: ESTABLISHED}\n"
	"  - timer: {of: client, goes: [keepalive 0/0, keepalive 0/1, keepalive 0/2, gone]}\n"
	"  - rule: {packets: 3}\n"
	"  - counters: {TcpExtTCPKeepAlive: 3}\n"
	"  - nothing else on the wire\n";

/* Places in the timeline below, for the bends. */
enum place {
	KERNEL,
	SYN,
	SYN_ACK,
	HANDSHAKE_ACK,
	CONNECTED,
	POLL_NOTHING,
	SOCKET_0,
	SERVER_SOCKET,
	PROBE_1,
	REPLY_1,
	DROP,
	PROBE_2,
	SOCKET_1,
	PROBE_3,
	SOCKET_2,
	RESET,
	SOCKET_GONE,
	POLL_ERROR,
	RECV_ERROR,
	RECV_END,
	RULE,
	COUNTER,
	END,
	PLACES,
};

static struct event socket_event(int64_t at, enum end end, int state, int timer, int64_t probes)
{
	return (struct event){
		.at = at, .kind = EVENT_SOCKET, .end = end, .socket = {state, timer, 0, 0, probes}};
}

static struct event told(int64_t at, int call, int64_t result, int error)
{
	return (struct event){.at = at,
			      .kind = EVENT_APPLICATION,
			      .end = END_CLIENT,
			      .application = {call, result, error, 0}};
}

/* All on time: HZ is 250, so 2 s are due within 40 ms, 1 s too. */
static struct timeline good_timeline(void)
{
	const int64_t p1 = 2016 * MILLISECOND, p2 = 4032 * MILLISECOND, p3 = 5056 * MILLISECOND;
	const int64_t rst = 6080 * MILLISECOND, later = rst + MILLISECOND;
	struct event events[PLACES] = {
		[KERNEL] = {.kind = EVENT_KERNEL, .kernel = {.release = strdup("6.x"), .hz = 250}},
		[SYN] = segment(1000, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 99, 0),
		[SYN_ACK] =
			segment(2000, END_SERVER, ROLE_SYN_ACK, 2, FLAG_SYN | FLAG_ACK, 499, 100),
		[HANDSHAKE_ACK] =
			segment(3000, END_CLIENT, ROLE_HANDSHAKE_ACK, 3, FLAG_ACK, 100, 500),
		[CONNECTED] = told(4000, CALL_CONNECT, 0, 0),
		[POLL_NOTHING] = told(5000, CALL_POLL, 0, 0),
		[SOCKET_0] = socket_event(6000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 0),
		[SERVER_SOCKET] = socket_event(7000, END_SERVER, STATE_ESTABLISHED, TIMER_OFF, 0),
		[PROBE_1] = segment(p1, END_CLIENT, ROLE_PROBE, 4, FLAG_ACK, 99, 500),
		[REPLY_1] =
			segment(p1 + 10000, END_SERVER, ROLE_PROBE_REPLY, 5, FLAG_ACK, 500, 100),
		[DROP] = {.at = p1 + 50 * MILLISECOND,
			  .kind = EVENT_STEP,
			  .step = {0, 5, strdup("drop: {to: server}"), p1 + 10000, p1 + 20000}},
		[PROBE_2] = segment(p2, END_CLIENT, ROLE_PROBE, 6, FLAG_ACK, 99, 500),
		[SOCKET_1] =
			socket_event(p2 + 50000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 1),
		[PROBE_3] = segment(p3, END_CLIENT, ROLE_PROBE, 7, FLAG_ACK, 99, 500),
		[SOCKET_2] =
			socket_event(p3 + 50000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 2),
		[RESET] = segment(rst, END_CLIENT, ROLE_RST, 8, FLAG_RST | FLAG_ACK, 100, 500),
		[SOCKET_GONE] = socket_event(rst + 50000, END_CLIENT, STATE_CLOSED, TIMER_GONE, 0),
		[POLL_ERROR] = told(later, CALL_POLL, POLLIN | POLLERR | POLLHUP | 0x2000, 0),
		[RECV_ERROR] = told(later, CALL_RECV, -1, ETIMEDOUT),
		[RECV_END] = told(later, CALL_RECV, 0, 0),
		[RULE] = {.at = later, .kind = EVENT_RULE, .rule = {0, 3, 180}},
		[COUNTER] = {.at = later,
			     .kind = EVENT_COUNTER,
			     .counter = {strdup("TcpExtTCPKeepAlive"), 4, 7}},
		[END] = {.at = later + SECOND, .kind = EVENT_END},
	};
	struct timeline timeline = {0};

	events[REPLY_1].segment.answers = 4;
	for (size_t i = 0; i < PLACES; i++)
		timeline_append(&timeline, events[i]);
	return timeline;
}

static void move(struct timeline *timeline, enum place place, int64_t by)
{
	timeline->events[place].at += by;
}

static void no_probe_3(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
}

static void one_probe_more(struct timeline *timeline)
{
	struct event more = timeline->events[PROBE_3];

	more.at += 500 * MILLISECOND;
	more.segment.number = 70;
	timeline_append(timeline, more);
	timeline_sort(timeline);
}

static void one_probe_more_after_until(struct timeline *timeline)
{
	int64_t until = timeline->events[RESET].at + 400 * MILLISECOND;
	struct event more = timeline->events[PROBE_3];

	more.at = until + 1;
	more.segment.number = 70;
	timeline_append(timeline, more);
	timeline_append(timeline, (struct event){.at = until, .kind = EVENT_UNTIL});
	timeline_sort(timeline);
}

static void probe_3_at_latest(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 16 * MILLISECOND);
}

static void probe_3_late(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 16 * MILLISECOND + 1);
}

static void probe_3_at_earliest(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -24 * MILLISECOND);
}

static void probe_3_early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -24 * MILLISECOND - 1);
}

static void add_witness(struct timeline *timeline, int64_t due, int64_t lateness)
{
	timeline_append(timeline, (struct event){.at = due + lateness,
						 .kind = EVENT_WITNESS,
						 .witness = {due, lateness}});
	timeline_sort(timeline);
}

static void probe_3_late_with_witness(struct timeline *timeline)
{
	int64_t latest = timeline->events[PROBE_2].at + 1040 * MILLISECOND;

	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, latest, 101 * MILLISECOND);
}

static void probe_3_later_than_witness(struct timeline *timeline)
{
	int64_t latest = timeline->events[PROBE_2].at + 1040 * MILLISECOND;

	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, latest, 99 * MILLISECOND);
}

/* The machine stalled, but at another time. */
static void probe_3_late_other_witness(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, timeline->events[PROBE_1].at, 500 * MILLISECOND);
}

/* A stall explains lateness, not a wrong count. */
static void missing_probe_with_witness(struct timeline *timeline)
{
	int64_t at = timeline->events[PROBE_3].at;

	drop_event(timeline, PROBE_3);
	add_witness(timeline, at, 10 * SECOND);
}

static void probe_1_early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_1, -17 * MILLISECOND);
}

static void probe_with_payload(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.length = 1;
}

static void probe_with_flags(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.flags |= FLAG_PSH;
}

static void probe_with_sequence(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.seq = 98;
}

static void probe_1_unanswered(struct timeline *timeline)
{
	drop_event(timeline, REPLY_1);
}

static void no_reset(struct timeline *timeline)
{
	drop_event(timeline, RESET);
}

static void reset_by_server(struct timeline *timeline)
{
	timeline->events[RESET].end = END_SERVER;
}

static void reset_early(struct timeline *timeline)
{
	move(timeline, RESET, -25 * MILLISECOND);
}

static void reset_late(struct timeline *timeline)
{
	move_rest(timeline, RESET, 17 * MILLISECOND);
}

static void other_error(struct timeline *timeline)
{
	timeline->events[RECV_ERROR].application.error = ECONNRESET;
}

static void no_error(struct timeline *timeline)
{
	drop_event(timeline, RECV_ERROR);
}

static void server_error(struct timeline *timeline)
{
	struct event event = told(timeline->events[RESET].at, CALL_RECV, -1, ECONNRESET);

	event.end = END_SERVER;
	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void server_gone(struct timeline *timeline)
{
	timeline->events[SERVER_SOCKET].socket.state = STATE_CLOSED;
}

static void client_stays(struct timeline *timeline)
{
	timeline->events[SOCKET_GONE].socket.state = STATE_ESTABLISHED;
}

static void poll_never_says(struct timeline *timeline)
{
	drop_event(timeline, POLL_ERROR);
}

static void poll_repeats(struct timeline *timeline)
{
	struct event event = timeline->events[POLL_NOTHING];

	event.at += MILLISECOND;
	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void recv_error_twice(struct timeline *timeline)
{
	struct event event = timeline->events[RECV_ERROR];

	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void timer_skips(struct timeline *timeline)
{
	drop_event(timeline, SOCKET_1);
}

static void timer_retransmits(struct timeline *timeline)
{
	timeline->events[SOCKET_1].socket.timer = TIMER_ON;
	timeline->events[SOCKET_1].socket.retransmits = 2;
}

/* The machine stopped from before probe 2 until after probe 3: the first was read too late. */
static void timer_skips_with_witness(struct timeline *timeline)
{
	int64_t from = timeline->events[PROBE_2].at, to = timeline->events[PROBE_3].at;

	drop_event(timeline, SOCKET_1);
	add_witness(timeline, from, to - from + MILLISECOND);
}

static void step_late(struct timeline *timeline)
{
	/* The rule came into force after probe 2, which was answered then. */
	struct event reply = segment(timeline->events[PROBE_2].at + 10000, END_SERVER,
				     ROLE_PROBE_REPLY, 60, FLAG_ACK, 500, 100);

	reply.segment.answers = 6;
	timeline->events[DROP].at = timeline->events[PROBE_2].at + MILLISECOND;
	timeline_append(timeline, reply);
	timeline_sort(timeline);
}

static void rule_counts_2(struct timeline *timeline)
{
	timeline->events[RULE].rule.packets = 2;
}

static void no_rule(struct timeline *timeline)
{
	drop_event(timeline, RULE);
}

static void no_counter(struct timeline *timeline)
{
	drop_event(timeline, COUNTER);
}

static void stray_packet(struct timeline *timeline)
{
	timeline_append(timeline,
			segment(3 * SECOND, END_SERVER, ROLE_DATA, 80, FLAG_ACK, 500, 100));
	timeline_sort(timeline);
}

static void stray_connection(struct timeline *timeline)
{
	timeline_append(timeline, segment(3 * SECOND, END_NONE, ROLE_OTHER, 81, FLAG_SYN, 1, 0));
	timeline_sort(timeline);
}

static void second_syn(struct timeline *timeline)
{
	timeline_append(timeline, segment(3 * SECOND, END_CLIENT, ROLE_SYN, 82, FLAG_SYN, 1, 0));
	timeline_sort(timeline);
}

static void breaks_off(struct timeline *timeline)
{
	drop_event(timeline, END);
}

static void breaks_off_before_the_reset(struct timeline *timeline)
{
	while (timeline->count > RESET)
		event_release(&timeline->events[--timeline->count]);
}

static void loses_in_capture(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
	timeline_append(
		timeline,
		(struct event){.at = 7 * SECOND, .kind = EVENT_LOSS, .loss = {LOSS_CAPTURE, 1}});
}

static void loses_in_backlog(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.at = 7 * SECOND,
						 .kind = EVENT_LOSS,
						 .loss = {LOSS_BACKLOG, 31592}});
}

static void clock_steps(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, HOUR);
	timeline_append(
		timeline,
		(struct event){.at = 5 * SECOND, .kind = EVENT_CLOCK_STEP, .clock_step = {HOUR}});
}

static void lacks_a_feature(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {UNABLE_FEATURE, 1,
							    strdup("this kernel has no such")}});
}

static void fails_to_run(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {UNABLE_RUN, 1, strdup("ENOMEM")}});
}

static void no_kernel(struct timeline *timeline)
{
	drop_event(timeline, KERNEL);
}

static const struct {
	const char *name;
	void (*bend)(struct timeline *timeline);
	enum verdict verdict;
	const char *words; /* in the text of some finding of that verdict */
} cases[] = {
	{"good", nothing, VERDICT_PASS,
	 "came 1.024 s after probe 1; due within 1.000 s to 1.040 s"},
	{"no probe 3", no_probe_3, VERDICT_FAIL, "1 unanswered probe of the client, 2 expected"},
	{"one more", one_probe_more, VERDICT_FAIL,
	 "3 unanswered probes of the client, 2 expected (packets 6, 7, 70)"},
	{"one more, after the end", one_probe_more_after_until, VERDICT_PASS,
	 "2 unanswered probes of the client, 2 expected (packets 6, 7)"},
	{"at latest", probe_3_at_latest, VERDICT_PASS, "came 1.040 s after probe 1"},
	{"late", probe_3_late, VERDICT_FAIL, "late"},
	{"at earliest", probe_3_at_earliest, VERDICT_PASS, "came 1.000 s after probe 1"},
	{"early", probe_3_early, VERDICT_FAIL, "early"},
	{"late, witnessed", probe_3_late_with_witness, VERDICT_INCONCLUSIVE,
	 "0.100 s late, but the machine was 0.101 s late then"},
	{"later than the witness", probe_3_later_than_witness, VERDICT_FAIL, "0.100 s late"},
	{"late, another witness", probe_3_late_other_witness, VERDICT_FAIL, "0.100 s late"},
	{"missing, witnessed", missing_probe_with_witness, VERDICT_FAIL,
	 "1 unanswered probe of the client, 2 expected"},
	{"first early", probe_1_early, VERDICT_FAIL, "after packet 2, the last one received"},
	{"payload", probe_with_payload, VERDICT_FAIL, "it carries payload"},
	{"flags", probe_with_flags, VERDICT_FAIL, "its flags are not ACK alone"},
	{"sequence", probe_with_sequence, VERDICT_FAIL, "its sequence is not one below SND.NXT"},
	{"unanswered", probe_1_unanswered, VERDICT_FAIL,
	 "0 answered probes of the client, 1 expected"},
	{"no reset", no_reset, VERDICT_FAIL, "0 resets from the client, 1 expected"},
	{"reset by server", reset_by_server, VERDICT_FAIL, "an unexpected RST from the server"},
	{"reset early", reset_early, VERDICT_FAIL, "the reset (packet 8) came 0.999 s after"},
	{"reset late", reset_late, VERDICT_FAIL, "the reset (packet 8) came 1.041 s after"},
	{"other error", other_error, VERDICT_FAIL, "the client was told ECONNRESET"},
	{"no error", no_error, VERDICT_FAIL, "the client was told no error, ETIMEDOUT expected"},
	{"server error", server_error, VERDICT_FAIL, "the server was told ECONNRESET"},
	{"server gone", server_gone, VERDICT_FAIL, "the server ended in CLOSED"},
	{"client stays", client_stays, VERDICT_FAIL, "the client ended in ESTABLISHED"},
	{"poll never says", poll_never_says, VERDICT_FAIL, "poll() said: nothing; expected"},
	{"poll repeats", poll_repeats, VERDICT_PASS, "poll() said: nothing, IN|ERR|HUP|RDHUP"},
	{"recv error twice", recv_error_twice, VERDICT_FAIL,
	 "recv() returned: ETIMEDOUT, end of file, ETIMEDOUT"},
	{"timer skips", timer_skips, VERDICT_FAIL,
	 "the timer of the client went: keepalive 0/0, keepalive 0/2, gone"},
	{"timer retransmits", timer_retransmits, VERDICT_FAIL, "keepalive 0/0, on 2/1"},
	{"timer skips, witnessed", timer_skips_with_witness, VERDICT_INCONCLUSIVE,
	 "the machine was too late to see them all"},
	{"step late", step_late, VERDICT_INCONCLUSIVE, "the scenario was not played as written"},
	{"rule counts 2", rule_counts_2, VERDICT_FAIL, "2 packets dropped by the rule, 3 expected"},
	{"no rule", no_rule, VERDICT_FAIL, "no rule was in force"},
	{"no counter", no_counter, VERDICT_FAIL, "0 is how much TcpExtTCPKeepAlive grew"},
	{"stray packet", stray_packet, VERDICT_FAIL,
	 "an unexpected data from the server came at 3.000 s (packet 80)"},
	{"stray connection", stray_connection, VERDICT_FAIL,
	 "an unexpected other from the outside"},
	{"second SYN", second_syn, VERDICT_FAIL, "an unexpected SYN from the client"},
	{"breaks off", breaks_off, VERDICT_INCONCLUSIVE, "the timeline breaks off"},
	{"breaks off early", breaks_off_before_the_reset, VERDICT_INCONCLUSIVE, "0 resets"},
	{"loss in the capture", loses_in_capture, VERDICT_INCONCLUSIVE,
	 "the capture lost 1 packet"},
	{"loss in the backlog", loses_in_backlog, VERDICT_INCONCLUSIVE,
	 "31592 packets were dropped on this machine"},
	{"clock steps", clock_steps, VERDICT_INCONCLUSIVE, "CLOCK_REALTIME"},
	{"lacks a feature", lacks_a_feature, VERDICT_SKIP, "this kernel has no such"},
	{"fails to run", fails_to_run, VERDICT_INCONCLUSIVE, "ENOMEM"},
	{"no kernel", no_kernel, VERDICT_INCONCLUSIVE, "which kernel"},
};

static const struct finding *find(const struct judgement *judgement, enum verdict verdict,
				  const char *words)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict == verdict &&
		    strstr(judgement->findings[i].text, words))
			return &judgement->findings[i];
	}
	return NULL;
}

static void each_bend_has_its_verdict(void **state)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	(void)state;
	scenario_parse("test.yaml", "test", text, strlen(text), &scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	assert_int_equal(scenarios.count, 1);
	for (size_t i = 0; i < array_length(cases); i++) {
		struct timeline timeline = good_timeline();
		struct judgement judgement;

		cases[i].bend(&timeline);
		judge(&scenarios.list[0], &timeline, &judgement);
		if (judgement.verdict != cases[i].verdict ||
		    !find(&judgement, cases[i].verdict, cases[i].words)) {
			print_error("%s: verdict %s\n", cases[i].name,
				    word_name(verdict_words, (int)judgement.verdict));
			for (size_t j = 0; j < judgement.count; j++)
				print_error("  %s: %s\n",
					    word_name(verdict_words,
						      (int)judgement.findings[j].verdict),
					    judgement.findings[j].text);
			fail();
		}
		judgement_free(&judgement);
		timeline_free(&timeline);
	}
	scenarios_free(&scenarios);
}

static void exit_codes(void **state)
{
	static const struct {
		struct tally tally;
		int code;
	} table[] = {
		{{{[VERDICT_PASS] = 3}}, 0},
		{{{[VERDICT_PASS] = 3, [VERDICT_SKIP] = 1}}, 0},
		{{{[VERDICT_PASS] = 3, [VERDICT_FAIL] = 1, [VERDICT_INCONCLUSIVE] = 1}}, 1},
		{{{[VERDICT_PASS] = 3, [VERDICT_INCONCLUSIVE] = 1}}, 125},
		{{{[VERDICT_SKIP] = 2}}, 125},
	};

	(void)state;
	for (size_t i = 0; i < array_length(table); i++)
		assert_int_equal(tally_exit_code(&table[i].tally), table[i].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bend_has_its_verdict),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}

/*
 * When something happened that has no stamp of the kernel's: it is judged by the moments at which
 * it can have happened, and what needs no timer must come before a timer could.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/judge.h"
#include "scenario/load.h"

#define HZ    250
#define MS(n) ((n)*MILLISECOND)

/* Of a connection whose server vanishes and is sent to, or is killed. */
struct course {
	int64_t syn;	     /* behind connect() */
	int64_t connect_was; /* for so long connect() waited for a CPU */
	int64_t answer;	     /* the reset, behind the data */
	int64_t told;	     /* behind the reset */
	int64_t unasked;     /* for so long nobody had asked when it was told */
	int64_t killing;     /* the step took so long */
	int64_t fin;	     /* behind the signal */
};

struct playing {
	struct scenarios scenarios;
	struct timeline timeline;
	int64_t now, number;
};

static void add(struct playing *playing, struct event event)
{
	event.at = playing->now;
	timeline_append(&playing->timeline, event);
}

static void add_segment(struct playing *playing, enum end end, enum segment_role role, int flags,
			int64_t length)
{
	bool after_fin = role == ROLE_ACK;
	struct event event = {.kind = EVENT_SEGMENT, .end = end};
	bool syn = flags & FLAG_SYN;

	event.segment.number = ++playing->number;
	event.segment.role = (int)role;
	event.segment.flags = flags;
	event.segment.seq = syn ? 99 : 100;
	event.segment.ack = flags & FLAG_ACK ? 100 + after_fin : 0;
	event.segment.window = 65535;
	event.segment.length = length;
	add(playing, event);
}

static void add_witness(struct playing *playing, int64_t lateness)
{
	if (lateness)
		add(playing, (struct event){.kind = EVENT_WITNESS,
					    .witness = {playing->now - lateness, lateness}});
}

static void add_call(struct playing *playing, enum end end, enum application_call call,
		     int64_t result, int error)
{
	add(playing, (struct event){.kind = EVENT_APPLICATION,
				    .end = end,
				    .application = {call, result, error}});
}

static void add_step(struct playing *playing, int64_t index, int64_t took)
{
	int64_t began = playing->now;

	playing->now += took;
	add(playing,
	    (struct event){.kind = EVENT_STEP, .step = {index, 4, strdup("step"), began, began}});
}

static void connects(struct playing *playing, const struct course *course)
{
	struct event connection = {.kind = EVENT_CONNECTION};

	add(playing,
	    (struct event){.kind = EVENT_KERNEL, .kernel = {.release = strdup("6.x"), .hz = HZ}});
	playing->now = MS(1);
	if (course->connect_was) {
		playing->now += course->connect_was;
		add_witness(playing, course->connect_was);
		playing->now = MS(1);
	}
	add(playing, connection);
	playing->now += course->syn;
	add_segment(playing, END_CLIENT, ROLE_SYN, FLAG_SYN, 0);
	add_segment(playing, END_SERVER, ROLE_SYN_ACK, FLAG_SYN | FLAG_ACK, 0);
	add_segment(playing, END_CLIENT, ROLE_HANDSHAKE_ACK, FLAG_ACK, 0);
}

static void load_text(struct playing *playing, const char *rest)
{
	struct problems problems = {0};
	char text[512];

	snprintf(text, sizeof(text), "scenario: t\n%s", rest);
	scenario_parse("t.yaml", "t", text, strlen(text), &playing->scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
}

static void load(struct playing *playing, const char *steps)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "server: {listen: 127.0.0.1:12345}\nclient: {}\ntimeline: [%s]\nexpect: model\n",
		 steps);
	load_text(playing, text);
}

static enum verdict verdict_of(struct playing *playing)
{
	struct judgement judgement;
	enum verdict verdict;

	playing->now += SECOND;
	add(playing, (struct event){.kind = EVENT_END});
	timeline_sort(&playing->timeline);
	judge(&playing->scenarios.list[0], &playing->timeline, &judgement);
	verdict = judgement.verdict;
	judgement_free(&judgement);
	timeline_free(&playing->timeline);
	scenarios_free(&playing->scenarios);
	return verdict;
}

/* The server vanishes at 1 s; what is sent to it at 2 s is answered by a reset. */
static enum verdict vanishes(struct course course)
{
	struct playing playing = {0};

	load(&playing, "{at: 1s, vanish: {end: server}}, {at: 2s, send: {from: client, bytes: 5}}");
	connects(&playing, &course);
	playing.now = SECOND;
	add_call(&playing, END_SERVER, CALL_VANISH, 0, 0);
	add_step(&playing, 0, 0);
	playing.now = 2 * SECOND;
	add_call(&playing, END_CLIENT, CALL_SEND, 5, 0);
	add_step(&playing, 1, 0);
	add_segment(&playing, END_CLIENT, ROLE_DATA, FLAG_ACK | FLAG_PSH, 5);
	playing.now += course.answer;
	add_segment(&playing, END_SERVER, ROLE_RST, FLAG_RST, 0);
	playing.now += course.told;
	add_witness(&playing, course.unasked);
	add_call(&playing, END_CLIENT, CALL_RECV, -1, ECONNRESET);
	return verdict_of(&playing);
}

/* The server's process is killed at 1 s. */
static enum verdict is_killed(struct course course)
{
	struct playing playing = {0};

	load(&playing, "{at: 1s, kill: {end: server}}");
	connects(&playing, &course);
	playing.now = SECOND;
	add_call(&playing, END_SERVER, CALL_KILL, 0, 0);
	add_step(&playing, 0, course.killing);
	playing.now = SECOND + course.fin;
	add_segment(&playing, END_SERVER, ROLE_FIN, FLAG_FIN | FLAG_ACK, 0);
	add_segment(&playing, END_CLIENT, ROLE_ACK, FLAG_ACK, 0);
	return verdict_of(&playing);
}

/* The client closes at 1 s and lingers; the process that calls close() waits for a CPU then. */
static enum verdict lingers(int64_t waited, int64_t fin)
{
	static const struct course course = {0};
	struct playing playing = {0};

	load(&playing, "{at: 1s, close: {end: client, linger: 2s}}");
	connects(&playing, &course);
	playing.now = SECOND;
	add_call(&playing, END_CLIENT, CALL_LINGER, 0, 0);
	playing.timeline.events[playing.timeline.count - 1].application.lasted = 2 * SECOND;
	add_step(&playing, 0, 0);
	playing.now = SECOND + waited;
	add_witness(&playing, waited);
	playing.now = SECOND + fin;
	add_segment(&playing, END_CLIENT, ROLE_FIN, FLAG_FIN | FLAG_ACK, 0);
	add_segment(&playing, END_SERVER, ROLE_ACK, FLAG_ACK, 0);
	add_call(&playing, END_CLIENT, CALL_CLOSE, 0, 0);
	return verdict_of(&playing);
}

/* The server's keepalive is not inherited: it is set at accept(), so long behind the handshake. */
static enum verdict is_accepted_late(int64_t accepted, int64_t probe)
{
	static const struct course course = {0};
	struct playing playing = {0};

	load_text(&playing, "server: {listen: 127.0.0.1:12345, inherit: off, keepalive: on, "
			    "idle: 1s, interval: 1s, count: 3}\nclient: {}\nuntil: 2s\n"
			    "expect: [model, probes: {from: server, answered: 1, first: 1s}]\n");
	connects(&playing, &course);
	playing.now += accepted;
	add_call(&playing, END_SERVER, CALL_ACCEPT, 0, 0);
	playing.now = MS(1) + probe;
	add_segment(&playing, END_SERVER, ROLE_PROBE, FLAG_ACK, 0);
	playing.timeline.events[playing.timeline.count - 1].segment.seq = 99;
	add_segment(&playing, END_CLIENT, ROLE_PROBE_REPLY, FLAG_ACK, 0);
	playing.timeline.events[playing.timeline.count - 1].segment.answers = playing.number - 1;
	return verdict_of(&playing);
}

/*
 * A step about the client's link or its route takes so long, and the client's probe passes in the
 * middle of it.
 */
static enum verdict changes_the_path(const char *change, int64_t took)
{
	static const struct course course = {0};
	struct playing playing = {0};
	char text[256];

	snprintf(text, sizeof(text),
		 "topology: pair\ntimeline: [{at: 1s, %s}]\n"
		 "expect: [probes: {from: client, answered: 0, unanswered: 1}]\n",
		 change);
	load_text(&playing, text);
	connects(&playing, &course);
	playing.now = SECOND;
	add_step(&playing, 0, took);
	playing.now = SECOND + took / 2;
	add_segment(&playing, END_CLIENT, ROLE_PROBE, FLAG_ACK, 0);
	playing.timeline.events[playing.timeline.count - 1].segment.seq = 99;
	timeline_sort(&playing.timeline);
	playing.now = SECOND + took;
	return verdict_of(&playing);
}

/* A rule of the path acts when it is in force; a carrier comes back within the kernel's second. */
static void a_carrier_may_take_a_second(void **state)
{
	(void)state;
	assert_int_equal(changes_the_path("link: {end: client, state: down}", MS(2)),
			 VERDICT_INCONCLUSIVE);
	assert_int_equal(changes_the_path("route: {end: client, state: removed}", MS(2)),
			 VERDICT_INCONCLUSIVE);
	assert_int_equal(changes_the_path("link: {end: client, state: up}", MS(900)), VERDICT_PASS);
	assert_int_equal(changes_the_path("cable: {end: client, state: plugged}", MS(900)),
			 VERDICT_PASS);
	assert_int_equal(changes_the_path("cable: {end: client, state: plugged}", MS(1100)),
			 VERDICT_INCONCLUSIVE);
}

static void options_of_an_accepted_socket_count_from_then(void **state)
{
	(void)state;
	assert_int_equal(is_accepted_late(0, MS(1040)), VERDICT_PASS);
	assert_int_equal(is_accepted_late(0, MS(1060)), VERDICT_FAIL);
	assert_int_equal(is_accepted_late(MS(30), MS(1060)), VERDICT_PASS);
	assert_int_equal(is_accepted_late(MS(30), MS(1080)), VERDICT_FAIL);
}

/* The client shuts down; its socket is asked behind the FIN's acknowledgement for the first time.
 */
static enum verdict is_in_states(const char *states)
{
	static const struct course course = {0};
	struct playing playing = {0};
	char text[256];

	snprintf(text, sizeof(text),
		 "server: {listen: 127.0.0.1:12345}\nclient: {}\n"
		 "timeline: [{at: 1s, shutdown: {end: client}}]\nuntil: 2s\n"
		 "expect: [client: {states: [%s]}]\n",
		 states);
	load_text(&playing, text);
	connects(&playing, &course);
	playing.now = SECOND;
	add_segment(&playing, END_CLIENT, ROLE_FIN, FLAG_FIN | FLAG_ACK, 0);
	add_segment(&playing, END_SERVER, ROLE_ACK, FLAG_ACK, 0);
	add(&playing, (struct event){.kind = EVENT_SOCKET,
				     .end = END_CLIENT,
				     .socket.state = STATE_FIN_WAIT_2});
	return verdict_of(&playing);
}

static void what_was_sent_says_the_state(void **state)
{
	(void)state;
	assert_int_equal(is_in_states("ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2"), VERDICT_PASS);
	assert_int_equal(is_in_states("ESTABLISHED, FIN-WAIT-2"), VERDICT_FAIL);
	assert_int_equal(is_in_states("ESTABLISHED, LAST-ACK, FIN-WAIT-2"), VERDICT_FAIL);
}

static void answers_come_within_a_jiffy(void **state)
{
	(void)state;
	assert_int_equal(vanishes((struct course){0}), VERDICT_PASS);
	assert_int_equal(vanishes((struct course){.answer = MS(4)}), VERDICT_PASS);
	assert_int_equal(vanishes((struct course){.answer = MS(6)}), VERDICT_FAIL);
}

static void errors_are_judged_since_they_could_be_told(void **state)
{
	(void)state;
	assert_int_equal(vanishes((struct course){.told = MS(5)}), VERDICT_FAIL);
	assert_int_equal(vanishes((struct course){.told = MS(5), .unasked = MS(2)}), VERDICT_PASS);
	assert_int_equal(vanishes((struct course){.told = MS(9), .unasked = MS(4)}), VERDICT_FAIL);
}

static void a_syn_leaves_when_connect_is_called(void **state)
{
	(void)state;
	assert_int_equal(vanishes((struct course){.syn = MS(4)}), VERDICT_PASS);
	assert_int_equal(vanishes((struct course){.syn = MS(5)}), VERDICT_FAIL);
	assert_int_equal(vanishes((struct course){.syn = MS(5), .connect_was = MS(3)}),
			 VERDICT_PASS);
	assert_int_equal(vanishes((struct course){.syn = MS(9), .connect_was = MS(3)}),
			 VERDICT_FAIL);
}

static void a_killed_process_dies_within_its_step(void **state)
{
	(void)state;
	assert_int_equal(is_killed((struct course){.killing = MS(20), .fin = MS(19)}),
			 VERDICT_PASS);
	assert_int_equal(is_killed((struct course){.killing = MS(20), .fin = MS(30)}),
			 VERDICT_FAIL);
	assert_int_equal(is_killed((struct course){.killing = MS(1), .fin = MS(6)}), VERDICT_FAIL);
}

static void a_close_that_lingers_waits_for_a_cpu_first(void **state)
{
	(void)state;
	assert_int_equal(lingers(0, MS(4)), VERDICT_PASS);
	assert_int_equal(lingers(0, MS(5)), VERDICT_FAIL);
	assert_int_equal(lingers(MS(3), MS(6)), VERDICT_PASS);
	assert_int_equal(lingers(MS(3), MS(8)), VERDICT_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_within_a_jiffy),
		cmocka_unit_test(errors_are_judged_since_they_could_be_told),
		cmocka_unit_test(a_syn_leaves_when_connect_is_called),
		cmocka_unit_test(a_killed_process_dies_within_its_step),
		cmocka_unit_test(a_close_that_lingers_waits_for_a_cpu_first),
		cmocka_unit_test(what_was_sent_says_the_state),
		cmocka_unit_test(options_of_an_accepted_socket_count_from_then),
		cmocka_unit_test(a_carrier_may_take_a_second),
	};

	return cmocka_run_group_tests_name("judge_moments", tests, NULL, NULL);
}

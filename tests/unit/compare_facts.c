/* What a timeline comes to: counts, who was told what and since when, and how long waits were. */
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
#include "bent_timeline.h"
#include "compare/facts.h"

/* So much does a busy machine add to any wait: WAKING of compare/facts.c. */
#define WAKING (100 * MILLISECOND)

static struct event told(int64_t at, enum end end, int call, int64_t result, int error)
{
	return (struct event){.at = at,
			      .kind = EVENT_APPLICATION,
			      .end = end,
			      .application = {call, result, error}};
}

static struct event step(int64_t at, int64_t index, const char *what)
{
	return (struct event){
		.at = at, .kind = EVENT_STEP, .step = {index, 5, strdup(what), at, at}};
}

static struct event kernel(int64_t hz)
{
	return (struct event){.kind = EVENT_KERNEL, .kernel = {.release = strdup("6.x"), .hz = hz}};
}

static struct timeline timeline_of(const struct event *events, size_t count)
{
	struct timeline timeline = {0};

	for (size_t i = 0; i < count; i++)
		timeline_append(&timeline, events[i]);
	return timeline;
}

static struct facts read_facts(const struct event *events, size_t count)
{
	struct timeline timeline = timeline_of(events, count);
	struct facts facts;

	facts_of(&timeline, &facts);
	timeline_free(&timeline);
	return facts;
}

/* The handshake, a probe that is answered, a fault, one that is not, the reset and the error. */
static void reads_a_play(void **state)
{
	const int64_t p1 = 2 * SECOND, p2 = 4 * SECOND, reset = 5 * SECOND;
	const struct event events[] = {
		kernel(250),
		segment(1000, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 99, 0),
		segment(2000, END_SERVER, ROLE_SYN_ACK, 2, FLAG_SYN | FLAG_ACK, 499, 100),
		segment(3000, END_CLIENT, ROLE_HANDSHAKE_ACK, 3, FLAG_ACK, 100, 500),
		segment(4000, END_NONE, ROLE_OTHER, 4, FLAG_ACK, 1, 1),
		told(5000, END_CLIENT, CALL_RECV, -1, EAGAIN),
		segment(p1, END_CLIENT, ROLE_PROBE, 5, FLAG_ACK, 99, 500),
		segment(p1 + 9, END_SERVER, ROLE_PROBE_REPLY, 6, FLAG_ACK, 500, 100),
		step(p1 + SECOND, 0, "at: probe 1 answered, drop: {to: server}"),
		segment(p2, END_CLIENT, ROLE_PROBE, 7, FLAG_ACK, 99, 500),
		segment(reset, END_CLIENT, ROLE_RST, 8, FLAG_RST, 100, 500),
		{.at = reset + 5,
		 .kind = EVENT_SOCKET,
		 .end = END_CLIENT,
		 .socket = {.state = STATE_CLOSED}},
		told(reset + 9, END_CLIENT, CALL_POLL, 8, EIO),
		told(reset + 10, END_CLIENT, CALL_RECV, -1, ETIMEDOUT),
		told(reset + 20, END_CLIENT, CALL_RECV, 0, 0),
		told(reset + 30, END_CLIENT, CALL_RECV, 0, 0),
		{.at = reset + SECOND, .kind = EVENT_END},
	};
	struct facts facts = read_facts(events, array_length(events));
	const struct happening *probe;

	(void)state;
	assert_true(facts.complete);
	assert_true(facts.repeatable);
	assert_int_equal(facts.end, reset + SECOND);
	assert_int_equal(facts.sent[END_CLIENT][ROLE_PROBE], 2);
	assert_int_equal(facts.sent[END_SERVER][ROLE_PROBE_REPLY], 1);
	assert_int_equal(facts.sent[END_CLIENT][ROLE_RST], 1);
	assert_string_equal(facts.told[END_CLIENT], "ETIMEDOUT, end of file");
	assert_null(facts.told[END_SERVER]);
	assert_int_equal(facts.state[END_CLIENT], STATE_CLOSED);
	assert_true(facts.noticed[END_CLIENT].noticed);
	assert_int_equal(facts.noticed[END_CLIENT].error, ETIMEDOUT);
	assert_true(facts.noticed[END_CLIENT].since_fault);
	assert_int_equal(facts.noticed[END_CLIENT].after, reset + 10 - p1 - SECOND);
	assert_false(facts.noticed[END_SERVER].noticed);
	/* SYN, SYN-ACK, ACK, probe, reply, step, probe, reset, error. */
	assert_int_equal(facts.count, 9);
	probe = &facts.list[6];
	assert_int_equal(probe->what, ROLE_PROBE);
	assert_int_equal(probe->waited, p2 - p1);
	/* It may have been asked for a granule and two jiffies sooner, and since the step. */
	assert_true(probe->wait.earliest <= p2 - p1 - 40 * MILLISECOND - WAKING);
	assert_true(probe->wait.latest > p2 - p1);
	/* Only its own timer decided on the reset: not later than it was seen. */
	assert_int_equal(facts.list[7].what, ROLE_RST);
	assert_int_equal(facts.list[7].waited, reset - p2);
	assert_int_equal(facts.list[7].wait.latest, reset - p2);
	/* Nor is the error counted from the reset. */
	assert_int_equal(facts.list[8].kind, HAPPENING_TOLD);
	assert_int_equal(facts.list[8].waited, reset + 10 - p2);
	facts_free(&facts);
	assert_null(facts.list);
}

/* How data is cut, and pure acknowledgements, are for the machine to say. */
static void counts_data_once_in_a_row(void **state)
{
	const struct event events[] = {
		kernel(250),
		segment(1, END_CLIENT, ROLE_DATA, 1, FLAG_ACK, 1, 1),
		segment(2, END_SERVER, ROLE_ACK, 2, FLAG_ACK, 1, 2),
		segment(3, END_CLIENT, ROLE_DATA, 3, FLAG_ACK, 2, 1),
		segment(4, END_SERVER, ROLE_DATA, 4, FLAG_ACK, 1, 3),
		segment(5, END_CLIENT, ROLE_DATA, 5, FLAG_ACK, 3, 2),
		segment(6, END_CLIENT, ROLE_RETRANSMISSION, 6, FLAG_ACK, 3, 2),
		segment(7, END_CLIENT, ROLE_DATA, 7, FLAG_ACK, 4, 2),
		step(8, 0, "at: 1s, send: {from: client}"),
		segment(9, END_CLIENT, ROLE_DATA, 8, FLAG_ACK, 5, 2),
	};
	struct facts facts = read_facts(events, array_length(events));

	(void)state;
	assert_int_equal(facts.sent[END_CLIENT][ROLE_DATA], 3);
	assert_int_equal(facts.sent[END_SERVER][ROLE_DATA], 1);
	assert_int_equal(facts.sent[END_CLIENT][ROLE_RETRANSMISSION], 1);
	assert_int_equal(facts.sent[END_SERVER][ROLE_ACK], 0);
	/* It has no end: what is missing may have come. */
	assert_false(facts.complete);
	facts_free(&facts);
}

/* What makes that two runs of one kernel need not be equal. */
static void knows_what_cannot_be_compared(void **state)
{
	static const struct {
		enum event_kind kind;
		bool complete;
	} cases[] = {{EVENT_WITNESS, true},
		     {EVENT_LOSS, false},
		     {EVENT_CLOCK_STEP, false},
		     {EVENT_UNABLE, false}};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		const struct event events[] = {{.kind = cases[i].kind},
					       {.at = SECOND, .kind = EVENT_END}};
		struct facts facts = read_facts(events, array_length(events));

		assert_int_equal(facts.complete, cases[i].complete);
		assert_true(facts.repeatable);
		facts_free(&facts);
	}
	const struct event random[] = {step(1, 0, "at: 1s, drop: {to: server, probability: 50%}")};
	struct facts facts = read_facts(random, 1);

	assert_false(facts.repeatable);
	facts_free(&facts);
}

/* Since when a detection is counted. */
static void counts_detection_from_the_last_fault(void **state)
{
	static const struct {
		const char *what;
		bool since_fault;
	} cases[] = {
		{"at: 1s, drop: {to: server}", true},
		{"at: 1s, vanish: {end: server}", true},
		{"at: 1s, reject: {to: client}", true},
		{"at: 1s, kill: {end: server}", true},
		{"at: 1s, send: {from: client}", false},
		{"at: 1s, heal: {}", false},
		{"at: 1s, heal", false},
		{"drop: {to: server}, at: 1s", true},
		{"at: 1s, connect: {}", false},
		{"at: 1s, cable: {end: server, state: unplugged}", true},
		{"at: 1s, cable: {end: server, state: plugged}", false},
		{"at: 1s, drop: {kind: echo}", false},
		{"at: 1s, conntrack: flush", true},
		{"at: 1s, something: {newer: yes}", false},
		{"at: 1s, close: {end: server}", false},
		{"at: 1s, set: {end: client}", false},
		{"at: 1s, shutdown: {end: client}", false},
		{"at: 1s, stop_reading: {}", false},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		const struct event events[] = {
			segment(SECOND / 2, END_SERVER, ROLE_DATA, 1, FLAG_ACK, 1, 1),
			step(SECOND, 0, cases[i].what),
			segment(2 * SECOND, END_SERVER, ROLE_RST, 2, FLAG_RST, 1, 1),
			told(2 * SECOND, END_CLIENT, CALL_RECV, -1, ECONNRESET),
		};
		struct facts facts = read_facts(events, array_length(events));
		const struct noticed *noticed = &facts.noticed[END_CLIENT];

		assert_int_equal(noticed->since_fault, cases[i].since_fault);
		/* A reset is what tells: it is not what was heard last. */
		assert_int_equal(noticed->after,
				 cases[i].since_fault ? SECOND : SECOND + SECOND / 2);
		facts_free(&facts);
	}
}

/* When it is asked who is alive is no fact: it is done last, whatever took how long. */
static void asks_who_is_alive_at_any_time(void **state)
{
	static const int calls[] = {CALL_SEND, CALL_ALIVE};

	(void)state;
	for (size_t i = 0; i < array_length(calls); i++) {
		const struct event events[] = {
			kernel(250),
			segment(0, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 1, 0),
			told(SECOND, END_CLIENT, calls[i], 1, 0),
			segment(SECOND, END_CLIENT, ROLE_DATA, 2, FLAG_ACK, 1, 1),
		};
		struct facts facts = read_facts(events, array_length(events));
		const struct happening *data = &facts.list[facts.count - 1];

		assert_int_equal(data->what, ROLE_DATA);
		assert_int_equal(data->waited, SECOND);
		assert_int_equal(data->wait.latest > HOUR, calls[i] == CALL_ALIVE);
		assert_int_equal(data->wait.earliest < 0, calls[i] == CALL_ALIVE);
		facts_free(&facts);
	}
}

/* The same wait on kernels of another HZ, on time or late, has windows that overlap. */
static void another_frequency_is_the_same_wait(void **state)
{
	static const int64_t frequencies[] = {100, 250, 300, 1000};
	static const int64_t asked[] = {200 * MILLISECOND, SECOND, 30 * SECOND, 7200 * SECOND};

	(void)state;
	for (size_t i = 0; i < array_length(asked); i++) {
		struct window all = {INT64_MIN, INT64_MAX};

		for (size_t j = 0; j < 2 * array_length(frequencies); j++) {
			int64_t hz = frequencies[j / 2];
			struct wheel wheel = {.hz = (int)hz};
			struct window fires = wheel_window(&wheel, asked[i]);
			const struct event events[] = {
				kernel(hz),
				segment(0, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 1, 0),
				segment(j % 2 ? fires.latest : fires.earliest, END_CLIENT,
					ROLE_PROBE, 2, FLAG_ACK, 1, 1),
			};
			struct facts facts = read_facts(events, array_length(events));
			struct window wait = facts.list[1].wait;

			assert_true(wait.earliest <= asked[i]);
			all = window_intersect(all, wait);
			assert_true(all.earliest <= all.latest);
			facts_free(&facts);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_play),
		cmocka_unit_test(counts_data_once_in_a_row),
		cmocka_unit_test(knows_what_cannot_be_compared),
		cmocka_unit_test(counts_detection_from_the_last_fault),
		cmocka_unit_test(asks_who_is_alive_at_any_time),
		cmocka_unit_test(another_frequency_is_the_same_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

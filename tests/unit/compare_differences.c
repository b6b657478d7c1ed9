/* Two runs, of which one is bent: noise is no change, and each change has its class and words. */
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
#include "base/duration.h"
#include "bent_timeline.h"
#include "compare/comparison.h"
#include "compare/settings.h"

enum place {
	KERNEL,
	SYN,
	SYN_ACK,
	HANDSHAKE_ACK,
	DROP,
	PROBE_1,
	PROBE_2,
	RESET,
	SOCKET,
	ERROR,
	SERVER_DATA,
	WITNESS,
	END,
	PLACES,
};

/* A drop, two probes after 1 s each, the reset and the error; the server is not silenced. */
static struct timeline play(void)
{
	const int64_t p1 = 1020 * MILLISECOND, p2 = 2044 * MILLISECOND, rst = 3064 * MILLISECOND;
	struct event events[PLACES] = {
		[KERNEL] = {.kind = EVENT_KERNEL, .kernel = {.release = strdup("6.x"), .hz = 250}},
		[SYN] = segment(1000, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 99, 0),
		[SYN_ACK] =
			segment(2000, END_SERVER, ROLE_SYN_ACK, 2, FLAG_SYN | FLAG_ACK, 499, 100),
		[HANDSHAKE_ACK] =
			segment(3000, END_CLIENT, ROLE_HANDSHAKE_ACK, 3, FLAG_ACK, 100, 500),
		[DROP] = {.at = 4000,
			  .kind = EVENT_STEP,
			  .step = {0, 5, strdup("at: established, drop: {to: server}"), 0, 0}},
		[PROBE_1] = segment(p1, END_CLIENT, ROLE_PROBE, 4, FLAG_ACK, 99, 500),
		[PROBE_2] = segment(p2, END_CLIENT, ROLE_PROBE, 5, FLAG_ACK, 99, 500),
		[RESET] = segment(rst, END_CLIENT, ROLE_RST, 6, FLAG_RST | FLAG_ACK, 100, 500),
		[SOCKET] = {.at = rst + 9,
			    .kind = EVENT_SOCKET,
			    .end = END_CLIENT,
			    .socket = {.state = STATE_CLOSED}},
		[ERROR] = {.at = rst + 10,
			   .kind = EVENT_APPLICATION,
			   .end = END_CLIENT,
			   .application = {CALL_RECV, -1, ETIMEDOUT}},
		[SERVER_DATA] = segment(rst + SECOND, END_SERVER, ROLE_DATA, 7, FLAG_ACK, 500, 100),
		[WITNESS] = {.at = rst + SECOND, .kind = EVENT_WITNESS},
		[END] = {.at = rst + 2 * SECOND, .kind = EVENT_END},
	};
	struct timeline timeline = {0};

	for (size_t i = 0; i < PLACES; i++)
		timeline_append(&timeline, events[i]);
	return timeline;
}

static void a_little_late(struct timeline *timeline)
{
	move_rest(timeline, PROBE_1, 20 * MILLISECOND);
	move_rest(timeline, RESET, 15 * MILLISECOND);
}

static void machine_late(struct timeline *timeline)
{
	timeline->events[WITNESS].witness.lateness = 400 * MILLISECOND;
	move_rest(timeline, PROBE_2, 400 * MILLISECOND);
}

static void error_before_reset(struct timeline *timeline)
{
	timeline->events[ERROR].at = timeline->events[RESET].at - 10;
}

static void another_hz(struct timeline *timeline)
{
	timeline->events[KERNEL].kernel.hz = 1000;
	move_rest(timeline, PROBE_1, -20 * MILLISECOND);
	move_rest(timeline, PROBE_2, -20 * MILLISECOND);
	move_rest(timeline, RESET, -18 * MILLISECOND);
}

static void ends_earlier(struct timeline *timeline)
{
	drop_event(timeline, SERVER_DATA);
	timeline->events[SERVER_DATA] = (struct event){.at = timeline->events[ERROR].at};
	timeline->events[WITNESS].at = timeline->events[END].at =
		timeline->events[ERROR].at + SECOND / 2;
}

static void no_probe_2(struct timeline *timeline)
{
	drop_event(timeline, PROBE_2);
	timeline->events[PROBE_2] = (struct event){.at = timeline->events[PROBE_1].at};
}

static void probe_2_later(struct timeline *timeline)
{
	move_rest(timeline, PROBE_2, 2 * SECOND);
}

static void a_granule_too_early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_2, -300 * MILLISECOND);
}

static void not_told(struct timeline *timeline)
{
	timeline->events[ERROR].application = (struct application_event){CALL_RECV, -1, EAGAIN, 0};
}

static void another_error(struct timeline *timeline)
{
	timeline->events[ERROR].application.error = ECONNRESET;
}

static void another_state(struct timeline *timeline)
{
	timeline->events[SOCKET].socket.state = STATE_ESTABLISHED;
}

static void no_step(struct timeline *timeline)
{
	drop_event(timeline, DROP);
	timeline->events[DROP] = (struct event){.at = 4000};
}

/* An answer has no timer, so that only its place among the others tells that it is another. */
static void answer_last(struct timeline *timeline)
{
	struct event answer = timeline->events[SYN_ACK];

	for (size_t i = SYN_ACK; i < SERVER_DATA; i++)
		timeline->events[i] = timeline->events[i + 1];
	answer.at = timeline->events[ERROR].at + SECOND;
	timeline->events[SERVER_DATA] = answer;
}

static void lost(struct timeline *timeline)
{
	timeline->events[WITNESS] =
		(struct event){.at = timeline->events[WITNESS].at, .kind = EVENT_LOSS};
	no_probe_2(timeline);
}

static void at_random(struct timeline *timeline)
{
	free(timeline->events[DROP].step.what);
	timeline->events[DROP].step.what = strdup("at: 1s, drop: {probability: 50%}");
	no_probe_2(timeline);
}

/* Of the change from a play to one that is bent, and of the change back. */
static const struct {
	const char *name;
	void (*bend)(struct timeline *timeline);
	enum change_class class, back;
	const char *aspect, *text; /* NULL: no change at all */
} cases[] = {
	{"the same", nothing, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"timers late within their granule", a_little_late, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"as late as a witness saw", machine_late, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"the error is seen before the reset", error_before_reset, CHANGE_SAME, CHANGE_SAME, NULL,
	 NULL},
	{"another HZ", another_hz, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"the observation ends earlier", ends_earlier, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"packets were lost unseen", lost, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"a rule takes packets at random", at_random, CHANGE_SAME, CHANGE_SAME, NULL, NULL},
	{"a probe is missing", no_probe_2, CHANGE_DIFFERENT, CHANGE_DIFFERENT, "count",
	 "1 of role probe from the client, was 2"},
	{"a probe comes later", probe_2_later, CHANGE_WORSE, CHANGE_BETTER, "timing",
	 "probe 2 of the client came after 3.024 s, was 1.024 s"},
	{"a probe comes earlier than a timer can", a_granule_too_early, CHANGE_BETTER, CHANGE_WORSE,
	 "timing", "probe 2 of the client came after 0.724 s, was 1.024 s"},
	{"the error is told later", probe_2_later, CHANGE_WORSE, CHANGE_BETTER, "detection",
	 "the client is told later: 5.064 s after the fault, was 3.064 s"},
	{"nobody is told", not_told, CHANGE_WORSE, CHANGE_BETTER, "detection",
	 "the client is no longer told: ETIMEDOUT after 3.064 s"},
	{"told another error", another_error, CHANGE_DIFFERENT, CHANGE_DIFFERENT, "told",
	 "the client is told ECONNRESET, was ETIMEDOUT"},
	{"another state in the end", another_state, CHANGE_DIFFERENT, CHANGE_DIFFERENT, "state",
	 "the client ends in ESTABLISHED, was CLOSED"},
	{"a step did not run", no_step, CHANGE_DIFFERENT, CHANGE_DIFFERENT, "order",
	 "nothing more where there was step 1"},
	{"an answer comes after what followed it", answer_last, CHANGE_DIFFERENT, CHANGE_DIFFERENT,
	 "order", NULL},
};

static struct saved_scenario scenario_of(enum verdict verdict)
{
	return (struct saved_scenario){
		.id = "one", .fingerprint = "1", .judgement = {.verdict = verdict}};
}

static const struct change *change_of(const struct comparison *comparison, const char *aspect,
				      const char *text)
{
	for (size_t i = 0; i < comparison->count; i++) {
		if (strcmp(comparison->list[i].aspect, aspect) == 0 &&
		    (!text || strcmp(comparison->list[i].text, text) == 0))
			return &comparison->list[i];
	}
	return NULL;
}

static void complain(const char *name, const struct comparison *comparison)
{
	print_message("%s: %s\n", name, word_name(change_words, (int)comparison->class));
	for (size_t i = 0; i < comparison->count; i++)
		print_message("  %s: %s\n", comparison->list[i].aspect, comparison->list[i].text);
	fail();
}

static void each_bend_has_its_class(void **state)
{
	const struct saved_scenario passed = scenario_of(VERDICT_PASS);

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct timeline plain = play(), bent = play();
		struct comparison there, back;

		cases[i].bend(&bent);
		there = compare_scenario(&passed, &plain, &passed, &bent);
		back = compare_scenario(&passed, &bent, &passed, &plain);
		if (there.class != cases[i].class ||
		    (cases[i].aspect ? !change_of(&there, cases[i].aspect, cases[i].text)
				     : there.count > 0))
			complain(cases[i].name, &there);
		if (back.class != cases[i].back)
			complain(cases[i].name, &back);
		comparison_free(&there);
		comparison_free(&back);
		timeline_free(&plain);
		timeline_free(&bent);
	}
}

/* Between two verdicts, whatever the timelines say of what was inconclusive. */
static void each_pair_of_verdicts_has_its_class(void **state)
{
	static const enum change_class classes[4][4] = {
		[VERDICT_PASS] = {[VERDICT_PASS] = CHANGE_SAME,
				  [VERDICT_FAIL] = CHANGE_WORSE,
				  [VERDICT_INCONCLUSIVE] = CHANGE_UNKNOWN,
				  [VERDICT_SKIP] = CHANGE_DIFFERENT},
		[VERDICT_FAIL] = {[VERDICT_PASS] = CHANGE_BETTER,
				  [VERDICT_FAIL] = CHANGE_SAME,
				  [VERDICT_INCONCLUSIVE] = CHANGE_UNKNOWN,
				  [VERDICT_SKIP] = CHANGE_DIFFERENT},
		[VERDICT_INCONCLUSIVE] = {[VERDICT_PASS] = CHANGE_UNKNOWN,
					  [VERDICT_FAIL] = CHANGE_WORSE,
					  [VERDICT_INCONCLUSIVE] = CHANGE_UNKNOWN,
					  [VERDICT_SKIP] = CHANGE_DIFFERENT},
		[VERDICT_SKIP] = {[VERDICT_PASS] = CHANGE_DIFFERENT,
				  [VERDICT_FAIL] = CHANGE_WORSE,
				  [VERDICT_INCONCLUSIVE] = CHANGE_DIFFERENT,
				  [VERDICT_SKIP] = CHANGE_UNKNOWN},
	};

	(void)state;
	for (enum verdict old = VERDICT_PASS; old <= VERDICT_SKIP; old++) {
		for (enum verdict new = VERDICT_PASS; new <= VERDICT_SKIP; new ++) {
			struct saved_scenario before = scenario_of(old), now = scenario_of(new);
			struct timeline plain = play(), bent = play();
			struct comparison comparison;

			if (old != new || (old != VERDICT_PASS && old != VERDICT_FAIL))
				no_probe_2(&bent);
			comparison = compare_scenario(&before, &plain, &now, &bent);
			if (comparison.class != classes[old][new])
				complain(word_name(verdict_words, (int)new), &comparison);
			comparison_free(&comparison);
			timeline_free(&plain);
			timeline_free(&bent);
		}
	}
}

static void tells_what_is_new_or_gone(void **state)
{
	const struct saved_scenario failed = scenario_of(VERDICT_FAIL);
	struct comparison gone = compare_scenario(&failed, NULL, NULL, NULL);
	struct comparison new = compare_scenario(NULL, NULL, &failed, NULL);

	(void)state;
	assert_int_equal(gone.class, CHANGE_GONE);
	assert_string_equal(gone.list[0].text, "was fail");
	assert_int_equal(new.class, CHANGE_NEW);
	assert_string_equal(comparison_id(&gone), "one");
	comparison_free(&gone);
	comparison_free(&new);
}

/* Of what a configuration sets, only what differs. */
static void names_the_settings_that_differ(void **state)
{
	struct sysctl_setting before[] = {
		{.name = "a", .value = "1"}, {.name = "b", .value = "2"}, {.name = "c"}};
	struct sysctl_setting now[] = {
		{.name = "d", .value = ""}, {.name = "c"}, {.name = "b", .value = "3"}};
	struct saved old = {.sysctls = before, .sysctl_count = 3};
	struct saved new = {.sysctls = now, .sysctl_count = 3};
	struct setting_changes changes = setting_changes_of(&old, &new);

	(void)state;
	assert_int_equal(changes.count, 3);
	assert_string_equal(changes.list[0].name, "a");
	assert_string_equal(changes.list[0].old, "1");
	assert_string_equal(setting_text(changes.list[0].new), "not set");
	assert_string_equal(changes.list[1].name, "b");
	assert_string_equal(changes.list[1].new, "3");
	assert_string_equal(changes.list[2].name, "d");
	assert_null(changes.list[2].old);
	assert_string_equal(setting_text(changes.list[2].new), "empty");
	setting_changes_free(&changes);
	changes = setting_changes_of(&old, &old);
	assert_int_equal(changes.count, 0);
	setting_changes_free(&changes);
}

/* The client closes before its data is sent again, or behind that. */
static struct timeline closes_at(int64_t at, int64_t lateness)
{
	const int64_t again = 1020 * MILLISECOND;
	const struct event fin =
		segment(at, END_CLIENT, ROLE_FIN, 4, FLAG_ACK | FLAG_FIN, 105, 500);
	const struct event data =
		segment(again, END_CLIENT, ROLE_RETRANSMISSION, 5, FLAG_ACK, 100, 500);
	struct timeline timeline = play();

	timeline.events[PROBE_1] = at < again ? fin : data;
	timeline.events[PROBE_2] = at < again ? data : fin;
	timeline.events[WITNESS].witness.lateness = lateness;
	return timeline;
}

/* What an application does took turns with a timer: no change where the machine was as late. */
static void turns_are_taken_on_a_late_machine(void **state)
{
	static const struct {
		int64_t lateness;
		bool differs;
	} rows[] = {{0, true}, {2100 * MILLISECOND, false}};
	const struct saved_scenario passed = scenario_of(VERDICT_PASS);

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct timeline before = closes_at(800 * MILLISECOND, 0);
		struct timeline now = closes_at(2800 * MILLISECOND, rows[i].lateness);
		struct comparison comparison = compare_scenario(&passed, &before, &passed, &now);

		if (!!change_of(&comparison, "order", NULL) != rows[i].differs)
			complain(rows[i].differs ? "in time" : "late", &comparison);
		comparison_free(&comparison);
		timeline_free(&before);
		timeline_free(&now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_are_taken_on_a_late_machine),
		cmocka_unit_test(each_bend_has_its_class),
		cmocka_unit_test(each_pair_of_verdicts_has_its_class),
		cmocka_unit_test(tells_what_is_new_or_gone),
		cmocka_unit_test(names_the_settings_that_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Judging pings, their monitor and what they leave: a timeline made by hand passes, and each bend
 * of it yields its own verdict, in the field's words.
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

#include "bent_timeline.h"

static const char text[] = "scenario: Pings\n"
			   "monitor: {from: client, interval: 2s, timeout: 1s, threshold: 2}\n"
			   "timeline:\n"
			   "  - {at: 1s, ping: {from: client, count: 100}}\n"
			   "  - {at: 3s, drop: {kind: echo}}\n"
			   "  - {at: 4s, ping: {from: server}}\n"
			   "expect:\n"
			   "  - ping: {step: 1, answered: 1, unanswered: 0, error: EHOSTUNREACH}\n"
			   "  - ping: {unanswered: 1}\n"
			   "  - monitor: {says: [answers, silent], after: fault}\n"
			   "  - resources: {step: 1, descriptors: 0, ports: 0, memory: unchanged}\n"
			   "  - nothing else on the wire\n";

/* The events that bends go for, by their place. */
enum place {
	KERNEL,
	ANSWERS,
	HELD_BEFORE,
	ECHO_1,
	HELD_FIRST,
	ECHO_2,
	HELD_LAST,
	DROP,
	OTHER_PING,
	OTHER_ECHO,
	MONITOR_ECHO,
	SILENT,
	END,
	PLACES,
};

#define HELD(step, echoes, descriptors, ports, memory)                                             \
	.kind = EVENT_RESOURCES, .end = END_CLIENT,                                                \
	.resources = {step, echoes, descriptors, ports, memory}
#define ECHO(end_, step, number, sent, outcome, error)                                             \
	.kind = EVENT_PING, .end = end_, .ping = {step, number, sent, outcome, error}
#define SAYS(says, failures) .kind = EVENT_MONITOR, .end = END_CLIENT, .monitor = {says, failures}

static const struct event events[PLACES] = {
	[KERNEL] = {.kind = EVENT_KERNEL, .kernel = {.release = (char *)"6.18", .hz = 250}},
	[ANSWERS] = {.at = MILLISECOND, SAYS(HOST_ANSWERS, 0)},
	[HELD_BEFORE] = {.at = SECOND, HELD(0, 0, 10, 2, 5000)},
	[ECHO_1] = {.at = SECOND + 1, ECHO(END_CLIENT, 0, 1, SECOND, PING_ANSWERED, 0)},
	[HELD_FIRST] = {.at = SECOND + 2, HELD(0, 1, 10, 2, 9000)},
	[ECHO_2] = {.at = 2 * SECOND,
		    ECHO(END_CLIENT, 0, 2, 2 * SECOND - 1, PING_ERROR, EHOSTUNREACH)},
	[HELD_LAST] = {.at = 2 * SECOND + 1, HELD(0, 101, 10, 2, 9000 + 1599)},
	[DROP] = {.at = 3 * SECOND,
		  .kind = EVENT_STEP,
		  .step = {1, 5, (char *)"drop: {kind: echo}", 3 * SECOND, 3 * SECOND}},
	/* Touches nothing, so it is not the fault that is spoken of. */
	[OTHER_PING] = {.at = 4 * SECOND,
			.kind = EVENT_STEP,
			.step = {2, 6, (char *)"ping: {from: server}", 4 * SECOND, 4 * SECOND}},
	[OTHER_ECHO] = {.at = 5 * SECOND, ECHO(END_SERVER, 2, 1, 4 * SECOND, PING_UNANSWERED, 0)},
	[MONITOR_ECHO] = {.at = 6 * SECOND,
			  ECHO(END_CLIENT, -1, 4, 5 * SECOND, PING_UNANSWERED, 0)},
	[SILENT] = {.at = 9 * SECOND, SAYS(HOST_SILENT, 2)},
	[END] = {.at = 10 * SECOND, .kind = EVENT_END},
};

static void another_answered(struct timeline *timeline)
{
	timeline->events[ECHO_2].ping.outcome = PING_ANSWERED;
	timeline->events[ECHO_2].ping.error = 0;
}

static void another_unanswered(struct timeline *timeline)
{
	timeline->events[ECHO_1].ping.outcome = PING_UNANSWERED;
}

static void refused(struct timeline *timeline)
{
	timeline->events[ECHO_2].ping.outcome = PING_REFUSED;
	timeline->events[ECHO_2].ping.error = EACCES;
}

static void never_silent(struct timeline *timeline)
{
	drop_event(timeline, SILENT);
}

static void silent_twice(struct timeline *timeline)
{
	timeline_append(timeline, timeline->events[ANSWERS]);
	timeline->events[timeline->count - 1].at = 9 * SECOND + 1;
	timeline_sort(timeline);
}

static void silent_at_latest(struct timeline *timeline)
{
	timeline->events[SILENT].at = 9 * SECOND;
}

static void silent_at_earliest(struct timeline *timeline)
{
	timeline->events[SILENT].at = 7 * SECOND;
}

static void silent_early(struct timeline *timeline)
{
	timeline->events[SILENT].at = 7 * SECOND - MICROSECOND;
}

static void silent_late(struct timeline *timeline)
{
	timeline->events[SILENT].at = 9 * SECOND + MILLISECOND;
}

static void silent_late_with_witness(struct timeline *timeline)
{
	silent_late(timeline);
	timeline_append(timeline, (struct event){.at = 9 * SECOND + MILLISECOND,
						 .kind = EVENT_WITNESS,
						 .witness = {9 * SECOND, MILLISECOND}});
	timeline_sort(timeline);
}

static void descriptor_left(struct timeline *timeline)
{
	timeline->events[HELD_LAST].resources.descriptors++;
}

static void descriptor_of_the_first(struct timeline *timeline)
{
	timeline->events[HELD_FIRST].resources.descriptors++;
	timeline->events[HELD_LAST].resources.descriptors++;
}

/* An echo passed before the rule was in force; a segment does not matter to it. */
static void drop_late(struct timeline *timeline)
{
	timeline->events[DROP].step.due = 2 * SECOND + 2;
	timeline->events[ECHO_2].at = timeline->events[ECHO_2].ping.sent = 2 * SECOND + 3;
	timeline->events[ECHO_2].ping.outcome = PING_UNANSWERED;
}

static void drop_late_for_segments(struct timeline *timeline)
{
	timeline->events[DROP].step.due = 2 * SECOND + 2;
	timeline_append(timeline, segment(2 * SECOND + 3, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 1, 0));
	timeline_sort(timeline);
}

static void port_left(struct timeline *timeline)
{
	timeline->events[HELD_LAST].resources.ports++;
}

static void memory_left(struct timeline *timeline)
{
	timeline->events[HELD_LAST].resources.memory++;
}

static void never_finished(struct timeline *timeline)
{
	drop_event(timeline, HELD_LAST);
}

static void held_by_another(struct timeline *timeline)
{
	timeline->events[HELD_LAST].resources.step = 2;
}

static const struct {
	void (*bend)(struct timeline *timeline);
	enum verdict verdict;
	const char *words; /* in a finding of that verdict */
} bends[] = {
	{nothing, VERDICT_PASS, "echo 2 met EHOSTUNREACH, EHOSTUNREACH expected"},
	{another_answered, VERDICT_FAIL, "2 answered echoes, 1 expected"},
	{another_answered, VERDICT_FAIL, "no echo met an error, EHOSTUNREACH expected"},
	{another_unanswered, VERDICT_FAIL, "2 unanswered echoes, 1 expected"},
	{refused, VERDICT_FAIL, "echo 2 was not sent: EACCES, EHOSTUNREACH expected"},
	{never_silent, VERDICT_FAIL, "said of the host: answers; expected: answers, silent"},
	{silent_twice, VERDICT_FAIL, "answers, silent, answers; expected: answers, silent"},
	{silent_at_latest, VERDICT_PASS, "\"silent\" of the monitor came 6.000 s after the fault"},
	{silent_at_earliest, VERDICT_PASS, "due within 4.000 s to 6.000 s"},
	{silent_early, VERDICT_FAIL, "due within 4.000 s to 6.000 s: 1 us early"},
	{silent_late, VERDICT_FAIL, "late"},
	{silent_late_with_witness, VERDICT_INCONCLUSIVE, "but the machine was"},
	{descriptor_left, VERDICT_FAIL, "1 descriptor more is open behind 101 echoes"},
	{descriptor_of_the_first, VERDICT_FAIL, "1 descriptor more is open"},
	{drop_late, VERDICT_INCONCLUSIVE, "after its moment, when echo 2 had passed already"},
	{drop_late_for_segments, VERDICT_PASS, "nothing else was on the wire"},
	{port_left, VERDICT_FAIL, "1 port more is open behind 101 echoes, 0 expected"},
	{memory_left, VERDICT_FAIL, "100 echoes left 1600 bytes of memory, less than 16 for each"},
	{never_finished, VERDICT_FAIL, "the ping did not finish"},
	{held_by_another, VERDICT_FAIL, "the ping did not finish"},
};

static bool is_said(const struct judgement *judgement, enum verdict verdict, const char *words)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict == verdict &&
		    strstr(judgement->findings[i].text, words))
			return true;
	}
	return false;
}

static void each_bend_has_its_verdict(void **state)
{
	struct problems problems = {0};
	struct scenarios scenarios = {0};
	size_t wrong = 0;

	(void)state;
	scenario_parse("pings.yaml", "pings", text, strlen(text), &scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(scenarios.count, 1);
	for (size_t i = 0; i < array_length(bends); i++) {
		struct timeline timeline = {0};
		struct judgement judgement;

		for (size_t j = 0; j < PLACES; j++)
			timeline_append(&timeline, event_copy(&events[j]));
		bends[i].bend(&timeline);
		judge(scenarios.list, &timeline, &judgement);
		if (judgement.verdict != bends[i].verdict ||
		    !is_said(&judgement, bends[i].verdict, bends[i].words)) {
			wrong++;
			print_error("--- bend %zu, \"%s\":\n", i, bends[i].words);
			for (size_t j = 0; j < judgement.count; j++)
				print_error("%s: %s\n",
					    word_name(verdict_words,
						      (int)judgement.findings[j].verdict),
					    judgement.findings[j].text);
		}
		judgement_free(&judgement);
		timeline_free(&timeline);
	}
	assert_int_equal(wrong, 0);
	scenarios_free(&scenarios);
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bend_has_its_verdict),
	};

	return cmocka_run_group_tests_name("judge_pings", tests, NULL, NULL);
}

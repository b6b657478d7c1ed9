/*
 * expect: model, on timelines that the model itself foretells: what it foretells passes, whatever
 * the settings, and each bend of it is noticed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/bend.h"
#include "judge/judge.h"
#include "model/forecast.h"
#include "scenario/load.h"

#define HZ 250

static struct scenario *load(struct scenarios *scenarios, const char *options)
{
	struct problems problems = {0};
	char text[512];

	snprintf(text, sizeof(text),
		 "scenario: t\n"
		 "server: {listen: 127.0.0.1:12345}\n"
		 "client: {bind: 127.0.0.1:22345, keepalive: on, %s}\n"
		 "timeline: [{at: probe 1 answered, drop: {to: server}}]\n"
		 "expect: model\n",
		 options);
	scenario_parse("t.yaml", "t", text, strlen(text), scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	return &scenarios->list[0];
}

/* Plays the model forward and records what it does as if it had been seen. */
struct recording {
	struct timeline timeline;
	struct model model;
	int64_t number, last_probe;
	int64_t now;
};

static void record_segment(struct recording *recording, const struct due *due)
{
	struct event event = {.at = recording->now, .kind = EVENT_SEGMENT, .end = due->end};

	event.segment.number = ++recording->number;
	event.segment.role = (int)due->role;
	event.segment.flags = due->role == ROLE_SYN	  ? FLAG_SYN
			      : due->role == ROLE_SYN_ACK ? FLAG_SYN | FLAG_ACK
			      : due->role == ROLE_RST	  ? FLAG_RST | FLAG_ACK
							  : FLAG_ACK;
	event.segment.window = 65535;
	event.segment.seq = due->role == ROLE_SYN || due->role == ROLE_SYN_ACK ? 99
			    : due->role == ROLE_PROBE			       ? 99
									       : 100;
	event.segment.ack = due->role == ROLE_SYN ? 0 : 100;
	if (due->role == ROLE_PROBE)
		recording->last_probe = recording->number;
	if (due->role == ROLE_PROBE_REPLY)
		event.segment.answers = recording->last_probe;
	timeline_append(&recording->timeline, event);
	model_event(&recording->model, &event);
}

static void record_error(struct recording *recording, const struct due *due)
{
	struct event event = {.at = recording->now,
			      .kind = EVENT_APPLICATION,
			      .end = due->end,
			      .application = {CALL_RECV, -1, due->error, 0}};

	timeline_append(&recording->timeline, event);
	model_event(&recording->model, &event);
}

static void record_drop(struct recording *recording)
{
	timeline_append(
		&recording->timeline,
		(struct event){.at = recording->now,
			       .kind = EVENT_STEP,
			       .step = {0, 4, strdup("drop"), recording->now, recording->now}});
	model_path(&recording->model, END_SERVER, PATH_DROP);
}

/* Each thing comes where part_of_window says: 0 at its earliest, 100 at its latest. */
static struct timeline record(const struct scenario *scenario, int part_of_window)
{
	struct settings settings = settings_default(HZ);
	struct recording recording = {.now = 0};
	struct due list[MODEL_DUE_LIMIT];

	settings_scenario(&settings, scenario);
	timeline_append(&recording.timeline,
			(struct event){.kind = EVENT_KERNEL,
				       .kernel = {.release = strdup("6.x"), .hz = HZ}});
	model_start(&recording.model, &settings);
	model_call(&recording.model, END_CLIENT, MODEL_CONNECT, 0, (struct window){0, 0});
	while (model_next(&recording.model, list)) {
		struct window at = list[0].at;
		int64_t moment = at.earliest + (at.latest - at.earliest) / 100 * part_of_window;

		recording.now = moment > recording.now ? moment : recording.now + MICROSECOND;
		if (list[0].role == ROLE_NONE)
			record_error(&recording, &list[0]);
		else
			record_segment(&recording, &list[0]);
		if (list[0].role == ROLE_PROBE_REPLY)
			record_drop(&recording);
	}
	timeline_append(&recording.timeline,
			(struct event){.at = recording.now + SECOND, .kind = EVENT_END});
	return recording.timeline;
}

static const char *const options[] = {
	"idle: 1s, interval: 1s, count: 1",
	"idle: 2s, interval: 1s, count: 3",
	"idle: 1s, interval: 5s, count: 2",
	"idle: 30s, interval: 3s, count: 3",
	"idle: 7200s, interval: 75s, count: 9",
	"idle: 1s, interval: 1s, count: 3, user_timeout: 10s",
	"idle: 2s, interval: 1s, count: 9, user_timeout: 500ms",
};

static void what_is_foretold_passes(void **state)
{
	static const int parts[] = {0, 37, 100};

	(void)state;
	for (size_t i = 0; i < array_length(options) * array_length(parts); i++) {
		struct scenarios scenarios = {0};
		struct scenario *scenario = load(&scenarios, options[i / array_length(parts)]);
		struct timeline timeline = record(scenario, parts[i % array_length(parts)]);
		struct judgement judgement;

		judge(scenario, &timeline, &judgement);
		for (size_t j = 0; j < judgement.count; j++) {
			if (judgement.findings[j].verdict != VERDICT_PASS)
				print_error("%s, %d %%: %s\n", options[i / array_length(parts)],
					    parts[i % array_length(parts)],
					    judgement.findings[j].text);
		}
		assert_int_equal(judgement.verdict, VERDICT_PASS);
		assert_true(judgement.count >= 7);
		judgement_free(&judgement);
		timeline_free(&timeline);
		scenarios_free(&scenarios);
	}
}

/* Bends of which the model says nothing: it looks at who sends what when, and at errors. */
static bool is_beyond_the_model(const char *what)
{
	return strcmp(what, "a result comes twice") == 0 ||
	       strcmp(what, "a call returns something else") == 0 ||
	       strcmp(what, "poll() says something") == 0;
}

struct noticing {
	const struct scenario *scenario;
	size_t noticed, unnoticed;
};

static void notice(void *data, const struct timeline *bent, const char *what)
{
	struct noticing *noticing = data;
	struct judgement judgement;

	judge(noticing->scenario, bent, &judgement);
	if (judgement.verdict != VERDICT_PASS) {
		noticing->noticed++;
	} else if (!is_beyond_the_model(what)) {
		print_error("not noticed: %s\n", what);
		noticing->unnoticed++;
	}
	judgement_free(&judgement);
}

static void each_bend_is_noticed(void **state)
{
	struct scenarios scenarios = {0};
	struct scenario *scenario = load(&scenarios, options[1]);
	struct timeline timeline = record(scenario, 50);
	struct noticing noticing = {.scenario = scenario};

	(void)state;
	bend_all(scenario, &timeline, notice, &noticing);
	assert_true(noticing.noticed > 50);
	assert_int_equal(noticing.unnoticed, 0);
	timeline_free(&timeline);
	scenarios_free(&scenarios);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_foretold_passes),
		cmocka_unit_test(each_bend_is_noticed),
	};

	return cmocka_run_group_tests_name("judge_model", tests, NULL, NULL);
}

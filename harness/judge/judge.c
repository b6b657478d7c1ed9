#define _GNU_SOURCE
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "judge/review.h"

/* Above any kernel's timer frequency: a timeline from a file may say anything. */
#define HZ_LIMIT 100000

const struct word verdict_words[] = {
	{"pass", VERDICT_PASS},
	{"fail", VERDICT_FAIL},
	{"inconclusive", VERDICT_INCONCLUSIVE},
	{"skip", VERDICT_SKIP},
	{NULL, 0},
};

typedef void review_function(struct review *review, const struct record *expectation);

/* "Nothing else" is judged when all others have claimed theirs. */
static review_function *const reviews[RECORD_KINDS] = {
	[RECORD_EXPECT_WINDOW_PROBES] = review_window_probes,
	[RECORD_EXPECT_RETRANSMISSIONS] = review_series,
	[RECORD_EXPECT_SYNS] = review_series,
	[RECORD_EXPECT_SYN_ACKS] = review_series,
	[RECORD_EXPECT_ALIVE] = review_alive,
	[RECORD_EXPECT_PROBES] = review_probes,
	[RECORD_EXPECT_RESET] = review_reset,
	[RECORD_EXPECT_CLIENT] = review_end,
	[RECORD_EXPECT_SERVER] = review_end,
	[RECORD_EXPECT_TIMER] = review_timer,
	[RECORD_EXPECT_RULE] = review_rule,
	[RECORD_EXPECT_COUNTERS] = review_counters,
	[RECORD_EXPECT_PING] = review_ping,
	[RECORD_EXPECT_MONITOR] = review_monitor,
	[RECORD_EXPECT_RESOURCES] = review_resources,
	[RECORD_EXPECT_CONNTRACK] = review_conntrack,
	[RECORD_EXPECT_MODEL] = review_model,
};

static void review_expectation(struct review *review, const struct record *expectation)
{
	if (reviews[expectation->kind] && !review_beyond_capture(review, expectation))
		reviews[expectation->kind](review, expectation);
}

static void review_all(struct review *review)
{
	const struct scenario *scenario = review->scenario;

	for (size_t i = 0; i < scenario->expectation_count; i++) {
		review->key = KEY_LIMIT;
		review_expectation(review, &scenario->expectations[i]);
	}
	review->key = KEY_LIMIT;
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		if (scenario->expectations[i].kind == RECORD_EXPECT_NOTHING_ELSE)
			review_nothing_else(review, &scenario->expectations[i]);
	}
}

static enum verdict worst(const struct judgement *judgement)
{
	enum verdict verdict = VERDICT_PASS;
	bool answered = false;

	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].unanswerable)
			continue;
		answered = true;
		if (judgement->findings[i].verdict > verdict)
			verdict = judgement->findings[i].verdict;
	}
	return answered ? verdict : VERDICT_INCONCLUSIVE;
}

/* Of the kernel that the timeline is from; 0 where it says none, or one that no kernel has. */
static int frequency_of(const struct timeline *timeline)
{
	const struct event *kernel = timeline_first(timeline, EVENT_KERNEL);
	const struct event *capture = timeline_first(timeline, EVENT_CAPTURE);
	int64_t hz = capture ? capture->capture.hz : kernel ? kernel->kernel.hz : 0;

	return hz > 0 && hz <= HZ_LIMIT ? (int)hz : 0;
}

void judge(const struct scenario *scenario, const struct timeline *timeline,
	   struct judgement *ret_judgement)
{
	const struct event *capture = timeline_first(timeline, EVENT_CAPTURE);
	const struct event *until = timeline_first(timeline, EVENT_UNTIL);
	struct review review = {
		.scenario = scenario,
		.timeline = timeline,
		.capture = capture ? &capture->capture : NULL,
		.wheel.hz = frequency_of(timeline),
		.key = KEY_LIMIT,
		.until = until ? until->at : INT64_MAX,
		.claimed = calloc(timeline->count + 1, sizeof(bool)),
		.judgement = ret_judgement,
	};

	*ret_judgement = (struct judgement){0};
	if (review_unable(&review)) {
		/* Nothing was observed that could be judged. */
	} else if (!review.wheel.hz && !capture) {
		review_add(&review, &every_run, VERDICT_INCONCLUSIVE, "a kernel event", "none",
			   "the timeline does not say which kernel it is from: its timer "
			   "frequency is needed to know what was due");
	} else {
		bool disturbed = review_disturbance(&review);

		review_frequency(&review);
		review_all(&review);
		for (size_t i = 0; disturbed && i < ret_judgement->count; i++) {
			if (ret_judgement->findings[i].verdict == VERDICT_FAIL)
				ret_judgement->findings[i].verdict = VERDICT_INCONCLUSIVE;
		}
	}
	ret_judgement->verdict = worst(ret_judgement);
	free(review.claimed);
}

void judgement_free(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		free(judgement->findings[i].expectation);
		free(judgement->findings[i].due);
		free(judgement->findings[i].seen);
		free(judgement->findings[i].text);
	}
	free(judgement->findings);
	*judgement = (struct judgement){0};
}

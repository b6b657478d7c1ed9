/*
 * The verdict: a pure function of a scenario and a timeline. So a saved timeline can be judged
 * again, and each assertion can be tested by bending a timeline.
 */
#ifndef HALFOPEN_JUDGE_JUDGE_H
#define HALFOPEN_JUDGE_JUDGE_H

#include "model/wheel.h"
#include "scenario/scenario.h"
#include "timeline/timeline.h"

/* In order of weight: of several, the last one decides; skip stands alone. */
enum verdict {
	VERDICT_PASS,
	VERDICT_INCONCLUSIVE,
	VERDICT_FAIL,
	VERDICT_SKIP,
};

extern const struct word verdict_words[];

/* One thing that was asked, and what came. */
struct finding {
	char *expectation;  /* as the scenario words it, or what every run must prove */
	struct position at; /* of the expectation in the scenario's file; line 0: of none */
	enum key key;	    /* which of its keys is judged; KEY_LIMIT: all of it */
	enum verdict verdict;
	/*
	 * Inconclusive since a capture cannot show it, whatever happened: it does not weigh in the
	 * verdict, which others decide.
	 */
	bool unanswerable;
	bool has_deviation; /* whether the next two are known */
	int64_t deviation;  /* from the exact moment, where the wheel's phase is known */
	int64_t lateness;   /* with it: from the moment that the timer was armed for; not saved */
	/*
	 * On the timeline's clock: when it was due, and when what it speaks of came. With a window
	 * alone something is missing, from that end; with a moment alone it should not have come.
	 */
	bool has_window, has_moment;
	struct window window;
	int64_t moment;
	enum end end;
	char *due;  /* what was expected: a count, a window, a word */
	char *seen; /* what came */
	char *text; /* one sentence, in the field's words, with packet numbers */
};

struct judgement {
	enum verdict verdict;
	struct finding *findings;
	size_t count;
};

/*
 * Judges. Every expectation yields at least one finding. The verdict is that of the heaviest one;
 * inconclusive where all that was asked cannot be answered. Lateness that a witness explains, lost
 * packets, a stepped clock or an incomplete timeline make inconclusive what would be a failure. The
 * caller frees with judgement_free().
 */
void judge(const struct scenario *scenario, const struct timeline *timeline,
	   struct judgement *ret_judgement);

void judgement_free(struct judgement *judgement);

#endif

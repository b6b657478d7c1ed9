/* What became of one scenario: all that a report needs. */
#ifndef HALFOPEN_JUDGE_OUTCOME_H
#define HALFOPEN_JUDGE_OUTCOME_H

#include "judge/judge.h"

struct outcome {
	const struct scenario *scenario;
	struct timeline timeline; /* sorted */
	struct judgement judgement;
	int64_t wall; /* from the start of its process to its end */
};

/* Frees timeline and judgement; the scenario stays its owner's. */
void outcome_free(struct outcome *outcome);

/* How many of each verdict; index by enum verdict. */
struct tally {
	size_t of[VERDICT_SKIP + 1];
};

struct tally outcomes_tally(const struct outcome *outcomes, size_t count);

/*
 * The exit code of a run: 0 where all passed, 1 after a failure, 125 (git bisect's skip) where
 * nothing failed but something was inconclusive or nothing could be played.
 */
int tally_exit_code(const struct tally *tally);

#endif

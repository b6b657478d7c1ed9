#include "judge/outcome.h"

/* git-bisect(1): "this commit cannot be tested". */
#define EXIT_INCONCLUSIVE 125

void outcome_free(struct outcome *outcome)
{
	timeline_free(&outcome->timeline);
	judgement_free(&outcome->judgement);
	*outcome = (struct outcome){0};
}

struct tally outcomes_tally(const struct outcome *outcomes, size_t count)
{
	struct tally tally = {0};

	for (size_t i = 0; i < count; i++)
		tally.of[outcomes[i].judgement.verdict]++;
	return tally;
}

int tally_exit_code(const struct tally *tally)
{
	if (tally->of[VERDICT_FAIL])
		return 1;
	if (tally->of[VERDICT_INCONCLUSIVE] || !tally->of[VERDICT_PASS])
		return EXIT_INCONCLUSIVE;
	return 0;
}

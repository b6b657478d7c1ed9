/*
 * Findings of two judgements, expectation by expectation: an expectation that
 * was judged by other words before is another one. Of timing, only pass or fail
 * is compared, since each was judged by its own kernel's windows.
 */
#include <string.h>

#include "compare/comparison.h"

/* All findings of one expectation. */
struct group {
	size_t count, failed, passed, open;
	const struct finding *first_failed;
};

static struct group group_of(const struct judgement *judgement, const char *expectation)
{
	struct group group = {0};

	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		if (strcmp(finding->expectation, expectation) != 0)
			continue;
		group.count++;
		group.passed += finding->verdict == VERDICT_PASS;
		group.open += finding->verdict == VERDICT_INCONCLUSIVE;
		if (finding->verdict != VERDICT_FAIL)
			continue;
		if (!group.failed++)
			group.first_failed = finding;
	}
	return group;
}

/* Whether an expectation was met before in the list: it has its group already.
 */
static bool is_repeated(const struct judgement *judgement, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(judgement->findings[i].expectation,
			   judgement->findings[index].expectation) == 0)
			return true;
	}
	return false;
}

static void add_failed(struct comparison *comparison, enum change_class class, const char *when,
		       const struct group *group)
{
	if (group->failed > 1)
		comparison_add(comparison, class, "finding", "%s: %s (and %zu more)", when,
			       group->first_failed->text, group->failed - 1);
	else
		comparison_add(comparison, class, "finding", "%s: %s", when,
			       group->first_failed->text);
}

static void compare_failures(struct comparison *comparison, const struct group *old,
			     const struct group *new)
{
	const struct finding *before = old->first_failed, *now = new->first_failed;

	if (now->has_window || before->has_window)
		return;
	if (strcmp(now->due, before->due) != 0 || strcmp(now->seen, before->seen) != 0)
		comparison_add(comparison, CHANGE_DIFFERENT, "finding",
			       "fails otherwise now: %s; before: %s", now->text, before->text);
}

/* A run that could not be made has no findings, and what every run must prove
 * is in no file. */
static bool asks_something_else(const struct comparison *comparison, const struct finding *finding)
{
	return finding->at.line &&
	       strcmp(comparison->old->fingerprint, comparison->new->fingerprint) != 0;
}

static void compare_group(struct comparison *comparison, const struct judgement *old,
			  const struct finding *finding, const struct group *new)
{
	struct group before = group_of(old, finding->expectation);

	if (new->failed && before.failed) {
		compare_failures(comparison, &before, new);
	} else if (new->failed) {
		add_failed(comparison, CHANGE_WORSE, "fails now", new);
	} else if (before.failed) {
		add_failed(comparison, new->open ? CHANGE_UNKNOWN : CHANGE_BETTER, "failed before",
			   &before);
	}
	if (!before.count && asks_something_else(comparison, finding))
		comparison_add(comparison, CHANGE_DIFFERENT, "scenario", "expects now: %s",
			       finding->expectation);
}

void compare_findings(struct comparison *comparison, const struct judgement *old,
		      const struct judgement *new)
{
	for (size_t i = 0; i < new->count; i++) {
		const struct finding *finding = &new->findings[i];
		struct group group;

		if (is_repeated(new, i))
			continue;
		group = group_of(new, finding->expectation);
		compare_group(comparison, old, finding, &group);
	}
	for (size_t i = 0; i < old->count; i++) {
		const struct finding *finding = &old->findings[i];

		if (!is_repeated(old, i) && asks_something_else(comparison, finding) &&
		    !group_of(new, finding->expectation).count)
			comparison_add(comparison, CHANGE_DIFFERENT, "scenario",
				       "expected before: %s", finding->expectation);
	}
}

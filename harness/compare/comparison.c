#define _GNU_SOURCE
#include "compare/comparison.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

const struct word change_words[] = {
	{"same", CHANGE_SAME},		 {"unknown", CHANGE_UNKNOWN},
	{"different", CHANGE_DIFFERENT}, {"better", CHANGE_BETTER},
	{"worse", CHANGE_WORSE},	 {"new", CHANGE_NEW},
	{"gone", CHANGE_GONE},		 {NULL, 0},
};

void comparison_add(struct comparison *comparison, enum change_class class, const char *aspect,
		    const char *format, ...)
{
	struct change *change = array_push(comparison->list, comparison->count);
	va_list arguments;

	change->class = class;
	change->aspect = aspect;
	va_start(arguments, format);
	if (vasprintf(&change->text, format, arguments) < 0)
		abort();
	va_end(arguments);
	if (class > comparison->class)
		comparison->class = class;
}

static const char *verdict_name(enum verdict verdict)
{
	return word_name(verdict_words, (int)verdict);
}

static bool is_conclusive(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_FAIL;
}

/* A failure stands, whatever could not be told before. */
static void compare_verdicts(struct comparison *comparison, enum verdict old, enum verdict new)
{
	enum change_class class = CHANGE_UNKNOWN;

	if (old == new &&is_conclusive(new))
		return;
	if (new == VERDICT_FAIL)
		class = CHANGE_WORSE;
	else if (is_conclusive(old) && is_conclusive(new))
		class = CHANGE_BETTER;
	else if ((old == VERDICT_SKIP) != (new == VERDICT_SKIP))
		class = CHANGE_DIFFERENT;
	if (old == new)
		comparison_add(comparison, class, "verdict", "%s in both", verdict_name(new));
	else
		comparison_add(comparison, class, "verdict", "%s, was %s", verdict_name(new),
			       verdict_name(old));
}

static void compare_timelines(struct comparison *comparison, const struct timeline *old_timeline,
			      const struct timeline *new_timeline)
{
	struct facts old, new;

	facts_of(old_timeline, &old);
	facts_of(new_timeline, &new);
	comparison->has_noticed = true;
	memcpy(comparison->old_noticed, old.noticed, sizeof(old.noticed));
	memcpy(comparison->new_noticed, new.noticed, sizeof(new.noticed));
	if (old.complete && new.complete &&
	    old.repeatable &&new.repeatable &&is_conclusive(comparison->old->judgement.verdict) &&
	    is_conclusive(comparison->new->judgement.verdict))
		compare_facts(comparison, &old, &new);
	facts_free(&old);
	facts_free(&new);
}

struct comparison compare_scenario(const struct saved_scenario *old,
				   const struct timeline *old_timeline,
				   const struct saved_scenario *new,
				   const struct timeline *new_timeline)
{
	struct comparison comparison = {.old = old, .new = new};

	if (!old || !new) {
		const struct saved_scenario *only = old ? old : new;

		comparison_add(&comparison, old ? CHANGE_GONE : CHANGE_NEW, "verdict", "%s%s",
			       old ? "was " : "", verdict_name(only->judgement.verdict));
		return comparison;
	}
	compare_verdicts(&comparison, old->judgement.verdict, new->judgement.verdict);
	if (strcmp(old->fingerprint, new->fingerprint) != 0)
		comparison_add(&comparison, CHANGE_DIFFERENT, "scenario",
			       "asks something else than it did");
	compare_findings(&comparison, &old->judgement, &new->judgement);
	if (old_timeline && new_timeline)
		compare_timelines(&comparison, old_timeline, new_timeline);
	return comparison;
}

const char *comparison_id(const struct comparison *comparison)
{
	return comparison->new ? comparison->new->id : comparison->old->id;
}

void comparison_free(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		free(comparison->list[i].text);
	free(comparison->list);
	*comparison = (struct comparison){0};
}

void comparisons_free(struct comparisons *comparisons)
{
	for (size_t i = 0; i < comparisons->count; i++)
		comparison_free(&comparisons->list[i]);
	free(comparisons->list);
	*comparisons = (struct comparisons){0};
}

#define _GNU_SOURCE
#include "judge/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "judge/bend.h"
#include "scenario/vocabulary.h"

/* Something that was judged: an expectation's key, or one counter of a list. */
struct subject {
	const struct record *record;
	struct position at;
	enum key key;
	const char *key_name;
	bool judged; /* on the timeline as it was recorded */
	bool broken; /* by some bend */
};

struct auditing {
	const struct scenario *scenario;
	struct subject *subjects;
	size_t count;
};

static void add_subject(struct auditing *auditing, const struct record *record, struct position at,
			enum key key, const char *key_name)
{
	*array_push(auditing->subjects, auditing->count) =
		(struct subject){.record = record, .at = at, .key = key, .key_name = key_name};
}

static void add_subjects(struct auditing *auditing, const struct record *record)
{
	const struct record_spec *spec = record_spec_of(record->kind);
	const struct value *counters = &record->value[KEY_COUNTERS];

	if (spec->is_words)
		add_subject(auditing, record, record->at, KEY_LIMIT, NULL);
	for (size_t i = 0; counters->set && i < counters->item_count; i++)
		add_subject(auditing, record, counters->items[i].at, KEY_COUNTERS,
			    counters->items[i].text);
	for (size_t i = 0; !counters->set && i < spec->key_count; i++) {
		const struct key_spec *key = &spec->keys[i];

		if (record_has(record, key->key) && !key->circumstance)
			add_subject(auditing, record, record->at, key->key, key->name);
	}
}

static bool is_about(const struct finding *finding, const struct subject *subject)
{
	return finding->at.line == subject->at.line && finding->at.column == subject->at.column &&
	       finding->key == subject->key;
}

/* Notes for each subject whether a judgement has a finding of this verdict. */
static void note(struct auditing *auditing, const struct judgement *judgement, bool bent)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		for (size_t j = 0; j < auditing->count; j++) {
			struct subject *subject = &auditing->subjects[j];

			if (!is_about(finding, subject))
				continue;
			if (!bent)
				subject->judged = true;
			else if (finding->verdict == VERDICT_FAIL)
				subject->broken = true;
		}
	}
}

static void try_bend(void *data, const struct timeline *bent, const char *what)
{
	struct auditing *auditing = data;
	struct judgement judgement;

	(void)what;
	judge(auditing->scenario, bent, &judgement);
	note(auditing, &judgement, true);
	judgement_free(&judgement);
}

static void add_weakness(struct audit *audit, const struct subject *subject)
{
	struct weakness *weakness = array_push(audit->list, audit->count);

	*weakness = (struct weakness){
		.at = subject->at,
		.expectation = strdup(subject->record->text),
		.key = subject->key_name,
	};
	if (!subject->judged)
		weakness->why = strdup("nothing in this run is judged by it");
	else if (asprintf(&weakness->why, "it passes whatever happens: none of %zu bends breaks it",
			  audit->bends) < 0)
		weakness->why = NULL;
}

void audit(const struct scenario *scenario, const struct timeline *timeline,
	   struct audit *ret_audit)
{
	struct auditing auditing = {.scenario = scenario};
	struct judgement judgement;

	*ret_audit = (struct audit){0};
	for (size_t i = 0; i < scenario->expectation_count; i++)
		add_subjects(&auditing, &scenario->expectations[i]);
	judge(scenario, timeline, &judgement);
	ret_audit->verdict = judgement.verdict;
	note(&auditing, &judgement, false);
	judgement_free(&judgement);
	if (ret_audit->verdict == VERDICT_PASS) {
		ret_audit->bends = bend_all(scenario, timeline, try_bend, &auditing);
		for (size_t i = 0; i < auditing.count; i++) {
			if (!auditing.subjects[i].broken)
				add_weakness(ret_audit, &auditing.subjects[i]);
		}
	}
	free(auditing.subjects);
}

void audit_free(struct audit *audit)
{
	for (size_t i = 0; i < audit->count; i++) {
		free(audit->list[i].expectation);
		free(audit->list[i].why);
	}
	free(audit->list);
	*audit = (struct audit){0};
}

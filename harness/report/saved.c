#define _GNU_SOURCE
#include "report/saved.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "report/fingerprint.h"

/* A fingerprint as text: as many hexadecimal digits as it has. */
#define FINGERPRINT_SIZE 17

static char *copy_text(const char *text)
{
	char *copy = strdup(text ? text : "");

	if (!copy)
		abort();
	return copy;
}

static char *join(const char *left, const char *right)
{
	char *text;

	if (asprintf(&text, "%s%s", left, right) < 0)
		abort();
	return text;
}

static char *fingerprint_text(uint64_t fingerprint)
{
	char text[FINGERPRINT_SIZE];

	snprintf(text, sizeof(text), "%016" PRIx64, fingerprint);
	return copy_text(text);
}

static void copy_judgement(struct judgement *copy, const struct judgement *judgement)
{
	copy->verdict = judgement->verdict;
	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *from = &judgement->findings[i];
		struct finding *to = array_push(copy->findings, copy->count);

		*to = *from;
		to->expectation = copy_text(from->expectation);
		to->due = copy_text(from->due);
		to->seen = copy_text(from->seen);
		to->text = copy_text(from->text);
	}
}

void saved_add(struct saved *saved, const struct outcome *outcome, bool kept)
{
	const struct scenario *scenario = outcome->scenario;
	struct saved_scenario *copy = array_push(saved->scenarios, saved->count);
	uint64_t suite = saved->suite ? strtoull(saved->suite, NULL, 16) : 0;
	uint64_t fingerprint = fingerprint_scenario(scenario);

	copy->id = copy_text(scenario->id);
	copy->title = copy_text(scenario->title);
	copy->source = copy_text(scenario->source);
	copy->path = copy_text(scenario->path);
	copy->fingerprint = fingerprint_text(fingerprint);
	copy->wall = outcome->wall;
	copy_judgement(&copy->judgement, &outcome->judgement);
	if (kept)
		copy->timeline = join(copy->id, ".jsonl");
	if (kept && timeline_first(&outcome->timeline, EVENT_SEGMENT))
		copy->capture = join(copy->id, ".pcapng");
	free(saved->suite);
	saved->suite = fingerprint_text(fingerprint_add(suite, copy->id, fingerprint));
}

const struct saved_scenario *saved_find(const struct saved *saved, const char *id)
{
	for (size_t i = 0; i < saved->count; i++) {
		if (strcmp(saved->scenarios[i].id, id) == 0)
			return &saved->scenarios[i];
	}
	return NULL;
}

struct tally saved_tally(const struct saved *saved)
{
	struct tally tally = {0};

	for (size_t i = 0; i < saved->count; i++)
		tally.of[saved->scenarios[i].judgement.verdict]++;
	return tally;
}

void saved_free(struct saved *saved)
{
	for (size_t i = 0; i < saved->count; i++) {
		struct saved_scenario *scenario = &saved->scenarios[i];

		free(scenario->id);
		free(scenario->title);
		free(scenario->source);
		free(scenario->path);
		free(scenario->fingerprint);
		free(scenario->timeline);
		free(scenario->capture);
		judgement_free(&scenario->judgement);
	}
	for (size_t i = 0; i < saved->sysctl_count; i++) {
		free(saved->sysctls[i].name);
		free(saved->sysctls[i].value);
	}
	free(saved->scenarios);
	free(saved->sysctls);
	free(saved->tool);
	free(saved->suite);
	free(saved->release);
	*saved = (struct saved){0};
}

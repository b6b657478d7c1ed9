#define _GNU_SOURCE
#include "command/plays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "suite/phase.h"

static struct scenario at_phase(const struct scenario *scenario, int phase, int phases)
{
	struct scenario play = *scenario;

	if (phases == 1)
		play.id = strdup(scenario->id);
	else if (asprintf(&play.id, "%s#phase%d", scenario->id, phase + 1) < 0)
		abort();
	return play;
}

static int skip(const struct plays *plays, size_t i, int64_t bound, int64_t max_duration,
		const struct suite_watcher *watcher)
{
	const struct scenario *scenario = &plays->all[i];
	struct outcome *outcome = &plays->outcomes[i];
	struct intake intake = {&scenario, watcher, &outcome};
	char bound_text[DURATION_TEXT_SIZE], limit_text[DURATION_TEXT_SIZE], message[1024];

	snprintf(message, sizeof(message),
		 "it can last %s, longer than --max-duration %s; seconds in virtual time: halfopen "
		 "run --kernel IMAGE --virtual-time %s",
		 duration_format(bound_text, bound), duration_format(limit_text, max_duration),
		 scenario->path);
	return intake_unplayed(&intake, 0, UNABLE_FEATURE, message);
}

int plays_make(const struct scenarios *scenarios, int phases, int hz, int64_t max_duration,
	       const struct suite_watcher *watcher, struct plays *ret_plays)
{
	size_t count = scenarios->count * (size_t)phases;
	struct plays plays = {
		.all = calloc(count + 1, sizeof(*plays.all)),
		.outcomes = calloc(count + 1, sizeof(*plays.outcomes)),
		.count = count,
		.list = calloc(count + 1, sizeof(*plays.list)),
		.list_outcomes = calloc(count + 1, sizeof(*plays.list_outcomes)),
		.phases = calloc(count + 1, sizeof(*plays.phases)),
	};
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		const struct scenario *scenario = &scenarios->list[i / (size_t)phases];
		int phase = (int)(i % (size_t)phases);
		int64_t bound = default_bound(scenario, hz) + phase_delay(scenario, hz, phase);

		plays.all[i] = at_phase(scenario, phase, phases);
		if (max_duration && bound > max_duration) {
			error = error ? error : skip(&plays, i, bound, max_duration, watcher);
			continue;
		}
		plays.list[plays.list_count] = &plays.all[i];
		plays.list_outcomes[plays.list_count] = &plays.outcomes[i];
		plays.phases[plays.list_count++] = phase;
		plays.longest = bound > plays.longest ? bound : plays.longest;
	}
	*ret_plays = plays;
	return error;
}

struct intake plays_intake(const struct plays *plays, const struct suite_watcher *watcher)
{
	return (struct intake){plays->list, watcher, plays->list_outcomes};
}

void plays_free(struct plays *plays)
{
	for (size_t i = 0; i < plays->count; i++) {
		outcome_free(&plays->outcomes[i]);
		free(plays->all[i].id);
	}
	free(plays->all);
	free(plays->outcomes);
	free(plays->list);
	free(plays->list_outcomes);
	free(plays->phases);
	*plays = (struct plays){0};
}

#include "report/page_faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenario/step_text.h"

/* Whether a rule takes every packet, as far as its keys say. */
static bool is_whole(const struct step_text *rule)
{
	static const char *const parts[] = {"kind: ", "first: ", "every: ", "probability: "};

	for (size_t i = 0; i < array_length(parts); i++) {
		if (step_text_has(rule, parts[i]))
			return false;
	}
	return true;
}

static enum end end_of(const struct step_text *step, const char *client, const char *server)
{
	return step_text_has(step, client)   ? END_CLIENT
	       : step_text_has(step, server) ? END_SERVER
					     : END_NONE;
}

static void begin(struct faults *faults, const struct event *event, enum record_kind kind,
		  enum end to)
{
	*array_push(faults->list, faults->count) =
		(struct fault){kind, event->step.index, to, event->at, INT64_MAX};
}

/* heal: {step: 2} takes away what the second step did; a bare heal what all rules did. */
static bool heals(const struct step_text *step, const struct fault *fault)
{
	const char *which = strstr(step->keys, "step: ");

	return (fault->kind == RECORD_STEP_DROP || fault->kind == RECORD_STEP_REJECT) &&
	       (!which || strtoll(which + strlen("step: "), NULL, 10) == fault->step + 1);
}

/* Whether a step ends what another one began. */
static bool ends(const struct step_text *step, const struct fault *fault)
{
	if (step->kind == RECORD_STEP_HEAL)
		return heals(step, fault);
	if (step->kind == RECORD_STEP_REBOOT)
		return fault->to == end_of(step, "end: client", "end: server");
	return step->kind == fault->kind &&
	       (step_text_has(step, "state: up") || step_text_has(step, "state: plugged"));
}

static void take_step(struct faults *faults, const struct event *event)
{
	struct step_text step;

	if (!step_text_read(event->step.what, &step))
		return;
	for (size_t i = 0; i < faults->count; i++) {
		if (faults->list[i].until == INT64_MAX && ends(&step, &faults->list[i]))
			faults->list[i].until = event->at;
	}
	if (step.kind == RECORD_STEP_VANISH)
		begin(faults, event, step.kind, end_of(&step, "end: client", "end: server"));
	else if ((step.kind == RECORD_STEP_DROP || step.kind == RECORD_STEP_REJECT) &&
		 is_whole(&step))
		begin(faults, event, step.kind, end_of(&step, "to: client", "to: server"));
	else if (step_text_has(&step, "state: down") || step_text_has(&step, "state: unplugged"))
		begin(faults, event, step.kind, END_NONE);
}

void faults_find(const struct timeline *timeline, struct faults *ret_faults)
{
	struct faults faults = {0};

	for_each_event (event, timeline) {
		if (event->kind == EVENT_STEP)
			take_step(&faults, event);
	}
	*ret_faults = faults;
}

bool faults_cut(const struct faults *faults, enum end to, int64_t at)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];

		if ((fault->to == to || fault->to == END_NONE) && at >= fault->from &&
		    (at < fault->until || fault->until == INT64_MAX))
			return true;
	}
	return false;
}

void faults_free(struct faults *faults)
{
	free(faults->list);
	*faults = (struct faults){0};
}

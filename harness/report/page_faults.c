#include "report/page_faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* A step's text without its moment: "at: 5s, drop: {to: server}" -> "drop: {to: server}". */
static const char *action_of(const char *what, const char *action)
{
	const char *found = what ? strstr(what, action) : NULL;

	return found && (found == what || found[-1] == ' ' || found[-1] == '{') ? found : NULL;
}

/* Whether the text of an action, up to its end, has a key. */
static bool has_key(const char *action, const char *key)
{
	const char *found = strstr(action, key), *end = strchr(action, '}');

	return found && end && found < end;
}

/* Whether a rule takes every packet, as far as its keys say. */
static bool is_whole(const char *rule)
{
	static const char *const parts[] = {"kind: ", "first: ", "every: ", "probability: "};

	for (size_t i = 0; i < array_length(parts); i++) {
		if (has_key(rule, parts[i]))
			return false;
	}
	return true;
}

static void begin_fault(struct faults *faults, const struct event *event, const char *action)
{
	enum end to = END_NONE;

	if (has_key(action, "to: client") || has_key(action, "end: client"))
		to = END_CLIENT;
	else if (has_key(action, "to: server") || has_key(action, "end: server"))
		to = END_SERVER;
	if (is_whole(action))
		*array_push(faults->list, faults->count) =
			(struct fault){has_key(action, "end: ") ? -1 : event->step.index, to,
				       event->at, INT64_MAX};
}

/* heal: {step: 2} takes away what the second step did; heal: {} all. */
static void heal(struct faults *faults, int64_t at, const char *healed)
{
	const char *step = strstr(healed, "step: ");
	int64_t index = step ? strtoll(step + strlen("step: "), NULL, 10) - 1 : -1;

	for (size_t i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->list[i];

		if (fault->step >= 0 && fault->until == INT64_MAX &&
		    (!step || fault->step == index))
			fault->until = at;
	}
}

static void take_step(struct faults *faults, const struct event *event)
{
	static const char *const beginnings[] = {"drop: ", "reject: ", "vanish: "};
	const char *action = action_of(event->step.what, "heal: ");

	if (action)
		heal(faults, event->at, action);
	for (size_t i = 0; i < array_length(beginnings); i++) {
		action = action_of(event->step.what, beginnings[i]);
		if (action)
			begin_fault(faults, event, action);
	}
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

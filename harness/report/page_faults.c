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

static bool begins(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void begin_fault(struct faults *faults, const struct event *event, const char *drop)
{
	enum end to = END_NONE;

	if (begins(drop, "drop: {to: client}"))
		to = END_CLIENT;
	else if (begins(drop, "drop: {to: server}"))
		to = END_SERVER;
	else if (!begins(drop, "drop: {}"))
		return;
	*array_push(faults->list, faults->count) =
		(struct fault){event->step.index, to, event->at, INT64_MAX};
}

/* heal: {step: 2} takes away what the second step did; heal: {} all. */
static void heal(struct faults *faults, int64_t at, const char *healed)
{
	const char *step = strstr(healed, "step: ");
	int64_t index = step ? strtoll(step + strlen("step: "), NULL, 10) - 1 : -1;

	for (size_t i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->list[i];

		if (fault->until == INT64_MAX && (!step || fault->step == index))
			fault->until = at;
	}
}

void faults_find(const struct timeline *timeline, struct faults *ret_faults)
{
	struct faults faults = {0};

	for_each_event (event, timeline) {
		const char *action;

		if (event->kind != EVENT_STEP)
			continue;
		action = action_of(event->step.what, "drop: ");
		if (action)
			begin_fault(&faults, event, action);
		action = action_of(event->step.what, "heal: ");
		if (action)
			heal(&faults, event->at, action);
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

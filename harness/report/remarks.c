#include "report/remarks.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/duration.h"
#include "report/event_text.h"

static int compare_latest(const void *a, const void *b)
{
	const struct finding *const *one = a, *const *two = b;
	int64_t left = (*one)->window.latest, right = (*two)->window.latest;

	return (left > right) - (left < right);
}

struct remarks remarks_make(const struct judgement *judgement)
{
	struct remarks remarks = {0};

	for (size_t i = 0; judgement && i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		if (finding->verdict == VERDICT_PASS || finding->unanswerable)
			continue;
		if (finding->has_moment)
			*array_push(remarks.came, remarks.came_count) = finding;
		else if (finding->has_window)
			*array_push(remarks.missing, remarks.missing_count) = finding;
	}
	if (remarks.missing_count)
		qsort(remarks.missing, remarks.missing_count, sizeof(*remarks.missing),
		      compare_latest);
	return remarks;
}

const struct finding *remark_on(const struct remarks *remarks, const struct event *event)
{
	const struct finding *found = NULL;

	if (!event_is_judged(event))
		return NULL;
	for (size_t i = 0; i < remarks->came_count; i++) {
		const struct finding *finding = remarks->came[i];

		if (finding->moment != event->at ||
		    (finding->end != END_NONE && finding->end != event->end))
			continue;
		/* Of several, one that knows when it was due. */
		if (!found || (finding->has_window && !found->has_window))
			found = finding;
	}
	return found;
}

const char *remark_text(char buffer[static REMARK_TEXT_SIZE], const struct finding *finding)
{
	char from[DURATION_TEXT_SIZE], to[DURATION_TEXT_SIZE], away[DURATION_TEXT_SIZE];
	const struct window *window = &finding->window;
	bool late = finding->moment > window->latest;
	int64_t distance =
		late ? finding->moment - window->latest : window->earliest - finding->moment;

	if (finding->has_window) {
		duration_format(from, window->earliest);
		duration_format(to, window->latest);
		duration_format(away, distance);
	}
	if (!finding->has_moment)
		snprintf(buffer, REMARK_TEXT_SIZE, "MISSING: due %s to %s", from, to);
	else if (!finding->has_window)
		snprintf(buffer, REMARK_TEXT_SIZE, "UNEXPECTED");
	else if (distance > 0)
		snprintf(buffer, REMARK_TEXT_SIZE, "%s by %s: due %s to %s",
			 late ? "LATE" : "EARLY", away, from, to);
	else
		snprintf(buffer, REMARK_TEXT_SIZE, "WRONG, though in time");
	return buffer;
}

char remark_letter(const struct finding *finding)
{
	return finding->verdict == VERDICT_FAIL ? '!' : '?';
}

void remarks_free(struct remarks *remarks)
{
	free(remarks->came);
	free(remarks->missing);
	*remarks = (struct remarks){0};
}

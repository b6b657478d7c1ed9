#include "suite/intake.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"

static void note_unable(struct timeline *timeline, int reason, const char *message)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {reason, 0, strdup(message)}});
}

void intake_begin(void *data, size_t index)
{
	struct intake *intake = data;

	intake->outcomes[index]->scenario = intake->scenarios[index];
	intake->outcomes[index]->wall = -clock_now(); /* until it has ended */
}

void intake_line(void *data, size_t index, const char *line, size_t length)
{
	struct intake *intake = data;
	struct outcome *outcome = intake->outcomes[index];
	cleanup_free char *error = NULL;
	struct event event;

	if (event_from_json(line, length, &event, &error)) {
		note_unable(&outcome->timeline, UNABLE_RUN, "the timeline of the play was garbled");
		return;
	}
	timeline_append(&outcome->timeline, event);
	if (intake->watcher->happened)
		intake->watcher->happened(intake->watcher->data, outcome->scenario, &event);
}

int intake_end(void *data, size_t index, const char *trouble)
{
	struct intake *intake = data;
	struct outcome *outcome = intake->outcomes[index];

	if (trouble)
		note_unable(&outcome->timeline, UNABLE_RUN, trouble);
	timeline_sort(&outcome->timeline);
	outcome->wall += clock_now();
	judge(outcome->scenario, &outcome->timeline, &outcome->judgement);
	return intake->watcher->finished(intake->watcher->data, outcome);
}

int intake_unplayed(struct intake *intake, size_t index, int reason, const char *message)
{
	intake_begin(intake, index);
	note_unable(&intake->outcomes[index]->timeline, reason, message);
	return intake_end(intake, index, NULL);
}

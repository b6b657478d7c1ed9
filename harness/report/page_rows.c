#include "report/page_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "report/event_text.h"

/* Of a timeline that is too long, as many rows stay at its start and end, and around a finding. */
#define KEPT_AT_ENDS 50
#define KEPT_AROUND  4

enum mark finding_mark(const struct finding *finding)
{
	if (finding->verdict == VERDICT_PASS || (!finding->has_window && !finding->has_moment))
		return MARK_NONE;
	if (!finding->has_moment)
		return MARK_MISSING;
	if (!finding->has_window)
		return MARK_UNEXPECTED;
	if (finding->moment > finding->window.latest)
		return MARK_LATE;
	return finding->moment < finding->window.earliest ? MARK_EARLY : MARK_NONE;
}

static bool is_drawn(const struct event *event, struct socket_event sockets[3],
		     struct ping_event *ping)
{
	switch (event->kind) {
	case EVENT_SEGMENT:
	case EVENT_APPLICATION:
	case EVENT_STEP:
	case EVENT_MONITOR:
	case EVENT_RULE:
	case EVENT_CONNTRACK:
	case EVENT_LOSS:
	case EVENT_CLOCK_STEP:
	case EVENT_UNABLE:
	case EVENT_END:
		return true;
	case EVENT_SOCKET:
		if (!socket_changed(&sockets[event->end], &event->socket))
			return false;
		sockets[event->end] = event->socket;
		return true;
	case EVENT_PING:
		if (!ping_changed(ping, &event->ping))
			return false;
		*ping = event->ping;
		return true;
	case EVENT_NONE:
	case EVENT_KERNEL:
	case EVENT_CAPTURE:
	case EVENT_SYSCTL:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_RESOURCES:
	case EVENT_COUNTER:
	case EVENT_WITNESS:
		return false;
	}
	return false;
}

static void mark_row(struct layout_row *row, const struct finding *finding)
{
	if (finding->has_window && !row->due)
		row->due = finding;
	if (finding->verdict == VERDICT_PASS || row->finding)
		return;
	row->finding = finding;
	row->mark = finding_mark(finding);
	if (finding->has_window)
		row->due = finding;
}

static void mark_rows(const struct judgement *judgement, struct layout *layout)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		for (size_t r = 0; finding->has_moment && r < layout->row_count; r++) {
			struct layout_row *row = &layout->rows[r];

			if (row->at != finding->moment || !row->event ||
			    !event_is_judged(row->event))
				continue;
			mark_row(row, finding);
			break;
		}
	}
}

static int by_time(const void *left, const void *right)
{
	const struct layout_row *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	/* What is missing stands behind what came; events keep the timeline's order. */
	if (!a->event || !b->event)
		return !a->event - !b->event;
	return a->event < b->event ? -1 : a->event > b->event;
}

static void add_missing(const struct judgement *judgement, struct layout *layout)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		if (finding_mark(finding) == MARK_MISSING)
			*array_push(layout->rows, layout->row_count) =
				(struct layout_row){.at = finding->window.latest,
						    .finding = finding,
						    .due = finding,
						    .mark = MARK_MISSING};
	}
}

static void leave_out(struct layout *layout)
{
	size_t count = layout->row_count, kept = 0;
	bool *keep = calloc(count, sizeof(bool));

	for (size_t i = 0; i < count; i++) {
		keep[i] |= i < KEPT_AT_ENDS || i + KEPT_AT_ENDS >= count;
		if (!layout->rows[i].finding)
			continue;
		for (size_t k = i < KEPT_AROUND ? 0 : i - KEPT_AROUND;
		     k <= i + KEPT_AROUND && k < count; k++)
			keep[k] = true;
	}
	for (size_t i = 0; i < count; i++) {
		struct layout_row *last = kept ? &layout->rows[kept - 1] : NULL;

		if (keep[i])
			layout->rows[kept++] = layout->rows[i];
		else if (last && last->left_out)
			last->left_out++;
		else
			layout->rows[kept++] =
				(struct layout_row){.at = layout->rows[i].at, .left_out = 1};
	}
	layout->row_count = kept;
	free(keep);
}

void rows_choose(const struct timeline *timeline, const struct judgement *judgement,
		 struct layout *layout)
{
	struct ping_event ping = {0};
	struct socket_event sockets[3];

	memset(sockets, -1, sizeof(sockets)); /* no state is news the first time */
	for_each_event (event, timeline) {
		if (is_drawn(event, sockets, &ping))
			*array_push(layout->rows, layout->row_count) =
				(struct layout_row){.at = event->at, .event = event};
	}
	mark_rows(judgement, layout);
	add_missing(judgement, layout);
	if (layout->row_count)
		qsort(layout->rows, layout->row_count, sizeof(*layout->rows), by_time);
	if (layout->row_count > LAYOUT_ROW_LIMIT)
		leave_out(layout);
}

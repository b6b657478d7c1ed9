#include "report/page_layout.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "report/page_rows.h"

/* Above the first row. */
#define MARGIN 60

/* From the edge of a window to what is next to it, at least. */
#define EDGE 6

/* From there to an arrow, whose label stands above it. */
#define LABEL 16

/* What a fold takes. */
#define FOLD_HEIGHT 34

/* TCP_DELACK_MIN: judge/predicted.c gives so much to what is due at once. */
#define AT_ONCE (40 * MILLISECOND)

enum knot_kind {
	KNOT_EARLIEST, /* where a window begins; before what comes at the same moment */
	KNOT_ROW,
	KNOT_LATEST,
};

/* A moment whose place on the page is to be found. */
struct knot {
	int64_t at;
	enum knot_kind kind;
	size_t index; /* of the row or band */
	int y;
};

/* Whether a segment passed right at the beginning of a window. */
static bool begins_with_segment(const struct layout *layout, const struct window *window)
{
	for (size_t i = 0; i < layout->row_count; i++) {
		const struct layout_row *row = &layout->rows[i];

		if (row->event && row->event->kind == EVENT_SEGMENT &&
		    row->at <= window->earliest && row->at >= window->earliest - MILLISECOND)
			return true;
	}
	return false;
}

/*
 * What was due at once and came has no band: an answer within microseconds is no matter of timers,
 * and the band would cover all that follows.
 */
static bool is_at_once(const struct layout *layout, const struct finding *finding)
{
	return finding->verdict == VERDICT_PASS &&
	       finding->window.latest - finding->window.earliest <= AT_ONCE + MILLISECOND &&
	       finding->moment - finding->window.earliest < MILLISECOND &&
	       begins_with_segment(layout, &finding->window);
}

/* What an end is told along with a segment that it sent: that one's band says when. */
static bool is_consequence(const struct layout *layout, const struct layout_row *row)
{
	if (!row->event || row->event->kind == EVENT_SEGMENT || row->finding)
		return false;
	for (const struct layout_row *sent = layout->rows; sent < row; sent++) {
		if (sent->event && sent->event->kind == EVENT_SEGMENT && sent->due &&
		    sent->event->end == row->event->end && row->at - sent->at < AT_ONCE)
			return true;
	}
	return false;
}

static void add_bands(struct layout *layout)
{
	for (size_t i = 0; i < layout->row_count; i++) {
		struct layout_row *row = &layout->rows[i];
		const struct finding *due = row->due;
		enum end end = row->event ? row->event->end : due ? due->end : END_NONE;

		if (!due || is_at_once(layout, due) || is_consequence(layout, row)) {
			row->due = NULL;
			continue;
		}
		*array_push(layout->bands, layout->band_count) = (struct layout_band){
			.finding = due, .row = i, .end = end, .mark = row->mark};
	}
}

static int by_moment(const void *left, const void *right)
{
	const struct knot *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Some pixels more for each tenfold distance: longer is never smaller. */
static int spread(int64_t distance)
{
	int pixels = 0;

	for (int64_t step = 100 * MICROSECOND; distance > step && step < HOUR; step *= 10)
		pixels += 4;
	return pixels;
}

static struct knot *knots_of(const struct layout *layout, size_t *ret_count)
{
	struct knot *knots = NULL;
	size_t count = 0;

	for (size_t i = 0; i < layout->row_count; i++)
		*array_push(knots, count) = (struct knot){layout->rows[i].at, KNOT_ROW, i, 0};
	for (size_t i = 0; i < layout->band_count; i++) {
		const struct window *window = &layout->bands[i].finding->window;

		*array_push(knots, count) = (struct knot){window->earliest, KNOT_EARLIEST, i, 0};
		*array_push(knots, count) = (struct knot){window->latest, KNOT_LATEST, i, 0};
	}
	if (count)
		qsort(knots, count, sizeof(*knots), by_moment);
	*ret_count = count;
	return knots;
}

static void put(struct layout *layout, const struct knot *knot)
{
	switch (knot->kind) {
	case KNOT_EARLIEST:
		layout->bands[knot->index].top = knot->y;
		break;
	case KNOT_ROW:
		layout->rows[knot->index].y = knot->y;
		break;
	case KNOT_LATEST:
		layout->bands[knot->index].bottom = knot->y;
		break;
	}
}

/* From the row before: the label above an arrow needs room below a step's bar. */
static int row_height(const struct layout *layout, size_t index)
{
	const struct layout_row *row = &layout->rows[index];
	bool behind_bar = index && row[-1].event && row[-1].event->kind == EVENT_STEP;

	return behind_bar && row->event && row->event->kind == EVENT_SEGMENT ? LAYOUT_ROW + 6
									     : LAYOUT_ROW;
}

/*
 * One pass downwards. Idle time is measured from row to row or to where something became due, and
 * its fold stands before the next thing; within an open window nothing is folded.
 */
static void place(struct layout *layout, struct knot *knots, size_t count)
{
	int y = MARGIN, last_row = MARGIN - LAYOUT_ROW, open = 0;

	for (size_t i = 0; i < count; i++) {
		struct knot *knot = &knots[i];
		int64_t idle = i ? knot->at - knots[i - 1].at : 0;
		int least = knot->kind == KNOT_ROW ? row_height(layout, knot->index) : EDGE;

		if (idle >= LAYOUT_FOLD && !open) {
			*array_push(layout->folds, layout->fold_count) =
				(struct layout_fold){y + FOLD_HEIGHT / 2 + 4, idle};
			y += FOLD_HEIGHT + spread(idle) / 4;
		} else if (i) {
			y += spread(idle) > EDGE || knot->kind == KNOT_ROW ? spread(idle) : EDGE;
		}
		if (knot->kind == KNOT_ROW && y < last_row + least)
			y = last_row + least;
		if (knot->kind == KNOT_ROW && i && knots[i - 1].kind != KNOT_ROW &&
		    y < knots[i - 1].y + LABEL)
			y = knots[i - 1].y + LABEL;
		if (knot->kind == KNOT_ROW)
			last_row = y;
		open += knot->kind == KNOT_EARLIEST ? 1 : knot->kind == KNOT_LATEST ? -1 : 0;
		knot->y = y;
		put(layout, knot);
	}
	layout->height = y + MARGIN / 2;
}

void layout_make(const struct timeline *timeline, const struct judgement *judgement,
		 struct layout *ret_layout)
{
	struct layout layout = {0};
	cleanup_free struct knot *knots = NULL;
	size_t count;

	rows_choose(timeline, judgement, &layout);
	add_bands(&layout);
	knots = knots_of(&layout, &count);
	place(&layout, knots, count);
	*ret_layout = layout;
}

void layout_free(struct layout *layout)
{
	free(layout->rows);
	free(layout->folds);
	free(layout->bands);
	*layout = (struct layout){0};
}

/*
 * Where everything of a timeline stands in its drawing: time runs down the page, but not to scale.
 * What is close together is spread so that each line can be read, and idle time is folded: an hour
 * takes as much room as a second. The order of all moments, those of the due windows too, is kept.
 */
#ifndef HALFOPEN_REPORT_PAGE_LAYOUT_H
#define HALFOPEN_REPORT_PAGE_LAYOUT_H

#include "judge/judge.h"

/* Pixels from one line of text to the next, at least. */
#define LAYOUT_ROW 20

/* Idle time from here on is folded, unless something was due in it. */
#define LAYOUT_FOLD (500 * MILLISECOND)

/* More lines than this nobody reads: those far from any finding are left out, and counted. */
#define LAYOUT_ROW_LIMIT 160

/* Why something stands out. */
enum mark {
	MARK_NONE,
	MARK_LATE,
	MARK_EARLY,
	MARK_UNEXPECTED, /* nothing of the kind was due */
	MARK_MISSING,
};

struct layout_row {
	int64_t at;
	int y;
	const struct event *event; /* NULL: something that is missing, or rows that are left out */
	const struct finding *finding; /* that is not a pass, and speaks of it; or NULL */
	const struct finding *due;     /* whose window the event met; or NULL */
	enum mark mark;
	size_t left_out; /* this many events are not drawn */
};

/* Idle time that takes less room than its share. */
struct layout_fold {
	int y; /* its middle */
	int64_t length;
};

/* A due window. */
struct layout_band {
	const struct finding *finding;
	size_t row; /* of what came in it or should have */
	enum end end;
	int top, bottom;
	enum mark mark;
};

struct layout {
	struct layout_row *rows;
	size_t row_count;
	struct layout_fold *folds;
	size_t fold_count;
	struct layout_band *bands;
	size_t band_count;
	int height;
};

/* Lays a timeline out; the layout points into both and is freed with layout_free(). */
void layout_make(const struct timeline *timeline, const struct judgement *judgement,
		 struct layout *ret_layout);

void layout_free(struct layout *layout);

/* What is to be said of a finding that is not a pass; MARK_NONE where it is of no moment. */
enum mark finding_mark(const struct finding *finding);

#endif

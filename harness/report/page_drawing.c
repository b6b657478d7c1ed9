#include "report/page_drawing.h"

#include <string.h>

#include "base/duration.h"
#include "report/event_text.h"
#include "report/html.h"
#include "report/page_faults.h"
#include "report/page_layout.h"
#include "report/page_shapes.h"

struct drawing {
	FILE *stream;
	size_t number;
	const struct judgement *judgement;
	struct layout layout;
	struct faults faults;
};

static const char *const mark_words[] = {
	[MARK_NONE] = "",	    [MARK_LATE] = "LATE",
	[MARK_EARLY] = "EARLY",	    [MARK_UNEXPECTED] = "UNEXPECTED",
	[MARK_MISSING] = "MISSING",
};

static double seconds(int64_t duration)
{
	return (double)duration / (double)SECOND;
}

static void window_text(char *text, size_t size, const struct window *window)
{
	if (window->earliest == window->latest)
		snprintf(text, size, "due by %.3f", seconds(window->latest));
	else
		snprintf(text, size, "due %.3f to %.3f", seconds(window->earliest),
			 seconds(window->latest));
}

static void describe_mark(char *text, size_t size, const struct layout_row *row)
{
	const struct finding *finding = row->finding;
	char by[64] = "";

	if (row->mark == MARK_LATE)
		duration_format(by, finding->moment - finding->window.latest);
	else if (row->mark == MARK_EARLY)
		duration_format(by, finding->window.earliest - finding->moment);
	else if (row->mark == MARK_MISSING)
		window_text(by, sizeof(by), &finding->window);
	snprintf(text, size, "%s%s%s", row->mark ? mark_words[row->mark] : "SEE",
		 row->mark == MARK_MISSING ? ", "
		 : *by			   ? " by "
					   : "",
		 by);
}

/* A box beside the end, which leads to the finding. */
static void draw_tag(const struct drawing *drawing, const struct layout_row *row, enum end end,
		     bool inside)
{
	size_t index = (size_t)(row->finding - drawing->judgement->findings) + 1;
	bool left = end != END_SERVER, certain = row->finding->verdict == VERDICT_FAIL;
	char text[96], tag[128];
	int x, width;

	describe_mark(text, sizeof(text), row);
	snprintf(tag, sizeof(tag), "[%zu] %s", index, text);
	width = (int)strlen(tag) * 76 / 10 + 12;
	/* What an end was told stands beside it: then its tag stands on the path, which is free. */
	x = left != inside ? end_x(end) - NOTE_GAP - width : end_x(end) + NOTE_GAP;
	fprintf(drawing->stream,
		"<a href=\"#s%zuf%zu\" class=\"tag%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"18\" rx=\"3\"/><text x=\"%d\" y=\"%d\">%s</text></a>",
		drawing->number, index, certain ? "" : " maybe", x, row->y - 9, width,
		x + width / 2, row->y + 4, tag);
}

static void draw_segment(const struct drawing *drawing, const struct layout_row *row)
{
	const struct event *event = row->event;
	const struct segment_event *segment = &event->segment;
	char label[96];
	int length;

	length = snprintf(label, sizeof(label), "%s #%lld", word_name(role_words, segment->role),
			  (long long)segment->number);
	if (segment->length)
		snprintf(label + length, sizeof(label) - (size_t)length, ", %lld bytes",
			 (long long)segment->length);
	if (event->end == END_NONE)
		fprintf(drawing->stream, "<text class=\"m\" x=\"%d\" y=\"%d\">%s</text>", MIDDLE,
			row->y + 4, label);
	else
		shape_arrow(drawing->stream, event->end, row->y,
			    faults_cut(&drawing->faults, other_end(event->end), row->at)
				    ? ARROW_LOST
				    : ARROW_ARRIVES,
			    label);
}

static void draw_event(const struct drawing *drawing, const struct layout_row *row)
{
	const struct event *event = row->event;
	char text[EVENT_TEXT_SIZE];

	switch (event->kind) {
	case EVENT_SEGMENT:
		draw_segment(drawing, row);
		break;
	case EVENT_SOCKET:
		shape_note(drawing->stream, event->end, row->y, "",
			   socket_text(text, &event->socket));
		break;
	case EVENT_APPLICATION:
		shape_note(drawing->stream, event->end, row->y,
			   event->application.error ? " told" : "",
			   application_text(text, &event->application));
		break;
	case EVENT_STEP:
		shape_bar(drawing->stream, row->y, "", event->step.what);
		break;
	case EVENT_PING:
		shape_note(drawing->stream, event->end, row->y, "", ping_text(text, event));
		break;
	case EVENT_MONITOR:
		shape_note(drawing->stream, event->end, row->y, " told",
			   monitor_text(text, &event->monitor));
		break;
	case EVENT_RULE:
		shape_bar(drawing->stream, row->y, " quiet", rule_count_text(text, &event->rule));
		break;
	case EVENT_CONNTRACK:
		shape_bar(drawing->stream, row->y, " quiet",
			  conntrack_text(text, &event->conntrack));
		break;
	case EVENT_LOSS:
		snprintf(text, sizeof(text), "%lld packet%s lost unseen (%s)",
			 (long long)event->loss.packets, plural(event->loss.packets),
			 word_name(loss_words, event->loss.place));
		shape_bar(drawing->stream, row->y, "", text);
		break;
	case EVENT_CLOCK_STEP:
		shape_bar(drawing->stream, row->y, "", "the clock was set");
		break;
	case EVENT_UNABLE:
		shape_bar(drawing->stream, row->y, "", event->unable.message);
		break;
	case EVENT_END:
		shape_bar(drawing->stream, row->y, " quiet", "the observation ends");
		break;
	case EVENT_NONE:
	case EVENT_KERNEL:
	case EVENT_CAPTURE:
	case EVENT_SYSCTL:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_RESOURCES:
	case EVENT_COUNTER:
	case EVENT_WITNESS:
		break;
	}
}

static void draw_row(const struct drawing *drawing, const struct layout_row *row)
{
	bool wire = row->event && row->event->kind == EVENT_SEGMENT;
	enum end end = row->event ? row->event->end : row->finding ? row->finding->end : END_NONE;
	char text[96];

	fprintf(drawing->stream, "<g%s>",
		row->mark ? " class=\"out\""
		: wire	  ? " class=\"w\""
			  : "");
	shape_time(drawing->stream, row->y, row->at);
	if (row->left_out) {
		snprintf(text, sizeof(text), "%zu event%s left out", row->left_out,
			 plural((int64_t)row->left_out));
		shape_bar(drawing->stream, row->y, " quiet", text);
	} else if (row->event) {
		draw_event(drawing, row);
	} else {
		shape_arrow(drawing->stream, end, row->y, ARROW_GHOST, "never came");
	}
	if (row->finding)
		draw_tag(drawing, row, end, row->event && !wire);
	fputs("</g>\n", drawing->stream);
}

/* Whether no row stands where a note would; else the finding alone says it. */
static bool is_free(const struct drawing *drawing, int y)
{
	for (size_t i = 0; i < drawing->layout.row_count; i++) {
		int distance = drawing->layout.rows[i].y - y;

		if (distance > -14 && distance < 14)
			return false;
	}
	return true;
}

static void draw_band(const struct drawing *drawing, const struct layout_band *band)
{
	const struct window *window = &band->finding->window;
	const struct event *event = drawing->layout.rows[band->row].event;
	int x = end_x(band->end), arrived = drawing->layout.rows[band->row].y;
	char text[96];

	fprintf(drawing->stream,
		"<rect class=\"due%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
		band->mark ? " not" : "", CLIENT, band->top, SERVER - CLIENT,
		band->bottom - band->top);
	window_text(text, sizeof(text), window);
	if (band->mark == MARK_NONE && event && event->kind == EVENT_SEGMENT)
		shape_note(drawing->stream, band->end, arrived, " due", text);
	else if (band->mark == MARK_NONE) /* its end's side is taken, the path is free */
		fprintf(drawing->stream, "<text class=\"m due\" x=\"%d\" y=\"%d\">%s</text>",
			MIDDLE, arrived + 4, text);
	if ((band->mark == MARK_LATE || band->mark == MARK_EARLY) &&
	    is_free(drawing, (band->top + band->bottom) / 2))
		shape_note(drawing->stream, band->end, (band->top + band->bottom) / 2, " due",
			   text);
	/* From where it was due to where it came. */
	if (band->mark == MARK_LATE || band->mark == MARK_EARLY)
		fprintf(drawing->stream, "<path class=\"gap\" d=\"M%d %dV%d\"/>",
			x + (band->end == END_SERVER ? -5 : 5),
			band->mark == MARK_LATE ? band->bottom : band->top, arrived);
}

static void draw_lifeline(const struct drawing *drawing, enum end end)
{
	int x = end_x(end), bottom = drawing->layout.height - 10, y = 40;

	for (size_t i = 0; i < drawing->layout.row_count; i++) {
		const struct layout_row *row = &drawing->layout.rows[i];
		bool cut = faults_cut(&drawing->faults, end, row->at);

		if (!row->event || row->event->kind != EVENT_STEP ||
		    cut == faults_cut(&drawing->faults, end, row->at - 1))
			continue;
		fprintf(drawing->stream, "<path class=\"life%s\" d=\"M%d %dV%d\"/>",
			cut ? "" : " cut", x, y, row->y);
		y = row->y;
	}
	fprintf(drawing->stream, "<path class=\"life%s\" d=\"M%d %dV%d\"/>",
		faults_cut(&drawing->faults, end, INT64_MAX) ? " cut" : "", x, y, bottom);
}

static void draw_folds(const struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->layout.fold_count; i++) {
		const struct layout_fold *fold = &drawing->layout.folds[i];
		char text[DURATION_TEXT_SIZE];

		fprintf(drawing->stream,
			"<use href=\"#fold\" x=\"%d\" y=\"%d\"/><use href=\"#fold\" x=\"%d\" "
			"y=\"%d\"/><text class=\"f\" x=\"%d\" y=\"%d\">%s</text>\n",
			CLIENT, fold->y, SERVER, fold->y, TIME_EDGE, fold->y + 4,
			duration_format(text, fold->length));
	}
}

static void draw_heads(const struct drawing *drawing, const struct timeline *timeline)
{
	const struct event *event = timeline_first(timeline, EVENT_CONNECTION);
	char text[ADDRESS_TEXT_SIZE];

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		fprintf(drawing->stream, "<text class=\"e\" x=\"%d\" y=\"14\">%s</text>",
			end_x(end), word_name(end_words, (int)end));
		if (event)
			fprintf(drawing->stream, "<text class=\"a\" x=\"%d\" y=\"30\">%s</text>",
				end_x(end),
				address_format(text, end == END_CLIENT
							     ? &event->connection.client
							     : &event->connection.server));
	}
	fprintf(drawing->stream, "<text class=\"t\" x=\"%d\" y=\"30\">seconds</text>\n", TIME_EDGE);
}

void page_draw(FILE *stream, size_t number, const struct timeline *timeline,
	       const struct judgement *judgement)
{
	struct drawing drawing = {.stream = stream, .number = number, .judgement = judgement};

	layout_make(timeline, judgement, &drawing.layout);
	faults_find(timeline, &drawing.faults);
	fprintf(stream,
		"<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">"
		"<title>What passed between client and server, and when it was due</title>\n",
		WIDTH, drawing.layout.height, WIDTH, drawing.layout.height);
	draw_heads(&drawing, timeline);
	for (size_t i = 0; i < drawing.layout.band_count; i++)
		draw_band(&drawing, &drawing.layout.bands[i]);
	draw_lifeline(&drawing, END_CLIENT);
	draw_lifeline(&drawing, END_SERVER);
	draw_folds(&drawing);
	for (size_t i = 0; i < drawing.layout.row_count; i++)
		draw_row(&drawing, &drawing.layout.rows[i]);
	fputs("</svg>\n", stream);
	faults_free(&drawing.faults);
	layout_free(&drawing.layout);
}

void page_symbols(FILE *stream)
{
	fputs("<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
	      "<pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\"><path class=\"stripe\" d=\"M0 0V8\"/></pattern>"
	      "<g id=\"fold\"><path class=\"paper\" d=\"M-8 -7H8V7H-8z\"/>"
	      "<path class=\"zigzag\" d=\"M0 -9V-6L6 -3L-6 3L0 6V9\"/></g></defs></svg>\n",
	      stream);
}

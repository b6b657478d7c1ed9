#define _GNU_SOURCE
#include "report/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/event_text.h"
#include "report/remarks.h"
#include "report/sequence_lines.h"

/* Of a long timeline, as many events are drawn of its beginning, its end and around a remark. */
#define LONG_TIMELINE 200
#define FIRST_DRAWN   20
#define LAST_DRAWN    60
#define AROUND_DRAWN  5

/* What was drawn last, so that what did not change is not drawn again. */
struct drawing {
	struct lines lines;
	struct remarks remarks;
	size_t missing; /* how many of those that are missing have been drawn */
	struct socket_event sockets[3];
	struct ping_event ping;
};

static void draw_segment(struct drawing *drawing, const struct event *event)
{
	const struct segment_event *segment = &event->segment;
	const char *role = word_name(role_words, segment->role);
	char label[64], behind[32];

	snprintf(label, sizeof(label), "%s, %lld bytes", role, (long long)segment->length);
	if (!segment->length || strlen(label) + 6 > (size_t)drawing->lines.diagram.span)
		snprintf(label, sizeof(label), "%s", role);
	snprintf(behind, sizeof(behind), "packet %lld", (long long)segment->number);
	line_begin(&drawing->lines, event->at);
	diagram_arrow(&drawing->lines.diagram, event->end, label, false, behind);
}

static void draw_socket(struct drawing *drawing, const struct event *event)
{
	struct socket_event *before = &drawing->sockets[event->end];
	char note[EVENT_TEXT_SIZE];

	/* The time left alone is no news. */
	if (!socket_changed(before, &event->socket))
		return;
	*before = event->socket;
	lines_note(&drawing->lines, &event->at, event->end, NULL,
		   socket_text(note, &event->socket));
}

static void draw_application(struct drawing *drawing, const struct event *event)
{
	const struct application_event *told = &event->application;
	char note[EVENT_TEXT_SIZE];

	lines_note(&drawing->lines, &event->at, event->end,
		   told->error ? drawing->lines.diagram.style->bold : NULL,
		   application_text(note, told));
}

static void draw_ping(struct drawing *drawing, const struct event *event)
{
	char note[EVENT_TEXT_SIZE];

	if (ping_changed(&drawing->ping, &event->ping))
		lines_note(&drawing->lines, &event->at, event->end, NULL, ping_text(note, event));
	drawing->ping = event->ping;
}

static void draw_monitor(struct drawing *drawing, const struct event *event)
{
	char note[EVENT_TEXT_SIZE];

	lines_note(&drawing->lines, &event->at, event->end, drawing->lines.diagram.style->bold,
		   monitor_text(note, &event->monitor));
}

static void draw_band(const struct diagram *diagram, enum end end, const char *emphasis,
		      const char *text, const char *behind)
{
	(void)end, (void)emphasis;
	diagram_band(diagram, text, behind);
}

static void draw_step(struct drawing *drawing, const struct event *event)
{
	int64_t took = event->at - event->step.began;
	char behind[32] = "";

	if (took >= SECOND)
		snprintf(behind, sizeof(behind), "took %.1f s", (double)took / (double)SECOND);
	else if (took >= MILLISECOND)
		snprintf(behind, sizeof(behind), "took %.1f ms",
			 (double)took / (double)MILLISECOND);
	lines_text(&drawing->lines, &event->at, event->step.what,
		   (size_t)drawing->lines.diagram.span - 5, draw_band, END_NONE, NULL, behind);
}

static void draw_ends(struct drawing *drawing, const struct event *event)
{
	char client[ADDRESS_TEXT_SIZE], server[ADDRESS_TEXT_SIZE];
	int width = drawing->lines.diagram.span + 2, left;
	FILE *stream = drawing->lines.diagram.stream;

	address_format(client, &event->connection.client);
	address_format(server, &event->connection.server);
	fprintf(stream, "  %11s ", "s");
	if (drawing->lines.with_since)
		fprintf(stream, "%9s ", "s since");
	fprintf(stream, "client%*s\n", width - 6, "server");
	line_margin(&drawing->lines);
	left = (int)strlen(client);
	if (left + 1 + (int)strlen(server) > width) {
		fprintf(stream, "%s\n", client);
		line_margin(&drawing->lines);
		left = 0;
		client[0] = '\0';
	}
	fprintf(stream, "%s%*s\n", client, width - left, server);
}

/* What was done with the packets, told in the end. */
static void draw_total(struct drawing *drawing, const char *text)
{
	line_margin(&drawing->lines);
	fprintf(drawing->lines.diagram.stream, "| %s\n", text);
}

static void draw_event(struct drawing *drawing, const struct event *event)
{
	char text[EVENT_TEXT_SIZE];

	switch (event->kind) {
	case EVENT_SEGMENT:
		draw_segment(drawing, event);
		break;
	case EVENT_SOCKET:
		draw_socket(drawing, event);
		break;
	case EVENT_APPLICATION:
		draw_application(drawing, event);
		break;
	case EVENT_STEP:
		draw_step(drawing, event);
		break;
	case EVENT_PING:
		draw_ping(drawing, event);
		break;
	case EVENT_MONITOR:
		draw_monitor(drawing, event);
		break;
	case EVENT_RULE:
		draw_total(drawing, rule_count_text(text, &event->rule));
		break;
	case EVENT_CONNTRACK:
		draw_total(drawing, conntrack_text(text, &event->conntrack));
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
	case EVENT_LOSS:
	case EVENT_CLOCK_STEP:
	case EVENT_UNABLE:
	case EVENT_END:
		break;
	}
}

static void draw_remark(struct drawing *drawing, const struct finding *finding, const int64_t *at)
{
	const struct style *style = drawing->lines.diagram.style;
	char text[REMARK_TEXT_SIZE + 2];

	drawing->lines.mark = remark_letter(finding);
	text[0] = '^';
	text[1] = ' ';
	remark_text(text + 2, finding);
	lines_note(&drawing->lines, at, finding->end == END_NONE ? END_CLIENT : finding->end,
		   drawing->lines.mark == '!' ? style->bad : style->doubtful, at ? text + 2 : text);
	drawing->lines.mark = '\0';
}

/* What should have come until then, and did not. */
static void draw_missing(struct drawing *drawing, int64_t until)
{
	const struct remarks *remarks = &drawing->remarks;

	for (; drawing->missing < remarks->missing_count; drawing->missing++) {
		const struct finding *finding = remarks->missing[drawing->missing];

		if (finding->window.latest >= until)
			return;
		draw_remark(drawing, finding, &finding->window.latest);
	}
}

static void draw_all_of(struct drawing *drawing, const struct event *event)
{
	const struct finding *finding = remark_on(&drawing->remarks, event);

	draw_missing(drawing, event->at);
	drawing->lines.mark = finding ? remark_letter(finding) : '\0';
	draw_event(drawing, event);
	drawing->lines.mark = '\0';
	if (finding)
		draw_remark(drawing, finding, NULL);
}

static bool is_drawn(const struct event *event)
{
	return event->kind == EVENT_SEGMENT || event->kind == EVENT_SOCKET ||
	       event->kind == EVENT_APPLICATION || event->kind == EVENT_STEP ||
	       event->kind == EVENT_PING || event->kind == EVENT_MONITOR;
}

static size_t count_drawn(const struct timeline *timeline)
{
	size_t count = 0;

	for_each_event (event, timeline)
		count += is_drawn(event);
	return count;
}

/* Which events of a long timeline are drawn, by their place in it. The caller frees it. */
static bool *choose(const struct timeline *timeline, size_t count, const struct remarks *remarks)
{
	bool *chosen = calloc(timeline->count + 1, sizeof(*chosen));
	size_t place = 0;

	for (size_t i = 0; i < timeline->count; i++) {
		const struct event *event = &timeline->events[i];
		size_t from = i > AROUND_DRAWN ? i - AROUND_DRAWN : 0;

		if (!is_drawn(event) || place < FIRST_DRAWN || place + LAST_DRAWN >= count)
			chosen[i] = true;
		place += is_drawn(event);
		if (!remark_on(remarks, event))
			continue;
		for (size_t j = from; j <= i + AROUND_DRAWN && j < timeline->count; j++)
			chosen[j] = true;
	}
	return chosen;
}

static void draw_gap(struct drawing *drawing, size_t left_out)
{
	const struct style *style = drawing->lines.diagram.style;

	if (!left_out)
		return;
	line_margin(&drawing->lines);
	fprintf(drawing->lines.diagram.stream, "%s: %zu event%s; -v draws all%s\n", style->faint,
		left_out, plural((int64_t)left_out), style->plain);
}

void sequence_draw(const struct timeline *timeline, const struct judgement *judgement, bool all,
		   const struct style *style, FILE *stream)
{
	struct drawing drawing = {.lines = lines_on(stream, style)};
	const struct event *connection = timeline_first(timeline, EVENT_CONNECTION);
	cleanup_free bool *chosen = NULL;
	size_t left_out = 0, count = count_drawn(timeline);

	drawing.remarks = remarks_make(judgement);
	if (!all && count > LONG_TIMELINE)
		chosen = choose(timeline, count, &drawing.remarks);
	if (connection)
		draw_ends(&drawing, connection);
	for_each_event (event, timeline) {
		if (chosen && !chosen[event - timeline->events]) {
			left_out++;
			continue;
		}
		if (is_drawn(event)) {
			draw_gap(&drawing, left_out);
			left_out = 0;
		}
		draw_all_of(&drawing, event);
	}
	draw_missing(&drawing, INT64_MAX);
	remarks_free(&drawing.remarks);
}

#define _GNU_SOURCE
#include "report/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "report/diagram.h"
#include "report/event_text.h"

/* Columns between the two ends. */
#define SPAN 34

/* What was drawn last, so that what did not change is not drawn again. */
struct drawing {
	const struct style *style;
	FILE *stream;
	int64_t last; /* time of the last line */
	struct socket_event sockets[3];
};

static void draw_time(struct drawing *drawing, int64_t at)
{
	fprintf(drawing->stream, "  %s%11.6f%s ", drawing->style->faint,
		(double)at / (double)SECOND, drawing->style->plain);
	if (at - drawing->last >= 100 * MILLISECOND)
		fprintf(drawing->stream, "%+9.3f  ", (double)(at - drawing->last) / (double)SECOND);
	else
		fprintf(drawing->stream, "%9s  ", "");
	drawing->last = at;
}

static struct diagram diagram_of(const struct drawing *drawing)
{
	return (struct diagram){drawing->stream, drawing->style, SPAN, false};
}

static void draw_segment(struct drawing *drawing, const struct event *event)
{
	const struct segment_event *segment = &event->segment;
	const struct diagram diagram = diagram_of(drawing);
	char behind[64];
	int length;

	length = snprintf(behind, sizeof(behind), "packet %lld", (long long)segment->number);
	if (segment->length)
		snprintf(behind + length, sizeof(behind) - (size_t)length, ", %lld bytes",
			 (long long)segment->length);
	draw_time(drawing, event->at);
	diagram_arrow(&diagram, event->end, word_name(role_words, segment->role), false, behind);
}

/* A note beside one end: under the left one, or towards the right one. */
static void draw_note(struct drawing *drawing, int64_t at, enum end end, const char *emphasis,
		      const char *note)
{
	const struct diagram diagram = diagram_of(drawing);

	draw_time(drawing, at);
	diagram_note(&diagram, end, emphasis, note, NULL);
}

static void draw_socket(struct drawing *drawing, const struct event *event)
{
	struct socket_event *before = &drawing->sockets[event->end];
	char note[EVENT_TEXT_SIZE];

	/* The time left alone is no news. */
	if (!socket_changed(before, &event->socket))
		return;
	*before = event->socket;
	draw_note(drawing, event->at, event->end, NULL, socket_text(note, &event->socket));
}

static void draw_application(struct drawing *drawing, const struct event *event)
{
	const struct application_event *told = &event->application;
	char note[EVENT_TEXT_SIZE];

	draw_note(drawing, event->at, event->end, told->error ? drawing->style->bold : NULL,
		  application_text(note, told));
}

static void draw_step(struct drawing *drawing, const struct event *event)
{
	const struct diagram diagram = diagram_of(drawing);
	char behind[64];

	snprintf(behind, sizeof(behind), "in force after %.3f s",
		 (double)(event->at - event->step.began) / (double)SECOND);
	draw_time(drawing, event->at);
	diagram_band(&diagram, event->step.what, behind);
}

static void draw_ends(struct drawing *drawing, const struct event *event)
{
	char client[ADDRESS_TEXT_SIZE], server[ADDRESS_TEXT_SIZE];

	fprintf(drawing->stream, "  %11s %9s  client%*s\n", "s", "s since", SPAN + 2, "server");
	fprintf(drawing->stream, "  %21s  %-*s%s\n", "", SPAN - 4,
		address_format(client, &event->connection.client),
		address_format(server, &event->connection.server));
}

void sequence_draw(const struct timeline *timeline, const struct style *style, FILE *stream)
{
	struct drawing drawing = {.style = style, .stream = stream};
	const struct event *connection = timeline_first(timeline, EVENT_CONNECTION);

	if (connection)
		draw_ends(&drawing, connection);
	for_each_event (event, timeline) {
		switch (event->kind) {
		case EVENT_SEGMENT:
			draw_segment(&drawing, event);
			break;
		case EVENT_SOCKET:
			draw_socket(&drawing, event);
			break;
		case EVENT_APPLICATION:
			draw_application(&drawing, event);
			break;
		case EVENT_STEP:
			draw_step(&drawing, event);
			break;
		case EVENT_RULE:
			fprintf(stream, "  %21s  | the rule dropped %lld packets\n", "",
				(long long)event->rule.packets);
			break;
		case EVENT_NONE:
		case EVENT_KERNEL:
		case EVENT_CAPTURE:
		case EVENT_SYSCTL:
		case EVENT_CONNECTION:
		case EVENT_COUNTER:
		case EVENT_WITNESS:
		case EVENT_LOSS:
		case EVENT_CLOCK_STEP:
		case EVENT_UNABLE:
		case EVENT_END:
			break;
		}
	}
}

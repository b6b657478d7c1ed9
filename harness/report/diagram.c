#include "report/diagram.h"

#include <string.h>

/* Columns between the end of a lost segment's arrow and the bar that it does not reach. */
#define LOST_GAP 5

static void repeat(FILE *stream, char letter, int count)
{
	for (int i = 0; i < count; i++)
		fputc(letter, stream);
}

static void end_line(const struct diagram *diagram, const char *behind)
{
	if (behind && *behind)
		fprintf(diagram->stream, "  %s%s%s", diagram->style->faint, behind,
			diagram->style->plain);
	fputc('\n', diagram->stream);
}

void diagram_arrow(const struct diagram *diagram, enum end from, const char *label, bool lost,
		   const char *behind)
{
	bool right = from != END_SERVER;
	/* The head of the arrow, and the blanks around the label. */
	int gap = lost ? LOST_GAP : 0;
	int dashes = diagram->span - gap - 1 - (int)strlen(label) - 2;
	int before = dashes / 2;
	FILE *stream = diagram->stream;

	fputc('|', stream);
	if (!right)
		fprintf(stream, "%*s%c", gap, "", lost ? 'x' : '<');
	repeat(stream, '-', before);
	fprintf(stream, " %s ", label);
	repeat(stream, '-', dashes - before);
	if (right)
		fprintf(stream, "%c%*s", lost ? 'x' : '>', gap, "");
	fputc('|', stream);
	end_line(diagram, behind);
}

void diagram_band(const struct diagram *diagram, const char *text, const char *behind)
{
	FILE *stream = diagram->stream;

	fprintf(stream, "|%s== %s ", diagram->style->doubtful, text);
	repeat(stream, '=', diagram->span - (int)strlen(text) - 4);
	fprintf(stream, "%s|", diagram->style->plain);
	end_line(diagram, behind);
}

void diagram_note(const struct diagram *diagram, enum end end, const char *emphasis,
		  const char *note, const char *behind)
{
	const char *plain = emphasis ? diagram->style->plain : "";
	int room = diagram->span - 2 - (int)strlen(note);
	bool inside = end != END_SERVER || (diagram->notes_inside && room >= 0);
	FILE *stream = diagram->stream;

	emphasis = emphasis ? emphasis : "";
	if (!inside)
		fprintf(stream, "|%*s|  %s%s%s", diagram->span, "", emphasis, note, plain);
	else if (end == END_SERVER)
		fprintf(stream, "|%*s%s%s%s  |", room, "", emphasis, note, plain);
	else
		fprintf(stream, "|  %s%s%s%*s", emphasis, note, plain, room > 0 ? room + 1 : 0,
			room >= 0 ? "|" : "");
	end_line(diagram, behind);
}

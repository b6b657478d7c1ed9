#include "report/page_shapes.h"

#include <string.h>

#include "base/duration.h"
#include "report/html.h"

/* Characters that fit between the ends, and beside one. */
#define PATH_CHARACTERS 50
#define NOTE_CHARACTERS 40

/* A lost segment's arrow ends so far before the other end. */
#define LOST_GAP 34

void shape_time(FILE *stream, int y, int64_t at)
{
	fprintf(stream, "<text class=\"t\" x=\"%d\" y=\"%d\">%.6f</text>", TIME_EDGE, y + 4,
		(double)at / (double)SECOND);
}

void shape_note(FILE *stream, enum end end, int y, const char *class, const char *text)
{
	bool left = end != END_SERVER;

	fprintf(stream, "<text class=\"n%s%s\" x=\"%d\" y=\"%d\">", left ? " l" : "", class,
		left ? CLIENT - NOTE_GAP : SERVER + NOTE_GAP, y + 4);
	html_text_cut(stream, text, NOTE_CHARACTERS);
	if (strlen(text) > NOTE_CHARACTERS) {
		fputs("<title>", stream);
		html_text(stream, text);
		fputs("</title>", stream);
	}
	fputs("</text>", stream);
}

void shape_arrow(FILE *stream, enum end end, int y, enum arrow how, const char *label)
{
	int way = end == END_SERVER ? -1 : 1, from = end_x(end), to = end_x(other_end(end));
	int tip = to - way * (how == ARROW_LOST ? LOST_GAP : 0);

	fprintf(stream, "<path class=\"%s\" d=\"M%d %dH%d\"/>",
		how == ARROW_GHOST ? "ghost" : "line", from, y, tip);
	if (how == ARROW_LOST)
		fprintf(stream, "<path class=\"line\" d=\"M%d %dl10 10m0 -10l-10 10\"/>", tip - 5,
			y - 5);
	else
		fprintf(stream, "<path class=\"head\" d=\"M%d %dl%d -5v10z\"/>", tip, y, -way * 9);
	fprintf(stream, "<text class=\"m\" x=\"%d\" y=\"%d\">%s</text>", MIDDLE, y - 4, label);
}

void shape_bar(FILE *stream, int y, const char *class, const char *text)
{
	fprintf(stream,
		"<rect class=\"bar%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"17\"/>"
		"<text class=\"m\" x=\"%d\" y=\"%d\">",
		class, CLIENT, y - 9, SERVER - CLIENT, MIDDLE, y + 4);
	html_text_cut(stream, text, PATH_CHARACTERS);
	fputs("<title>", stream);
	html_text(stream, text);
	fputs("</title></text>", stream);
}

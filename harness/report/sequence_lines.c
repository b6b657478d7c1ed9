#include "report/sequence_lines.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/paragraph.h"

/* Columns before the client's bar: of a mark, of the time, of the time since the line before. */
#define MARK_WIDTH  2
#define TIME_WIDTH  12
#define SINCE_WIDTH 10

/* Behind the server's bar: "  packet 1234". */
#define BEHIND_WIDTH 13

/* In less, the time since the line before has no room. */
#define WIDTH_FOR_SINCE 72

struct lines lines_on(FILE *stream, const struct style *style)
{
	int width = text_width(style);
	bool with_since = width >= WIDTH_FOR_SINCE;
	int margin = MARK_WIDTH + TIME_WIDTH + (with_since ? SINCE_WIDTH : 0);

	return (struct lines){
		.diagram = {stream, style, width - margin - 2 - BEHIND_WIDTH, true},
		.with_since = with_since,
	};
}

static void line_mark(struct lines *lines)
{
	const struct style *style = lines->diagram.style;
	char mark = lines->mark ? lines->mark : ' ';

	fprintf(lines->diagram.stream, "%s%c%s ", mark == '!' ? style->bad : style->doubtful, mark,
		style->plain);
}

void line_begin(struct lines *lines, int64_t at)
{
	const struct style *style = lines->diagram.style;
	FILE *stream = lines->diagram.stream;
	double since = (double)(at - lines->last) / (double)SECOND;

	line_mark(lines);
	fprintf(stream, "%s%11.6f%s ", style->faint, (double)at / (double)SECOND, style->plain);
	if (lines->with_since && at - lines->last >= 100 * MILLISECOND)
		fprintf(stream, "%+9.3f ", since);
	else if (lines->with_since)
		fprintf(stream, "%*s", SINCE_WIDTH, "");
	lines->last = at;
}

void line_margin(struct lines *lines)
{
	line_mark(lines);
	fprintf(lines->diagram.stream, "%*s", TIME_WIDTH + (lines->with_since ? SINCE_WIDTH : 0),
		"");
}

static bool is_inside_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* How much of a text goes into one line of it: up to a blank, if there is one. */
static size_t piece_of(const char *text, size_t room)
{
	size_t length = strlen(text), end = room;

	if (length <= room)
		return length;
	while (end && text[end] != ' ')
		end--;
	if (end)
		return end;
	for (end = room; end > 1 && is_inside_character(text[end]); end--)
		;
	return end;
}

void lines_text(struct lines *lines, const int64_t *at, const char *text, size_t room,
		lines_draw *draw, enum end end, const char *emphasis, const char *behind)
{
	while (*text) {
		size_t length = piece_of(text, room);
		cleanup_free char *piece = strndup(text, length);

		if (at)
			line_begin(lines, *at);
		else
			line_margin(lines);
		draw(&lines->diagram, end, emphasis, piece, behind);
		text += length + strspn(text + length, " ");
		at = NULL;
		behind = NULL;
	}
}

void lines_note(struct lines *lines, const int64_t *at, enum end end, const char *emphasis,
		const char *note)
{
	lines_text(lines, at, note, (size_t)lines->diagram.span - 2, diagram_note, end, emphasis,
		   NULL);
}

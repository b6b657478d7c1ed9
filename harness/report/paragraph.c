#include "report/paragraph.h"

#include <stdbool.h>
#include <string.h>

/* Where a pipe is read later, nobody knows on what; this is what terminals begin with. */
#define DEFAULT_WIDTH 80

/* Below the one a diagram has no room, beyond the other no eye finds the next line. */
#define LEAST_WIDTH 60
#define MOST_WIDTH  100

int text_width(const struct style *style)
{
	if (!style->width)
		return DEFAULT_WIDTH;
	return style->width < LEAST_WIDTH  ? LEAST_WIDTH
	       : style->width > MOST_WIDTH ? MOST_WIDTH
					   : style->width;
}

void paragraph_write(FILE *stream, int width, int indent, int column, const char *text)
{
	bool first = true;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (length && column > indent && column + !first + length > width) {
			fputc('\n', stream);
			column = 0;
			first = true;
		}
		if (length && first && column < indent) {
			fprintf(stream, "%*s", indent - column, "");
			column = indent;
		}
		if (length) {
			fprintf(stream, "%s%.*s", first ? "" : " ", length, text);
			column += length + !first;
			first = false;
		}
		text += length + (text[length] == ' ');
	}
	fputc('\n', stream);
}

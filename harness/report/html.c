#include "report/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS    "\xe2\x80\xa6"

/* U+2400 and above look like the controls below them. */
static void write_picture(FILE *stream, uint32_t control)
{
	fprintf(stream, "\xe2\x90%c", (char)(0x80 + (control == 0x7f ? 0x21 : (int)control)));
}

/* U+FDD0 to U+FDEF, and the last two of each plane: HTML has no place for them. */
static bool is_noncharacter(uint32_t character)
{
	return (character >= 0xfdd0 && character <= 0xfdef) || (character & 0xfffe) == 0xfffe;
}

static void write_character(FILE *stream, const char *text, size_t length, uint32_t character)
{
	if (character == '&')
		fputs("&amp;", stream);
	else if (character == '<')
		fputs("&lt;", stream);
	else if (character == '>')
		fputs("&gt;", stream);
	else if (character == '"')
		fputs("&quot;", stream);
	else if (character == '\'')
		fputs("&#39;", stream);
	else if (character < 0x20 || character == 0x7f)
		write_picture(stream, character);
	else if (utf8_is_control(character) || is_noncharacter(character))
		fputs(REPLACEMENT, stream);
	else
		fwrite(text, 1, length, stream);
}

void html_text_cut(FILE *stream, const char *text, size_t characters)
{
	size_t size = text ? strlen(text) : 0;

	for (size_t i = 0, written = 0; i < size; written++) {
		uint32_t character;
		size_t length = utf8_decode(text + i, size - i, &character);

		if (written + 1 == characters && i + length < size) {
			fputs(ELLIPSIS, stream);
			return;
		}
		write_character(stream, text + i, length, character);
		i += length;
	}
}

void html_text(FILE *stream, const char *text)
{
	html_text_cut(stream, text, SIZE_MAX);
}

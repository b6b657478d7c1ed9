#define _GNU_SOURCE
#include "report/escape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

struct substitute {
	uint32_t character;
	const char *text;
};

/* Each ends with a NULL text. */
static const struct substitute none[] = {{0, NULL}};

/* A carriage return would be read as a line end (XML 1.0, 2.11); "]]>" may not stand in text. */
static const struct substitute xml[] = {
	{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'\n', "\n"}, {'\t', "\t"}, {0, NULL},
};

static const struct substitute xml_value[] = {
	{'&', "&amp;"},	 {'<', "&lt;"},	 {'>', "&gt;"}, {'"', "&quot;"},
	{'\n', "&#10;"}, {'\t', "&#9;"}, {0, NULL},
};

/* Readers of KTAP know no escape: they look for the first '#'. */
static const struct substitute ktap[] = {{'#', "%23"}, {0, NULL}};

/* As actions/toolkit has it: packages/core/src/command.ts, escapeData and escapeProperty. */
static const struct substitute github[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};

static const struct substitute github_value[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"},
						 {':', "%3A"}, {',', "%2C"},  {0, NULL}};

static const struct substitute *const tables[] = {
	[ESCAPE_LINE] = none,
	[ESCAPE_JSON] = none,
	[ESCAPE_XML] = xml,
	[ESCAPE_XML_VALUE] = xml_value,
	[ESCAPE_KTAP] = ktap,
	[ESCAPE_GITHUB] = github,
	[ESCAPE_GITHUB_VALUE] = github_value,
};

static bool is_xml(enum escape how)
{
	return how == ESCAPE_XML || how == ESCAPE_XML_VALUE;
}

static const char *substitute_for(enum escape how, uint32_t character)
{
	if (character == UTF8_INVALID)
		return REPLACEMENT;
	for (const struct substitute *each = tables[how]; each->text; each++) {
		if (each->character == character)
			return each->text;
	}
	if (how == ESCAPE_JSON)
		return NULL;
	/* The last two of each plane are no characters; XML 1.0 forbids those of the first. */
	if (utf8_is_control(character) || (is_xml(how) && (character & 0xfffe) == 0xfffe))
		return "?";
	return NULL;
}

void escape_write(FILE *stream, enum escape how, const char *text)
{
	size_t size = strlen(text);

	while (size) {
		uint32_t character;
		size_t length = utf8_decode(text, size, &character);
		const char *instead = substitute_for(how, character);

		if (instead)
			fputs(instead, stream);
		else
			fwrite(text, 1, length, stream);
		text += length;
		size -= length;
	}
}

char *escape_text(enum escape how, const char *text)
{
	char *buffer = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&buffer, &size);

	if (!stream)
		abort();
	escape_write(stream, how, text);
	if (fclose(stream))
		abort();
	return buffer;
}

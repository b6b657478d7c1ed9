#include "base/utf8.h"

/* Length by the first byte; 0 where none can begin with it. */
static size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_decode(const char *text, size_t size, uint32_t *ret_character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = length_of(byte[0]);
	uint32_t character = length < 2 ? byte[0] : byte[0] & (0x7fU >> length);

	*ret_character = UTF8_INVALID;
	if (length == 0 || length > size)
		return 1;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 1;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < smallest[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 1;
	*ret_character = character;
	return length;
}

bool utf8_is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
	       (character >= 0x200e && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || character == 0xfeff ||
	       character == UTF8_INVALID;
}

size_t utf8_line_end(const char *text, size_t size)
{
	uint32_t character;
	size_t length = utf8_decode(text, size, &character);

	if (character == '\r' && size > 1 && text[1] == '\n')
		return 2;
	return character == '\r' || character == '\n' || character == 0x85 || character == 0x2028 ||
			       character == 0x2029
		       ? length
		       : 0;
}

/* UTF-8, character by character, for whoever must know what a text would do before showing it. */
#ifndef HALFOPEN_BASE_UTF8_H
#define HALFOPEN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What utf8_decode() gives for bytes that are not UTF-8. */
#define UTF8_INVALID UINT32_MAX

/*
 * Decodes the first character of a text of size bytes, at least one. Returns its length; 1 where
 * it is not valid (too long, a surrogate, above U+10FFFF), and then UTF8_INVALID.
 */
size_t utf8_decode(const char *text, size_t size, uint32_t *ret_character);

/* Whether a terminal could act on it rather than show it: controls, and changes of direction. */
bool utf8_is_control(uint32_t character);

/* Length of a line's end at the start of text, as YAML 1.1 has them: CR LF, CR, LF, NEL, LS, PS. */
size_t utf8_line_end(const char *text, size_t size);

#endif

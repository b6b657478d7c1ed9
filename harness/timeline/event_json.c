#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "timeline/event_fields.h"

/* The longest frame that a timeline may carry; a capture keeps far less. */
#define FRAME_LIMIT 65536

static const struct {
	char letter;
	int flag;
} flag_letters[] = {
	{'F', FLAG_FIN}, {'S', FLAG_SYN}, {'R', FLAG_RST},
	{'P', FLAG_PSH}, {'.', FLAG_ACK}, {'U', FLAG_URG},
};

#define FLAG_COUNT (sizeof(flag_letters) / sizeof(flag_letters[0]))

/*
 * An event is written value by value: its object is flat, and hundreds of plays write dozens of
 * events each. Made as a jansson object first, an event takes some 12,000 instructions more, and in
 * a guest they take their time. jansson writes the texts, for it knows what to escape.
 */
static void put_word(FILE *stream, const char *word)
{
	putc_unlocked('"', stream);
	fputs_unlocked(word, stream);
	putc_unlocked('"', stream);
}

static void put_flags(FILE *stream, int flags)
{
	char text[FLAG_COUNT + 1];
	size_t length = 0;

	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (flags & flag_letters[i].flag)
			text[length++] = flag_letters[i].letter;
	}
	text[length] = '\0';
	put_word(stream, text);
}

/* A message may name a file, and names need not be UTF-8, which is all that JSON can say. */
static json_t *text_to_json(const char *text)
{
	json_t *json = json_string(text ? text : "");
	cleanup_free char *copy = json ? NULL : strdup(text);
	size_t length, size = copy ? strlen(copy) : 0;

	for (char *each = copy; size; each += length, size -= length) {
		uint32_t character;

		length = utf8_decode(each, size, &character);
		if (character == UTF8_INVALID)
			*each = '?';
	}
	return json ? json : json_string(copy);
}

static bool flags_from_text(const char *text, int *ret_flags)
{
	int flags = 0;

	for (; *text; text++) {
		size_t i = 0;

		while (i < FLAG_COUNT && flag_letters[i].letter != *text)
			i++;
		if (i == FLAG_COUNT)
			return false;
		flags |= flag_letters[i].flag;
	}
	*ret_flags = flags;
	return true;
}

static void put_text(FILE *stream, const char *text)
{
	json_t *json = text_to_json(text);

	json_dumpf(json, stream, JSON_ENCODE_ANY);
	json_decref(json);
}

static void put_bytes(FILE *stream, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	putc_unlocked('"', stream);
	for (size_t i = 0; i < length; i++) {
		putc_unlocked(digits[bytes[i] >> 4], stream);
		putc_unlocked(digits[bytes[i] & 15], stream);
	}
	putc_unlocked('"', stream);
}

static int hex_digit(char digit)
{
	return digit >= '0' && digit <= '9'   ? digit - '0'
	       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
					      : -1;
}

static bool bytes_from_text(const char *text, uint8_t **ret_bytes, size_t *ret_length)
{
	size_t length = strlen(text) / 2;
	cleanup_free uint8_t *bytes = NULL;

	if (strlen(text) % 2 || length > FRAME_LIMIT)
		return false;
	bytes = malloc(length + 1);
	for (size_t i = 0; i < length; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	*ret_bytes = steal_pointer(bytes);
	*ret_length = length;
	return true;
}

static void put_name(FILE *stream, const char *name)
{
	putc_unlocked(',', stream);
	put_word(stream, name);
	putc_unlocked(':', stream);
}

static void put_field(FILE *stream, struct event *event, const struct event_field *field)
{
	void *value = event_field_in(event, field);
	char address[ADDRESS_TEXT_SIZE];

	put_name(stream, field->name);
	switch (field->type) {
	case FIELD_NUMBER:
	case FIELD_OPTIONAL:
		fprintf(stream, "%" PRId64, *(int64_t *)value);
		break;
	case FIELD_WORD:
		put_word(stream, word_name(field->words, *(int *)value));
		break;
	case FIELD_ERRNO:
		put_word(stream, *(int *)value ? errno_name(*(int *)value) : "none");
		break;
	case FIELD_FLAGS:
		put_flags(stream, *(int *)value);
		break;
	case FIELD_TEXT:
		put_text(stream, *(char **)value);
		break;
	case FIELD_ADDRESS:
		put_word(stream, address_format(address, value));
		break;
	case FIELD_BYTES:
		put_bytes(stream, *(uint8_t **)value, event->segment.frame_length);
		break;
	}
}

static bool is_left_out(struct event *event, const struct event_field *field)
{
	return field->type == FIELD_OPTIONAL && !*(int64_t *)event_field_in(event, field);
}

void event_write(FILE *stream, const struct event *event)
{
	struct event copy = *event; /* for the table's offsets; nothing is changed */

	fprintf(stream, "{\"at\":%" PRId64, event->at);
	put_name(stream, "event");
	put_word(stream, word_name(event_words, event->kind));
	if (event->end != END_NONE) {
		put_name(stream, "end");
		put_word(stream, word_name(end_words, event->end));
	}
	for (const struct event_field *field = event_fields(event->kind); field->name; field++) {
		if (!is_left_out(&copy, field))
			put_field(stream, &copy, field);
	}
	putc_unlocked('}', stream);
}

char *event_to_json(const struct event *event)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	event_write(stream, event);
	fclose(stream);
	return text;
}

/* Returns whether the JSON value fits the field; the event then owns what was allocated. */
static bool field_from_json(struct event *event, const struct event_field *field, json_t *json)
{
	void *value = event_field_in(event, field);
	const char *text = json_string_value(json);

	if (field->type == FIELD_NUMBER || field->type == FIELD_OPTIONAL) {
		*(int64_t *)value = json_integer_value(json);
		return json_is_integer(json);
	}
	if (!text)
		return false;
	switch (field->type) {
	case FIELD_NUMBER:
	case FIELD_OPTIONAL:
		return false;
	case FIELD_WORD:
		return word_value(field->words, text, value);
	case FIELD_ERRNO:
		*(int *)value = errno_value(text);
		return *(int *)value || strcmp(text, "none") == 0;
	case FIELD_FLAGS:
		return flags_from_text(text, value);
	case FIELD_TEXT:
		*(char **)value = strdup(text);
		return true;
	case FIELD_ADDRESS:
		return address_parse(text, value) == 0;
	case FIELD_BYTES:
		return bytes_from_text(text, value, &event->segment.frame_length);
	}
	return false;
}

/* Returns what is wrong, or NULL; the caller frees it. */
static char *event_from_object(json_t *object, struct event *event)
{
	const char *name = json_string_value(json_object_get(object, "event"));
	json_t *at = json_object_get(object, "at"), *end = json_object_get(object, "end");
	char *error = NULL;
	int value;

	if (!name || !word_value(event_words, name, &value))
		error = strdup("no known \"event\"");
	else if (!json_is_integer(at))
		error = strdup("no \"at\" in ns");
	if (error)
		return error;
	event->kind = value;
	event->at = json_integer_value(at);
	if (end) {
		const char *text = json_string_value(end);

		if (!text || !word_value(end_words, text, &value))
			return strdup("\"end\" is neither client nor server");
		event->end = value;
	}
	for (const struct event_field *field = event_fields(event->kind); field->name; field++) {
		json_t *json = json_object_get(object, field->name);

		if (json ? field_from_json(event, field, json) : field->type == FIELD_OPTIONAL)
			continue;
		if (asprintf(&error, "\"%s\" of a %s event is %s", field->name, name,
			     json ? "not what it should be" : "missing") < 0)
			error = NULL;
		return error;
	}
	return NULL;
}

int event_from_json(const char *line, size_t length, struct event *ret_event, char **ret_error)
{
	struct event event = {.kind = EVENT_NONE};
	json_error_t json_error;
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &json_error);
	char *error;

	if (!object)
		error = strdup(json_error.text);
	else
		error = event_from_object(object, &event);
	json_decref(object);
	if (error) {
		event_release(&event);
		*ret_error = error;
		return -EINVAL;
	}
	*ret_event = event;
	return 0;
}

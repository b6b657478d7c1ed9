#define _GNU_SOURCE
#include <errno.h>
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

static json_t *flags_to_json(int flags)
{
	char text[FLAG_COUNT + 1];
	size_t length = 0;

	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (flags & flag_letters[i].flag)
			text[length++] = flag_letters[i].letter;
	}
	text[length] = '\0';
	return json_string(text);
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

static json_t *bytes_to_json(const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	cleanup_free char *text = malloc(2 * length + 1);

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	return json_stringn(text, 2 * length);
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

static json_t *field_to_json(struct event *event, const struct event_field *field)
{
	void *value = event_field_in(event, field);
	char address[ADDRESS_TEXT_SIZE];

	switch (field->type) {
	case FIELD_NUMBER:
	case FIELD_OPTIONAL:
		return json_integer(*(int64_t *)value);
	case FIELD_WORD:
		return json_string(word_name(field->words, *(int *)value));
	case FIELD_ERRNO:
		return json_string(*(int *)value ? errno_name(*(int *)value) : "none");
	case FIELD_FLAGS:
		return flags_to_json(*(int *)value);
	case FIELD_TEXT:
		return text_to_json(*(char **)value);
	case FIELD_ADDRESS:
		return json_string(address_format(address, value));
	case FIELD_BYTES:
		return bytes_to_json(*(uint8_t **)value, event->segment.frame_length);
	}
	return NULL;
}

static bool is_left_out(struct event *event, const struct event_field *field)
{
	return field->type == FIELD_OPTIONAL && !*(int64_t *)event_field_in(event, field);
}

char *event_to_json(const struct event *event)
{
	struct event copy = *event; /* for the table's offsets; nothing is changed */
	json_t *object = json_object();
	char *text;

	json_object_set_new(object, "at", json_integer(event->at));
	json_object_set_new(object, "event", json_string(word_name(event_words, event->kind)));
	if (event->end != END_NONE)
		json_object_set_new(object, "end", json_string(word_name(end_words, event->end)));
	for (const struct event_field *field = event_fields(event->kind); field->name; field++)
		if (!is_left_out(&copy, field))
			json_object_set_new(object, field->name, field_to_json(&copy, field));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
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

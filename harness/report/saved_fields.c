#define _GNU_SOURCE
#include "report/saved_fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

void reading_wrong(struct reading *reading, const char *format, ...)
{
	cleanup_free char *message = NULL;
	va_list arguments;

	if (reading->error)
		return;
	va_start(arguments, format);
	if (vasprintf(&message, format, arguments) < 0)
		abort();
	va_end(arguments);
	if (asprintf(&reading->error, "not results of halfopen: %s%s%s", reading->where,
		     *reading->where ? ": " : "", message) < 0)
		abort();
}

void text_tame(char *text)
{
	size_t size = strlen(text);

	while (size) {
		uint32_t character;
		size_t length = utf8_decode(text, size, &character);

		if (utf8_is_control(character))
			memset(text, '?', length);
		text += length;
		size -= length;
	}
}

char *field_text(struct reading *reading, const json_t *object, const char *key, bool required)
{
	const json_t *value = json_object_get(object, key);
	char *text;

	if (!value && !required)
		return NULL;
	if (!json_is_string(value)) {
		reading_wrong(reading, value ? "\"%s\" is no text" : "\"%s\" is missing", key);
		return strdup("");
	}
	text = strdup(json_string_value(value));
	text_tame(text);
	return text;
}

int64_t field_integer(struct reading *reading, const json_t *object, const char *key, int64_t min,
		      int64_t max)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		reading_wrong(reading, value ? "\"%s\" is no whole number" : "\"%s\" is missing",
			      key);
	else if (json_integer_value(value) < min || json_integer_value(value) > max)
		reading_wrong(reading, "\"%s\" is beyond all measure", key);
	else
		return json_integer_value(value);
	return min > 0 ? min : 0;
}

int64_t field_duration(struct reading *reading, const json_t *object, const char *key, int64_t unit)
{
	const json_t *value = json_object_get(object, key);
	double number = json_number_value(value) * (double)unit;

	if (!json_is_number(value))
		reading_wrong(reading, value ? "\"%s\" is no number" : "\"%s\" is missing", key);
	else if (number > (double)NUMBER_LIMIT || number < -(double)NUMBER_LIMIT)
		reading_wrong(reading, "\"%s\" is beyond all measure", key);
	else
		return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
	return 0;
}

int field_word(struct reading *reading, const json_t *object, const char *key,
	       const struct word *words)
{
	cleanup_free char *name = field_text(reading, object, key, true);
	int value = 0;

	if (!reading->error && !word_value(words, name, &value))
		reading_wrong(reading, "\"%s\" cannot be \"%.40s\"", key, name);
	return value;
}

const json_t *field_of_type(struct reading *reading, const json_t *object, const char *key,
			    json_type type, const char *what)
{
	const json_t *value = json_object_get(object, key);

	if (value && json_typeof(value) == type)
		return value;
	reading_wrong(reading, value ? "\"%s\" is no %s" : "\"%s\" is missing", key, what);
	return NULL;
}

bool path_is_below(const char *path)
{
	const char *part = path;

	if (!*path || *path == '/')
		return false;
	while (part) {
		size_t length = strcspn(part, "/");

		if (length == 0 || (length == 2 && strncmp(part, "..", 2) == 0))
			return false;
		part = part[length] ? part + length + 1 : NULL;
	}
	return true;
}

char *field_path(struct reading *reading, const json_t *object, const char *key, const char *folder)
{
	const json_t *value = json_object_get(object, key);
	const char *name = json_string_value(value);
	char *path = NULL;

	if (!value)
		return NULL;
	if (!name || !path_is_below(name))
		reading_wrong(reading, "\"%s\" is no path below the results", key);
	else if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return path;
}

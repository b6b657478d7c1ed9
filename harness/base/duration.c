#include "base/duration.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

static const struct unit {
	const char *name;
	int64_t length;
} units[] = {
	{"d", DAY},	     {"h", HOUR},	  {"m", MINUTE}, {"s", SECOND},
	{"ms", MILLISECOND}, {"us", MICROSECOND}, {"ns", 1},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the unit's letters, all that follow, so that "m" is not found in "ms". */
static const struct unit *parse_unit(const char **text)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < array_length(units); i++) {
		if (strlen(units[i].name) == length && !strncmp(units[i].name, *text, length)) {
			*text += length;
			return &units[i];
		}
	}
	return NULL;
}

/* More digits than an int64_t has say nothing more about a number of nanoseconds. */
#define FRACTION_DIGITS 18

/*
 * Adds the digits after the point, length of them. What is below a nanosecond is refused rather
 * than rounded: the number would not be what was written.
 */
static int add_fraction(const char *digits, size_t length, int64_t unit, int64_t *sum)
{
	__int128 numerator = 0, denominator = 1;

	while (length && digits[length - 1] == '0')
		length--;
	if (length > FRACTION_DIGITS)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		numerator = numerator * 10 + (digits[i] - '0');
		denominator *= 10;
	}
	if (numerator * unit % denominator)
		return -EINVAL;
	return __builtin_add_overflow(*sum, (int64_t)(numerator * unit / denominator), sum)
		       ? -ERANGE
		       : 0;
}

/* Reads one number and its unit, and adds them to sum. */
static int parse_part(const char **text, const struct unit **unit, int64_t *sum)
{
	const char *point, *end;
	int64_t whole = 0;
	bool over = false;

	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++)
		over = over || __builtin_mul_overflow(whole, 10, &whole) ||
		       __builtin_add_overflow(whole, **text - '0', &whole);
	point = end = *text;
	if (*point == '.') {
		end = point + 1;
		while (is_digit(*end))
			end++;
		if (end == point + 1)
			return -EINVAL;
		*text = end;
	}
	*unit = parse_unit(text);
	if (!*unit)
		return -EINVAL;
	if (over || __builtin_mul_overflow(whole, (*unit)->length, &whole) ||
	    __builtin_add_overflow(*sum, whole, sum))
		return -ERANGE;
	return end > point
		       ? add_fraction(point + 1, (size_t)(end - point - 1), (*unit)->length, sum)
		       : 0;
}

int duration_parse(const char *text, int64_t *ret_duration)
{
	const struct unit *unit, *last = NULL;
	int64_t sum = 0;
	int result = 0;

	if (strcmp(text, "0") == 0) {
		*ret_duration = 0;
		return 0;
	}
	do {
		int error = parse_part(&text, &unit, &sum);

		/* A part too large must not hide that a later one is no duration at all. */
		if (error == -EINVAL || (last && unit <= last))
			return -EINVAL;
		if (error)
			result = error;
		last = unit;
	} while (*text);
	if (result == 0)
		*ret_duration = sum;
	return result;
}

const char *duration_format(char buffer[static DURATION_TEXT_SIZE], int64_t duration)
{
	uint64_t length = duration < 0 ? -(uint64_t)duration : (uint64_t)duration;
	uint64_t us = (length + 500) / 1000, ms = (length + 500000) / 1000000;
	uint64_t minutes = ms / 60000, rest = ms % 60000;
	const char *sign = duration < 0 && us ? "-" : "";

	if (us < 1000)
		snprintf(buffer, DURATION_TEXT_SIZE, "%s%" PRIu64 " us", sign, us);
	else if (ms <= 120000)
		snprintf(buffer, DURATION_TEXT_SIZE, "%s%" PRIu64 ".%03" PRIu64 " s", sign,
			 ms / 1000, ms % 1000);
	else if (minutes < 60)
		snprintf(buffer, DURATION_TEXT_SIZE, "%s%" PRIu64 " m %" PRIu64 ".%03" PRIu64 " s",
			 sign, minutes, rest / 1000, rest % 1000);
	else
		snprintf(buffer, DURATION_TEXT_SIZE,
			 "%s%" PRIu64 " h %" PRIu64 " m %" PRIu64 ".%03" PRIu64 " s", sign,
			 minutes / 60, minutes % 60, rest / 1000, rest % 1000);
	return buffer;
}

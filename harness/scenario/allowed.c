/* What the vocabulary's rows say, for messages and the reference. */
#include <inttypes.h>
#include <stdio.h>

#include "base/duration.h"
#include "scenario/vocabulary.h"

const struct record_table *section_records(enum section section)
{
	switch (section) {
	case SECTION_END:
		return &end_records;
	case SECTION_STEP:
		return &step_records;
	case SECTION_EXPECT:
		break;
	}
	return &expectation_records;
}

const struct record_spec *record_spec_of(enum record_kind kind)
{
	for (enum section section = SECTION_END; section <= SECTION_EXPECT; section++) {
		for_each_record_spec(spec, section)
		{
			if (spec->kind == kind)
				return spec;
		}
	}
	return NULL;
}

static void write_words(char *buffer, const struct word *words)
{
	size_t length = 0;

	buffer[0] = '\0';
	for (; words->name && length < ALLOWED_TEXT_SIZE; words++)
		length += (size_t)snprintf(buffer + length, ALLOWED_TEXT_SIZE - length, "%s%s",
					   length ? ", " : "", words->name);
}

static void write_range(char *buffer, const struct key_spec *spec, int64_t unit, const char *name,
			const char *unbounded)
{
	if (spec->max == INT64_MAX || spec->max == 0)
		snprintf(buffer, ALLOWED_TEXT_SIZE, "%s", unbounded);
	else
		snprintf(buffer, ALLOWED_TEXT_SIZE, "%" PRId64 "%s to %" PRId64 "%s",
			 spec->min / unit, name, spec->max / unit, name);
}

const char *key_allowed(char buffer[static ALLOWED_TEXT_SIZE], const struct key_spec *spec)
{
	const char *fixed = spec->allowed;

	switch (spec->type) {
	case TYPE_COUNT:
		write_range(buffer, spec, 1, "", "a whole number");
		break;
	case TYPE_DURATION:
		write_range(buffer, spec, MILLISECOND, "ms", "a duration such as 30s or 200ms");
		break;
	case TYPE_SECONDS:
		write_range(buffer, spec, SECOND, "s", "a duration of whole seconds such as 30s");
		break;
	case TYPE_MILLISECONDS:
		write_range(buffer, spec, MILLISECOND, "ms", "a duration such as 200ms");
		break;
	case TYPE_MOMENT:
		fixed = "a moment such as 5s or probe 2 answered + 1s";
		break;
	case TYPE_ADDRESS:
		fixed = "a port, or an address and port such as 127.0.0.1:12345 or [::1]:12345";
		break;
	case TYPE_SWITCH:
	case TYPE_END:
	case TYPE_STATE:
	case TYPE_WORD:
		write_words(buffer, spec->words);
		break;
	case TYPE_ERROR:
	case TYPE_TEXT:
	case TYPE_WORDS:
	case TYPE_COUNTERS:
	case TYPE_SYSCTLS:
		fixed = fixed ? fixed : "a text";
		break;
	}
	if (fixed)
		snprintf(buffer, ALLOWED_TEXT_SIZE, "%s", fixed);
	return buffer;
}

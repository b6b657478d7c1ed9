#define _GNU_SOURCE
#include "scenario/moment.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "scenario/reader.h"

/*
 * The events of a moment, one row each. END is "client" or "server" and may be left out, N is a
 * number from 1, STATE a TCP state's name.
 */
static const struct moment_form patterns[] = {
	{"before connect", ANCHOR_BEFORE, "in force before the client calls connect()",
	 "before connect"},
	{"established", ANCHOR_ESTABLISHED, "connect() succeeded", "established + 1s"},
	{"END probe N", ANCHOR_PROBE, "the end's Nth keepalive probe", "server probe 2"},
	{"END probe N answered", ANCHOR_PROBE_ANSWERED, "the answer to the Nth answered one",
	 "probe 2 answered"},
	{"END reset", ANCHOR_RESET, "an RST of the end", "client reset + 200ms"},
	{"END error", ANCHOR_ERROR, "the end's application was told an error", "client error + 1s"},
	{"step N", ANCHOR_STEP, "the Nth step of the timeline had taken effect", "step 1 + 2s"},
	{"END SYN N", ANCHOR_SYN, "the end's Nth SYN or SYN-ACK", "SYN 2"},
	{"END retransmission N", ANCHOR_RETRANSMISSION,
	 "the Nth segment with data or FIN that the end sent again", "retransmission 3"},
	{"END window probe N", ANCHOR_WINDOW_PROBE, "the end's Nth window probe",
	 "window probe 2 + 100ms"},
	{"END window closed", ANCHOR_WINDOW_CLOSED, "the end announced a window of 0",
	 "server window closed"},
	{"END FIN", ANCHOR_FIN, "the end's FIN", "FIN + 500ms"},
	{"END STATE", ANCHOR_STATE, "the end's socket was seen in a TCP state",
	 "client CLOSE-WAIT + 500ms"},
};

const struct moment_form *moment_forms(size_t *ret_count)
{
	*ret_count = array_length(patterns);
	return patterns;
}

#define ALLOWED                                                                                    \
	"a time such as 5s; before connect; established; step N; or, of [client|server], probe "   \
	"N, probe N answered, SYN N, retransmission N, window probe N, window closed, FIN, "       \
	"reset, "                                                                                  \
	"error, or a state such as CLOSE-WAIT; each of these may have \"+ 1s\" behind it"

/* Every word of the patterns, for suggestions. */
static const char *const event_names[] = {
	"established", "probe",		 "answered", "reset",  "error",
	"step",	       "client",	 "server",   "before", "connect",
	"SYN",	       "retransmission", "FIN",	     "window", "closed",
};

/* No moment has more words than this. */
#define WORD_COUNT 8

/* More of anything cannot be waited for. */
#define ORDINAL_LIMIT 1000000

/* Splits text in place into words, at most WORD_COUNT; a '+' is a word of its own. */
static size_t split(const char *text, char *words[WORD_COUNT], char *buffer)
{
	size_t count = 0;

	while (*text && count < WORD_COUNT) {
		size_t length;

		text += strspn(text, " \t\n");
		if (!*text)
			break;
		length = *text == '+' ? 1 : strcspn(text, " \t\n+");
		memcpy(buffer, text, length);
		buffer[length] = '\0';
		words[count++] = buffer;
		buffer += length + 1;
		text += length;
	}
	return count;
}

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

/* Whether words are those of a pattern; fills what it says. */
static bool match(const char *pattern, char *const *words, size_t count, struct moment *moment)
{
	size_t used = 0;

	while (*pattern) {
		size_t length = strcspn(pattern, " ");
		int end;

		if (strncmp(pattern, "END", length) == 0) {
			moment->end = END_CLIENT;
			if (used < count && word_value(end_words, words[used], &end)) {
				moment->end = (enum end)end;
				used++;
			}
		} else if (used == count) {
			return false;
		} else if (strncmp(pattern, "N", length) == 0) {
			if (!is_number(words[used]))
				return false;
			moment->ordinal = strlen(words[used]) > 7 ? INT32_MAX : atoi(words[used]);
			used++;
		} else if (strncmp(pattern, "STATE", length) == 0) {
			if (!word_value(state_words, words[used++], &moment->ordinal))
				return false;
		} else if (strlen(words[used]) != length ||
			   strncmp(pattern, words[used++], length) != 0) {
			return false;
		}
		pattern += length + strspn(pattern + length, " ");
	}
	return used == count;
}

/* Says what is wrong with words that are no event. */
static void explain(char *const *words, size_t count, const char *text, char *error, size_t size)
{
	for (size_t i = 0; i < count; i++) {
		const char *nearest;

		if (is_number(words[i]))
			continue;
		nearest = nearest_word(words[i], event_names, array_length(event_names));
		if (nearest && strcmp(nearest, words[i]) == 0)
			continue;
		if (nearest)
			snprintf(error, size,
				 "unknown event " WORD "; did you mean \"%s\"? Allowed: %s", text,
				 nearest, ALLOWED);
		else
			break;
		return;
	}
	snprintf(error, size, "unknown event " WORD ". Allowed: %s", text, ALLOWED);
}

static int read_duration(const char *word, int64_t *duration, char *error, size_t size)
{
	int result = duration_parse(word, duration);

	if (result == -ERANGE)
		snprintf(error, size, WORD " is too long a time", word);
	else if (result && is_number(word))
		snprintf(error, size, WORD " has no unit; write %.20ss", word, word);
	else if (result)
		snprintf(error, size, WORD " is not a duration; write one such as 1s or 200ms",
			 word);
	return result ? -EINVAL : 0;
}

static int read_event(char *const *words, size_t count, const char *text, struct moment *moment,
		      char *error, size_t size)
{
	for (size_t i = 0; i < array_length(patterns); i++) {
		struct moment found = {.anchor = patterns[i].anchor, .ordinal = -1};

		if (!match(patterns[i].pattern, words, count, &found))
			continue;
		if (found.ordinal == 0 || found.ordinal > ORDINAL_LIMIT) {
			snprintf(error, size, "in " WORD " the number must be 1 to %d", text,
				 ORDINAL_LIMIT);
			return -EINVAL;
		}
		if (found.ordinal < 0)
			found.ordinal = 1;
		*moment = found;
		return 0;
	}
	explain(words, count, text, error, size);
	return -EINVAL;
}

int moment_parse(const char *text, struct moment *ret_moment, char *error, size_t size)
{
	/* Every word takes its end; a '+' may stand between two without blanks. */
	char *buffer = malloc(2 * strlen(text) + 2), *words[WORD_COUNT];
	struct moment moment = {.anchor = ANCHOR_START, .ordinal = 1};
	size_t count, plus = 0;
	int result;

	if (!buffer)
		return -EINVAL;
	count = split(text, words, buffer);
	while (plus < count && strcmp(words[plus], "+") != 0)
		plus++;
	if (count == 0) {
		snprintf(error, size, "no event. Allowed: %s", ALLOWED);
		result = -EINVAL;
	} else if (count == 1 && isdigit((unsigned char)*words[0])) {
		result = read_duration(words[0], &moment.delay, error, size);
	} else if (plus == count) {
		result = read_event(words, count, text, &moment, error, size);
	} else {
		result = read_event(words, plus, text, &moment, error, size);
		if (result == 0 && plus + 2 != count) {
			snprintf(error, size, "one duration must follow the \"+\" of " WORD, text);
			result = -EINVAL;
		} else if (result == 0) {
			result = read_duration(words[plus + 1], &moment.delay, error, size);
		}
	}
	if (result == 0)
		*ret_moment = moment;
	free(buffer);
	return result;
}

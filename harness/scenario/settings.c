/* What is not a record: sysctls, tags, and texts for people. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "scenario/parameters.h"
#include "scenario/values.h"

static const struct {
	const char *name; /* as in a duration */
	const char *plural;
	int64_t length;
} units[] = {
	[UNIT_NONE] = {"", "", 0},
	[UNIT_SECONDS] = {"s", "seconds", SECOND},
	[UNIT_MILLISECONDS] = {"ms", "milliseconds", MILLISECOND},
	[UNIT_MICROSECONDS] = {"us", "microseconds", MICROSECOND},
};

/* Says why a name is not one that may be set: global, or not known, with the nearest one. */
static void complain_sysctl(const struct reader *reader, const struct node *node)
{
	cleanup_free char *with_prefix = NULL;
	const char *candidates[2] = {0}, *nearest = NULL;
	cleanup_free const char **names = NULL;
	size_t count = 0;

	if (sysctl_is_global(node->key)) {
		complain(reader, node->key_at,
			 "sysctl " WORD " is not per network namespace: setting it would change "
			 "the whole host",
			 node->key);
		return;
	}
	for (size_t i = 0; i < sysctl_spec_count; i++)
		*array_push(names, count) = sysctl_specs[i].name;
	/* The prefix is most of each name: compare what is behind it too. */
	if (asprintf(&with_prefix, "net.ipv4.%s", node->key) < 0)
		abort();
	candidates[0] = node->key;
	candidates[1] = with_prefix;
	for (size_t i = 0; i < array_length(candidates) && !nearest; i++) {
		cleanup_free const char **tails = NULL;
		size_t tail_count = 0;
		const char *tail = strrchr(candidates[i], '.');

		if (!tail)
			continue;
		for (size_t j = 0; j < count; j++)
			*array_push(tails, tail_count) = strrchr(names[j], '.') + 1;
		nearest = nearest_word(tail + 1, tails, tail_count);
	}
	for (size_t j = 0; nearest && j < count; j++) {
		if (strcmp(strrchr(names[j], '.') + 1, nearest) == 0) {
			complain(reader, node->key_at,
				 "unknown sysctl " WORD "; did you mean \"%s\"?", node->key,
				 names[j]);
			return;
		}
	}
	complain(reader, node->key_at,
		 "unknown sysctl " WORD "; allowed: those of net.ipv4 that TCP has per network "
		 "namespace, such as net.ipv4.tcp_keepalive_time",
		 node->key);
}

static void complain_range(const struct reader *reader, const struct sysctl_spec *spec,
			   const struct node *node)
{
	const char *unit = units[spec->unit].name;

	complain(reader, node->at,
		 "%s: " WORD " is out of range; allowed: %" PRId64 "%s to %" PRId64 "%s",
		 spec->name, node->text, spec->min, unit, spec->max, unit);
}

/* Reads a number in the kernel's unit, or a duration where there is a unit. */
static char *read_number(const struct reader *reader, const struct sysctl_spec *spec,
			 const struct node *node)
{
	const char *unit = units[spec->unit].name, *plural = units[spec->unit].plural;
	size_t digits = strspn(node->text, "0123456789");
	int64_t number = INT64_MAX;
	char *text = NULL;

	if (digits && !node->text[digits]) {
		if (!parse_number(node->text, &number))
			number = INT64_MAX;
	} else if (spec->unit == UNIT_NONE) {
		complain(reader, node->at, "%s: " WORD " is not a whole number", spec->name,
			 node->text);
		return NULL;
	} else {
		int64_t duration = INT64_MAX;

		if (duration_parse(node->text, &duration) == -EINVAL) {
			complain(reader, node->at,
				 "%s: " WORD " is neither a number of %s nor a duration such as "
				 "30%s",
				 spec->name, node->text, plural, unit);
			return NULL;
		}
		if (duration != INT64_MAX && duration % units[spec->unit].length) {
			complain(reader, node->at, "%s: " WORD " is not a whole number of %s",
				 spec->name, node->text, plural);
			return NULL;
		}
		number = duration / units[spec->unit].length;
	}
	if (number < spec->min || number > spec->max) {
		complain_range(reader, spec, node);
		return NULL;
	}
	if (asprintf(&text, "%" PRId64, number) < 0)
		abort();
	return text;
}

/* Reads several numbers with blanks between them. */
static char *read_numbers(const struct reader *reader, const struct sysctl_spec *spec,
			  const struct node *node)
{
	cleanup_free char *copy = copy_text(node->text);
	char *rest = copy, *word;
	int count = 0;

	while ((word = strsep(&rest, " \t\n"))) {
		int64_t number;

		if (!*word)
			continue;
		if (!parse_number(word, &number)) {
			complain(reader, node->at, "%s: " WORD " is not a whole number", spec->name,
				 word);
			return NULL;
		}
		if (number < spec->min || number > spec->max) {
			complain_range(reader, spec, node);
			return NULL;
		}
		count++;
	}
	if (count == spec->numbers)
		return copy_text(node->text);
	complain(reader, node->at, "%s: " WORD " must be %d numbers with a blank between them",
		 spec->name, node->text, spec->numbers);
	return NULL;
}

void setting_read(const struct reader *reader, const struct node *node,
		  struct sysctl_setting *setting)
{
	const struct sysctl_spec *spec = sysctl_spec_of(node->key);

	setting->name = copy_text(node->key);
	setting->at = node->key_at;
	if (!spec)
		complain_sysctl(reader, node);
	else if (node->kind == NODE_REFUSED)
		;
	else if (node->kind != NODE_TEXT || !*node->text)
		complain(reader, node->at, "%s must be a %s, not %s", spec->name,
			 spec->text		   ? "word"
			 : spec->numbers > 1	   ? "text of numbers"
			 : spec->unit != UNIT_NONE ? "number or a duration"
						   : "number",
			 node_kind_name(node));
	else if (spec->text && !is_id_word(node->text))
		complain(reader, node->at, "%s: " WORD " must be one word", spec->name, node->text);
	else if (spec->text)
		setting->value = copy_text(node->text);
	else if (spec->numbers > 1)
		setting->value = read_numbers(reader, spec, node);
	else
		setting->value = read_number(reader, spec, node);
}

static void tag_read(const struct reader *reader, const struct node *node, char ***tags,
		     size_t *count)
{
	if (node->kind == NODE_REFUSED)
		return;
	if (node->kind != NODE_TEXT || !is_id_word(node->text)) {
		complain(reader, node->at,
			 "a tag must be one word of letters, digits, '.', '_' and '-'");
		return;
	}
	for (size_t i = 0; i < *count; i++) {
		if (strcmp((*tags)[i], node->text) == 0)
			return;
	}
	*array_push(*tags, *count) = copy_text(node->text);
}

void tags_read(const struct reader *reader, const struct node *node, char ***tags, size_t *count)
{
	if (node->kind == NODE_TEXT) {
		tag_read(reader, node, tags, count);
		return;
	}
	if (node->kind == NODE_MAPPING) {
		complain(reader, node->at, "tags must be a list of words, as in [quick], not %s",
			 node_kind_name(node));
		return;
	}
	for_each_child (tag, node)
		tag_read(reader, tag, tags, count);
}

char *line_read(const struct reader *reader, const char *name, const struct node *node)
{
	char *line;
	size_t length;

	if (node->kind == NODE_REFUSED)
		return NULL;
	if (node->kind != NODE_TEXT || !node->text[strspn(node->text, " \t\n")]) {
		complain(reader, node->at, "%s must be a text, not %s", name,
			 node->kind == NODE_TEXT ? "empty" : node_kind_name(node));
		return NULL;
	}
	line = copy_text(node->text);
	for (char *c = line; *c; c++) {
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	}
	for (length = strlen(line); length && line[length - 1] == ' '; length--)
		line[length - 1] = '\0';
	return line;
}

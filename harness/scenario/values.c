#define _GNU_SOURCE
#include "scenario/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "scenario/moment.h"
#include "scenario/parameters.h"

bool parse_number(const char *text, int64_t *ret_number)
{
	int64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *text - '0', &number))
			return false;
	}
	*ret_number = number;
	return true;
}

/* Complains that a text is not what its key allows. */
static bool refuse(const struct reader *reader, const struct key_spec *spec,
		   const struct node *node, const char *why)
{
	char allowed[ALLOWED_TEXT_SIZE];

	complain(reader, node->at, "%s: " WORD " %s; allowed: %s", spec->name, node->text, why,
		 key_allowed(allowed, spec));
	return false;
}

static bool check_range(const struct reader *reader, const struct key_spec *spec,
			const struct node *node, int64_t number)
{
	if ((spec->min || spec->max) && (number < spec->min || number > spec->max))
		return refuse(reader, spec, node, "is out of range");
	return true;
}

static bool read_count(const struct reader *reader, const struct key_spec *spec,
		       const struct node *node, struct value *value)
{
	size_t digits = strspn(node->text, "0123456789");

	if (parse_number(node->text, &value->number))
		return check_range(reader, spec, node, value->number);
	return refuse(reader, spec, node,
		      digits && !node->text[digits] ? "is out of range" : "is not a whole number");
}

/* Reads a duration of whole units; complains about every way not to be one. */
static bool read_duration(const struct reader *reader, const struct key_spec *spec,
			  const struct node *node, struct value *value)
{
	int64_t number, unit = spec->type == TYPE_SECONDS	 ? SECOND
			       : spec->type == TYPE_MILLISECONDS ? MILLISECOND
								 : 1;
	int error = duration_parse(node->text, &value->number);
	char allowed[ALLOWED_TEXT_SIZE];

	if (error == -ERANGE)
		return refuse(reader, spec, node, "is out of range");
	if (error && parse_number(node->text, &number)) {
		complain(reader, node->at, "%s: " WORD " has no unit; write %.20s%s; allowed: %s",
			 spec->name, node->text, node->text,
			 spec->type == TYPE_MILLISECONDS ? "ms" : "s", key_allowed(allowed, spec));
		return false;
	}
	if (error)
		return refuse(reader, spec, node, "is not a duration");
	if (!check_range(reader, spec, node, value->number))
		return false;
	if (value->number % unit)
		return refuse(reader, spec, node,
			      unit == SECOND ? "is not a whole number of seconds"
					     : "is not a whole number of milliseconds");
	return true;
}

static bool read_word(const struct reader *reader, const struct key_spec *spec,
		      const struct node *node, struct value *value)
{
	cleanup_free const char **names = NULL;
	size_t count = 0;
	int number;

	if (word_value(spec->words, node->text, &number)) {
		value->number = number;
		return true;
	}
	for (const struct word *word = spec->words; word->name; word++)
		*array_push(names, count) = word->name;
	complain_unknown(reader, node->at, "word", node->text, spec->name, names, count);
	return false;
}

static bool read_error(const struct reader *reader, const struct key_spec *spec,
		       const struct node *node, struct value *value)
{
	const char *names[256];
	const char *nearest;
	size_t count = 0;

	value->number = errno_value(node->text);
	if (value->number || strcmp(node->text, "none") == 0)
		return true;
	for (int error = 1; error < 256; error++) {
		names[count] = strerrorname_np(error);
		count += names[count] != NULL;
	}
	nearest = nearest_word(node->text, names, count);
	if (!nearest)
		return refuse(reader, spec, node, "is no errno's name");
	complain(reader, node->at,
		 "%s: " WORD " is no errno's name; did you mean \"%s\"? Allowed: %s", spec->name,
		 node->text, nearest, spec->allowed);
	return false;
}

static bool read_moment(const struct reader *reader, const struct key_spec *spec,
			const struct node *node, struct value *value)
{
	char error[512] = "";

	if (moment_parse(node->text, &value->moment, error, sizeof(error)) == 0)
		return true;
	complain(reader, node->at, "%s: %s", spec->name, error);
	return false;
}

static bool read_text(const struct reader *reader, const struct key_spec *spec,
		      const struct node *node, struct value *value)
{
	switch (spec->type) {
	case TYPE_SWITCH:
	case TYPE_END:
	case TYPE_STATE:
	case TYPE_WORD:
		return read_word(reader, spec, node, value);
	case TYPE_COUNT:
		return read_count(reader, spec, node, value);
	case TYPE_DURATION:
	case TYPE_SECONDS:
	case TYPE_MILLISECONDS:
		return read_duration(reader, spec, node, value);
	case TYPE_ERROR:
		return read_error(reader, spec, node, value);
	case TYPE_MOMENT:
		return read_moment(reader, spec, node, value);
	case TYPE_ADDRESS:
		return port_parse(node->text, &value->address.port) == 0 ||
		       address_parse(node->text, &value->address) == 0 ||
		       refuse(reader, spec, node, "is not an address");
	case TYPE_TEXT:
		return (!spec->check || spec->check(node->text)) ||
		       refuse(reader, spec, node, "cannot be");
	case TYPE_WORDS:
	case TYPE_COUNTERS:
	case TYPE_SYSCTLS:
		break;
	}
	return false;
}

static bool read_item(const struct reader *reader, const struct key_spec *spec,
		      const struct node *node, struct value *value)
{
	if (node->kind == NODE_REFUSED)
		return false;
	if (node->kind != NODE_TEXT) {
		complain(reader, node->at, "%s must be a list of words, not of lists or mappings",
			 spec->name);
		return false;
	}
	if (!spec->check(node->text))
		return refuse(reader, spec, node, "cannot be");
	*array_push(value->items, value->item_count) =
		(struct list_item){.text = copy_text(node->text), .at = node->at};
	return true;
}

/* Of a list of one, the brackets may be left out. */
static bool read_words(const struct reader *reader, const struct key_spec *spec,
		       const struct node *node, struct value *value)
{
	bool good = true;

	if (node->kind == NODE_TEXT)
		return read_item(reader, spec, node, value);
	for_each_child (item, node)
		good = read_item(reader, spec, item, value) && good;
	return good;
}

static bool read_counters(const struct reader *reader, const struct key_spec *spec,
			  const struct node *node, struct value *value)
{
	char allowed[ALLOWED_TEXT_SIZE];
	bool good = true;

	for_each_child (entry, node) {
		int64_t number = 0;

		if (!spec->check(entry->key))
			complain(reader, entry->key_at,
				 "%s: " WORD " is not a counter's name; allowed: %s", spec->name,
				 entry->key, key_allowed(allowed, spec));
		else if (entry->kind == NODE_REFUSED)
			;
		else if (entry->kind != NODE_TEXT || !parse_number(entry->text, &number))
			complain(reader, entry->at, "%s must be a whole number, not %s%.60s%s",
				 entry->key, entry->kind == NODE_TEXT ? "\"" : "",
				 entry->kind == NODE_TEXT ? entry->text : node_kind_name(entry),
				 entry->kind == NODE_TEXT ? "\"" : "");
		else {
			*array_push(value->items, value->item_count) = (struct list_item){
				.text = copy_text(entry->key), .number = number, .at = entry->at};
			continue;
		}
		good = false;
	}
	return good;
}

static bool read_sysctls(const struct reader *reader, const struct node *node, struct value *value)
{
	bool good = true;

	for_each_child (entry, node) {
		struct sysctl_setting setting = {0};

		setting_read(reader, entry, &setting);
		good = good && setting.value;
		*array_push(value->items, value->item_count) = (struct list_item){
			.text = setting.name, .setting = setting.value, .at = setting.at};
	}
	return good;
}

/* Whether a node is of the kind that a type is read from; complains where not. */
static bool check_kind(const struct reader *reader, const struct key_spec *spec,
		       const struct node *node)
{
	char allowed[ALLOWED_TEXT_SIZE];
	bool good = node->kind == NODE_TEXT;

	if (node->kind == NODE_REFUSED)
		return false;
	if (spec->type == TYPE_WORDS)
		good = node->kind == NODE_TEXT || (node->kind == NODE_LIST && node->count);
	else if (spec->type == TYPE_COUNTERS || spec->type == TYPE_SYSCTLS)
		good = node->kind == NODE_MAPPING && node->count;
	if (good && !node_is_empty(node))
		return true;
	complain(reader, node->at, "%s must not be %s; allowed: %s", spec->name,
		 node->kind != NODE_TEXT && !node->count ? "empty" : node_kind_name(node),
		 key_allowed(allowed, spec));
	return false;
}

void value_read(const struct reader *reader, const struct key_spec *spec, const struct node *node,
		struct value *value)
{
	value->set = true;
	value->at = node->at;
	value->text = node->text ? copy_text(node->text) : node_line(node, true);
	if (!check_kind(reader, spec, node))
		value->bad = true;
	else if (spec->type == TYPE_WORDS)
		value->bad = !read_words(reader, spec, node, value);
	else if (spec->type == TYPE_COUNTERS)
		value->bad = !read_counters(reader, spec, node, value);
	else if (spec->type == TYPE_SYSCTLS)
		value->bad = !read_sysctls(reader, node, value);
	else
		value->bad = !read_text(reader, spec, node, value);
}

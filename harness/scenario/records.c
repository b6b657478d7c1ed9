#define _GNU_SOURCE
#include "scenario/records.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/values.h"
#include "scenario/vocabulary.h"

static const struct key_spec *find_key(const struct key_spec *keys, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static const struct record_spec *find_record(enum section section, const char *name)
{
	for_each_record_spec(spec, section)
	{
		if (strcmp(spec->name, name) == 0)
			return spec;
	}
	return NULL;
}

/* Complains about an unknown key; returns the one that was probably meant, or NULL. */
static const struct key_spec *complain_key(const struct reader *reader, const struct node *entry,
					   const struct record_spec *spec)
{
	cleanup_free const char **names = NULL;
	const char *nearest;
	size_t count = 0;

	for (size_t i = 0; i < spec->key_count; i++)
		*array_push(names, count) = spec->keys[i].name;
	nearest = complain_unknown(reader, entry->key_at, "key", entry->key, spec->name, names,
				   count);
	return nearest ? find_key(spec->keys, spec->key_count, nearest) : NULL;
}

static void check_required(const struct reader *reader, const struct record_spec *spec,
			   const bool *meant, struct position at, struct record *record)
{
	for (size_t i = 0; i < spec->key_count; i++) {
		const struct key_spec *key = &spec->keys[i];

		if (!key->required || record->value[key->key].set)
			continue;
		/* It was written, with a slip: that was said. */
		if (!meant[key->key])
			complain(reader, at, "%s needs \"%s\"; for example: %s", spec->name,
				 key->name, spec->example);
		record->bad = true;
	}
}

/* Reads the keys of a record from what follows its name. */
static void read_keys(const struct reader *reader, const struct record_spec *spec,
		      const struct node *body, struct position at, struct record *record)
{
	bool meant[KEY_LIMIT] = {false};

	if (spec->is_value) {
		value_read(reader, &spec->keys[0], body, &record->value[spec->keys[0].key]);
		record->bad = record->bad || record->value[spec->keys[0].key].bad;
		return;
	}
	if (body->kind == NODE_REFUSED) {
		record->bad = true;
		return;
	}
	if (body->kind != NODE_MAPPING && !node_is_empty(body)) {
		complain(reader, body->at, "%s must be a mapping, not %s; for example: %s",
			 spec->name, node_kind_name(body), spec->example);
		record->bad = true;
		return;
	}
	for_each_child (entry, body) {
		const struct key_spec *key = find_key(spec->keys, spec->key_count, entry->key);

		if (key) {
			value_read(reader, key, entry, &record->value[key->key]);
			record->bad = record->bad || record->value[key->key].bad;
			continue;
		}
		record->bad = true;
		key = complain_key(reader, entry, spec);
		if (key)
			meant[key->key] = true;
	}
	check_required(reader, spec, meant, at, record);
}

void end_read(const struct reader *reader, enum record_kind kind, const struct node *node,
	      struct record *record)
{
	record->kind = kind;
	record->at = node->key_at;
	record->text = node_line(
		&(struct node){.kind = NODE_MAPPING, .children = (struct node *)node, .count = 1},
		false);
	read_keys(reader, record_spec_of(kind), node, node->key_at, record);
}

static const char *section_name(enum section section)
{
	return section == SECTION_STEP ? "timeline" : "expect";
}

/* Complains about an unknown word; returns the key beside the record that was meant, or NULL. */
static const struct key_spec *complain_record(const struct reader *reader, struct position at,
					      enum section section, const char *what,
					      const char *word)
{
	cleanup_free const char **names = NULL;
	const char *nearest;
	size_t count = 0;

	for (size_t i = 0; section == SECTION_STEP && i < step_key_count; i++)
		*array_push(names, count) = step_keys[i].name;
	for_each_record_spec(spec, section) * array_push(names, count) = spec->name;
	nearest = complain_unknown(reader, at, what, word, section_name(section), names, count);
	return nearest ? find_key(step_keys, step_key_count, nearest) : NULL;
}

static const char *section_example(enum section section)
{
	return section_records(section)->list[0].example;
}

/* Reads the keys that every item of a section may have beside what introduces it. */
static bool read_common(const struct reader *reader, enum section section, const struct node *entry,
			struct record *record)
{
	const struct key_spec *key =
		section == SECTION_STEP ? find_key(step_keys, step_key_count, entry->key) : NULL;

	if (!key)
		return false;
	value_read(reader, key, entry, &record->value[key->key]);
	record->bad = record->bad || record->value[key->key].bad;
	return true;
}

static void check_common(const struct reader *reader, enum section section, const struct node *item,
			 const bool *meant, struct record *record)
{
	for (size_t i = 0; section == SECTION_STEP && i < step_key_count; i++) {
		const struct key_spec *key = &step_keys[i];

		if (!key->required || record->value[key->key].set)
			continue;
		if (!meant[key->key])
			complain(reader, item->at, "the step needs \"%s\"; for example: %s",
				 key->name, section_example(section));
		record->bad = true;
	}
}

/* Finds what introduces an item, and reads what stands beside it. */
static const struct node *read_beside(const struct reader *reader, enum section section,
				      const struct node *item, struct record *record)
{
	const struct node *first = NULL;
	bool meant[KEY_LIMIT] = {false};

	for_each_child (entry, item) {
		const struct record_spec *found = find_record(section, entry->key);

		if (read_common(reader, section, entry, record))
			continue;
		if (found && !found->is_words && !first) {
			first = entry;
			continue;
		}
		record->bad = true;
		if (!found) {
			const struct key_spec *key =
				complain_record(reader, entry->key_at, section, "key", entry->key);

			if (key)
				meant[key->key] = true;
		} else if (found->is_words) {
			complain(reader, entry->key_at, "\"%s\" stands alone, without a colon",
				 found->name);
		} else {
			complain(reader, entry->key_at,
				 "\"%s\" stands beside \"%s\": write another item, with a \"-\" "
				 "of its own",
				 found->name, first->key);
		}
	}
	check_common(reader, section, item, meant, record);
	return first;
}

/* Whether a key of the item is unknown, so that nothing else need be said about it. */
static bool has_unknown(enum section section, const struct node *item)
{
	for_each_child (entry, item) {
		const struct record_spec *found = find_record(section, entry->key);

		if (found ? found->is_words
			  : section != SECTION_STEP ||
				    !find_key(step_keys, step_key_count, entry->key))
			return true;
	}
	return false;
}

static void read_mapping(const struct reader *reader, enum section section, const struct node *item,
			 struct record *record)
{
	const struct node *first = read_beside(reader, section, item, record);
	const struct record_spec *spec = first ? find_record(section, first->key) : NULL;

	if (spec) {
		record->kind = spec->kind;
		read_keys(reader, spec, first, first->key_at, record);
		return;
	}
	record->bad = true;
	if (!has_unknown(section, item))
		complain(reader, item->at, "%s; for example: %s",
			 section == SECTION_STEP ? "the step does nothing" : "nothing is expected",
			 section_example(section));
}

/* Reads an item that is a text: the name of a record that needs no more. */
static void read_word(const struct reader *reader, enum section section, const struct node *item,
		      struct record *record)
{
	const struct record_spec *spec = find_record(section, item->text);

	if (spec && spec->is_words) {
		record->kind = spec->kind;
		return;
	}
	record->bad = true;
	if (spec)
		complain(reader, item->at, "%s needs more; for example: %s", spec->name,
			 spec->example);
	else
		complain_record(reader, item->at, section, "expectation", item->text);
}

static void read_record(const struct reader *reader, enum section section, const struct node *item,
			struct record *record)
{
	/* Of the section, whatever else is wrong, since the kind says what to free. */
	record->kind = section == SECTION_STEP ? RECORD_STEP_DROP : RECORD_EXPECT_NOTHING_ELSE;
	record->at = item->at;
	record->text = node_line(item, false);
	switch (item->kind) {
	case NODE_MAPPING:
		read_mapping(reader, section, item, record);
		break;
	case NODE_TEXT:
		if (*item->text && section == SECTION_EXPECT) {
			read_word(reader, section, item, record);
			break;
		}
		/* fall through */
	case NODE_LIST:
		complain(reader, item->at,
			 "an item of %s must be a mapping, not %s; for example: %s",
			 section_name(section), node_kind_name(item), section_example(section));
		/* fall through */
	case NODE_REFUSED:
		record->bad = true;
		break;
	}
}

void step_read(const struct reader *reader, const struct node *item, struct record *record)
{
	read_record(reader, SECTION_STEP, item, record);
}

void expectation_read(const struct reader *reader, const struct node *item, struct record *record)
{
	read_record(reader, SECTION_EXPECT, item, record);
}

/* Which variants a file has: the sets of "variants", crossed with the values of "matrix". */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenario/parameters.h"

#define ID_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

/* A file's name may have 255 bytes; results add suffixes of their own. */
#define SUFFIX_LIMIT 160

bool is_id_word(const char *text)
{
	size_t length = strlen(text);

	return length && strspn(text, ID_CHARACTERS) == length && strspn(text, ".") < length;
}

static bool is_parameter_name(const char *name)
{
	return *name && !strchr("0123456789", *name) &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
		       strlen(name);
}

/* Whether a node can be a parameter's value; complains where not. */
static bool check_value(const struct reader *reader, const char *name, const struct node *node)
{
	if (node->kind == NODE_REFUSED)
		return false;
	if (node->kind != NODE_TEXT)
		complain(reader, node->at, "parameter " WORD " must be a text, not %s", name,
			 node_kind_name(node));
	else if (strlen(node->text) > PARAMETER_LIMIT)
		complain(reader, node->at, "parameter " WORD " is longer than %d bytes", name,
			 PARAMETER_LIMIT);
	else if (strchr(node->text, '$'))
		complain(reader, node->at, "parameter " WORD " cannot refer to another one", name);
	else
		return true;
	return false;
}

static bool check_name(const struct reader *reader, const struct node *node)
{
	if (is_parameter_name(node->key))
		return true;
	complain(reader, node->key_at,
		 "parameter " WORD " must be named with letters, digits and _, not a digit first",
		 node->key);
	return false;
}

static void add_parameter(struct variant *variant, const char *name, const struct node *value)
{
	*array_push(variant->parameters, variant->parameter_count) =
		(struct parameter){.name = name, .text = value->text, .at = value->at};
}

static bool has_parameter(const struct variant *variant, const char *name)
{
	for (size_t i = 0; i < variant->parameter_count; i++) {
		if (strcmp(variant->parameters[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Reads one entry of "variants". Returns whether all of it is as it should be. */
static bool read_variant(const struct reader *reader, const struct node *node,
			 struct variant *variant)
{
	bool good = true;

	if (asprintf(&variant->suffix, "@%.*s", SUFFIX_LIMIT, node->key) < 0)
		abort();
	if (!is_id_word(node->key) || strlen(node->key) > SUFFIX_LIMIT / 2) {
		complain(reader, node->key_at,
			 "variant " WORD " becomes part of file names: write it with letters, "
			 "digits, '.', '_' and '-', at most %d",
			 node->key, SUFFIX_LIMIT / 2);
		good = false;
	}
	if (node->kind != NODE_MAPPING) {
		if (node->kind != NODE_REFUSED)
			complain(reader, node->at,
				 "variant " WORD " must be a mapping of parameters, as in "
				 "{tags: [quick], idle: 2s}, not %s",
				 node->key, node_kind_name(node));
		return false;
	}
	for_each_child (child, node) {
		if (strcmp(child->key, "tags") == 0)
			variant->tags = child;
		else if (check_name(reader, child) && check_value(reader, child->key, child))
			add_parameter(variant, child->key, child);
		else
			good = false;
	}
	return good;
}

static void read_variants(const struct reader *reader, const struct node *node,
			  struct variants *variants)
{
	if (node->kind != NODE_MAPPING || !node->count) {
		if (node->kind != NODE_REFUSED)
			complain(reader, node->at,
				 "variants must be a mapping of names, as in "
				 "{quick: {tags: [quick], idle: 2s}}, not %s",
				 node->kind == NODE_MAPPING ? "empty" : node_kind_name(node));
		variants->broken = true;
		return;
	}
	for_each_child (child, node) {
		if (variants->count == VARIANT_LIMIT) {
			complain(reader, child->key_at, "more variants than %d", VARIANT_LIMIT);
			variants->broken = true;
			return;
		}
		if (!read_variant(reader, child, array_push(variants->list, variants->count)))
			variants->broken = true;
	}
}

/* Writes a value as it stands in an id, where only some characters are safe. */
static char *id_of_value(const char *text)
{
	char *id = copy_text(text);

	for (char *c = id; *c; c++) {
		if (!strchr(ID_CHARACTERS, *c))
			*c = '-';
	}
	return id;
}

struct value_id {
	char *id;
	const struct node *value;
};

static int compare_ids(const void *a_pointer, const void *b_pointer)
{
	const struct value_id *a = a_pointer, *b = b_pointer;
	int order = strcmp(a->id, b->id);

	return order ? order : (a->value > b->value) - (a->value < b->value);
}

/* Whether two values would make the same id; complains then. */
static bool has_twins(const struct reader *reader, const struct node *list)
{
	struct value_id *ids = NULL;
	bool found = false;
	size_t count = 0;

	for_each_child (value, list)
		*array_push(ids, count) = (struct value_id){id_of_value(value->text), value};
	qsort(ids, count, sizeof(*ids), compare_ids);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(ids[i - 1].id, ids[i].id) != 0)
			continue;
		complain(reader, ids[i].value->at,
			 "value " WORD " of \"%.40s\" makes the same id as an earlier one",
			 ids[i].value->text, list->key);
		found = true;
	}
	for (size_t i = 0; i < count; i++)
		free(ids[i].id);
	free(ids);
	return found;
}

/* Whether one entry of "matrix" is a list of values; complains where not. */
static bool check_axis(const struct reader *reader, const struct node *axis)
{
	bool good = check_name(reader, axis);

	if (axis->kind == NODE_REFUSED)
		return false;
	if (axis->kind != NODE_LIST || !axis->count || axis->count > VARIANT_LIMIT) {
		complain(reader, axis->at, "matrix " WORD " must be a list of 1 to %d values",
			 axis->key, VARIANT_LIMIT);
		return false;
	}
	for_each_child (value, axis)
		good = check_value(reader, axis->key, value) && good;
	return good && !has_twins(reader, axis);
}

/* Returns the variant with one more parameter; takes nothing over from it. */
static struct variant extend(const struct variant *variant, const struct node *axis,
			     const struct node *value)
{
	struct variant extended = {.tags = variant->tags};
	char *id = id_of_value(value->text);

	if (asprintf(&extended.suffix, "%s%s%s=%s", variant->suffix, *variant->suffix ? "," : "@",
		     axis->key, id) < 0)
		abort();
	free(id);
	for (size_t i = 0; i < variant->parameter_count; i++)
		*array_push(extended.parameters, extended.parameter_count) = variant->parameters[i];
	add_parameter(&extended, axis->key, value);
	return extended;
}

/* Returns a copy of the variant for one IP family. */
static struct variant of_family(const struct variant *variant, int family)
{
	struct variant copy = {.tags = variant->tags, .family = family};

	if (asprintf(&copy.suffix, "%s%sipv%d", variant->suffix, *variant->suffix ? "," : "@",
		     family) < 0)
		abort();
	for (size_t i = 0; i < variant->parameter_count; i++)
		*array_push(copy.parameters, copy.parameter_count) = variant->parameters[i];
	return copy;
}

/* Replaces the variants by twice as many, one for each IP family. */
static void cross_families(struct variants *variants)
{
	struct variants crossed = {.broken = variants->broken};

	for (size_t i = 0; i < variants->count; i++) {
		*array_push(crossed.list, crossed.count) = of_family(&variants->list[i], 4);
		*array_push(crossed.list, crossed.count) = of_family(&variants->list[i], 6);
	}
	variants_free(variants);
	*variants = crossed;
}

/* Replaces the variants by those crossed with the values of one more parameter. */
static void cross(struct variants *variants, const struct node *axis)
{
	struct variants crossed = {.broken = variants->broken};

	for (size_t i = 0; i < variants->count; i++) {
		for_each_child (value, axis)
			*array_push(crossed.list, crossed.count) =
				extend(&variants->list[i], axis, value);
	}
	variants_free(variants);
	*variants = crossed;
}

static void read_matrix(const struct reader *reader, const struct node *matrix, size_t node_count,
			struct variants *variants)
{
	if (matrix->kind != NODE_MAPPING || !matrix->count) {
		if (matrix->kind != NODE_REFUSED)
			complain(
				reader, matrix->at,
				"matrix must be a mapping of lists, as in {idle: [1s, 2s]}, not %s",
				matrix->kind == NODE_MAPPING ? "empty" : node_kind_name(matrix));
		variants->broken = true;
		return;
	}
	for_each_child (axis, matrix) {
		size_t total;

		if (!check_axis(reader, axis)) {
			variants->broken = true;
			continue;
		}
		if (has_parameter(&variants->list[0], axis->key)) {
			complain(reader, axis->key_at,
				 "parameter " WORD " is set by variants already", axis->key);
			continue;
		}
		total = variants->count * axis->count;
		if (total > VARIANT_LIMIT || total * node_count > VARIANT_NODES_LIMIT) {
			complain(reader, axis->key_at,
				 "the matrix makes too many variants: %zu, with \"%.40s\" on",
				 total, axis->key);
			variants->broken = true;
			return;
		}
		cross(variants, axis);
	}
}

static bool check_suffixes(const struct reader *reader, const struct variants *variants,
			   struct position at)
{
	for (size_t i = 0; i < variants->count; i++) {
		if (strlen(variants->list[i].suffix) > SUFFIX_LIMIT) {
			complain(reader, at,
				 "the values make an id too long for a file's name: \"%.60s…\"",
				 variants->list[i].suffix);
			return false;
		}
	}
	return true;
}

struct variants variants_of(const struct reader *reader, const struct node *root, size_t node_count)
{
	const struct node *named = node_find(root, "variants"), *matrix = node_find(root, "matrix");
	const struct node *family = node_find(root, "family");
	struct variants variants = {0};

	if (named)
		read_variants(reader, named, &variants);
	if (!variants.count)
		array_push(variants.list, variants.count)->suffix = copy_text("");
	if (variants.count * node_count > VARIANT_NODES_LIMIT) {
		complain(reader, named->at, "too many variants for a file of this size: %zu",
			 variants.count);
		variants.broken = true;
	} else if (matrix) {
		read_matrix(reader, matrix, node_count, &variants);
		if (!check_suffixes(reader, &variants, matrix->at))
			variants.broken = true;
	}
	if (family && family->kind == NODE_TEXT && strcmp(family->text, "both") == 0)
		cross_families(&variants);
	/* One is enough to check the rest of the file with. */
	while (variants.broken && variants.count > 1) {
		struct variant *last = &variants.list[--variants.count];

		free(last->suffix);
		free(last->parameters);
	}
	return variants;
}

void variants_free(struct variants *variants)
{
	for (size_t i = 0; i < variants->count; i++) {
		free(variants->list[i].suffix);
		free(variants->list[i].parameters);
	}
	free(variants->list);
	*variants = (struct variants){0};
}

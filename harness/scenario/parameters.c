#define _GNU_SOURCE
#include "scenario/parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/utf8.h"

/* Longer names are unknown in any case. */
#define NAME_LIMIT 64

struct substitution {
	const struct reader *reader;
	struct variant *variant;
	bool silent;
};

/* Columns that a text takes. */
static int columns(const char *text, size_t length)
{
	int count = 0;
	uint32_t character;

	for (size_t i = 0; i < length; count++)
		i += utf8_decode(text + i, length - i, &character);
	return count;
}

/* Where a character of a text stands in the file: exactly, or at least where the text begins. */
static struct position place_in(const struct node *node, const char *text, const char *character)
{
	struct position at = text == node->key ? node->key_at : node->at;

	if (text == node->text && node->exact)
		at.column += columns(text, (size_t)(character - text));
	return at;
}

static struct parameter *find_parameter(struct variant *variant, const char *name)
{
	for (size_t i = 0; i < variant->parameter_count; i++) {
		if (strcmp(variant->parameters[i].name, name) == 0)
			return &variant->parameters[i];
	}
	return NULL;
}

static void complain_parameter(const struct substitution *substitution, struct position at,
			       const char *name)
{
	const struct variant *variant = substitution->variant;
	cleanup_free const char **names = NULL;
	cleanup_free char *where = NULL;
	size_t count = 0;

	if (substitution->silent)
		return;
	if (!*variant->suffix) {
		complain(substitution->reader, at,
			 "unknown parameter \"$%.60s\": neither variants nor matrix sets one; "
			 "write \"$$\" for a dollar",
			 name);
		return;
	}
	if (asprintf(&where, "variant %s", variant->suffix + 1) < 0)
		abort();
	for (size_t i = 0; i < variant->parameter_count; i++)
		*array_push(names, count) = variant->parameters[i].name;
	complain_unknown(substitution->reader, at, "parameter", name, where, names, count);
}

/*
 * Reads the name behind a dollar: "name" or "{name}". Moves text behind it. Returns the length of
 * the name, 0 where there is none.
 */
static size_t read_name(const char **text, char name[static NAME_LIMIT + 1])
{
	bool braces = **text == '{';
	const char *start = *text + braces;
	size_t length =
		strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (length > NAME_LIMIT || (braces && start[length] != '}'))
		length = 0;
	memcpy(name, start, length);
	name[length] = '\0';
	if (length)
		*text = start + length + braces;
	return length;
}

/* Returns the text with parameters replaced, or NULL where one is unknown. */
static char *replace(const struct substitution *substitution, const struct node *node,
		     const char *text)
{
	const char *rest = text;
	char *replaced = NULL;
	size_t size = 0;
	FILE *stream;
	bool good = true;

	if (!strchr(text, '$'))
		return copy_text(text);
	stream = open_memstream(&replaced, &size);
	if (!stream)
		return NULL;
	while (*rest) {
		const char *dollar = strchrnul(rest, '$');
		char name[NAME_LIMIT + 1];
		struct parameter *parameter;

		fwrite(rest, 1, (size_t)(dollar - rest), stream);
		rest = dollar;
		if (!*dollar)
			break;
		rest++;
		if (*rest == '$') {
			fputc(*rest++, stream);
		} else if (!read_name(&rest, name)) {
			complain(substitution->reader, place_in(node, text, dollar),
				 "\"$\" needs a parameter's name behind it; write \"$$\" for a "
				 "dollar");
			good = false;
		} else if ((parameter = find_parameter(substitution->variant, name))) {
			parameter->used = true;
			fputs(parameter->text, stream);
		} else {
			complain_parameter(substitution, place_in(node, text, dollar), name);
			good = false;
		}
	}
	fclose(stream);
	if (good)
		return replaced;
	free(replaced);
	return NULL;
}

static struct node copy_node(const struct substitution *substitution, const struct node *node);

static void copy_children(const struct substitution *substitution, const struct node *node,
			  struct node *copy)
{
	for_each_child (child, node) {
		struct node copied = copy_node(substitution, child);

		/* A key that is not known says nothing about its value. */
		if (child->key && !copied.key)
			node_free(&copied);
		else
			*array_push(copy->children, copy->count) = copied;
	}
}

static struct node copy_node(const struct substitution *substitution, const struct node *node)
{
	struct node copy = {
		.kind = node->kind,
		.at = node->at,
		.key_at = node->key_at,
		.quoted = node->quoted,
		.exact = node->exact,
	};

	if (node->key)
		copy.key = replace(substitution, node, node->key);
	if (node->text) {
		copy.text = replace(substitution, node, node->text);
		if (!copy.text)
			copy.kind = NODE_REFUSED;
		else if (strcmp(copy.text, node->text) != 0)
			copy.exact = false;
	}
	copy_children(substitution, node, &copy);
	return copy;
}

struct node parameters_apply(const struct reader *reader, const struct node *root,
			     const struct variants *variants, struct variant *variant)
{
	struct substitution substitution = {reader, variant, variants->broken};
	struct node copy = {.kind = root->kind, .at = root->at};

	for_each_child (child, root) {
		if (strcmp(child->key, "variants") == 0 || strcmp(child->key, "matrix") == 0)
			continue;
		struct node copied = copy_node(&substitution, child);

		if (copied.key)
			*array_push(copy.children, copy.count) = copied;
		else
			node_free(&copied);
	}
	return copy;
}

void parameters_check_used(const struct reader *reader, const struct variant *variant)
{
	for (size_t i = 0; i < variant->parameter_count; i++) {
		if (!variant->parameters[i].used)
			complain(reader, variant->parameters[i].at,
				 "parameter " WORD " is never used; write $%.40s where it is meant",
				 variant->parameters[i].name, variant->parameters[i].name);
	}
}

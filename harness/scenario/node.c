#define _GNU_SOURCE
#include "scenario/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

void node_free(struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		node_free(&node->children[i]);
	free(node->children);
	free(node->key);
	free(node->text);
	*node = (struct node){0};
}

const struct node *node_find(const struct node *mapping, const char *key)
{
	for_each_child (child, mapping) {
		if (strcmp(child->key, key) == 0)
			return child;
	}
	return NULL;
}

const char *node_kind_name(const struct node *node)
{
	switch (node->kind) {
	case NODE_LIST:
		return "a list";
	case NODE_MAPPING:
		return "a mapping";
	case NODE_TEXT:
	case NODE_REFUSED:
		break;
	}
	return node_is_empty(node) ? "empty" : "a text";
}

bool node_is_empty(const struct node *node)
{
	return node->kind == NODE_TEXT && !node->quoted && !*node->text;
}

/* Whether a text read again from flow style would be another one. */
static bool needs_quotes(const char *text)
{
	return !*text || strpbrk(text, ",[]{}\"\n\t") || strstr(text, ": ") || strstr(text, " #") ||
	       strchr("#&*!|>'%@`- ?:", *text) || text[strlen(text) - 1] == ' ' ||
	       text[strlen(text) - 1] == ':';
}

static void print_text(FILE *stream, const char *text)
{
	if (!needs_quotes(text)) {
		fputs(text, stream);
		return;
	}
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', stream);
		fputc(*text == '\n' || *text == '\t' ? ' ' : *text, stream);
	}
	fputc('"', stream);
}

static void print_node(FILE *stream, const struct node *node, bool braces)
{
	bool is_list = node->kind == NODE_LIST;

	if (node->kind == NODE_TEXT)
		print_text(stream, node->text);
	if (node->kind != NODE_LIST && node->kind != NODE_MAPPING)
		return;
	if (braces)
		fputc(is_list ? '[' : '{', stream);
	for_each_child (child, node) {
		if (child > node->children)
			fputs(", ", stream);
		if (child->key) {
			print_text(stream, child->key);
			if (node_is_empty(child))
				continue;
			fputs(": ", stream);
		}
		print_node(stream, child, true);
	}
	if (braces)
		fputc(is_list ? ']' : '}', stream);
}

char *node_line(const struct node *node, bool braces)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return copy_text("");
	print_node(stream, node, braces);
	fclose(stream);
	return text;
}

static int compare_keys(const void *a_pointer, const void *b_pointer)
{
	const struct node *a = *(const struct node *const *)a_pointer;
	const struct node *b = *(const struct node *const *)b_pointer;
	int order = strcmp(a->key, b->key);

	return order ? order : (a > b) - (a < b);
}

/* Empties the later ones of each key; sorted, since a hostile file has many. */
static bool empty_duplicates(const struct reader *reader, struct node *mapping)
{
	cleanup_free struct node **order = NULL;
	const struct node *first = NULL;
	bool found = false;
	size_t count = 0;

	for (size_t i = 0; i < mapping->count; i++)
		*array_push(order, count) = &mapping->children[i];
	if (count)
		qsort(order, count, sizeof(struct node *), compare_keys);
	for (size_t i = 0; i < count; i++) {
		if (!first || strcmp(first->key, order[i]->key) != 0) {
			first = order[i];
			continue;
		}
		complain(reader, order[i]->key_at,
			 "key " WORD " is written twice; the first is on line %d", first->key,
			 first->key_at.line);
		node_free(order[i]);
		found = true;
	}
	return found;
}

void node_drop_duplicates(const struct reader *reader, struct node *node)
{
	if (node->kind == NODE_MAPPING && node->count > 1 && empty_duplicates(reader, node)) {
		size_t kept = 0;

		for (size_t i = 0; i < node->count; i++) {
			if (node->children[i].key)
				node->children[kept++] = node->children[i];
		}
		node->count = kept;
	}
	for (size_t i = 0; i < node->count; i++)
		node_drop_duplicates(reader, &node->children[i]);
}

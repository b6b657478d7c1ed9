#include "scenario/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/array.h"
#include "base/utf8.h"

struct yaml {
	const struct reader *reader;
	const char *text;
	size_t length;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	size_t nodes;
	int depth;
	bool failed; /* there is no next event */
};

static struct position position_of(yaml_mark_t mark)
{
	return (struct position){(int)mark.line + 1, (int)mark.column + 1};
}

/* Whether all is text, before libyaml, which would name no line. */
static bool check_encoding(const struct reader *reader, const char *text, size_t length)
{
	struct position at = {1, 1};

	while (length) {
		uint32_t character;
		size_t step = utf8_decode(text, length, &character);
		size_t line_end = utf8_line_end(text, length);

		if (character == 0)
			complain(reader, at, "a NUL byte: the file is binary, not YAML text");
		else if (character == UTF8_INVALID)
			complain(reader, at,
				 "not UTF-8: the file is binary, or text in another encoding");
		else if (!line_end && character != '\t' && utf8_is_control(character))
			complain(reader, at, "a control character (U+%04X)", (unsigned)character);
		else if (character == 0xfffe || character == 0xffff)
			complain(reader, at, "a character that is none (U+%04X)",
				 (unsigned)character);
		else {
			at.column++;
			if (line_end)
				at = (struct position){at.line + 1, 1};
			step = line_end ? line_end : step;
			text += step;
			length -= step;
			continue;
		}
		return false;
	}
	return true;
}

/* Whether what libyaml stumbled over is the brace of "${name}" within braces or brackets. */
static bool is_parameter(const struct yaml *yaml)
{
	const char *text = yaml->text;
	size_t length = yaml->length;
	uint32_t character;

	for (size_t i = 0; i + 1 < yaml->parser.problem_mark.index && length; i++) {
		size_t step = utf8_decode(text, length, &character);

		text += step;
		length -= step;
	}
	return length >= 2 && text[0] == '$' && text[1] == '{';
}

static void complain_syntax(struct yaml *yaml)
{
	const yaml_parser_t *parser = &yaml->parser;
	struct position at = position_of(parser->problem_mark);
	const char *problem = parser->problem ? parser->problem : "it cannot be read";

	if (is_parameter(yaml))
		complain(yaml->reader, at,
			 "within { } and [ ] write $name, or \"${name}\" in quotes");
	else if (parser->context && parser->context_mark.line != parser->problem_mark.line)
		complain(yaml->reader, at, "not valid YAML: %s %s that begins on line %d", problem,
			 parser->context, position_of(parser->context_mark).line);
	else if (parser->context)
		complain(yaml->reader, at, "not valid YAML: %s %s", problem, parser->context);
	else
		complain(yaml->reader, at, "not valid YAML: %s", problem);
}

static void next_event(struct yaml *yaml)
{
	yaml_event_delete(&yaml->event);
	if (yaml->failed)
		return;
	if (!yaml_parser_parse(&yaml->parser, &yaml->event)) {
		complain_syntax(yaml);
		yaml->failed = true;
	}
}

static void refuse_marks(const struct yaml *yaml, struct position at, const yaml_char_t *anchor,
			 const yaml_char_t *tag)
{
	if (anchor)
		complain(yaml->reader, at,
			 "anchors (&%.40s) are not allowed: write the value where it is needed, or "
			 "use a parameter",
			 (const char *)anchor);
	if (tag)
		complain(yaml->reader, at, "tags (%.40s) are not allowed: write the plain value",
			 (const char *)tag);
}

static char *scalar_text(const struct yaml *yaml)
{
	const char *text = (const char *)yaml->event.data.scalar.value;
	size_t length = yaml->event.data.scalar.length;
	uint32_t character;

	for (size_t i = 0; i < length; i += utf8_decode(text + i, length - i, &character)) {
		utf8_decode(text + i, length - i, &character);
		if (character == '\n' || character == '\t' || !utf8_is_control(character))
			continue;
		complain(yaml->reader, position_of(yaml->event.start_mark),
			 "a control character (U+%04X) in a text", (unsigned)character);
		return NULL;
	}
	return copy_text(text);
}

static void build_text(struct yaml *yaml, struct node *node)
{
	const yaml_event_t *event = &yaml->event;

	refuse_marks(yaml, node->at, event->data.scalar.anchor, event->data.scalar.tag);
	node->text = scalar_text(yaml);
	node->kind = node->text ? NODE_TEXT : NODE_REFUSED;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->exact = !node->quoted && event->start_mark.line == event->end_mark.line;
}

static void build(struct yaml *yaml, struct node *node);

static void build_list(struct yaml *yaml, struct node *node)
{
	node->kind = NODE_LIST;
	for (next_event(yaml); !yaml->failed && yaml->event.type != YAML_SEQUENCE_END_EVENT;
	     next_event(yaml)) {
		struct node child = {0};

		build(yaml, &child);
		*array_push(node->children, node->count) = child;
	}
}

/* Takes the key that is the current event; the key is NULL where it is refused. */
static void build_key(struct yaml *yaml, struct node *entry)
{
	struct node key = {0};

	build(yaml, &key);
	entry->key_at = key.at;
	if (key.kind == NODE_TEXT) {
		entry->key = key.text;
		key.text = NULL;
	} else if (key.kind != NODE_REFUSED && !yaml->failed) {
		complain(yaml->reader, key.at, "a key must be a text, not %s",
			 node_kind_name(&key));
	}
	node_free(&key);
}

static void build_mapping(struct yaml *yaml, struct node *node)
{
	node->kind = NODE_MAPPING;
	for (next_event(yaml); !yaml->failed && yaml->event.type != YAML_MAPPING_END_EVENT;
	     next_event(yaml)) {
		struct node child = {0};

		build_key(yaml, &child);
		next_event(yaml);
		if (!yaml->failed)
			build(yaml, &child);
		if (child.key)
			*array_push(node->children, node->count) = child;
		else
			node_free(&child);
	}
}

static void give_up(struct yaml *yaml, struct position at, const char *what, int limit)
{
	complain(yaml->reader, at, "%s than %d", what, limit);
	yaml->failed = true;
}

/* Builds the node that the current event begins; the current event is then its last one. */
static void build(struct yaml *yaml, struct node *node)
{
	const yaml_event_t *event = &yaml->event;

	node->at = position_of(event->start_mark);
	if (++yaml->nodes > YAML_NODE_LIMIT)
		give_up(yaml, node->at, "more values", YAML_NODE_LIMIT);
	else if (yaml->depth == YAML_DEPTH_LIMIT)
		give_up(yaml, node->at, "nested deeper", YAML_DEPTH_LIMIT);
	if (yaml->failed) {
		node->kind = NODE_REFUSED;
		return;
	}
	yaml->depth++;
	if (event->type == YAML_SCALAR_EVENT) {
		build_text(yaml, node);
	} else if (event->type == YAML_ALIAS_EVENT) {
		complain(yaml->reader, node->at,
			 "aliases (*%.40s) are not allowed: write the value again, or use a "
			 "parameter",
			 (const char *)event->data.alias.anchor);
		node->kind = NODE_REFUSED;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		refuse_marks(yaml, node->at, event->data.sequence_start.anchor,
			     event->data.sequence_start.tag);
		build_list(yaml, node);
	} else {
		refuse_marks(yaml, node->at, event->data.mapping_start.anchor,
			     event->data.mapping_start.tag);
		build_mapping(yaml, node);
	}
	yaml->depth--;
}

/* Reads the stream: its one document, and that there is no other. */
static void read_stream(struct yaml *yaml, struct node *root)
{
	next_event(yaml); /* the stream's start */
	next_event(yaml);
	if (!yaml->failed && yaml->event.type == YAML_STREAM_END_EVENT) {
		complain(yaml->reader, (struct position){0},
			 "the file is empty: a scenario needs at least \"scenario:\" and "
			 "\"expect:\"");
		yaml->failed = true;
	}
	next_event(yaml);
	if (yaml->failed)
		return;
	build(yaml, root);
	next_event(yaml); /* the document's end */
	next_event(yaml);
	if (!yaml->failed && yaml->event.type == YAML_DOCUMENT_START_EVENT)
		complain(yaml->reader, position_of(yaml->event.start_mark),
			 "a second document: a file is one scenario");
}

int yaml_read(const struct reader *reader, const char *text, size_t length, struct node *ret_root,
	      size_t *ret_nodes)
{
	struct yaml yaml = {.reader = reader};
	struct node root = {0};

	/* libyaml would count it as a column. */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		length -= 3;
	}
	if (!check_encoding(reader, text, length))
		return -EINVAL;
	yaml.text = text;
	yaml.length = length;
	if (!yaml_parser_initialize(&yaml.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&yaml.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&yaml.parser, (const unsigned char *)text, length);
	read_stream(&yaml, &root);
	yaml_event_delete(&yaml.event);
	yaml_parser_delete(&yaml.parser);
	if (yaml.failed) {
		node_free(&root);
		return -EINVAL;
	}
	*ret_root = root;
	*ret_nodes = yaml.nodes;
	return 0;
}

/* One file's text to scenarios: the tree, its variants, and the keys of a file. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/addresses.h"
#include "scenario/load.h"
#include "scenario/parameters.h"
#include "scenario/records.h"
#include "scenario/values.h"
#include "scenario/vocabulary.h"
#include "scenario/yaml.h"

static const struct top_spec *find_top(const char *name)
{
	for (size_t i = 0; i < top_spec_count; i++) {
		if (strcmp(top_specs[i].name, name) == 0)
			return &top_specs[i];
	}
	return NULL;
}

/* Complains about keys that a file does not have, and about those that it needs. */
static void check_keys(const struct reader *reader, const struct node *root)
{
	cleanup_free const char **names = NULL;
	cleanup_free const char **meant = NULL;
	size_t count = 0, meant_count = 0;

	for (size_t i = 0; i < top_spec_count; i++)
		*array_push(names, count) = top_specs[i].name;
	for_each_child (entry, root) {
		if (!find_top(entry->key))
			*array_push(meant, meant_count) =
				complain_unknown(reader, entry->key_at, "key", entry->key,
						 "a scenario file", names, count);
	}
	for (size_t i = 0; i < top_spec_count; i++) {
		bool is_meant = node_find(root, top_specs[i].name) != NULL;

		for (size_t j = 0; j < meant_count; j++)
			is_meant = is_meant || meant[j] == top_specs[i].name;
		if (top_specs[i].required && !is_meant)
			complain(reader, root->at, "\"%s\" is missing: %s; for example: %s",
				 top_specs[i].name, top_specs[i].help, top_specs[i].example);
	}
}

static void read_sysctls(const struct reader *reader, const struct node *node,
			 struct scenario *scenario)
{
	if (node->kind == NODE_REFUSED)
		return;
	if (node->kind != NODE_MAPPING) {
		complain(reader, node->at,
			 "sysctl must be a mapping, as in {net.ipv4.tcp_keepalive_time: 30s}, not "
			 "%s",
			 node_kind_name(node));
		return;
	}
	for_each_child (entry, node)
		setting_read(reader, entry, array_push(scenario->sysctls, scenario->sysctl_count));
}

/* Reads a list of records; an empty timeline is one without faults, an empty expect a mistake. */
static void read_list(const struct reader *reader, const struct node *node, enum section section,
		      struct record **records, size_t *count)
{
	bool is_steps = section == SECTION_STEP;

	if (node->kind == NODE_REFUSED)
		return;
	/* A single word needs no list: "expect: model". */
	if (node->kind == NODE_TEXT && *node->text && !is_steps) {
		expectation_read(reader, node, array_push(*records, *count));
		return;
	}
	if (node->kind != NODE_LIST || (!is_steps && !node->count)) {
		complain(reader, node->at, "%s must be a list of %s, not %s", node->key,
			 is_steps ? "steps" : "expectations",
			 node->kind == NODE_LIST ? "empty: a scenario that expects nothing cannot "
						   "fail"
						 : node_kind_name(node));
		return;
	}
	for_each_child (item, node) {
		struct record *record;

		if (*count == RECORD_LIMIT) {
			complain(reader, item->at, "%s has more than %d items", node->key,
				 RECORD_LIMIT);
			return;
		}
		record = array_push(*records, *count);
		if (is_steps)
			step_read(reader, item, record);
		else
			expectation_read(reader, item, record);
	}
}

/* Reads one word of a list of words; returns fallback where it is none, with a complaint. */
static int read_word(const struct reader *reader, const struct top_spec *top,
		     const struct word *words, const struct node *entry, int fallback)
{
	struct key_spec spec = {.name = top->name, .type = TYPE_WORD, .words = words};
	struct value value = {0};
	int word;

	value_read(reader, &spec, entry, &value);
	word = value.bad ? fallback : (int)value.number;
	free(value.text);
	return word;
}

static void read_entry(const struct reader *reader, const struct node *entry,
		       struct scenario *scenario)
{
	static const struct key_spec until = {.name = "until", .type = TYPE_MOMENT};
	const struct top_spec *spec = find_top(entry->key);

	if (!spec)
		return;
	switch (spec->key) {
	case TOP_SCENARIO:
		scenario->title = line_read(reader, spec->name, entry);
		break;
	case TOP_SOURCE:
		scenario->source = line_read(reader, spec->name, entry);
		break;
	case TOP_DOCUMENTED:
		scenario->documented = line_read(reader, spec->name, entry);
		break;
	case TOP_TAGS:
		tags_read(reader, entry, &scenario->tags, &scenario->tag_count);
		break;
	case TOP_SYSCTL:
		read_sysctls(reader, entry, scenario);
		break;
	case TOP_TOPOLOGY:
		scenario->topology =
			read_word(reader, spec, topology_words, entry, TOPOLOGY_LOOPBACK);
		break;
	case TOP_FAMILY:
		if (scenario->family)
			break;
		scenario->family = read_word(reader, spec, family_words, entry, 4);
		if (!scenario->family)
			complain(reader, entry->at, "family: both cannot come from a parameter");
		break;
	case TOP_ROUTER:
		end_read(reader, RECORD_ROUTER, entry, &scenario->router);
		break;
	case TOP_SERVER:
		end_read(reader, RECORD_SERVER, entry, &scenario->server);
		break;
	case TOP_CLIENT:
		end_read(reader, RECORD_CLIENT, entry, &scenario->client);
		break;
	case TOP_MONITOR:
		end_read(reader, RECORD_MONITOR, entry, &scenario->monitor);
		break;
	case TOP_TIMELINE:
		read_list(reader, entry, SECTION_STEP, &scenario->steps, &scenario->step_count);
		break;
	case TOP_UNTIL:
		value_read(reader, &until, entry, &scenario->until);
		break;
	case TOP_EXPECT:
		read_list(reader, entry, SECTION_EXPECT, &scenario->expectations,
			  &scenario->expectation_count);
		break;
	case TOP_VARIANTS:
	case TOP_MATRIX:
		break;
	}
}

/* What an end is where the file does not say anything of it. */
static void default_end(struct record *record, enum record_kind kind, const char *name)
{
	if (record->text)
		return;
	record->kind = kind;
	record->text = copy_text(name);
}

/* Reads one variant of the file. */
static struct scenario read_scenario(const struct reader *reader, const char *id,
				     const struct node *root, const struct variants *variants,
				     struct variant *variant)
{
	struct node tree = parameters_apply(reader, root, variants, variant);
	struct scenario scenario = {.path = copy_text(reader->path), .family = variant->family};

	if (asprintf(&scenario.id, "%s%s", id, variant->suffix) < 0)
		abort();
	node_drop_duplicates(reader, &tree);
	for_each_child (entry, &tree)
		read_entry(reader, entry, &scenario);
	if (variant->tags)
		tags_read(reader, variant->tags, &scenario.tags, &scenario.tag_count);
	default_end(&scenario.client, RECORD_CLIENT, "client");
	default_end(&scenario.server, RECORD_SERVER, "server");
	default_end(&scenario.router, RECORD_ROUTER, "router");
	addresses_place(reader, &scenario);
	if (!variants->broken)
		parameters_check_used(reader, variant);
	node_free(&tree);
	return scenario;
}

static void read_variants(const struct reader *reader, const char *id, struct node *root,
			  size_t node_count, struct scenarios *scenarios)
{
	struct variants variants;

	node_drop_duplicates(reader, root);
	check_keys(reader, root);
	variants = variants_of(reader, root, node_count);
	for (size_t i = 0; i < variants.count; i++) {
		struct scenario scenario =
			read_scenario(reader, id, root, &variants, &variants.list[i]);

		scenario_check(&scenario, reader->problems);
		*array_push(scenarios->list, scenarios->count) = scenario;
	}
	variants_free(&variants);
}

static void read_file(const struct reader *reader, const char *id, const char *text, size_t length,
		      struct scenarios *scenarios)
{
	struct node root = {0};
	size_t node_count;

	if (length > SCENARIO_SIZE_LIMIT) {
		complain(reader, (struct position){0}, "the file is larger than 1 MiB");
		return;
	}
	if (yaml_read(reader, text, length, &root, &node_count))
		return;
	if (root.kind == NODE_MAPPING)
		read_variants(reader, id, &root, node_count, scenarios);
	else if (root.kind != NODE_REFUSED)
		complain(reader, root.at,
			 "a scenario file must be a mapping with \"scenario:\" and \"expect:\", "
			 "not %s",
			 node_kind_name(&root));
	node_free(&root);
}

void scenario_parse(const char *path, const char *id, const char *text, size_t length,
		    struct scenarios *scenarios, struct problems *problems)
{
	struct problems found = {0};
	struct scenarios read = {0};
	struct reader reader = {.path = path, .problems = &found};

	read_file(&reader, id, text, length, &read);
	for (size_t i = 0; i < found.count; i++)
		problems_add(problems, found.list[i].file, found.list[i].at, "%s",
			     found.list[i].message);
	if (found.count) {
		scenarios_free(&read);
	} else {
		for (size_t i = 0; i < read.count; i++)
			*array_push(scenarios->list, scenarios->count) = read.list[i];
		free(read.list);
	}
	problems_free(&found);
}

#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/vocabulary.h"

bool scenario_has_tag(const struct scenario *scenario, const char *tag)
{
	for (size_t i = 0; i < scenario->tag_count; i++) {
		if (strcmp(scenario->tags[i], tag) == 0)
			return true;
	}
	return false;
}

static bool is_list(enum value_type type)
{
	return type == TYPE_WORDS || type == TYPE_COUNTERS || type == TYPE_SYSCTLS;
}

static void value_free(struct value *value, enum value_type type)
{
	free(value->text);
	if (!is_list(type))
		return;
	for (size_t i = 0; i < value->item_count; i++) {
		free(value->items[i].text);
		free(value->items[i].setting);
	}
	free(value->items);
}

static void values_free(struct record *record, const struct key_spec *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		value_free(&record->value[keys[i].key], keys[i].type);
}

static void record_free(struct record *record)
{
	const struct record_spec *spec = record_spec_of(record->kind);

	values_free(record, spec->keys, spec->key_count);
	if (spec->section == SECTION_STEP)
		values_free(record, step_keys, step_key_count);
	free(record->text);
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	free(scenario->path);
	free(scenario->id);
	free(scenario->title);
	free(scenario->source);
	free(scenario->documented);
	for (size_t i = 0; i < scenario->tag_count; i++)
		free(scenario->tags[i]);
	free(scenario->tags);
	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		free(scenario->sysctls[i].name);
		free(scenario->sysctls[i].value);
	}
	free(scenario->sysctls);
	record_free(&scenario->client);
	/* All zero, it would be taken for a client. */
	scenario->server.kind = RECORD_SERVER;
	record_free(&scenario->server);
	scenario->monitor.kind = RECORD_MONITOR;
	record_free(&scenario->monitor);
	scenario->router.kind = RECORD_ROUTER;
	record_free(&scenario->router);
	for (size_t i = 0; i < scenario->step_count; i++)
		record_free(&scenario->steps[i]);
	free(scenario->steps);
	for (size_t i = 0; i < scenario->expectation_count; i++)
		record_free(&scenario->expectations[i]);
	free(scenario->expectations);
	value_free(&scenario->until, TYPE_MOMENT);
	*scenario = (struct scenario){0};
}

void scenarios_free(struct scenarios *scenarios)
{
	if (!scenarios)
		return;
	for (size_t i = 0; i < scenarios->count; i++)
		scenario_free(&scenarios->list[i]);
	free(scenarios->list);
	*scenarios = (struct scenarios){0};
}

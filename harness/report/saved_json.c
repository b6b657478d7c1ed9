#define _GNU_SOURCE
#include "report/saved_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/escape.h"
#include "scenario/vocabulary.h"

/* Enough for a nanosecond of a week, in seconds. */
#define DIGITS 15

const char *finding_key_name(enum key key)
{
	for_each_record_spec(spec, SECTION_EXPECT)
	{
		for (size_t i = 0; i < spec->key_count; i++) {
			if (spec->keys[i].key == key)
				return spec->keys[i].name;
		}
	}
	return NULL;
}

enum key finding_key(const char *name)
{
	for_each_record_spec(spec, SECTION_EXPECT)
	{
		for (size_t i = 0; i < spec->key_count; i++) {
			if (strcmp(spec->keys[i].name, name) == 0)
				return spec->keys[i].key;
		}
	}
	return KEY_LIMIT;
}

/* jansson refuses what is not UTF-8, and file names need not be. */
static json_t *text_to_json(const char *text)
{
	cleanup_free char *clean = escape_text(ESCAPE_JSON, text);

	return json_string(clean);
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, text_to_json(text));
}

static void set_word(json_t *object, const char *key, const struct word *words, int value)
{
	json_object_set_new(object, key, json_string(word_name(words, value)));
}

static json_t *finding_to_json(const struct finding *finding)
{
	json_t *object = json_object();

	set_text(object, "expectation", finding->expectation);
	json_object_set_new(object, "line", json_integer(finding->at.line));
	json_object_set_new(object, "column", json_integer(finding->at.column));
	set_text(object, "key", finding_key_name(finding->key));
	set_word(object, "verdict", verdict_words, (int)finding->verdict);
	if (finding->unanswerable)
		json_object_set_new(object, "unanswerable", json_true());
	set_text(object, "due", finding->due);
	set_text(object, "seen", finding->seen);
	set_text(object, "text", finding->text);
	if (finding->has_window)
		json_object_set_new(object, "due_ns",
				    json_pack("[I, I]", (json_int_t)finding->window.earliest,
					      (json_int_t)finding->window.latest));
	if (finding->has_moment)
		json_object_set_new(object, "seen_ns", json_integer(finding->moment));
	if (finding->end != END_NONE)
		set_word(object, "end", end_words, (int)finding->end);
	if (finding->has_deviation)
		json_object_set_new(object, "deviation_us",
				    json_real((double)finding->deviation / (double)MICROSECOND));
	return object;
}

static json_t *scenario_to_json(const struct saved_scenario *scenario, bool with_files)
{
	const struct judgement *judgement = &scenario->judgement;
	json_t *object = json_object(), *findings = json_array();

	for (size_t i = 0; i < judgement->count; i++)
		json_array_append_new(findings, finding_to_json(&judgement->findings[i]));
	set_text(object, "id", scenario->id);
	set_text(object, "title", scenario->title);
	set_text(object, "source", scenario->source);
	set_text(object, "path", scenario->path);
	set_text(object, "fingerprint", scenario->fingerprint);
	set_word(object, "verdict", verdict_words, (int)judgement->verdict);
	json_object_set_new(object, "wall_s", json_real((double)scenario->wall / (double)SECOND));
	set_text(object, "timeline", with_files ? scenario->timeline : NULL);
	set_text(object, "capture", with_files ? scenario->capture : NULL);
	json_object_set_new(object, "findings", findings);
	return object;
}

void saved_write_json(const struct saved *saved, bool with_files, FILE *stream)
{
	json_t *object = json_object(), *kernel = json_object();
	json_t *sysctls = json_object(), *scenarios = json_array();

	set_text(kernel, "release", saved->release ? saved->release : "");
	json_object_set_new(kernel, "hz", json_integer(saved->hz));
	set_word(kernel, "clock", clock_words, saved->clock);
	for (size_t i = 0; i < saved->sysctl_count; i++)
		set_text(sysctls, saved->sysctls[i].name, saved->sysctls[i].value);
	for (size_t i = 0; i < saved->count; i++)
		json_array_append_new(scenarios,
				      scenario_to_json(&saved->scenarios[i], with_files));
	json_object_set_new(object, "version", json_integer(RESULTS_VERSION));
	set_text(object, "tool", saved->tool ? saved->tool : HALFOPEN_VERSION);
	set_text(object, "suite", saved->suite ? saved->suite : "0000000000000000");
	json_object_set_new(object, "kernel", kernel);
	json_object_set_new(object, "sysctls", sysctls);
	json_object_set_new(object, "scenarios", scenarios);
	if (json_dumpf(object, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS)) == 0)
		fputc('\n', stream);
	json_decref(object);
}

#include "compare/write.h"

static json_t *side_json(const char *path, const struct saved *saved)
{
	json_t *sysctls = json_object();

	for (size_t i = 0; i < saved->sysctl_count; i++)
		json_object_set_new(sysctls, saved->sysctls[i].name,
				    saved->sysctls[i].value ? json_string(saved->sysctls[i].value)
							    : json_null());
	return json_pack("{s:s, s:s, s:{s:s, s:i, s:s}, s:o}", "path", path, "halfopen",
			 saved->tool, "kernel", "release", saved->release, "hz", saved->hz, "clock",
			 word_name(clock_words, saved->clock), "sysctl", sysctls);
}

static json_t *settings_json(const struct setting_changes *settings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < settings->count; i++)
		json_array_append_new(
			array, json_pack("{s:s, s:s?, s:s?}", "name", settings->list[i].name, "old",
					 settings->list[i].old, "new", settings->list[i].new));
	return array;
}

/* What one end was told, or null. */
static json_t *noticed_json(const struct noticed *noticed)
{
	if (!noticed->noticed)
		return json_null();
	return json_pack("{s:s, s:I, s:s}", "error", errno_name(noticed->error), "after_ns",
			 (json_int_t)noticed->after, "since",
			 noticed->since_fault ? "fault" : "last heard");
}

static json_t *detection_of(const struct comparison *comparison)
{
	json_t *detection = json_object();

	for (enum end end = END_CLIENT; comparison->has_noticed && end <= END_SERVER; end++) {
		const struct noticed *old = &comparison->old_noticed[end];
		const struct noticed *new = &comparison->new_noticed[end];

		if (old->noticed || new->noticed)
			json_object_set_new(detection, word_name(end_words, (int)end),
					    json_pack("{s:o, s:o}", "old", noticed_json(old), "new",
						      noticed_json(new)));
	}
	return detection;
}

static json_t *verdict_json(const struct saved_scenario *scenario)
{
	return scenario ? json_string(word_name(verdict_words, (int)scenario->judgement.verdict))
			: json_null();
}

static json_t *comparison_json(const struct comparison *comparison)
{
	const struct saved_scenario *scenario = comparison->new ? comparison->new : comparison->old;
	json_t *changes = json_array();

	for (size_t i = 0; i < comparison->count; i++) {
		const struct change *change = &comparison->list[i];

		json_array_append_new(changes,
				      json_pack("{s:s, s:s, s:s}", "class",
						word_name(change_words, (int)change->class),
						"aspect", change->aspect, "text", change->text));
	}
	return json_pack("{s:s, s:s, s:s, s:{s:o, s:o}, s:o, s:o}", "id", scenario->id, "title",
			 scenario->title, "class", word_name(change_words, (int)comparison->class),
			 "verdict", "old", verdict_json(comparison->old), "new",
			 verdict_json(comparison->new), "changes", changes, "detection",
			 detection_of(comparison));
}

json_t *comparisons_json(const struct comparisons *comparisons, const struct compared *compared)
{
	json_t *scenarios = json_array(), *summary = json_object();

	for (size_t i = 0; i < comparisons->count; i++)
		json_array_append_new(scenarios, comparison_json(&comparisons->list[i]));
	for (enum change_class class = CHANGE_SAME; class < CHANGE_CLASSES; class ++)
		json_object_set_new(summary, word_name(change_words, (int)class),
				    json_integer((json_int_t)comparisons->of[class]));
	return json_pack("{s:i, s:o, s:o, s:o, s:i, s:o, s:o}", "version", 1, "old",
			 side_json(compared->old_path, compared->old), "new",
			 side_json(compared->new_path, compared->new), "settings",
			 settings_json(&compared->settings), "without_timelines",
			 (int)compared->without_timelines, "summary", summary, "scenarios",
			 scenarios);
}

#define _GNU_SOURCE
#include "guest/plan.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/wire.h"
#include "scenario/load.h"
#include "scenario/overlay.h"

/* An id without its variant: that of its file. */
static char *file_id(const struct scenario *scenario)
{
	return strndup(scenario->id, strcspn(scenario->id, "@#"));
}

/* The id as the file's own loading gives it: without the phase. */
static char *loaded_id(const struct scenario *scenario)
{
	return strndup(scenario->id, strcspn(scenario->id, "#"));
}

static bool is_packed(const json_t *files, const char *id)
{
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (strcmp(json_string_value(json_object_get(file, "id")), id) == 0)
			return true;
	}
	return false;
}

static int pack_file(struct cpio *cpio, json_t *files, const struct scenario *scenario,
		     char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *id = file_id(scenario);
	cleanup_free char *text = NULL;
	char packed[64];
	size_t length;
	int result;

	if (is_packed(files, id))
		return 0;
	result = file_read(scenario->path, &text, &length, error);
	if (result)
		return result;
	snprintf(packed, sizeof(packed), "scenarios/%zu.yaml", json_array_size(files));
	cpio_file(cpio, packed, text, length, 0644);
	json_array_append_new(files, json_pack("{s:s, s:s, s:s}", "path", scenario->path, "id", id,
					       "packed", packed));
	return 0;
}

static json_t *sysctls_to_json(const struct guest_plan *plan)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->sysctl_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "name", plan->sysctls[i].name,
						      "value", plan->sysctls[i].value));
	return list;
}

int guest_plan_pack(struct cpio *cpio, const struct guest_plan *plan,
		    char error[static GUEST_ERROR_SIZE])
{
	json_t *files = json_array(), *plays = json_array(), *object;
	cleanup_free char *text = NULL;
	int result = 0;

	for (size_t i = 0; !result && i < plan->count; i++) {
		cleanup_free char *id = loaded_id(plan->list[i]);

		result = pack_file(cpio, files, plan->list[i], error);
		json_array_append_new(plays,
				      json_pack("{s:s, s:i}", "id", id, "phase", plan->phases[i]));
	}
	object = json_pack("{s:b, s:I, s:o, s:o, s:o}", "virtual", plan->virtual_time, "jobs",
			   (json_int_t)plan->jobs, "files", files, "plays", plays, "sysctls",
			   sysctls_to_json(plan));
	text = json_dumps(object, JSON_INDENT(1));
	json_decref(object);
	cpio_file(cpio, PLAN_FILE, text, strlen(text), 0644);
	return result;
}

static int load_file(const char *folder, const json_t *file, struct scenarios *scenarios,
		     char error[static GUEST_ERROR_SIZE])
{
	const char *id = json_string_value(json_object_get(file, "id"));
	const char *path = json_string_value(json_object_get(file, "path"));
	const char *packed = json_string_value(json_object_get(file, "packed"));
	struct problems problems = {0};
	cleanup_free char *text = NULL;
	cleanup_free char *where = NULL;
	size_t length;
	int result;

	if (asprintf(&where, "%s/%s", folder, packed) < 0)
		return -ENOMEM;
	result = file_read(where, &text, &length, error);
	if (result)
		return result;
	scenario_parse(path, id, text, length, scenarios, &problems);
	if (problems.count) {
		snprintf(error, GUEST_ERROR_SIZE, "%s: %s", path, problems.list[0].message);
		result = -EINVAL;
	}
	problems_free(&problems);
	return result;
}

static void lay_sysctls(const json_t *list, struct scenarios *scenarios)
{
	struct sysctl_setting *settings = NULL;
	const json_t *each;
	size_t count = 0, i;

	json_array_foreach(list, i, each)
	{
		/* Lent: the overlay copies them. */
		*array_push(settings, count) = (struct sysctl_setting){
			(char *)json_string_value(json_object_get(each, "name")),
			(char *)json_string_value(json_object_get(each, "value")),
			{0, 0}};
	}
	scenarios_overlay(scenarios, settings, count);
	free(settings);
}

static int find_plays(const json_t *plays, struct unpacked_plan *unpacked,
		      char error[static GUEST_ERROR_SIZE])
{
	const json_t *play;
	size_t i;

	json_array_foreach(plays, i, play)
	{
		const char *id = json_string_value(json_object_get(play, "id"));

		for (size_t j = 0; j < unpacked->scenarios.count; j++) {
			if (strcmp(unpacked->scenarios.list[j].id, id) == 0)
				unpacked->list[i] = &unpacked->scenarios.list[j];
		}
		if (!unpacked->list[i]) {
			snprintf(error, GUEST_ERROR_SIZE, "%s: its file has changed", id);
			return -EINVAL;
		}
		unpacked->phases[i] = (int)json_integer_value(json_object_get(play, "phase"));
	}
	return 0;
}

static int unpack(const char *folder, const json_t *object, struct unpacked_plan *unpacked,
		  char error[static GUEST_ERROR_SIZE])
{
	const json_t *plays = json_object_get(object, "plays"), *file;
	size_t count = json_array_size(plays), i;
	int result = 0;

	json_array_foreach(json_object_get(object, "files"), i, file)
	{
		if (!result)
			result = load_file(folder, file, &unpacked->scenarios, error);
	}
	lay_sysctls(json_object_get(object, "sysctls"), &unpacked->scenarios);
	unpacked->list = calloc(count + 1, sizeof(*unpacked->list));
	unpacked->phases = calloc(count + 1, sizeof(*unpacked->phases));
	unpacked->plan = (struct guest_plan){
		.list = unpacked->list,
		.phases = unpacked->phases,
		.count = count,
		.jobs = (size_t)json_integer_value(json_object_get(object, "jobs")),
		.virtual_time = json_is_true(json_object_get(object, "virtual")),
	};
	return result ? result : find_plays(plays, unpacked, error);
}

int guest_plan_unpack(const char *folder, struct unpacked_plan *ret_plan,
		      char error[static GUEST_ERROR_SIZE])
{
	struct unpacked_plan unpacked = {0};
	cleanup_free char *path = NULL;
	json_error_t mistake;
	json_t *object;
	int result;

	if (asprintf(&path, "%s/%s", folder, PLAN_FILE) < 0)
		return -ENOMEM;
	object = json_load_file(path, 0, &mistake);
	if (!object) {
		snprintf(error, GUEST_ERROR_SIZE, "%s: %s", path, mistake.text);
		return -EINVAL;
	}
	result = unpack(folder, object, &unpacked, error);
	json_decref(object);
	if (result)
		unpacked_plan_free(&unpacked);
	else
		*ret_plan = unpacked;
	return result;
}

void unpacked_plan_free(struct unpacked_plan *plan)
{
	scenarios_free(&plan->scenarios);
	free(plan->list);
	free(plan->phases);
	*plan = (struct unpacked_plan){0};
}

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "report/saved.h"
#include "report/saved_fields.h"
#include "report/saved_json.h"

/* Above the timer frequency of any kernel. */
#define HZ_LIMIT 100000

static void read_window(struct reading *reading, const json_t *window, struct finding *finding)
{
	int64_t bound[2];

	finding->has_window = json_is_array(window) && json_array_size(window) == 2;
	for (size_t i = 0; finding->has_window && i < 2; i++) {
		const json_t *value = json_array_get(window, i);

		bound[i] = json_integer_value(value);
		finding->has_window = json_is_integer(value) && bound[i] >= -NUMBER_LIMIT &&
				      bound[i] <= NUMBER_LIMIT;
	}
	if (finding->has_window && bound[0] <= bound[1])
		finding->window = (struct window){bound[0], bound[1]};
	else
		reading_wrong(reading, "\"due_ns\" is no window");
}

static void read_finding(struct reading *reading, const json_t *object, struct finding *finding)
{
	cleanup_free char *key = NULL;

	finding->expectation = field_text(reading, object, "expectation", true);
	finding->at.line = (int)field_integer(reading, object, "line", 0, INT32_MAX);
	finding->at.column = (int)field_integer(reading, object, "column", 0, INT32_MAX);
	key = field_text(reading, object, "key", false);
	finding->key = key ? finding_key(key) : KEY_LIMIT;
	finding->verdict = (enum verdict)field_word(reading, object, "verdict", verdict_words);
	finding->unanswerable = json_is_true(json_object_get(object, "unanswerable"));
	finding->due = field_text(reading, object, "due", true);
	finding->seen = field_text(reading, object, "seen", true);
	finding->text = field_text(reading, object, "text", true);
	if (json_object_get(object, "due_ns"))
		read_window(reading, json_object_get(object, "due_ns"), finding);
	finding->has_moment = json_object_get(object, "seen_ns");
	if (finding->has_moment)
		finding->moment =
			field_integer(reading, object, "seen_ns", -NUMBER_LIMIT, NUMBER_LIMIT);
	if (json_object_get(object, "end"))
		finding->end = (enum end)field_word(reading, object, "end", end_words);
	finding->has_deviation = json_object_get(object, "deviation_us");
	if (finding->has_deviation)
		finding->deviation = field_duration(reading, object, "deviation_us", MICROSECOND);
}

static void read_scenario(struct reading *reading, const json_t *object, const char *folder,
			  struct saved_scenario *scenario)
{
	size_t length = strlen(reading->where);
	struct judgement *judgement = &scenario->judgement;
	const json_t *findings, *each;
	size_t i;

	scenario->id = field_text(reading, object, "id", true);
	scenario->title = field_text(reading, object, "title", true);
	scenario->source = field_text(reading, object, "source", true);
	scenario->path = field_text(reading, object, "path", true);
	scenario->fingerprint = field_text(reading, object, "fingerprint", true);
	scenario->wall = field_duration(reading, object, "wall_s", SECOND);
	judgement->verdict = (enum verdict)field_word(reading, object, "verdict", verdict_words);
	scenario->timeline = field_path(reading, object, "timeline", folder);
	scenario->capture = field_path(reading, object, "capture", folder);
	if (!reading->error && !path_is_below(scenario->id))
		reading_wrong(reading, "\"id\" is no name of a scenario");
	findings = field_of_type(reading, object, "findings", JSON_ARRAY, "list");
	json_array_foreach(findings, i, each)
	{
		snprintf(reading->where + length, sizeof(reading->where) - length, ".findings[%zu]",
			 i);
		read_finding(reading, each, array_push(judgement->findings, judgement->count));
		reading->where[length] = '\0';
		if (reading->error)
			return;
	}
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp((*(const struct saved_scenario *const *)a)->id,
		      (*(const struct saved_scenario *const *)b)->id);
}

/* Scenarios are found by their id. */
static void check_unique(struct reading *reading, const struct saved *saved)
{
	cleanup_free const struct saved_scenario **sorted =
		calloc(saved->count + 1, sizeof(*sorted));

	for (size_t i = 0; i < saved->count; i++)
		sorted[i] = &saved->scenarios[i];
	if (saved->count)
		qsort(sorted, saved->count, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < saved->count; i++) {
		if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
			reading_wrong(reading, "\"%.80s\" is in it twice", sorted[i]->id);
	}
}

static void read_sysctls(struct reading *reading, const json_t *object, struct saved *saved)
{
	const char *name;
	json_t *value;

	/* Not const in jansson, but nothing is changed. */
	json_object_foreach((json_t *)object, name, value)
	{
		struct sysctl_setting *setting = array_push(saved->sysctls, saved->sysctl_count);

		setting->name = strdup(name);
		text_tame(setting->name);
		setting->value = field_text(reading, object, name, true);
	}
}

/* What is not known is no reason to refuse: a newer minor version may say more. */
static void read_all(struct reading *reading, const json_t *root, const char *folder,
		     struct saved *saved)
{
	const json_t *kernel, *scenarios, *each, *version = json_object_get(root, "version");
	size_t i;

	if (!json_is_object(root) || !json_is_integer(version)) {
		reading_wrong(reading, "no \"version\" in it");
		return;
	}
	if (json_integer_value(version) != RESULTS_VERSION) {
		if (asprintf(&reading->error,
			     "results of version %lld; this halfopen reads version %d",
			     (long long)json_integer_value(version), RESULTS_VERSION) < 0)
			abort();
		return;
	}
	saved->tool = field_text(reading, root, "tool", true);
	saved->suite = field_text(reading, root, "suite", true);
	read_sysctls(reading, field_of_type(reading, root, "sysctls", JSON_OBJECT, "object"),
		     saved);
	kernel = field_of_type(reading, root, "kernel", JSON_OBJECT, "object");
	snprintf(reading->where, sizeof(reading->where), "kernel");
	saved->release = field_text(reading, kernel, "release", true);
	saved->hz = (int)field_integer(reading, kernel, "hz", 0, HZ_LIMIT);
	saved->clock = field_word(reading, kernel, "clock", clock_words);
	*reading->where = '\0';
	scenarios = field_of_type(reading, root, "scenarios", JSON_ARRAY, "list");
	json_array_foreach(scenarios, i, each)
	{
		snprintf(reading->where, sizeof(reading->where), "scenarios[%zu]", i);
		read_scenario(reading, each, folder, array_push(saved->scenarios, saved->count));
		if (reading->error)
			return;
	}
	*reading->where = '\0';
	check_unique(reading, saved);
}

/*
 * Opens a folder's results.json, or the file itself: only a regular one, and no larger than can be,
 * before a byte of it is read. Returns the descriptor or -errno; folder is where it lies.
 */
static int open_results(const char *path, char **ret_folder, struct reading *reading)
{
	cleanup_fd int fd = -1;
	cleanup_free char *file = NULL;
	struct stat status;
	const char *slash;
	int length;

	if (stat(path, &status))
		return -errno;
	if (asprintf(&file, "%s%s", path, S_ISDIR(status.st_mode) ? "/results.json" : "") < 0)
		abort();
	slash = strrchr(file, '/');
	length = slash == file ? 1 : slash ? (int)(slash - file) : 1;
	if (asprintf(ret_folder, "%.*s", length, slash ? file : ".") < 0)
		abort();
	/* Not blocking: it may be a pipe that nobody writes to. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && S_ISDIR(status.st_mode)) {
		reading_wrong(reading, "there is no results.json in it");
		return -EINVAL;
	}
	if (fd < 0 || fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		reading_wrong(reading, "no regular file");
	else if (status.st_size > RESULTS_LIMIT)
		reading_wrong(reading, "%lld bytes; there are never more than %d",
			      (long long)status.st_size, RESULTS_LIMIT);
	else if (status.st_size == 0)
		reading_wrong(reading, "the file is empty");
	else
		return steal_fd(&fd);
	return -EINVAL;
}

static int read_file(const char *path, struct reading *reading, struct saved *saved)
{
	cleanup_free char *folder = NULL;
	cleanup_fd int fd = open_results(path, &folder, reading);
	json_error_t error;
	json_t *root;

	if (fd < 0)
		return fd;
	root = json_loadfd(fd, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		/* Its words quote the file. */
		text_tame(error.text);
		reading_wrong(reading, "line %d, column %d: %s", error.line, error.column,
			      error.text);
		return -EINVAL;
	}
	read_all(reading, root, folder, saved);
	json_decref(root);
	return reading->error ? -EINVAL : 0;
}

int saved_read(const char *path, struct saved *ret_saved, char **ret_error)
{
	struct reading reading = {0};
	struct saved saved = {0};
	int error = read_file(path, &reading, &saved);

	if (error) {
		saved_free(&saved);
		*ret_error = reading.error ? reading.error : strdup(strerror(-error));
		return error;
	}
	*ret_saved = saved;
	return 0;
}

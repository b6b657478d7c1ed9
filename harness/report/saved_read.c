#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "base/utf8.h"
#include "report/saved.h"
#include "report/saved_json.h"

/* Beyond this, sums of two would overflow; no clock comes to it. */
#define NUMBER_LIMIT ((int64_t)1 << 61)

/* Above the timer frequency of any kernel. */
#define HZ_LIMIT 100000

/* The first thing that is wrong, and where: "scenarios[3].findings[0]". */
struct reading {
	char where[64];
	char *error;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct reading *reading, const char *format,
							...)
{
	cleanup_free char *message = NULL;
	va_list arguments;

	if (reading->error)
		return;
	va_start(arguments, format);
	if (vasprintf(&message, format, arguments) < 0)
		abort();
	va_end(arguments);
	if (asprintf(&reading->error, "not results of halfopen: %s%s%s", reading->where,
		     *reading->where ? ": " : "", message) < 0)
		abort();
}

/* Nothing in a text may act on a terminal that shows it. */
static void tame(char *text)
{
	size_t size = strlen(text);

	while (size) {
		uint32_t character;
		size_t length = utf8_decode(text, size, &character);

		if (utf8_is_control(character))
			memset(text, '?', length);
		text += length;
		size -= length;
	}
}

static char *get_text(struct reading *reading, const json_t *object, const char *key, bool required)
{
	const json_t *value = json_object_get(object, key);
	char *text;

	if (!value && !required)
		return NULL;
	if (!json_is_string(value)) {
		wrong(reading, value ? "\"%s\" is no text" : "\"%s\" is missing", key);
		return strdup("");
	}
	text = strdup(json_string_value(value));
	tame(text);
	return text;
}

static int64_t get_integer(struct reading *reading, const json_t *object, const char *key,
			   int64_t min, int64_t max)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		wrong(reading, value ? "\"%s\" is no whole number" : "\"%s\" is missing", key);
	else if (json_integer_value(value) < min || json_integer_value(value) > max)
		wrong(reading, "\"%s\" is beyond all measure", key);
	else
		return json_integer_value(value);
	return min > 0 ? min : 0;
}

/* In the given unit, as nanoseconds. */
static int64_t get_duration(struct reading *reading, const json_t *object, const char *key,
			    int64_t unit)
{
	const json_t *value = json_object_get(object, key);
	double number = json_number_value(value) * (double)unit;

	if (!json_is_number(value))
		wrong(reading, value ? "\"%s\" is no number" : "\"%s\" is missing", key);
	else if (number > (double)NUMBER_LIMIT || number < -(double)NUMBER_LIMIT)
		wrong(reading, "\"%s\" is beyond all measure", key);
	else
		return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
	return 0;
}

static int get_word(struct reading *reading, const json_t *object, const char *key,
		    const struct word *words)
{
	cleanup_free char *name = get_text(reading, object, key, true);
	int value = 0;

	if (!reading->error && !word_value(words, name, &value))
		wrong(reading, "\"%s\" cannot be \"%.40s\"", key, name);
	return value;
}

static const json_t *get(struct reading *reading, const json_t *object, const char *key,
			 json_type type, const char *what)
{
	const json_t *value = json_object_get(object, key);

	if (value && json_typeof(value) == type)
		return value;
	wrong(reading, value ? "\"%s\" is no %s" : "\"%s\" is missing", key, what);
	return NULL;
}

/* A path below the results: not absolute, no "..", and nothing that is no name. */
static bool is_below(const char *path)
{
	const char *part = path;

	if (!*path || *path == '/')
		return false;
	while (part) {
		size_t length = strcspn(part, "/");

		if (length == 0 || (length == 2 && strncmp(part, "..", 2) == 0))
			return false;
		part = part[length] ? part + length + 1 : NULL;
	}
	return true;
}

/* As it is written: it is a name to open, not to show. */
static char *get_path(struct reading *reading, const json_t *object, const char *key,
		      const char *folder)
{
	const json_t *value = json_object_get(object, key);
	const char *name = json_string_value(value);
	char *path = NULL;

	if (!value)
		return NULL;
	if (!name || !is_below(name))
		wrong(reading, "\"%s\" is no path below the results", key);
	else if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return path;
}

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
		wrong(reading, "\"due_ns\" is no window");
}

static void read_finding(struct reading *reading, const json_t *object, struct finding *finding)
{
	cleanup_free char *key = NULL;

	finding->expectation = get_text(reading, object, "expectation", true);
	finding->at.line = (int)get_integer(reading, object, "line", 0, INT32_MAX);
	finding->at.column = (int)get_integer(reading, object, "column", 0, INT32_MAX);
	key = get_text(reading, object, "key", false);
	finding->key = key ? finding_key(key) : KEY_LIMIT;
	finding->verdict = (enum verdict)get_word(reading, object, "verdict", verdict_words);
	finding->unanswerable = json_is_true(json_object_get(object, "unanswerable"));
	finding->due = get_text(reading, object, "due", true);
	finding->seen = get_text(reading, object, "seen", true);
	finding->text = get_text(reading, object, "text", true);
	if (json_object_get(object, "due_ns"))
		read_window(reading, json_object_get(object, "due_ns"), finding);
	finding->has_moment = json_object_get(object, "seen_ns");
	if (finding->has_moment)
		finding->moment =
			get_integer(reading, object, "seen_ns", -NUMBER_LIMIT, NUMBER_LIMIT);
	if (json_object_get(object, "end"))
		finding->end = (enum end)get_word(reading, object, "end", end_words);
	finding->has_deviation = json_object_get(object, "deviation_us");
	if (finding->has_deviation)
		finding->deviation = get_duration(reading, object, "deviation_us", MICROSECOND);
}

static void read_scenario(struct reading *reading, const json_t *object, const char *folder,
			  struct saved_scenario *scenario)
{
	size_t length = strlen(reading->where);
	struct judgement *judgement = &scenario->judgement;
	const json_t *findings, *each;
	size_t i;

	scenario->id = get_text(reading, object, "id", true);
	scenario->title = get_text(reading, object, "title", true);
	scenario->source = get_text(reading, object, "source", true);
	scenario->path = get_text(reading, object, "path", true);
	scenario->fingerprint = get_text(reading, object, "fingerprint", true);
	scenario->wall = get_duration(reading, object, "wall_s", SECOND);
	judgement->verdict = (enum verdict)get_word(reading, object, "verdict", verdict_words);
	scenario->timeline = get_path(reading, object, "timeline", folder);
	scenario->capture = get_path(reading, object, "capture", folder);
	if (!reading->error && !is_below(scenario->id))
		wrong(reading, "\"id\" is no name of a scenario");
	findings = get(reading, object, "findings", JSON_ARRAY, "list");
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
			wrong(reading, "\"%.80s\" is in it twice", sorted[i]->id);
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
		tame(setting->name);
		setting->value = get_text(reading, object, name, true);
	}
}

/* What is not known is no reason to refuse: a newer minor version may say more. */
static void read_all(struct reading *reading, const json_t *root, const char *folder,
		     struct saved *saved)
{
	const json_t *kernel, *scenarios, *each, *version = json_object_get(root, "version");
	size_t i;

	if (!json_is_object(root) || !json_is_integer(version)) {
		wrong(reading, "no \"version\" in it");
		return;
	}
	if (json_integer_value(version) != RESULTS_VERSION) {
		if (asprintf(&reading->error,
			     "results of version %lld; this halfopen reads version %d",
			     (long long)json_integer_value(version), RESULTS_VERSION) < 0)
			abort();
		return;
	}
	saved->tool = get_text(reading, root, "tool", true);
	saved->suite = get_text(reading, root, "suite", true);
	read_sysctls(reading, get(reading, root, "sysctls", JSON_OBJECT, "object"), saved);
	kernel = get(reading, root, "kernel", JSON_OBJECT, "object");
	snprintf(reading->where, sizeof(reading->where), "kernel");
	saved->release = get_text(reading, kernel, "release", true);
	saved->hz = (int)get_integer(reading, kernel, "hz", 0, HZ_LIMIT);
	saved->clock = get_word(reading, kernel, "clock", clock_words);
	*reading->where = '\0';
	scenarios = get(reading, root, "scenarios", JSON_ARRAY, "list");
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
		wrong(reading, "there is no results.json in it");
		return -EINVAL;
	}
	if (fd < 0 || fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		wrong(reading, "no regular file");
	else if (status.st_size > RESULTS_LIMIT)
		wrong(reading, "%lld bytes; there are never more than %d",
		      (long long)status.st_size, RESULTS_LIMIT);
	else if (status.st_size == 0)
		wrong(reading, "the file is empty");
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
		tame(error.text);
		wrong(reading, "line %d, column %d: %s", error.line, error.column, error.text);
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

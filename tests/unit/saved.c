/* Results: what is written is read again; what is no results is refused in one sentence. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "report/fingerprint.h"
#include "report/results.h"
#include "report/saved.h"
#include "scenario/load.h"

#define SCENARIO "scenarios/002-keepalive-article/silenced-server.yaml"

static char folder[] = "/tmp/halfopen-saved-XXXXXX";
static char *file;

static int set_up(void **state)
{
	(void)state;
	return !mkdtemp(folder) || asprintf(&file, "%s/results.json", folder) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(file);
	free(file);
	return rmdir(folder);
}

static void write_file(const char *text, size_t length)
{
	FILE *stream = fopen(file, "w");

	assert_int_equal(fwrite(text, 1, length, stream), length);
	assert_int_equal(fclose(stream), 0);
}

static struct outcome outcome_of(const struct scenario *scenario)
{
	struct outcome outcome = {.scenario = scenario, .wall = 10250000000};
	struct judgement *judgement = &outcome.judgement;

	timeline_append(&outcome.timeline, (struct event){.kind = EVENT_SEGMENT});
	judgement->verdict = VERDICT_FAIL;
	*array_push(judgement->findings, judgement->count) = (struct finding){
		strdup("probes: {from: client}"),
		{17, 5},
		KEY_INTERVAL,
		VERDICT_FAIL,
		.has_deviation = true,
		.deviation = -1250,
		.has_window = true,
		.window = {-5, INT64_C(7200000000001)},
		.has_moment = true,
		.moment = INT64_C(7200000000003),
		.end = END_SERVER,
		.due = strdup("\"\\ \x01"),
		.seen = strdup("\xff \xe2\x82\xac"),
		.text = strdup("line\nend"),
	};
	*array_push(judgement->findings, judgement->count) = (struct finding){
		.expectation = strdup("every run"),
		.key = KEY_LIMIT,
		.unanswerable = true,
		.verdict = VERDICT_INCONCLUSIVE,
		.due = strdup(""),
		.seen = strdup(""),
		.text = strdup(""),
	};
	return outcome;
}

static struct saved saved_of(const struct scenarios *scenarios)
{
	struct saved saved = {.release = strdup("6.1.0"), .hz = 250, .clock = CLOCK_VIRTUAL};

	for (size_t i = 0; i < scenarios->count; i++) {
		struct outcome outcome = outcome_of(&scenarios->list[i]);

		saved_add(&saved, &outcome, i == 0);
		outcome_free(&outcome);
	}
	*array_push(saved.sysctls, saved.sysctl_count) =
		(struct sysctl_setting){strdup("net.ipv4.tcp_retries2"), strdup("8"), {0, 0}};
	return saved;
}

static void load(struct scenarios *scenarios)
{
	struct problems problems = {0};

	*scenarios = (struct scenarios){0};
	scenarios_load(SCENARIO, scenarios, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(scenarios->count, 2);
	problems_free(&problems);
}

static void comes_back_as_written(void **state)
{
	struct scenarios scenarios;
	struct saved saved, again;
	const struct saved_scenario *one;
	const struct finding *finding;
	char *error = NULL, path[128];

	(void)state;
	load(&scenarios);
	saved = saved_of(&scenarios);
	assert_int_equal(results_write(folder, &saved), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(saved_read(i ? file : folder, &again, &error), 0);
		assert_string_equal(again.suite, saved.suite);
		assert_string_equal(again.release, "6.1.0");
		assert_int_equal(again.hz, 250);
		assert_int_equal(again.clock, CLOCK_VIRTUAL);
		assert_int_equal(again.sysctl_count, 1);
		assert_string_equal(again.sysctls[0].name, "net.ipv4.tcp_retries2");
		assert_string_equal(again.sysctls[0].value, "8");
		assert_int_equal(again.count, 2);
		assert_int_equal(saved_tally(&again).of[VERDICT_FAIL], 2);
		one = saved_find(&again, scenarios.list[0].id);
		assert_ptr_equal(one, &again.scenarios[0]);
		assert_null(saved_find(&again, "nobody"));
		assert_string_equal(one->title, scenarios.list[0].title);
		assert_string_equal(one->source, scenarios.list[0].source);
		assert_string_equal(one->path, SCENARIO);
		assert_string_equal(one->fingerprint, saved.scenarios[0].fingerprint);
		assert_int_equal(one->wall, 10250000000);
		snprintf(path, sizeof(path), "%s/%s.jsonl", folder, one->id);
		assert_string_equal(one->timeline, path);
		assert_non_null(one->capture);
		assert_null(again.scenarios[1].timeline);
		assert_null(again.scenarios[1].capture);
		finding = &one->judgement.findings[0];
		assert_int_equal(one->judgement.count, 2);
		assert_string_equal(finding->expectation, "probes: {from: client}");
		assert_int_equal(finding->at.line, 17);
		assert_int_equal(finding->at.column, 5);
		assert_int_equal(finding->key, KEY_INTERVAL);
		assert_int_equal(finding->verdict, VERDICT_FAIL);
		assert_int_equal(finding->window.earliest, -5);
		assert_int_equal(finding->window.latest, INT64_C(7200000000001));
		assert_int_equal(finding->moment, INT64_C(7200000000003));
		assert_int_equal(finding->end, END_SERVER);
		assert_int_equal(finding->deviation, -1250);
		assert_string_equal(finding->due, "\"\\ ?");
		assert_string_equal(finding->seen, "\xef\xbf\xbd \xe2\x82\xac");
		assert_string_equal(finding->text, "line?end");
		assert_int_equal(finding[1].key, KEY_LIMIT);
		assert_true(finding[1].unanswerable);
		assert_false(finding[1].has_window || finding[1].has_moment ||
			     finding[1].has_deviation);
		saved_free(&again);
	}
	saved_free(&saved);
	scenarios_free(&scenarios);
}

/* Says what the file is, and expects that it is refused with these words. */
static void refuse(const char *text, size_t length, const char *words)
{
	struct saved saved = {.hz = 77};
	char *error = NULL;

	write_file(text, length);
	assert_int_equal(saved_read(folder, &saved, &error), -EINVAL);
	assert_int_equal(saved.hz, 77);
	if (!strstr(error, words))
		fail_msg("no '%s' in: %s", words, error);
	assert_null(strpbrk(error, "\n\r\033"));
	free(error);
}

#define HEAD                                                                                       \
	"{\"version\":2,\"tool\":\"1\",\"suite\":\"00\",\"sysctls\":{},"                           \
	"\"kernel\":{\"release\":\"6\",\"hz\":250,\"clock\":\"real\"},\"scenarios\":["
#define SCENARIO_HEAD(id, verdict, wall)                                                           \
	"{\"id\":\"" id "\",\"title\":\"\",\"source\":\"\",\"path\":\"\",\"fingerprint\":\"\","    \
	"\"verdict\":\"" verdict "\",\"wall_s\":" wall ",\"findings\":["

static const struct {
	const char *text, *words;
} hostile[] = {
	{"", "empty"},
	{"\xff\xfe{}", "line 1"},
	{"\x1f\x8b\x08", "line 1"},
	{"\033[2J", "line 1"},
	{"{\"version\":2,\"tool\":\"\xff\"}", "line 1"},
	{"{\"version\":2,\"tool\":\"a\\u0000b\"}", "line 1"},
	{"{\"version\":2,\"version\":2}", "duplicate"},
	{"{} {}", "line 1"},
	{"[]", "no \"version\""},
	{"12", "line 1"},
	{"{}", "no \"version\""},
	{"{\"version\":\"2\"}", "no \"version\""},
	{"{\"version\":1,\"scenarios\":[]}", "of version 1; this halfopen reads version 2"},
	{"{\"version\":3}", "of version 3"},
	{"{\"version\":2}", "\"tool\" is missing"},
	{"{\"version\":2,\"tool\":1}", "\"tool\" is no text"},
	{"{\"version\":2,\"tool\":\"\",\"suite\":\"\",\"sysctls\":{\"a\":1}}", "\"a\" is no text"},
	{"{\"version\":2,\"tool\":\"\",\"suite\":\"\",\"sysctls\":{},\"kernel\":{\"release\":\"\","
	 "\"hz\":-1}}",
	 "kernel: \"hz\" is beyond"},
	{"{\"version\":2,\"tool\":\"\",\"suite\":\"\",\"sysctls\":{},\"kernel\":{\"release\":\"\","
	 "\"hz\":1.5}}",
	 "kernel: \"hz\" is no whole number"},
	{"{\"version\":2,\"tool\":\"\",\"suite\":\"\",\"sysctls\":{},\"kernel\":{\"release\":\"\","
	 "\"hz\":1,\"clock\":\"wall\"}}",
	 "\"clock\" cannot be \"wall\""},
	{HEAD "1]}", "scenarios[0]: \"id\" is missing"},
	{HEAD SCENARIO_HEAD("../a", "pass", "1") "]}]}", "no name of a scenario"},
	{HEAD SCENARIO_HEAD("/a", "pass", "1") "]}]}", "no name of a scenario"},
	{HEAD SCENARIO_HEAD("a", "passed", "1") "]}]}", "\"verdict\" cannot be \"passed\""},
	{HEAD SCENARIO_HEAD("a", "\\u001b[2J", "1") "]}]}", "\"verdict\" cannot be \"?[2J\""},
	{HEAD SCENARIO_HEAD("a", "pass", "1e300") "]}]}", "\"wall_s\" is beyond"},
	{HEAD SCENARIO_HEAD("a", "pass", "\"1\"") "]}]}", "\"wall_s\" is no number"},
	{HEAD SCENARIO_HEAD("a", "pass", "1") "],\"timeline\":\"/etc/passwd\"}]}",
	 "\"timeline\" is no path below the results"},
	{HEAD SCENARIO_HEAD("a", "pass", "1") "],\"capture\":\"b/../../c\"}]}",
	 "\"capture\" is no path below the results"},
	{HEAD SCENARIO_HEAD("a", "pass", "1") "]}," SCENARIO_HEAD("a", "pass", "1") "]}]}",
	 "twice"},
	{HEAD SCENARIO_HEAD("a", "pass", "1") "[]]}]}",
	 "scenarios[0].findings[0]: \"expectation\""},
	{HEAD SCENARIO_HEAD("a", "pass", "1") "{\"expectation\":\"\",\"line\":-1}]}]}",
	 "scenarios[0].findings[0]: \"line\" is beyond"},
};

static void refuses_what_is_none(void **state)
{
	cleanup_free char *deep = malloc(100000);

	(void)state;
	for (size_t i = 0; i < array_length(hostile); i++)
		refuse(hostile[i].text, strlen(hostile[i].text), hostile[i].words);
	memset(deep, '[', 100000);
	refuse(deep, 100000, "line 1");
	memset(deep, 0, 100000);
	refuse(deep, 100000, "line 1");
	unlink(file);
	{
		struct saved saved;
		char *error = NULL;

		assert_int_equal(saved_read(folder, &saved, &error), -EINVAL);
		assert_non_null(strstr(error, "no results.json"));
		free(error);
		assert_int_equal(saved_read("/tmp/not/there", &saved, &error), -ENOENT);
		free(error);
		assert_int_equal(mkfifo(file, 0600), 0);
		assert_int_equal(saved_read(folder, &saved, &error), -EINVAL);
		assert_non_null(strstr(error, "no regular file"));
		free(error);
		unlink(file);
		/* 2 GB without a byte on the disk: refused before any is read. */
		write_file("", 0);
		assert_int_equal(truncate(file, INT64_C(2) << 30), 0);
		assert_int_equal(saved_read(folder, &saved, &error), -EINVAL);
		assert_non_null(strstr(error, "2147483648 bytes"));
		free(error);
	}
}

/* Each cut, and each byte made wrong, is refused or read; never more. */
static void survives_cuts_and_changes(void **state)
{
	struct scenarios scenarios;
	struct saved saved, again;
	char *text = NULL, *error = NULL;
	size_t size = 0, refused = 0;
	FILE *stream;

	(void)state;
	load(&scenarios);
	saved = saved_of(&scenarios);
	assert_int_equal(results_write(folder, &saved), 0);
	stream = fopen(file, "r");
	assert_true(getdelim(&text, &size, '\0', stream) > 0);
	fclose(stream);
	size = strlen(text);
	/* The last byte is the newline. */
	for (size_t length = 0; length + 1 < size; length += 7)
		refuse(text, length, length ? "" : "empty");
	for (size_t i = 0; i < size; i += 3) {
		char before = text[i];

		text[i] = (char)(before ^ (1 << (i % 8)));
		write_file(text, size);
		if (saved_read(folder, &again, &error) == 0) {
			saved_free(&again);
		} else {
			refused++;
			free(error);
		}
		text[i] = before;
	}
	assert_true(refused > size / 30);
	free(text);
	saved_free(&saved);
	scenarios_free(&scenarios);
}

static void fingerprints_tell_what_is_asked(void **state)
{
	struct scenarios scenarios;
	struct scenario *one, *two;
	uint64_t first;
	char *before;

	(void)state;
	load(&scenarios);
	one = &scenarios.list[0];
	two = &scenarios.list[1];
	first = fingerprint_scenario(one);
	assert_int_equal(first, fingerprint_scenario(one));
	assert_int_not_equal(first, fingerprint_scenario(two));
	/* A title is no question. */
	before = one->title;
	one->title = two->id;
	assert_int_equal(first, fingerprint_scenario(one));
	one->title = before;
	before = one->sysctls[0].value;
	one->sysctls[0].value = two->id;
	assert_int_not_equal(first, fingerprint_scenario(one));
	one->sysctls[0].value = before;
	assert_int_equal(fingerprint_add(fingerprint_add(0, "a", 1), "b", 2),
			 fingerprint_add(fingerprint_add(0, "b", 2), "a", 1));
	assert_int_not_equal(fingerprint_add(0, "a", 1), fingerprint_add(0, "a", 2));
	scenarios_free(&scenarios);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_written),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(survives_cuts_and_changes),
		cmocka_unit_test(fingerprints_tell_what_is_asked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

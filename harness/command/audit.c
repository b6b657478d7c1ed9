#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command/command.h"
#include "command/options.h"
#include "command/select.h"
#include "judge/audit.h"
#include "timeline/read.h"

static const struct option_spec options[] = {{NULL, 0, NULL, NULL}};

static const struct command_spec command = {
	"audit",
	"RESULTS [PATH...]",
	"Bends each timeline that 'halfopen run -o RESULTS' recorded, in many small ways, judges\n"
	"it again, and names every expectation that no bend can break. The scenarios are looked\n"
	"up by their id below PATH; no PATH means scenarios/.",
	"Only scenarios that passed are audited.\n\n"
	"Exit: 0 every expectation can fail, 1 some cannot, 2 usage, a bad scenario or results\n"
	"that cannot be read, 125 there was nothing to audit.\n",
	options,
};

struct auditor {
	const char *results;
	size_t audited, bends, weak, left_out;
	bool broken; /* a timeline could not be read */
};

static bool take(void *data, int option, const char *argument)
{
	(void)data, (void)option, (void)argument;
	return true;
}

static void print(const struct scenario *scenario, const struct audit *result)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct weakness *weakness = &result->list[i];

		printf("%s:%d:%d: weak: %s%s%s of %s in %s: %s\n", scenario->path,
		       weakness->at.line, weakness->at.column, weakness->key ? "\"" : "",
		       weakness->key ? weakness->key : "all", weakness->key ? "\"" : "",
		       weakness->expectation, scenario->id, weakness->why);
	}
}

static void audit_one(struct auditor *auditor, const struct scenario *scenario)
{
	cleanup_free char *path = NULL, *error = NULL;
	struct timeline timeline;
	struct audit result;

	if (asprintf(&path, "%s/%s.jsonl", auditor->results, scenario->id) < 0)
		return;
	if (access(path, F_OK)) {
		auditor->left_out++;
		return;
	}
	if (timeline_read(path, &timeline, &error)) {
		fprintf(stderr, "halfopen audit: %s: %s\n", path, error);
		auditor->broken = true;
		return;
	}
	audit(scenario, &timeline, &result);
	if (result.verdict == VERDICT_PASS)
		auditor->audited++;
	else
		auditor->left_out++;
	auditor->bends += result.bends;
	auditor->weak += result.count;
	print(scenario, &result);
	audit_free(&result);
	timeline_free(&timeline);
}

static int exit_code(const struct auditor *auditor)
{
	if (auditor->broken)
		return EXIT_USAGE;
	if (auditor->weak)
		return 1;
	return auditor->audited ? 0 : EXIT_UNABLE;
}

int command_audit(int argc, char **argv)
{
	struct scenarios scenarios = {0};
	struct auditor auditor = {0};
	int code, first = options_parse(&command, argc, argv, take, NULL, &code);

	if (first < 0)
		return code;
	if (first == argc) {
		usage_error(&command, "RESULTS is missing: a folder written by 'halfopen run -o'");
		return EXIT_USAGE;
	}
	auditor.results = argv[first];
	if (access(auditor.results, R_OK | X_OK)) {
		usage_error(&command, "%s: %s", auditor.results, strerror(errno));
		return EXIT_USAGE;
	}
	if (select_scenarios(argv + first + 1, argc - first - 1, NULL, 0, &scenarios))
		return EXIT_USAGE;
	for (size_t i = 0; i < scenarios.count; i++)
		audit_one(&auditor, &scenarios.list[i]);
	printf("%zu scenario%s audited with %zu bends, %zu weak expectation%s; %zu not played or "
	       "not passed\n",
	       auditor.audited, plural((int64_t)auditor.audited), auditor.bends, auditor.weak,
	       plural((int64_t)auditor.weak), auditor.left_out);
	scenarios_free(&scenarios);
	return exit_code(&auditor);
}

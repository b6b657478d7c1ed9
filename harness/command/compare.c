#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "command/command.h"
#include "command/options.h"
#include "compare/write.h"
#include "report/output_file.h"
#include "timeline/read.h"

enum { OPTION_JSON, OPTION_HTML, OPTION_VERBOSE };

static const struct option_spec options[] = {
	[OPTION_JSON] = {"json", 0, NULL, "write JSON instead of text"},
	[OPTION_HTML] = {"html", 0, "FILE", "write a page to FILE, too"},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "list what is the same, too"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"compare",
	"OLD NEW",
	"Says what changed between two results: of two kernels, two configurations, two days. "
	"Each\n"
	"is a folder that 'halfopen run -o' has written, or its results.json.",
	"Compared are, for each scenario, verdicts and findings, and where both have timelines: "
	"how\n"
	"many segments of each role each end sent, in which order, how long it waited, what its\n"
	"application was told, and when. Waits are compared by each kernel's own timer windows,\n"
	"so that another HZ is no change. Settings of 'run --sysctl-file' and '--sysctl' may\n"
	"differ: those that do are named, and what changed is what they change.\n\n"
	"Exit: 0 nothing is worse, 1 something is, 2 usage, or the two cannot be compared.\n",
	options,
};

struct comparing {
	bool json, verbose;
	const char *html;
	struct compared compared;
	struct saved old, new;
	struct comparisons comparisons;
};

static bool take(void *data, int option, const char *argument)
{
	struct comparing *comparing = data;

	switch (option) {
	case OPTION_JSON:
		comparing->json = true;
		return true;
	case OPTION_HTML:
		comparing->html = argument;
		return true;
	case OPTION_VERBOSE:
		comparing->verbose = true;
		return true;
	}
	return false;
}

/*
 * Reads a timeline; that there is none is no mistake, and then it is empty. Returns 0, or -errno
 * with a message on stderr.
 */
static int read_timeline(const struct saved_scenario *scenario, struct timeline *ret_timeline)
{
	cleanup_free char *error = NULL;
	int result;

	*ret_timeline = (struct timeline){0};
	if (!scenario->timeline || (access(scenario->timeline, F_OK) && errno == ENOENT))
		return 0;
	result = timeline_read(scenario->timeline, ret_timeline, &error);
	if (result)
		fprintf(stderr, "halfopen compare: %s: %s\n", scenario->timeline, error);
	return result;
}

static void add(struct comparing *comparing, struct comparison comparison)
{
	struct comparisons *comparisons = &comparing->comparisons;

	*array_push(comparisons->list, comparisons->count) = comparison;
	comparisons->of[comparison.class]++;
}

static int compare_both(struct comparing *comparing, const struct saved_scenario *old,
			const struct saved_scenario *new)
{
	struct timeline before, now = {0};
	int error = read_timeline(old, &before);

	if (!error)
		error = read_timeline(new, &now);
	if (!error) {
		bool both = before.count && now.count;

		comparing->compared.without_timelines += !both;
		add(comparing,
		    compare_scenario(old, both ? &before : NULL, new, both ? &now : NULL));
	}
	timeline_free(&before);
	timeline_free(&now);
	return error;
}

static int compare_all(struct comparing *comparing)
{
	const struct saved *old = &comparing->old, *new = &comparing->new;
	size_t common = 0;

	for (size_t i = 0; i < new->count; i++) {
		const struct saved_scenario *before = saved_find(old, new->scenarios[i].id);

		if (before && compare_both(comparing, before, &new->scenarios[i]))
			return -EINVAL;
		if (!before)
			add(comparing, compare_scenario(NULL, NULL, &new->scenarios[i], NULL));
		common += before != NULL;
	}
	for (size_t i = 0; i < old->count; i++) {
		if (!saved_find(new, old->scenarios[i].id))
			add(comparing, compare_scenario(&old->scenarios[i], NULL, NULL, NULL));
	}
	if (common && comparing->comparisons.of[CHANGE_UNKNOWN] < common)
		return 0;
	fprintf(stderr, "halfopen compare: %s and %s cannot be compared: %s\n",
		comparing->compared.old_path, comparing->compared.new_path,
		common ? "of every scenario, one of the two runs was inconclusive or skipped"
		       : "they are of different suites, no scenario is in both");
	return -EINVAL;
}

static int write_page(const struct comparing *comparing)
{
	struct output_file file;
	int error = output_path_open(&file, comparing->html);

	if (!error) {
		comparisons_write_html(&comparing->comparisons, &comparing->compared, file.stream);
		error = output_file_commit(&file);
	}
	if (error)
		fprintf(stderr, "halfopen compare: writing %s: %s\n", comparing->html,
			strerror(-error));
	return error;
}

static int write_all(const struct comparing *comparing)
{
	const struct comparisons *comparisons = &comparing->comparisons;

	if (comparing->html && write_page(comparing))
		return EXIT_USAGE;
	if (comparing->json) {
		json_t *object = comparisons_json(comparisons, &comparing->compared);

		json_dumpf(object, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(object);
	} else {
		struct style style = style_for(stdout);

		comparisons_write_text(comparisons, &comparing->compared, &style,
				       comparing->verbose, stdout);
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "halfopen compare: writing: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return comparisons->of[CHANGE_WORSE] ? 1 : 0;
}

static int read_results(const char *path, struct saved *ret_saved)
{
	cleanup_free char *error = NULL;
	int result = saved_read(path, ret_saved, &error);

	if (result)
		fprintf(stderr, "halfopen compare: %s: %s\n", path, error);
	return result;
}

int command_compare(int argc, char **argv)
{
	struct comparing comparing = {0};
	int exit_code = EXIT_USAGE;
	int first = options_parse(&command, argc, argv, take, &comparing, &exit_code);

	if (first < 0)
		return exit_code;
	if (argc - first != 2) {
		usage_error(&command, "two results are needed: folders that 'halfopen run -o' has "
				      "written, or their results.json");
		return EXIT_USAGE;
	}
	comparing.compared = (struct compared){
		.old_path = argv[first],
		.new_path = argv[first + 1],
		.old = &comparing.old,
		.new = &comparing.new,
	};
	exit_code = EXIT_USAGE;
	if (read_results(argv[first], &comparing.old) == 0 &&
	    read_results(argv[first + 1], &comparing.new) == 0 && compare_all(&comparing) == 0) {
		comparing.compared.settings = setting_changes_of(&comparing.old, &comparing.new);
		exit_code = write_all(&comparing);
	}
	setting_changes_free(&comparing.compared.settings);
	comparisons_free(&comparing.comparisons);
	saved_free(&comparing.old);
	saved_free(&comparing.new);
	return exit_code;
}

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "command/assumptions.h"
#include "command/command.h"
#include "command/options.h"
#include "command/select.h"
#include "command/settings_text.h"
#include "model/forecast.h"
#include "report/detection_table.h"
#include "report/forecast_drawing.h"
#include "report/forecast_json.h"
#include "report/paragraph.h"
#include "scenario/echoes.h"

/* What a kernel can be built with: include/linux/jiffies.h, SHIFT_HZ. */
#define LEAST_HZ 12
#define MOST_HZ	 12287

/* As many names of sysctls that do not matter are listed. */
#define LEFT_OUT_LISTED 8

enum {
	OPTION_VARIANT,
	OPTION_SETTINGS,
	OPTION_HZ,
	OPTION_SYSCTL_FILE,
	OPTION_SYSCTL,
	OPTION_FEATURE,
	OPTION_JSON,
};

static const struct option_spec options[] = {
	[OPTION_VARIANT] = {"variant", 0, "NAME", "only this variant of the scenario"},
	[OPTION_SETTINGS] =
		{"settings", 's', "LIST",
		 "without a scenario: keepalive, idle, interval, count,\n"
		 "                           user_timeout, syn_count and sysctls, as in\n"
		 "                           idle=60s,interval=10s,count=6"},
	[OPTION_HZ] = {"hz", 0, "N", "the kernel's tick, CONFIG_HZ (this kernel's)"},
	[OPTION_SYSCTL_FILE] = {"sysctl-file", 0, "FILE",
				"sysctls as in sysctl.d(5), or of sysctl -a; may be repeated"},
	[OPTION_SYSCTL] = {"sysctl", 0, "KEY=VALUE", "one sysctl; may be repeated"},
	[OPTION_FEATURE] = {"feature", 0, "NAME", "no-rto_max for a kernel without it, and so on"},
	[OPTION_JSON] = {"json", 0, NULL, "the same for machines"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"explain",
	"SCENARIO... | --settings LIST",
	"Draws what is due when a scenario is played, and why, without playing it; then tells\n"
	"how long it takes until a dead peer is noticed. SCENARIO is a file, or an id as\n"
	"'halfopen check' prints it; without @VARIANT all its variants are drawn.",
	"Sysctls that nothing sets have the kernel's defaults, not this machine's values. Where\n"
	"several set the same one, files come first in their order, then --sysctl, then\n"
	"--settings; a scenario's own sysctls win over all of them. Features that kernels may\n"
	"have: syn_linear_timeouts (6.5), rto_min (6.11), rto_max (6.15), which are looked for on\n"
	"this kernel; syn_user_timeout (4.19), persist_user_timeout (5.11), which are assumed.\n"
	"\n"
	"\"at best\" and \"at worst\" count from the last segment received where a connection is\n"
	"idle or its window full, from the data sent, and from the first SYN; on a path as short\n"
	"as loopback's. \"sent\" is how many segments are sent in vain until then.\n"
	"\n"
	"Exit: 0, or 2 for usage or a bad scenario.\n",
	options,
};

struct explain {
	const char *variant, *settings;
	const char **files;
	size_t file_count;
	const char **sysctls;
	size_t sysctl_count;
	struct assumptions assumptions;
	struct problems problems;
	struct style style;
	json_t *json; /* the explanations; NULL: they are drawn */
};

static bool take_hz(struct explain *explain, const char *argument)
{
	char *end;
	long hz;

	errno = 0;
	hz = strtol(argument, &end, 10);
	if (*end || end == argument || errno || hz < LEAST_HZ || hz > MOST_HZ) {
		usage_error(&command, "--hz takes a number from %d to %d, not '%s'", LEAST_HZ,
			    MOST_HZ, argument);
		return false;
	}
	explain->assumptions.hz = (int)hz;
	return true;
}

static bool take(void *data, int option, const char *argument)
{
	struct explain *explain = data;

	switch (option) {
	case OPTION_VARIANT:
		explain->variant = argument;
		return true;
	case OPTION_SETTINGS:
		explain->settings = argument;
		return true;
	case OPTION_HZ:
		return take_hz(explain, argument);
	case OPTION_SYSCTL_FILE:
		*array_push(explain->files, explain->file_count) = argument;
		return true;
	case OPTION_SYSCTL:
		*array_push(explain->sysctls, explain->sysctl_count) = argument;
		return true;
	case OPTION_FEATURE:
		assumptions_feature(&explain->assumptions, "halfopen explain: --feature", argument,
				    &explain->problems);
		return true;
	case OPTION_JSON:
		explain->json = explain->json ? explain->json : json_array();
		return true;
	}
	return false;
}

static void write_left_out(const struct sysctl_list *sysctls)
{
	if (!sysctls->left_out_count)
		return;
	fputs("halfopen explain: nothing here depends on these sysctls, which are left out: ",
	      stderr);
	for (size_t i = 0; i < sysctls->left_out_count && i < LEFT_OUT_LISTED; i++)
		fprintf(stderr, "%s%.80s", i ? ", " : "", sysctls->left_out[i]);
	if (sysctls->left_out_count > LEFT_OUT_LISTED)
		fprintf(stderr, " and %zu more", sysctls->left_out_count - LEFT_OUT_LISTED);
	fputc('\n', stderr);
}

/* Reads what the options name. Returns the exit code of mistakes, or 0. */
static int prepare(struct explain *explain, struct end_settings *ret_options)
{
	struct sysctl_list *sysctls = &explain->assumptions.sysctls;
	int error;

	for (size_t i = 0; i < explain->file_count; i++)
		sysctl_file_read(explain->files[i], sysctls, &explain->problems);
	for (size_t i = 0; i < explain->sysctl_count; i++)
		sysctl_argument_read("halfopen explain: --sysctl", explain->sysctls[i], sysctls,
				     &explain->problems);
	if (explain->settings)
		settings_text_read("halfopen explain: --settings", explain->settings, ret_options,
				   sysctls, &explain->problems);
	problems_print(&explain->problems, stderr);
	if (explain->problems.count)
		return EXIT_USAGE;
	error = assumptions_complete(&explain->assumptions);
	if (error) {
		fprintf(stderr, "halfopen explain: this kernel's tick: %s; say --hz N\n",
			strerror(-error));
		return EXIT_USAGE;
	}
	write_left_out(sysctls);
	return 0;
}

/* "client: keepalive on, idle 30.000 s, …": what options and sysctls come to. */
static void write_end(const struct explain *explain, const char *name,
		      const struct settings *settings, const struct end_settings *end)
{
	const struct sysctl_settings *sysctl = &settings->sysctl;
	char idle[DURATION_TEXT_SIZE], interval[DURATION_TEXT_SIZE], limit[DURATION_TEXT_SIZE];
	char keepalive[4 * DURATION_TEXT_SIZE] = "off", text[6 * DURATION_TEXT_SIZE];

	duration_format(idle, end->idle ? end->idle : sysctl->keepalive_time);
	duration_format(interval, end->interval ? end->interval : sysctl->keepalive_intvl);
	duration_format(limit, end->user_timeout);
	if (end->keepalive)
		snprintf(keepalive, sizeof(keepalive), "on, idle %s, interval %s, count %lld", idle,
			 interval, (long long)(end->count ? end->count : sysctl->keepalive_probes));
	snprintf(text, sizeof(text), "%s: keepalive %s; user timeout %s", name, keepalive,
		 end->user_timeout ? limit : "none");
	paragraph_write(stdout, text_width(&explain->style), 2, 0, text);
}

static void write_assumptions(const struct explain *explain, const struct scenario *scenario,
			      const struct settings *settings)
{
	cleanup_free char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return;
	assumptions_write(&explain->assumptions, scenario, stream);
	fclose(stream);
	paragraph_write(stdout, text_width(&explain->style), 2, 0, text);
	if (scenario) {
		write_end(explain, "client", settings, &settings->client);
		write_end(explain, "server", settings, &settings->server);
	} else {
		write_end(explain, "either end", settings, &settings->client);
	}
	putchar('\n');
}

static void write_table(const struct explain *explain, const struct settings *settings,
			struct legend *legend)
{
	const struct detection_table table = detection_table(settings);

	detection_table_write(&table, legend, &explain->style, stdout);
	putchar('\n');
	legend_write(legend, &explain->style, stdout);
}

/* The model is of TCP: a monitor is only arithmetic. */
static void write_monitor(const struct explain *explain, const struct record *monitor)
{
	int64_t best = monitor_silent_after(monitor);
	char earliest[DURATION_TEXT_SIZE], latest[DURATION_TEXT_SIZE], text[256];

	snprintf(
		text, sizeof(text),
		"The %s's monitor calls a host that fell silent \"silent\" after %s at best, %s at "
		"worst: %lld times the timeout, the intervals in between, and up to one before.",
		word_name(end_words, (int)record_number(monitor, KEY_FROM)),
		duration_format(earliest, best),
		duration_format(latest, best + echo_interval(monitor)),
		(long long)record_number(monitor, KEY_THRESHOLD));
	paragraph_write(stdout, text_width(&explain->style), 2, 0, text);
	putchar('\n');
}

static void explain_scenario(const struct explain *explain, const struct scenario *scenario)
{
	struct settings settings = assumptions_settings(&explain->assumptions);
	struct legend legend = {0};
	struct forecast forecast;

	settings_scenario(&settings, scenario);
	assumptions_finish(&explain->assumptions, &settings);
	forecast_make(scenario, &settings, &forecast);
	if (explain->json) {
		const struct detection_table table = detection_table(&settings);

		json_array_append_new(explain->json,
				      json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id",
						scenario->id, "title", scenario->title, "path",
						scenario->path, "settings",
						settings_json(&settings), "forecast",
						forecast_json(&forecast, scenario), "detection",
						detection_json(&table)));
	} else {
		printf("%s%s%s\n", explain->style.bold, scenario->id, explain->style.plain);
		paragraph_write(stdout, text_width(&explain->style), 2, 0, scenario->title);
		write_assumptions(explain, scenario, &settings);
		forecast_draw(&forecast, scenario, &legend, &explain->style, stdout);
		putchar('\n');
		if (scenario->monitor.text)
			write_monitor(explain, &scenario->monitor);
		write_table(explain, &settings, &legend);
	}
	forecast_free(&forecast);
}

/* Without a scenario: both ends have the same settings, and there is nothing to draw. */
static void explain_settings(const struct explain *explain, const struct end_settings *end)
{
	struct settings settings = assumptions_settings(&explain->assumptions);
	struct legend legend = {0};

	settings.client = settings.server = *end;
	assumptions_finish(&explain->assumptions, &settings);
	if (explain->json) {
		const struct detection_table table = detection_table(&settings);

		json_array_append_new(explain->json,
				      json_pack("{s:n, s:o, s:o}", "id", "settings",
						settings_json(&settings), "detection",
						detection_json(&table)));
		return;
	}
	write_assumptions(explain, NULL, &settings);
	write_table(explain, &settings, &legend);
}

static int explain_operand(const struct explain *explain, const char *name)
{
	struct scenarios scenarios = {0};
	const struct scenario *only;

	if (select_variants(name, explain->variant, &scenarios, &only))
		return EXIT_USAGE;
	for (size_t i = 0; i < scenarios.count; i++) {
		if (only && only != &scenarios.list[i])
			continue;
		if (i && !only && !explain->json)
			putchar('\n');
		explain_scenario(explain, &scenarios.list[i]);
	}
	scenarios_free(&scenarios);
	return 0;
}

static json_t *names_json(const struct sysctl_list *sysctls)
{
	json_t *names = json_array();

	for (size_t i = 0; i < sysctls->left_out_count; i++)
		json_array_append_new(names, json_string(sysctls->left_out[i]));
	return names;
}

static void write_json(const struct explain *explain)
{
	const struct assumptions *assumptions = &explain->assumptions;
	json_t *all = json_pack("{s:i, s:s, s:o, s:O}", "hz", assumptions->hz, "hz_from",
				assumptions->hz_given ? "option" : "this kernel", "left_out",
				names_json(&assumptions->sysctls), "explanations", explain->json);

	json_dumpf(all, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(all);
}

static int explain_all(struct explain *explain, char **names, int count)
{
	struct end_settings alone = {0};
	int exit_code = prepare(explain, &alone);

	if (!exit_code && explain->settings)
		explain_settings(explain, &alone);
	for (int i = 0; !exit_code && i < count; i++) {
		if (i && !explain->json)
			putchar('\n');
		exit_code = explain_operand(explain, names[i]);
	}
	if (!exit_code && explain->json)
		write_json(explain);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "halfopen explain: writing: %s\n", strerror(errno));
		exit_code = EXIT_UNABLE;
	}
	return exit_code;
}

int command_explain(int argc, char **argv)
{
	struct explain explain = {.style = style_for(stdout)};
	int exit_code = EXIT_USAGE;
	int first = options_parse(&command, argc, argv, take, &explain, &exit_code);
	int operands = argc - first;

	if (first >= 0 && explain.settings && (operands || explain.variant))
		usage_error(&command, "--settings stands for a scenario: give one or the other");
	else if (first >= 0 && !explain.settings && !operands)
		usage_error(&command, "a scenario, or --settings, is needed");
	else if (first >= 0)
		exit_code = explain_all(&explain, argv + first, operands);
	free(explain.files);
	free(explain.sysctls);
	problems_free(&explain.problems);
	assumptions_free(&explain.assumptions);
	json_decref(explain.json);
	return exit_code;
}

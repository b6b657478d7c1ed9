#define _GNU_SOURCE
#include "command/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"
#include "report/github.h"
#include "report/ktap.h"
#include "report/output_file.h"
#include "report/page.h"
#include "report/saved_json.h"

static const char *const names[] = {
	[OUTPUT_JSON] = "json",
	[OUTPUT_JUNIT] = "junit",
	[OUTPUT_KTAP] = "ktap",
	[OUTPUT_HTML] = "html",
};

static const struct word inconclusive_words[] = {
	{"error", INCONCLUSIVE_ERROR},
	{"skipped", INCONCLUSIVE_SKIPPED},
	{NULL, 0},
};

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

bool outputs_take(struct outputs *outputs, const struct command_spec *command, int option,
		  const char *argument)
{
	int value;

	switch (option) {
	case OUTPUT_OPTION_JSON:
	case OUTPUT_OPTION_JUNIT:
	case OUTPUT_OPTION_KTAP:
	case OUTPUT_OPTION_HTML:
		if (!*argument) {
			usage_error(command, "--%s takes the name of a file, or -", names[option]);
			return false;
		}
		outputs->paths[option] = argument;
		return true;
	case OUTPUT_OPTION_GITHUB:
		outputs->github = true;
		return true;
	case OUTPUT_OPTION_INCONCLUSIVE:
		if (!word_value(inconclusive_words, argument, &value)) {
			usage_error(command, "--inconclusive takes error or skipped, not '%s'",
				    argument);
			return false;
		}
		outputs->inconclusive = (enum inconclusive)value;
		return true;
	}
	return false;
}

static bool is_same_file(const char *a, const char *b)
{
	cleanup_free char *real_a = realpath(a, NULL), *real_b = realpath(b, NULL);

	return real_a && real_b ? strcmp(real_a, real_b) == 0 : strcmp(a, b) == 0;
}

/* Whether two of them would be written over each other; else says so. */
static bool check_pairs(const struct outputs *outputs, const struct command_spec *command)
{
	const char *const *paths = outputs->paths;

	for (int i = 0; i < OUTPUT_FILES; i++) {
		if (is_stdout(paths[i]) && outputs->github) {
			usage_error(command, "--%s - and --github: only one can have stdout",
				    names[i]);
			return false;
		}
		for (int j = 0; paths[i] && j < i; j++) {
			if (!paths[j] || !is_same_file(paths[i], paths[j]))
				continue;
			usage_error(command, "--%s and --%s: both to '%s'", names[j], names[i],
				    paths[i]);
			return false;
		}
	}
	return true;
}

bool outputs_check(const struct outputs *outputs, const struct command_spec *command)
{
	if (!check_pairs(outputs, command))
		return false;
	for (int i = 0; i < OUTPUT_FILES; i++) {
		const char *path = outputs->paths[i];
		int error = path && !is_stdout(path) ? output_path_check(path) : 0;

		if (error) {
			usage_error(command, "--%s: writing to %s: %s", names[i], path,
				    strerror(-error));
			return false;
		}
	}
	return true;
}

bool outputs_any(const struct outputs *outputs)
{
	for (int i = 0; i < OUTPUT_FILES; i++) {
		if (outputs->paths[i])
			return true;
	}
	return outputs->github;
}

FILE *outputs_people(const struct outputs *outputs)
{
	for (int i = 0; i < OUTPUT_FILES; i++) {
		if (is_stdout(outputs->paths[i]))
			return stderr;
	}
	return stdout;
}

static void write_format(const struct outputs *outputs, enum output output,
			 const struct saved *saved, const char *folder, FILE *stream)
{
	switch (output) {
	case OUTPUT_JSON:
		saved_write_json(saved, false, stream);
		break;
	case OUTPUT_JUNIT:
		junit_write(saved, outputs->inconclusive, folder, stream);
		break;
	case OUTPUT_KTAP:
		ktap_write(saved, outputs->inconclusive, stream);
		break;
	case OUTPUT_HTML:
		if (outputs->outcomes)
			page_write_outcomes(stream, saved, outputs->outcomes,
					    outputs->outcome_count);
		else
			page_write_saved(stream, saved);
		break;
	case OUTPUT_FILES:
		break;
	}
}

static int flush_stdout(void)
{
	return fflush(stdout) ? -errno : ferror(stdout) ? -EIO : 0;
}

static int write_one(const struct outputs *outputs, enum output output, const struct saved *saved,
		     const char *folder)
{
	struct output_file file;
	int error;

	if (is_stdout(outputs->paths[output])) {
		write_format(outputs, output, saved, folder, stdout);
		return flush_stdout();
	}
	error = output_path_open(&file, outputs->paths[output]);
	if (error)
		return error;
	write_format(outputs, output, saved, folder, file.stream);
	return output_file_commit(&file);
}

int outputs_write(const struct outputs *outputs, const struct command_spec *command,
		  const struct saved *saved, const char *folder)
{
	int first = 0;

	for (enum output i = 0; i < OUTPUT_FILES; i++) {
		int error = outputs->paths[i] ? write_one(outputs, i, saved, folder) : 0;

		if (error)
			fprintf(stderr, "halfopen %s: writing to %s: %s\n", command->name,
				outputs->paths[i], strerror(-error));
		first = first ? first : error;
	}
	if (outputs->github) {
		github_write(saved, stdout);
		first = first ? first : flush_stdout();
	}
	return first;
}

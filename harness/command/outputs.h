/*
 * The machine formats that a command writes beside its words for people: their options, and their
 * files. Shared by run and report.
 */
#ifndef HALFOPEN_COMMAND_OUTPUTS_H
#define HALFOPEN_COMMAND_OUTPUTS_H

#include "command/options.h"
#include "report/junit.h"
#include "report/saved.h"

enum output {
	OUTPUT_JSON,
	OUTPUT_JUNIT,
	OUTPUT_KTAP,
	OUTPUT_HTML,
	OUTPUT_FILES, /* those above have a file */
};

/* Places of the options, counted from the first one's. */
enum {
	OUTPUT_OPTION_JSON = OUTPUT_JSON,
	OUTPUT_OPTION_JUNIT = OUTPUT_JUNIT,
	OUTPUT_OPTION_KTAP = OUTPUT_KTAP,
	OUTPUT_OPTION_HTML = OUTPUT_HTML,
	OUTPUT_OPTION_GITHUB,
	OUTPUT_OPTION_INCONCLUSIVE,
	OUTPUT_OPTIONS, /* their number */
};

/* Rows of a command's option table, the first at this place. */
#define OUTPUT_OPTION_TABLE(first)                                                                 \
	[(first) + OUTPUT_OPTION_JSON] = {"json", 0, "FILE",                                       \
					  "write results.json alone to FILE; '-' is stdout"},      \
		   [(first) + OUTPUT_OPTION_JUNIT] = {"junit", 0, "FILE", "write JUnit XML"},      \
		   [(first) + OUTPUT_OPTION_KTAP] = {"ktap", 0, "FILE",                            \
						     "write KTAP, as kselftest does"},             \
		   [(first) + OUTPUT_OPTION_HTML] = {"html", 0, "FILE",                            \
						     "write a page for people, with drawings"},    \
		   [(first) + OUTPUT_OPTION_GITHUB] = {"github", 0, NULL,                          \
						       "print annotations for GitHub Actions"},    \
		   [(first) + OUTPUT_OPTION_INCONCLUSIVE] = {                                      \
			   "inconclusive", 0, "error|skipped",                                     \
			   "what it is in JUnit and KTAP, which have no word for it (error)"}

/* Starts as {0}. */
struct outputs {
	const char *paths[OUTPUT_FILES]; /* NULL: not asked for */
	bool github;
	enum inconclusive inconclusive;
	/* Whose timelines a page draws; NULL: those in the files that the results name. */
	const struct outcome *outcomes;
	size_t outcome_count;
};

/* Takes one of the options, by its place counted from the first one's; says why not. */
bool outputs_take(struct outputs *outputs, const struct command_spec *command, int option,
		  const char *argument);

/*
 * Whether the options make sense together and all files can be written, before anything is done;
 * else says why not.
 */
bool outputs_check(const struct outputs *outputs, const struct command_spec *command);

/* Whether any is asked for. */
bool outputs_any(const struct outputs *outputs);

/* Where words for people go: stdout, unless that is for a machine. */
FILE *outputs_people(const struct outputs *outputs);

/*
 * Writes all of them; folder is where timelines and captures lie, or NULL. Says what could not be
 * written and returns the first error; the others are written all the same.
 */
int outputs_write(const struct outputs *outputs, const struct command_spec *command,
		  const struct saved *saved, const char *folder);

#endif

/* The words of a moment: "probe 2 answered + 1s". */
#ifndef HALFOPEN_SCENARIO_MOMENT_H
#define HALFOPEN_SCENARIO_MOMENT_H

#include "scenario/scenario.h"

/*
 * Reads a moment. Returns 0 or -EINVAL, and then in error (size bytes) what is wrong with it and
 * what is allowed.
 */
int moment_parse(const char *text, struct moment *ret_moment, char *error, size_t size);

/* A form that a moment can have: END is "client" or "server" or left out, N a number. */
struct moment_form {
	const char *pattern;
	enum anchor anchor;
	const char *help; /* one line */
	const char *example;
};

const struct moment_form *moment_forms(size_t *ret_count);

#endif

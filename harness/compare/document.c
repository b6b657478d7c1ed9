#define _GNU_SOURCE
#include "compare/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const struct scenario *find(const struct scenarios *scenarios, const char *id)
{
	for (size_t i = 0; i < scenarios->count; i++) {
		if (strcmp(scenarios->list[i].id, id) == 0)
			return &scenarios->list[i];
	}
	return NULL;
}

/* Whether it is a quick variant of a file that has others: those have the document's numbers. */
static bool is_shortened(const struct scenarios *scenarios, const struct scenario *scenario)
{
	if (!scenario_has_tag(scenario, "quick"))
		return false;
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *other = &scenarios->list[i];

		if (strcmp(other->path, scenario->path) == 0 && !scenario_has_tag(other, "quick"))
			return true;
	}
	return false;
}

struct document document_of(const struct scenarios *scenarios, const char *id)
{
	static const struct {
		const char *separator, *fault;
	} faults[] = {{"; wrong: ", "wrong"}, {"; out of date: ", "out of date"}};
	const struct scenario *scenario = find(scenarios, id);
	const char *text = scenario && scenario->documented ? scenario->documented : "";
	struct document document = {0};
	size_t length = strlen(text);

	for (size_t i = 0; i < array_length(faults) && !document.fault; i++) {
		const char *found = strstr(text, faults[i].separator);

		if (!found)
			continue;
		document.fault = faults[i].fault;
		document.reason = found + strlen(faults[i].separator);
		length = (size_t)(found - text);
	}
	if (scenario && is_shortened(scenarios, scenario))
		length = 0;
	document.stated = strndup(text, length);
	if (!document.stated)
		abort();
	return document;
}

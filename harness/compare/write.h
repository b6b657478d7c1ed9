/* Comparisons for people and machines. None of it prints but to the stream that
 * it is given. */
#ifndef HALFOPEN_COMPARE_WRITE_H
#define HALFOPEN_COMPARE_WRITE_H

#include <jansson.h>
#include <stdio.h>

#include "compare/comparison.h"
#include "compare/settings.h"
#include "report/style.h"

/* What was compared. */
struct compared {
	const char *old_path, *new_path; /* as they were named */
	const struct saved *old, *new;
	struct setting_changes settings;
	size_t without_timelines; /* scenarios in both whose verdicts alone could be
				     compared */
};

/* What is the same is folded into one number, unless verbose. */
void comparisons_write_text(const struct comparisons *comparisons, const struct compared *compared,
			    const struct style *style, bool verbose, FILE *stream);

/* Returns a new reference; NULL only when memory is out. Times are in ns. */
json_t *comparisons_json(const struct comparisons *comparisons, const struct compared *compared);

/* One page that needs nothing else. */
void comparisons_write_html(const struct comparisons *comparisons, const struct compared *compared,
			    FILE *stream);

#endif

/*
 * JUnit XML, as Jenkins, GitLab and others read it: one test suite, a test case for each scenario.
 */
#ifndef HALFOPEN_REPORT_JUNIT_H
#define HALFOPEN_REPORT_JUNIT_H

#include <stdio.h>

#include "report/saved.h"

/* What an inconclusive scenario is where a format has no word for it. */
enum inconclusive {
	INCONCLUSIVE_ERROR,
	INCONCLUSIVE_SKIPPED,
};

/*
 * Writes it. folder is where the files beside the results lie, NULL where their paths are whole
 * already.
 */
void junit_write(const struct saved *saved, enum inconclusive inconclusive, const char *folder,
		 FILE *stream);

/* The first finding that made a judgement what it is, or NULL where there is none. */
const struct finding *deciding_finding(const struct judgement *judgement);

#endif

/* Workflow commands of GitHub Actions: each finding at its expectation's place in the scenario. */
#ifndef HALFOPEN_REPORT_GITHUB_H
#define HALFOPEN_REPORT_GITHUB_H

#include <stdio.h>

#include "report/saved.h"

/* A failure is an error, what is inconclusive a warning, what was skipped a notice. */
void github_write(const struct saved *saved, FILE *stream);

#endif

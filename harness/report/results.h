/* What a run leaves in its folder: for each scenario timeline and capture, and results.json. */
#ifndef HALFOPEN_REPORT_RESULTS_H
#define HALFOPEN_REPORT_RESULTS_H

#include "report/saved.h"

/* Whether it can be written to; it is made, nothing else is. Returns 0 or -errno. */
int results_check(const char *folder);

/*
 * Writes FOLDER/ID.jsonl (the timeline) and FOLDER/ID.pcapng (the capture, each packet with its
 * role as comment). Returns 0 or -errno.
 */
int results_keep(const char *folder, const struct outcome *outcome);

/* Writes FOLDER/results.json. Returns 0 or -errno. */
int results_write(const char *folder, const struct saved *saved);

#endif

/*
 * The text of results.json, which results/results.schema.json describes; inside a folder or alone.
 */
#ifndef HALFOPEN_REPORT_SAVED_JSON_H
#define HALFOPEN_REPORT_SAVED_JSON_H

#include <stdio.h>

#include "report/saved.h"

/*
 * Writes it; with_files names timelines and captures, which lie beside a results.json only. Whether
 * all of it arrived is for the stream's owner to ask.
 */
void saved_write_json(const struct saved *saved, bool with_files, FILE *stream);

/* Names of the keys that a finding can be about. Returns NULL, or KEY_LIMIT, for none. */
const char *finding_key_name(enum key key);
enum key finding_key(const char *name);

#endif

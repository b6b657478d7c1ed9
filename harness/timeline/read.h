/* A saved timeline, from its file. */
#ifndef HALFOPEN_TIMELINE_READ_H
#define HALFOPEN_TIMELINE_READ_H

#include "timeline/timeline.h"

/*
 * Reads a file of JSON Lines. What is in a text of it that could act on a terminal becomes '?'. A
 * file that is not one, or whose events are garbled, or far beyond what can be, is an error:
 * returns -errno or -EINVAL, with one sentence in ret_error (to be freed by the caller), and then
 * the timeline is empty.
 */
int timeline_read(const char *path, struct timeline *ret_timeline, char **ret_error);

#endif

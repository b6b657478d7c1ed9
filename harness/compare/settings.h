/*
 * Under which settings of --sysctl-file and --sysctl two results were made, where they differ. They
 * are no part of a scenario's fingerprint: the same was asked, under another configuration, and the
 * comparison is what that configuration changes.
 */
#ifndef HALFOPEN_COMPARE_SETTINGS_H
#define HALFOPEN_COMPARE_SETTINGS_H

#include "report/saved.h"

/* Texts belong to the results. */
struct setting_change {
	const char *name;
	const char *old, *new; /* NULL: not set, so the kernel's default */
};

struct setting_changes {
	struct setting_change *list; /* in the order of the old results, then what is new */
	size_t count;
};

/* The caller frees with setting_changes_free(); old and new must live as long. */
struct setting_changes setting_changes_of(const struct saved *old, const struct saved *new);

/* A value in words. */
const char *setting_text(const char *value);

void setting_changes_free(struct setting_changes *changes);

#endif

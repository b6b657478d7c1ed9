#include "compare/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* The setting of that name, or NULL. */
static const struct sysctl_setting *find(const struct saved *saved, const char *name)
{
	for (size_t i = 0; i < saved->sysctl_count; i++) {
		if (strcmp(saved->sysctls[i].name, name) == 0)
			return &saved->sysctls[i];
	}
	return NULL;
}

/* What is said of a setting; NULL: nothing was. */
static const char *value_of(const struct sysctl_setting *setting)
{
	if (!setting)
		return NULL;
	return setting->value ? setting->value : "";
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

struct setting_changes setting_changes_of(const struct saved *old, const struct saved *new)
{
	struct setting_changes changes = {0};

	for (size_t i = 0; i < old->sysctl_count; i++) {
		const struct sysctl_setting *before = &old->sysctls[i];
		const char *now = value_of(find(new, before->name));

		if (!is_same(value_of(before), now))
			*array_push(changes.list, changes.count) =
				(struct setting_change){before->name, value_of(before), now};
	}
	for (size_t i = 0; i < new->sysctl_count; i++) {
		const struct sysctl_setting *now = &new->sysctls[i];

		if (!find(old, now->name))
			*array_push(changes.list, changes.count) =
				(struct setting_change){now->name, NULL, value_of(now)};
	}
	return changes;
}

const char *setting_text(const char *value)
{
	if (!value)
		return "not set";
	return *value ? value : "empty";
}

void setting_changes_free(struct setting_changes *changes)
{
	free(changes->list);
	*changes = (struct setting_changes){0};
}

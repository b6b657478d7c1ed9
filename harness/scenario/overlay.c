#include "scenario/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenario/reader.h"

static bool is_among(const struct sysctl_setting *settings, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(settings[i].name, name) == 0)
			return true;
	}
	return false;
}

bool sysctl_is_overridden(const struct sysctl_setting *settings, size_t count, size_t i)
{
	return is_among(settings + i + 1, count - i - 1, settings[i].name);
}

static void overlay(struct scenario *scenario, const struct sysctl_setting *settings, size_t count)
{
	struct sysctl_setting *list = NULL;
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		struct sysctl_setting *setting;

		if (sysctl_is_overridden(settings, count, i) ||
		    is_among(scenario->sysctls, scenario->sysctl_count, settings[i].name))
			continue;
		setting = array_push(list, length);
		setting->name = copy_text(settings[i].name);
		setting->value = copy_text(settings[i].value);
	}
	for (size_t i = 0; i < scenario->sysctl_count; i++)
		*array_push(list, length) = scenario->sysctls[i];
	free(scenario->sysctls);
	scenario->sysctls = list;
	scenario->sysctl_count = length;
}

void scenarios_overlay(struct scenarios *scenarios, const struct sysctl_setting *settings,
		       size_t count)
{
	for (size_t i = 0; i < scenarios->count; i++)
		overlay(&scenarios->list[i], settings, count);
}

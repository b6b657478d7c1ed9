/*
 * Circumstances that are laid under scenarios: the sysctls of a machine, of which a scenario's own
 * are exceptions.
 */
#ifndef HALFOPEN_SCENARIO_OVERLAY_H
#define HALFOPEN_SCENARIO_OVERLAY_H

#include "scenario/scenario.h"

/*
 * Puts settings before those of each scenario, apart from names that it sets itself. Their line is
 * 0: no line of the scenario's file says them. Of several with one name the last one counts.
 */
void scenarios_overlay(struct scenarios *scenarios, const struct sysctl_setting *settings,
		       size_t count);

/* Whether a later setting of the list has the same name. */
bool sysctl_is_overridden(const struct sysctl_setting *settings, size_t count, size_t i);

#endif

#define _GNU_SOURCE
#include "command/machine_sysctls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/overlay.h"

/* As many names are listed. */
#define NAMES_LISTED 10

bool machine_sysctls_take(struct machine_sysctls *machine, int option, const char *argument)
{
	if (option == SYSCTL_OPTION_FILE)
		*array_push(machine->files, machine->file_count) = argument;
	else
		*array_push(machine->arguments, machine->argument_count) = argument;
	return true;
}

static void name_all(const struct command_spec *command, const char *words, char *const *names,
		     size_t count)
{
	if (!count)
		return;
	fprintf(stderr, "halfopen %s: %s: ", command->name, words);
	for (size_t i = 0; i < count && i < NAMES_LISTED; i++)
		fprintf(stderr, "%s%.80s", i ? ", " : "", names[i]);
	if (count > NAMES_LISTED)
		fprintf(stderr, " and %zu more", count - NAMES_LISTED);
	fputc('\n', stderr);
}

int machine_sysctls_apply(struct machine_sysctls *machine, const struct command_spec *command,
			  struct scenarios *scenarios)
{
	struct sysctl_list *list = &machine->list;
	struct problems problems = {0};
	size_t mistakes;
	char from[64];

	snprintf(from, sizeof(from), "halfopen %s: --sysctl", command->name);
	for (size_t i = 0; i < machine->file_count; i++)
		sysctl_file_read(machine->files[i], list, &problems);
	for (size_t i = 0; i < machine->argument_count; i++)
		sysctl_argument_read(from, machine->arguments[i], list, &problems);
	problems_print(&problems, stderr);
	mistakes = problems.count;
	problems_free(&problems);
	if (mistakes)
		return -EINVAL;
	name_all(command, "these sysctls are not TCP's of a namespace, and are left out",
		 list->left_out, list->left_out_count);
	scenarios_overlay(scenarios, list->list, list->count);
	return 0;
}

static bool is_in_force(const struct sysctl_setting *setting, const struct outcome *outcomes,
			size_t count, bool *ret_played)
{
	/* An algorithm can be missing where its sysctl is not. */
	bool word = strcmp(setting->name, "net.ipv4.tcp_congestion_control") == 0;

	for (size_t i = 0; i < count; i++) {
		const char *value = timeline_sysctl(&outcomes[i].timeline, setting->name);

		*ret_played = *ret_played || value;
		if (value && *value && (!word || strcmp(value, setting->value) == 0))
			return true;
	}
	return false;
}

void machine_sysctls_report(const struct machine_sysctls *machine,
			    const struct command_spec *command, const struct outcome *outcomes,
			    size_t count, struct saved *saved)
{
	const struct sysctl_list *list = &machine->list;
	cleanup_free char **missing = NULL;
	size_t missing_count = 0;
	bool played = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct sysctl_setting *setting = &list->list[i];

		if (sysctl_is_overridden(list->list, list->count, i))
			continue;
		if (is_in_force(setting, outcomes, count, &played))
			*array_push(saved->sysctls, saved->sysctl_count) = (struct sysctl_setting){
				strdup(setting->name), strdup(setting->value), {0, 0}};
		else
			*array_push(missing, missing_count) = setting->name;
	}
	if (played)
		name_all(command, "the kernel that played has not, and played without", missing,
			 missing_count);
}

void machine_sysctls_free(struct machine_sysctls *machine)
{
	free(machine->files);
	free(machine->arguments);
	sysctl_list_free(&machine->list);
	*machine = (struct machine_sysctls){0};
}

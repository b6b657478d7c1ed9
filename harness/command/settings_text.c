#define _GNU_SOURCE
#include "command/settings_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/values.h"
#include "scenario/vocabulary.h"

static const struct position nowhere = {0};

/* The options of an end that the model depends on; those of a scenario are read as there. */
static const char *const option_names[] = {
	"keepalive", "idle", "interval", "count", "user_timeout", "syn_count",
};

/* Bounds of setsockopt(): do_tcp_setsockopt(), net/ipv4/tcp.c, MAX_TCP_SYNCNT. */
static const struct key_spec syn_count_spec = {
	.key = KEY_COUNT_,
	.name = "syn_count",
	.type = TYPE_COUNT,
	.min = 1,
	.max = 127,
};

struct settings_reader {
	struct reader reader;
	struct scenario scenario; /* has what was read, as one of a file would */
	struct record syn_count;
	bool seen[array_length(option_names)];
	struct sysctl_list *sysctls;
};

static const struct key_spec *spec_of(const char *name)
{
	const struct record_spec *client = record_spec_of(RECORD_CLIENT);

	for (size_t i = 0; i < client->key_count; i++) {
		if (strcmp(client->keys[i].name, name) == 0)
			return &client->keys[i];
	}
	return NULL;
}

static void complain_key(const struct reader *reader, const char *word)
{
	struct settings settings = settings_default(1000);
	cleanup_free const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < array_length(option_names); i++)
		*array_push(names, count) = option_names[i];
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		const char *name = sysctl_specs[i].name;

		if (settings_sysctl(&settings, name, "1") != -ENOENT)
			*array_push(names, count) = name + strlen("net.ipv4.");
	}
	complain_unknown(reader, nowhere, "word", word, "the settings", names, count);
}

static bool is_sysctl(const char *name)
{
	cleanup_free char *full = NULL;

	if (strpbrk(name, "./"))
		return true;
	if (asprintf(&full, "net.ipv4.%s", name) < 0)
		abort();
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		if (strcmp(sysctl_specs[i].name, full) == 0)
			return true;
	}
	return false;
}

/* Reads an option as the client of a scenario has it. */
static void read_option(struct settings_reader *settings, size_t option, char *text)
{
	const char *name = option_names[option];
	const struct key_spec *spec = spec_of(name);
	struct record *record = spec ? &settings->scenario.client : &settings->syn_count;
	const struct node node = {.kind = NODE_TEXT, .text = text};

	if (settings->seen[option]) {
		complain(&settings->reader, nowhere, "%s is there twice", name);
		return;
	}
	settings->seen[option] = true;
	spec = spec ? spec : &syn_count_spec;
	value_read(&settings->reader, spec, &node, &record->value[spec->key]);
}

static void read_item(struct settings_reader *settings, const char *item)
{
	cleanup_free char *key = copy_text(item);
	char *equals = strchr(key, '=');

	if (equals)
		*equals = '\0';
	for (size_t i = 0; equals && i < array_length(option_names); i++) {
		if (strcmp(key, option_names[i]) == 0) {
			read_option(settings, i, equals + 1);
			return;
		}
	}
	if (!equals)
		complain(&settings->reader, nowhere,
			 WORD " must be KEY=VALUE; several are separated by commas, as in "
			      "idle=60s,count=6",
			 item);
	else if (is_sysctl(key))
		sysctl_argument_read(settings->reader.path, item, settings->sysctls,
				     settings->reader.problems);
	else
		complain_key(&settings->reader, key);
}

void settings_text_read(const char *from, const char *text, struct end_settings *ret_options,
			struct sysctl_list *sysctls, struct problems *problems)
{
	struct settings_reader reader = {
		.reader = {from, problems},
		.scenario = {.client = {.kind = RECORD_CLIENT}, .server = {.kind = RECORD_SERVER}},
		.sysctls = sysctls,
	};
	const struct record *client = &reader.scenario.client;
	cleanup_free char *copy = copy_text(text);
	struct settings settings = settings_default(1000);
	char *rest = copy;

	while (rest)
		read_item(&reader, strsep(&rest, ","));
	settings_scenario(&settings, &reader.scenario);
	if (!record_has(client, KEY_KEEPALIVE))
		settings.client.keepalive = record_has(client, KEY_IDLE) ||
					    record_has(client, KEY_INTERVAL) ||
					    record_has(client, KEY_COUNT_);
	if (reader.syn_count.value[KEY_COUNT_].set)
		settings.client.syn_count = record_number(&reader.syn_count, KEY_COUNT_);
	*ret_options = settings.client;
	scenario_free(&reader.scenario);
	free(reader.syn_count.value[KEY_COUNT_].text);
}

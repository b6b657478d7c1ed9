#include "command/assumptions.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/words.h"
#include "sandbox/kernel.h"
#include "sandbox/sysctl.h"
#include "scenario/reader.h"

static const struct {
	const char *name;
	const char *sysctl; /* that a kernel with it has; NULL: only a trial could tell */
	size_t place;	    /* in struct feature_settings */
} features[] = {
	[FEATURE_SYN_LINEAR_TIMEOUTS] = {"syn_linear_timeouts", "net.ipv4.tcp_syn_linear_timeouts",
					 offsetof(struct feature_settings, syn_linear_timeouts)},
	[FEATURE_RTO_MIN] = {"rto_min", "net.ipv4.tcp_rto_min_us",
			     offsetof(struct feature_settings, rto_min)},
	[FEATURE_RTO_MAX] = {"rto_max", "net.ipv4.tcp_rto_max_ms",
			     offsetof(struct feature_settings, rto_max)},
	[FEATURE_SYN_USER_TIMEOUT] = {"syn_user_timeout", NULL,
				      offsetof(struct feature_settings, syn_user_timeout)},
	[FEATURE_PERSIST_USER_TIMEOUT] = {"persist_user_timeout", NULL,
					  offsetof(struct feature_settings, persist_user_timeout)},
};

void assumptions_feature(struct assumptions *assumptions, const char *from, const char *word,
			 struct problems *problems)
{
	const struct reader reader = {from, problems};
	bool unwanted = strncmp(word, "no-", 3) == 0;
	const char *name = word + (unwanted ? 3 : 0);
	const char *names[FEATURE_COUNT];

	for (int i = 0; i < FEATURE_COUNT; i++) {
		names[i] = features[i].name;
		if (strcmp(name, names[i]) != 0)
			continue;
		assumptions->wanted[i] = !unwanted;
		assumptions->unwanted[i] = unwanted;
		return;
	}
	complain_unknown(&reader, (struct position){0}, "feature", name,
			 "what kernels may have, or with no- before it not", names, FEATURE_COUNT);
}

static void find_missing(struct assumptions *assumptions)
{
	char value[256];

	for (int i = 0; i < FEATURE_COUNT; i++) {
		assumptions->missing[i] =
			features[i].sysctl && !assumptions->wanted[i] &&
			sysctl_read(features[i].sysctl, value, sizeof(value)) == -ENOENT;
	}
}

static void remove_feature(struct settings *settings, enum feature feature)
{
	/* An empty value sets what counts on a kernel without it, too. */
	if (features[feature].sysctl)
		settings_sysctl(settings, features[feature].sysctl, "");
	*(bool *)((char *)&settings->feature + features[feature].place) = false;
}

int assumptions_complete(struct assumptions *assumptions)
{
	struct settings settings = settings_default(1000);
	struct kernel kernel;
	int error;

	assumptions->hz_given = assumptions->hz != 0;
	if (!assumptions->hz_given) {
		error = kernel_describe(&kernel);
		if (error)
			return error;
		assumptions->hz = kernel.hz;
	}
	find_missing(assumptions);
	for (size_t i = 0; i < assumptions->sysctls.count; i++) {
		const struct sysctl_setting *setting = &assumptions->sysctls.list[i];

		if (settings_sysctl(&settings, setting->name, setting->value) == -ENOENT)
			sysctl_leave_out(&assumptions->sysctls, setting->name);
	}
	return 0;
}

struct settings assumptions_settings(const struct assumptions *assumptions)
{
	struct settings settings = settings_default(assumptions->hz);

	for (enum feature i = 0; i < FEATURE_COUNT; i++) {
		if (assumptions->missing[i])
			remove_feature(&settings, i);
	}
	for (size_t i = 0; i < assumptions->sysctls.count; i++)
		settings_sysctl(&settings, assumptions->sysctls.list[i].name,
				assumptions->sysctls.list[i].value);
	return settings;
}

void assumptions_finish(const struct assumptions *assumptions, struct settings *settings)
{
	for (enum feature i = 0; i < FEATURE_COUNT; i++) {
		if (assumptions->unwanted[i])
			remove_feature(settings, i);
	}
}

static bool is_set_later(const struct sysctl_setting *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Whether a sysctl makes anything different from a kernel's defaults. */
static bool matters(const struct sysctl_setting *setting)
{
	const struct settings defaults = settings_default(1000);
	struct settings settings;

	/* Padding too, so that memory can be compared. */
	memcpy(&settings, &defaults, sizeof(settings));
	settings_sysctl(&settings, setting->name, setting->value);
	return memcmp(&settings, &defaults, sizeof(settings)) != 0;
}

/* Those that count in the end. Returns how many are written. */
static size_t write_sysctls(const struct sysctl_setting *list, size_t count,
			    const struct scenario *scenario, size_t before, FILE *stream)
{
	for (size_t i = 0; i < count; i++) {
		bool later = is_set_later(list + i + 1, count - i - 1, list[i].name) ||
			     (scenario && is_set_later(scenario->sysctls, scenario->sysctl_count,
						       list[i].name));

		if (later || !matters(&list[i]))
			continue;
		fprintf(stream, "%s%s=%s", before++ ? ", " : " but ",
			list[i].name + strlen("net.ipv4."), list[i].value);
	}
	return before;
}

void assumptions_write(const struct assumptions *assumptions, const struct scenario *scenario,
		       FILE *stream)
{
	const struct sysctl_list *sysctls = &assumptions->sysctls;
	size_t written;

	fprintf(stream, "%d Hz%s", assumptions->hz,
		assumptions->hz_given ? "" : " (this kernel's)");
	for (int i = 0; i < FEATURE_COUNT; i++) {
		if (assumptions->missing[i] || assumptions->unwanted[i])
			fprintf(stream, ", without %s%s", features[i].name,
				assumptions->unwanted[i] ? "" : " (this kernel has none)");
	}
	fputs("; the kernel's default sysctls", stream);
	written = write_sysctls(sysctls->list, sysctls->count, scenario, 0, stream);
	if (scenario)
		write_sysctls(scenario->sysctls, scenario->sysctl_count, NULL, written, stream);
}

void assumptions_free(struct assumptions *assumptions)
{
	sysctl_list_free(&assumptions->sysctls);
}

/*
 * The machine that an answer is for, where nothing is run on it: its tick, the features of its
 * kernel and its sysctls, as options say them; what they leave open is this kernel's.
 */
#ifndef HALFOPEN_COMMAND_ASSUMPTIONS_H
#define HALFOPEN_COMMAND_ASSUMPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/settings.h"
#include "scenario/sysctl_file.h"

enum feature {
	FEATURE_SYN_LINEAR_TIMEOUTS,
	FEATURE_RTO_MIN,
	FEATURE_RTO_MAX,
	FEATURE_SYN_USER_TIMEOUT,
	FEATURE_PERSIST_USER_TIMEOUT,
	FEATURE_COUNT,
};

/* Starts as {0}. */
struct assumptions {
	int hz; /* 0: this kernel's */
	bool hz_given;
	bool wanted[FEATURE_COUNT], unwanted[FEATURE_COUNT]; /* by options */
	bool missing[FEATURE_COUNT];			     /* on this kernel */
	struct sysctl_list sysctls;
};

/* Reads "rto_max" or "no-rto_max". Mistakes go to problems; from is what messages call it. */
void assumptions_feature(struct assumptions *assumptions, const char *from, const char *word,
			 struct problems *problems);

/*
 * Finds out what no option said, from this kernel, and names the sysctls that the model does not
 * depend on as left out. Returns 0 or -errno.
 */
int assumptions_complete(struct assumptions *assumptions);

/* The settings of such a machine; options of the ends are not set. */
struct settings assumptions_settings(const struct assumptions *assumptions);

/* Takes features away again that what was set since may have brought back. */
void assumptions_finish(const struct assumptions *assumptions, struct settings *settings);

/*
 * Writes for people what is assumed, in one line without its end: tick, missing features, sysctls
 * of options and of a scenario (or NULL).
 */
void assumptions_write(const struct assumptions *assumptions, const struct scenario *scenario,
		       FILE *stream);

void assumptions_free(struct assumptions *assumptions);

#endif

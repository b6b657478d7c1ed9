/*
 * What a run has come to: made from its outcomes, or read again from what 'halfopen run -o' has
 * written. Every format, page and comparison is made from it, so that a run of today and one from
 * a folder look the same.
 */
#ifndef HALFOPEN_REPORT_SAVED_H
#define HALFOPEN_REPORT_SAVED_H

#include "judge/outcome.h"

/* Of results.json; another one is refused. results/results.schema.json describes it. */
#define RESULTS_VERSION 2

/* The largest results.json, in bytes: some 50,000 scenarios. */
#define RESULTS_LIMIT (64 * 1024 * 1024)

struct saved_scenario {
	char *id;
	char *title, *source; /* source: empty where the scenario names none */
	char *path;	      /* of the scenario's file, as it was found then */
	char *fingerprint;    /* of what the scenario asks; titles and comments do not change it */
	int64_t wall;
	/* The findings' key is KEY_LIMIT where none is named; texts are never NULL. */
	struct judgement judgement;
	/*
	 * Where timeline and capture lie: below the folder of the results, for saved ones with it
	 * in front. NULL: none was kept. Whether the file is (still) there is not looked at.
	 */
	char *timeline, *capture;
};

/* Starts as {0}. */
struct saved {
	char *tool;  /* version of halfopen that wrote it */
	char *suite; /* fingerprint over all scenarios; the same: the same was asked */
	char *release;
	int hz;	   /* 0: not known */
	int clock; /* enum clock_kind */
	/* Under which --sysctl-file and --sysctl; those a scenario sets itself win over them. */
	struct sysctl_setting *sysctls;
	size_t sysctl_count;
	struct saved_scenario *scenarios; /* in the order of the suite; ids are unique */
	size_t count;
};

/*
 * Reads FOLDER/results.json, or the file itself. What is not such a file (larger than can be,
 * broken off, of another version, not UTF-8, with a name that leads out of its folder) is an error:
 * returns -EINVAL or -errno with one sentence in ret_error (to be freed by the caller), and saved
 * is untouched. Control characters in its texts become '?'.
 */
int saved_read(const char *path, struct saved *ret_saved, char **ret_error);

/*
 * Appends an outcome that was played; all of it is copied. kept: timeline and capture are written
 * below the results' folder. suite is renewed.
 */
void saved_add(struct saved *saved, const struct outcome *outcome, bool kept);

/* Returns the scenario with that id, or NULL. */
const struct saved_scenario *saved_find(const struct saved *saved, const char *id);

struct tally saved_tally(const struct saved *saved);

void saved_free(struct saved *saved);

#endif

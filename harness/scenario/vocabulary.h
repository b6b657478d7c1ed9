/*
 * The vocabulary of scenario files, as one table: it feeds the parser, its messages and the
 * reference.
 */
#ifndef HALFOPEN_SCENARIO_VOCABULARY_H
#define HALFOPEN_SCENARIO_VOCABULARY_H

#include "base/words.h"
#include "scenario/scenario.h"

struct key_spec {
	enum key key;
	const char *name;
	enum value_type type;
	int64_t min, max; /* of numbers, inclusive; ns for durations; both 0: not bounded */
	bool required;
	const struct word *words; /* TYPE_WORD */
	bool (*check)(const char *item); /* TYPE_WORDS: whether an item can be */
	const char *allowed;	  /* in words, for messages: "1s to 32767s" */
	const char *help;	  /* one line */
};

enum section { SECTION_END, SECTION_STEP, SECTION_EXPECT };

struct record_spec {
	enum record_kind kind;
	enum section section;
	const char *name; /* the key that introduces it ("drop", "probes"), or the whole words */
	bool is_words;	  /* a scalar, not a mapping: "nothing else on the wire" */
	const struct key_spec *keys;
	size_t key_count;
	const char *help;
	const char *example;
};

extern const struct record_spec record_specs[];
extern const size_t record_spec_count;

/* Returns the table's row for a kind. */
const struct record_spec *record_spec_of(enum record_kind kind);

/* What a sysctl's number counts, so that a duration can be written for it. */
enum sysctl_unit { UNIT_NONE, UNIT_SECONDS, UNIT_MILLISECONDS, UNIT_MICROSECONDS };

struct sysctl_spec {
	const char *name;
	enum sysctl_unit unit;
	int64_t min, max;  /* that the kernel accepts */
	bool text;	   /* a word, not a number (tcp_congestion_control) */
	const char *since; /* first kernel that has it per namespace, for people: "4.5" */
};

/* The sysctls that a scenario may set: those of net.ipv4 that the TCP model reads. */
extern const struct sysctl_spec sysctl_specs[];
extern const size_t sysctl_spec_count;

#endif

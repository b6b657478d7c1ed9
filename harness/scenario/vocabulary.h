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
	const struct word *words;	 /* TYPE_WORD */
	bool (*check)(const char *item); /* TYPE_WORDS: whether an item can be */
	const char *allowed; /* in words, for messages; NULL: made from type, bounds and words */
	const char *help;    /* one line */
	const char *example;
	bool circumstance; /* of an expectation: says when or of whom; another key is judged */
};

enum section { SECTION_END, SECTION_STEP, SECTION_EXPECT };

struct record_spec {
	enum record_kind kind;
	enum section section;
	const char *name; /* the key that introduces it ("drop", "probes"), or the whole words */
	bool is_words;	  /* a scalar, not a mapping: "nothing else on the wire" */
	bool is_value;	  /* what follows is the value of the only key: "counters" */
	const struct key_spec *keys;
	size_t key_count;
	const char *help;
	const char *example;
};

/* The keys of a record_spec. */
#define KEYS(table) .keys = (table), .key_count = array_length(table)

/* The records of one section: vocabulary_ends.c, vocabulary_steps.c and vocabulary_expect.c. */
struct record_table {
	const struct record_spec *list;
	size_t count;
};

extern const struct record_table end_records, step_records, expectation_records;

/* The keys of the step "set": options of an end. */
#define SET_KEY_COUNT 13
extern const struct key_spec set_keys[SET_KEY_COUNT];

const struct record_table *section_records(enum section section);

#define for_each_record_spec(spec, section)                                                        \
	for (const struct record_spec *spec = section_records(section)->list;                      \
	     spec < section_records(section)->list + section_records(section)->count; spec++)

/* Returns the table's row for a kind. */
const struct record_spec *record_spec_of(enum record_kind kind);

/* How long an echo's answer is waited for. */
#define KEY_ROW_TIMEOUT                                                                            \
	{                                                                                          \
		.key = KEY_TIMEOUT, .name = "timeout", .type = TYPE_DURATION, .min = MILLISECOND,  \
		.max = DAY, .help = "how long an answer is waited for; 1s where it is not said",   \
		.example = "5s"                                                                    \
	}

/* What every step may say beside its action: when. */
extern const struct key_spec step_keys[];
extern const size_t step_key_count;

/* Room for what key_allowed() writes. */
#define ALLOWED_TEXT_SIZE 512

/* Writes what a key's value may be, in words: "1s to 32767s". Returns the buffer. */
const char *key_allowed(char buffer[static ALLOWED_TEXT_SIZE], const struct key_spec *spec);

extern const struct word after_words[];
extern const struct word switch_words[];
extern const struct word family_words[];

/* The keys of a file. */
enum top_key {
	TOP_SCENARIO,
	TOP_SOURCE,
	TOP_DOCUMENTED,
	TOP_TAGS,
	TOP_VARIANTS,
	TOP_MATRIX,
	TOP_SYSCTL,
	TOP_TOPOLOGY,
	TOP_FAMILY,
	TOP_ROUTER,
	TOP_SERVER,
	TOP_CLIENT,
	TOP_MONITOR,
	TOP_TIMELINE,
	TOP_UNTIL,
	TOP_EXPECT,
};

struct top_spec {
	enum top_key key;
	const char *name;
	bool required;
	const char *help;
	const char *example;
};

extern const struct top_spec top_specs[];
extern const size_t top_spec_count;

/* What a sysctl's number counts, so that a duration can be written for it. */
enum sysctl_unit { UNIT_NONE, UNIT_SECONDS, UNIT_MILLISECONDS, UNIT_MICROSECONDS };

struct sysctl_spec {
	const char *name;
	enum sysctl_unit unit;
	int64_t min, max;  /* that the kernel accepts */
	bool text;	   /* a word, not a number (tcp_congestion_control) */
	int numbers;	   /* how many numbers it has; 0 and 1: one */
	const char *since; /* first kernel that has it per namespace, for people: "4.5" */
};

/* The sysctls that a scenario may set: those per namespace that TCP reads. */
extern const struct sysctl_spec sysctl_specs[];
extern const size_t sysctl_spec_count;

/* The sysctl of this name, or NULL. */
const struct sysctl_spec *sysctl_spec_of(const char *name);

/* Whether it belongs to the router of a routed topology alone. */
bool sysctl_is_router(const char *name);

/* Whether it is known to be one value for the whole kernel, so that no scenario may set it. */
bool sysctl_is_global(const char *name);

#endif

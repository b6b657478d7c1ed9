/* The vocabulary of "timeline". */
#include "scenario/vocabulary.h"

#include "base/array.h"

const struct key_spec step_keys[] = {
	{.key = KEY_AT,
	 .name = "at",
	 .type = TYPE_MOMENT,
	 .required = true,
	 .help = "when: a time since connect(), or an observed event and a delay",
	 .example = "probe 2 answered + 1s"},
};

const size_t step_key_count = array_length(step_keys);

static const struct key_spec drop_keys[] = {
	{.key = KEY_TO,
	 .name = "to",
	 .type = TYPE_END,
	 .words = end_words,
	 .help = "only what goes to this end; both directions where it is not said",
	 .example = "server"},
};

static const struct key_spec heal_keys[] = {
	{.key = KEY_STEP,
	 .name = "step",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 1000,
	 .help = "the drop to take away, by its place in the timeline; all where it is not said",
	 .example = "1"},
};

static const struct record_spec specs[] = {
	{.kind = RECORD_STEP_DROP,
	 .section = SECTION_STEP,
	 .name = "drop",
	 KEYS(drop_keys),
	 .help = "a firewall rule loses the connection's packets silently",
	 .example = "{at: probe 2 answered, drop: {to: server}}"},
	{.kind = RECORD_STEP_HEAL,
	 .section = SECTION_STEP,
	 .name = "heal",
	 KEYS(heal_keys),
	 .help = "takes a drop away",
	 .example = "{at: step 1 + 2s, heal: {step: 1}}"},
};

const struct record_table step_records = {specs, array_length(specs)};

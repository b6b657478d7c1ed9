/* Steps that can never happen, and steps that contradict each other. */
#include <inttypes.h>

#include "base/array.h"
#include "scenario/check.h"
#include "scenario/vocabulary.h"

/*
 * How many probes an end can have sent when a moment comes, at most, all answered; -1 where the
 * moment says nothing about them. One more is answered for each idle time that passes.
 */
static int64_t probes_by(const struct moment *moment, enum end end, int64_t idle)
{
	enum anchor anchor = moment->anchor;

	if (idle == 0)
		return -1;
	if (anchor == ANCHOR_START || anchor == ANCHOR_ESTABLISHED)
		return moment->delay / idle;
	if ((anchor == ANCHOR_PROBE || anchor == ANCHOR_PROBE_ANSWERED) && moment->end == end)
		return moment->ordinal + moment->delay / idle;
	return -1;
}

/*
 * Complains where a probe is waited for that comes after the end has given up: every drop, of
 * either direction, leaves the probes after it unanswered.
 */
static bool check_ordinal(const struct reader *reader, const struct scenario *scenario,
			  const struct value *at, const char *name)
{
	const struct moment *moment = &at->moment;
	const struct keepalive keepalive = keepalive_of(scenario, moment->end);
	bool is_answered = moment->anchor == ANCHOR_PROBE_ANSWERED;

	if (!count_is_limit(scenario, moment->end))
		return true;
	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *drop = &scenario->steps[i];
		int64_t sent = probes_by(&drop->value[KEY_AT].moment, moment->end, keepalive.idle);

		if (drop->kind != RECORD_STEP_DROP || !takes_segments(drop) || sent < 0 ||
		    moment->ordinal <= sent + (is_answered ? 0 : keepalive.count))
			continue;
		if (is_answered)
			complain(reader, at->at,
				 "%s: probe %d of the %s is never answered: after the drop of step "
				 "%zu (" WORD ") no more than %" PRId64 " are",
				 name, moment->ordinal, word_name(end_words, (int)moment->end),
				 i + 1, drop->value[KEY_AT].text, sent);
		else
			complain(reader, at->at,
				 "%s: probe %d of the %s never comes: after the drop of step %zu "
				 "(" WORD ") it sends %" PRId64 " more and gives up, %" PRId64
				 " in all",
				 name, moment->ordinal, word_name(end_words, (int)moment->end),
				 i + 1, drop->value[KEY_AT].text, keepalive.count,
				 sent + keepalive.count);
		return false;
	}
	return true;
}

/* Complains where what is to be done before connect() needs a connection, or time. */
static void check_before(const struct reader *reader, const struct scenario *scenario,
			 const struct value *at, size_t index, const char *name)
{
	if (at->moment.delay)
		complain(reader, at->at, "%s: nothing can come after \"before connect\" by a time",
			 name);
	else if (index == scenario->step_count)
		complain(reader, at->at, "%s: nothing is observed before connect", name);
	else if (!is_fault(&scenario->steps[index]))
		complain(reader, at->at,
			 "%s: only a drop or a reject can be in force before connect", name);
}

/* Complains where a moment never comes. index is the step's, or the number of steps. */
static void check_moment(const struct reader *reader, const struct scenario *scenario,
			 const struct value *at, size_t index, const char *name)
{
	const struct moment *moment = &at->moment;
	size_t step = (size_t)moment->ordinal;

	if (moment->anchor == ANCHOR_PROBE || moment->anchor == ANCHOR_PROBE_ANSWERED) {
		if (!keepalive_of(scenario, moment->end).on) {
			/* Where the end could not be read, it may be on. */
			if (keepalive_of(scenario, moment->end).known)
				complain(reader, at->at,
					 "%s: the %s sends no probes: its keepalive is off", name,
					 word_name(end_words, (int)moment->end));
			return;
		}
		check_ordinal(reader, scenario, at, name);
	} else if (moment->anchor == ANCHOR_STEP) {
		if (step > scenario->step_count)
			complain(reader, at->at, "%s: there is no step %zu; the timeline has %zu",
				 name, step, scenario->step_count);
		else if (step == index + 1)
			complain(reader, at->at, "%s: step %zu cannot wait for itself", name, step);
		else if (step > index)
			complain(reader, at->at,
				 "%s: step %zu is a later one; a step can wait for earlier ones",
				 name, step);
	} else if (moment->anchor == ANCHOR_BEFORE) {
		check_before(reader, scenario, at, index, name);
	}
}

/* Whether two moments are anchored to the same event, so that their delays can be compared. */
static bool same_anchor(const struct moment *a, const struct moment *b)
{
	return a->anchor == b->anchor && a->end == b->end && a->ordinal == b->ordinal;
}

/* Whether a heal takes away the drop of step index. */
static bool heals(const struct record *heal, size_t index)
{
	return !record_has(heal, KEY_STEP) || record_number(heal, KEY_STEP) == (int64_t)index + 1;
}

/* Complains where a drop, or a heal, is written twice for the same moment. */
static bool check_twice(const struct reader *reader, const struct scenario *scenario,
			size_t earlier, size_t later)
{
	const struct record *a = &scenario->steps[earlier], *b = &scenario->steps[later];
	bool is_drop = a->kind == RECORD_STEP_DROP;
	enum key key = is_drop ? KEY_TO : KEY_STEP;

	if ((!is_drop && a->kind != RECORD_STEP_HEAL) || a->kind != b->kind ||
	    record_has(a, key) != record_has(b, key) ||
	    record_number(a, key) != record_number(b, key) || fault_is_partial(a) ||
	    fault_is_partial(b))
		return true;
	complain(reader, b->at,
		 "step %zu is the same %s at the same moment as step %zu, on line %d", later + 1,
		 is_drop ? "drop" : "heal", earlier + 1, a->at.line);
	return false;
}

/* Complains where two steps contradict each other. */
static void check_pair(const struct reader *reader, const struct scenario *scenario, size_t earlier,
		       size_t later)
{
	const struct record *a = &scenario->steps[earlier], *b = &scenario->steps[later];
	const struct moment *a_at = &a->value[KEY_AT].moment, *b_at = &b->value[KEY_AT].moment;

	if (!same_anchor(a_at, b_at) || a_at->delay != b_at->delay ||
	    !check_twice(reader, scenario, earlier, later))
		return;
	if (is_fault(a) && b->kind == RECORD_STEP_HEAL && heals(b, earlier))
		complain(reader, b->at,
			 "step %zu heals what step %zu, on line %d, drops at the same moment",
			 later + 1, earlier + 1, a->at.line);
}

/* Whether a drop cannot have happened yet when a heal does. */
static bool is_later(const struct record *drop, const struct record *heal)
{
	const struct moment *drop_at = &drop->value[KEY_AT].moment;
	const struct moment *heal_at = &heal->value[KEY_AT].moment;

	return same_anchor(drop_at, heal_at) && drop_at->delay > heal_at->delay;
}

/* Complains where a heal has nothing to take away. */
static void check_heal(const struct reader *reader, const struct scenario *scenario, size_t index)
{
	const struct record *heal = &scenario->steps[index];
	size_t step = (size_t)record_number(heal, KEY_STEP);
	bool found = false;

	if (record_has(heal, KEY_STEP)) {
		if (step > index || !is_fault(&scenario->steps[step - 1]))
			complain(reader, heal->value[KEY_STEP].at,
				 "step: step %zu is not a drop before it", step);
		else if (is_later(&scenario->steps[step - 1], heal))
			complain(reader, heal->value[KEY_AT].at,
				 "at: step %zu heals the drop of step %zu before it happens (" WORD
				 ")",
				 index + 1, step, scenario->steps[step - 1].value[KEY_AT].text);
		return;
	}
	for (size_t i = 0; i < index && !found; i++)
		found = is_fault(&scenario->steps[i]) && !is_later(&scenario->steps[i], heal);
	if (!found)
		complain(reader, heal->at, "step %zu heals, but there is no drop before it",
			 index + 1);
}

/* Complains where a fault says twice how many it takes, or what it cannot do. */
static void check_fault(const struct reader *reader, const struct record *fault)
{
	int limits = record_has(fault, KEY_FIRST_ONES) + record_has(fault, KEY_EVERY) +
		     record_has(fault, KEY_PROBABILITY);

	if (limits > 1)
		complain(reader, fault->at,
			 "%s: \"first\", \"every\" and \"probability\" contradict each other",
			 record_spec_of(fault->kind)->name);
	if (record_has(fault, KEY_SEED) && !record_has(fault, KEY_PROBABILITY))
		complain(reader, fault->value[KEY_SEED].at, "seed needs \"probability\"");
}

/* Complains about what an ICMP echo has not. */
static void check_echo(const struct reader *reader, const struct scenario *scenario,
		       const struct record *fault)
{
	if (record_number(fault, KEY_KIND) != FAULT_ECHO)
		return;
	if (record_has(fault, KEY_TO) && scenario->topology == TOPOLOGY_LOOPBACK)
		complain(reader, fault->value[KEY_TO].at,
			 "to: echoes have no port, and on loopback both ends have one address; "
			 "write \"topology: pair\"");
	if (record_has(fault, KEY_WITH) && record_number(fault, KEY_WITH) == ANSWER_RESET)
		complain(reader, fault->value[KEY_WITH].at,
			 "with: an echo is of no connection that could be reset");
}

static void check_ping(const struct reader *reader, const struct record *ping)
{
	static const enum key keys[] = {KEY_INTERVAL, KEY_DISPOSE};

	for (size_t i = 0; i < array_length(keys); i++) {
		if (can_use(ping, keys[i]) && !record_has(ping, KEY_COUNT_))
			complain(reader, ping->value[keys[i]].at,
				 "%s needs \"count\": it is about the next echo",
				 keys[i] == KEY_INTERVAL ? "interval" : "dispose");
	}
}

static void check_set(const struct reader *reader, const struct record *step)
{
	for (size_t i = 0; i < SET_KEY_COUNT; i++) {
		if (set_keys[i].key != KEY_END && record_has(step, set_keys[i].key))
			return;
	}
	complain(reader, step->at, "set: no option is set; for example: %s",
		 record_spec_of(RECORD_STEP_SET)->example);
}

/* Complains where an application is to stop, or begin, what it never does. */
static void check_reading(const struct reader *reader, const struct scenario *scenario,
			  const struct record *step)
{
	enum end end = (enum end)record_number(step, KEY_END);

	if (!end_record(scenario, end)->bad && !observer_reads(end_record(scenario, end)))
		complain(reader, step->at, "%s: the application of the %s never reads",
			 record_spec_of(step->kind)->name, word_name(end_words, (int)end));
}

void check_steps(const struct reader *reader, const struct scenario *scenario)
{
	/* Where a step could not be read, it may be the one that the others need. */
	bool all_known = count_faults(scenario) >= 0;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (can_use(step, KEY_AT))
			check_moment(reader, scenario, &step->value[KEY_AT], i, "at");
		if (!all_known)
			continue;
		if (is_fault(step)) {
			check_fault(reader, step);
			check_echo(reader, scenario, step);
		}
		if (step->kind == RECORD_STEP_PING)
			check_ping(reader, step);
		else if (step->kind == RECORD_STEP_SET)
			check_set(reader, step);
		else if (step->kind == RECORD_STEP_STOP_READING ||
			 step->kind == RECORD_STEP_RECEIVE)
			check_reading(reader, scenario, step);
		if (step->kind == RECORD_STEP_HEAL)
			check_heal(reader, scenario, i);
		for (size_t j = 0; j < i; j++)
			check_pair(reader, scenario, j, i);
	}
	if (scenario->until.set && !scenario->until.bad)
		check_moment(reader, scenario, &scenario->until, scenario->step_count, "until");
}

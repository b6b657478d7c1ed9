/*
 * Expectations that say nothing, say it twice, or speak of what is not in the file. A claim that
 * the settings contradict is none of these: the literature is full of them, and it is the run that
 * shows which is wrong.
 */
#include <inttypes.h>
#include <string.h>

#include "scenario/check.h"
#include "scenario/vocabulary.h"

/* Of fewer, what an allocator keeps for itself could be taken for a leak of theirs. */
#define MANY_ECHOES 100

/* The end that a record speaks of. */
static enum end subject_of(const struct record *record)
{
	if (record->kind == RECORD_EXPECT_CLIENT)
		return END_CLIENT;
	if (record->kind == RECORD_EXPECT_SERVER)
		return END_SERVER;
	return (enum end)record_number(record, KEY_FROM);
}

static void check_probes(const struct reader *reader, const struct record *record)
{
	if (!record_has(record, KEY_ANSWERED) && !record_has(record, KEY_UNANSWERED))
		complain(reader, record->at,
			 "%s needs \"answered\" or \"unanswered\": without a number of probes "
			 "it cannot fail",
			 record_spec_of(record->kind)->name);
}

static void check_after(const struct reader *reader, const struct scenario *scenario,
			const struct value *after)
{
	if (after->number == AFTER_FAULT && scenario->step_count == 0)
		complain(reader, after->at, "after: there is no fault: no step is taken");
}

/* Complains where a delay and what it is measured from do not go together. */
static void check_delay(const struct reader *reader, const struct scenario *scenario,
			const struct record *record)
{
	const struct value *after = &record->value[KEY_AFTER], *delay = &record->value[KEY_DELAY];

	if (delay->set != after->set) {
		complain(reader, delay->set ? delay->at : after->at,
			 delay->set ? "delay needs \"after\": the event that it is measured from"
				    : "after needs \"delay\": how long after");
		return;
	}
	if (!delay->set)
		return;
	if (record->kind != RECORD_EXPECT_RESET && !record_number(record, KEY_ERROR)) {
		complain(reader, delay->at, "delay needs \"error\": it is when that was told");
		return;
	}
	check_after(reader, scenario, after);
}

static void check_rule(const struct reader *reader, const struct scenario *scenario,
		       const struct record *record)
{
	const struct value *step = &record->value[KEY_RULE_STEP];
	int drops = count_faults(scenario);

	if (drops < 0)
		return;
	if (drops == 0)
		complain(reader, record->at, "rule: no step of the timeline adds a rule");
	else if (!step->set && drops > 1)
		complain(reader, record->at,
			 "rule: %d steps add one; say which with \"step\", counted from 1", drops);
	else if (step->set && (step->number > (int64_t)scenario->step_count ||
			       !is_fault(&scenario->steps[step->number - 1])))
		complain(reader, step->at, "step: step %" PRId64 " is not a drop", step->number);
}

static bool is_ping(const struct record *step, int64_t echoes)
{
	return step->kind == RECORD_STEP_PING &&
	       (echoes == 1 || record_number(step, KEY_COUNT_) >= echoes);
}

/* Complains where no ping of the timeline sends so many echoes, or not the one that is said. */
static void check_pings(const struct reader *reader, const struct scenario *scenario,
			const struct record *record, int64_t echoes)
{
	const struct value *said = &record->value[KEY_RULE_STEP];
	const char *name = record_spec_of(record->kind)->name;
	size_t pings = 0;

	for (size_t i = 0; i < scenario->step_count; i++) {
		if (scenario->steps[i].bad)
			return;
		pings += is_ping(&scenario->steps[i], echoes);
	}
	if (!pings)
		complain(reader, record->at, "%s: no ping of the timeline sends %" PRId64 "%s",
			 name, echoes, echoes > 1 ? " echoes" : "");
	else if (said->set && (said->number > (int64_t)scenario->step_count ||
			       !is_ping(&scenario->steps[said->number - 1], echoes)))
		complain(reader, said->at, "step: step %" PRId64 " is not a ping of %" PRId64 "%s",
			 said->number, echoes, echoes > 1 ? " echoes" : "");
}

static void check_monitor(const struct reader *reader, const struct scenario *scenario,
			  const struct record *record)
{
	const struct value *says = &record->value[KEY_SAYS], *delay = &record->value[KEY_DELAY];
	const struct value *after = &record->value[KEY_AFTER];
	bool silent = false;

	if (!scenario->monitor.text)
		complain(reader, record->at, "monitor: there is none; for example: %s",
			 record_spec_of(RECORD_MONITOR)->example);
	for (size_t i = 0; i < says->item_count; i++)
		silent = silent || strcmp(says->items[i].text, "silent") == 0;
	if (delay->set && !after->set)
		complain(reader, delay->at,
			 "delay needs \"after\": the event that it is measured from");
	if (after->set && !silent)
		complain(reader, after->at,
			 "after needs \"silent\" in says: it is when that was said");
	else if (after->set)
		check_after(reader, scenario, after);
}

/* Whether a step changes the path in a way that the model does not follow. */
static bool is_beyond_model(const struct record *step)
{
	return step->kind == RECORD_STEP_LINK || step->kind == RECORD_STEP_CABLE ||
	       step->kind == RECORD_STEP_ROUTE || step->kind == RECORD_STEP_DELAY;
}

/* How a fault takes segments in a way that the model does not follow; NULL: it does. */
static const char *beyond_model(const struct record *fault)
{
	if (fault->kind == RECORD_STEP_REJECT && record_number(fault, KEY_WITH) != ANSWER_RESET)
		return "rejects with an ICMP error";
	if (record_number(fault, KEY_HOOK) == HOOK_OUTPUT && fault_is_partial(fault))
		return "drops only some segments, before the wire";
	return NULL;
}

static void check_model(const struct reader *reader, const struct scenario *scenario,
			const struct record *record)
{
	if (tracks_connections(scenario))
		complain(reader, record->at,
			 "model: it does not follow what the router tracks; expect what is due in "
			 "words");
	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];
		const char *way = step->bad || !takes_segments(step) ? NULL : beyond_model(step);

		if (is_beyond_model(step)) {
			complain(reader, record->at,
				 "model: it does not follow the %s of step %zu; expect what is due "
				 "in words",
				 record_spec_of(step->kind)->name, i + 1);
			return;
		}
		if (!way)
			continue;
		complain(
			reader, record->at,
			"model: it does not follow step %zu, which %s; expect what is due in words",
			i + 1, way);
		return;
	}
}

/* Complains about an expectation that has no key with anything to expect. */
static bool check_says_something(const struct reader *reader, const struct record *record)
{
	const struct record_spec *spec = record_spec_of(record->kind);

	for (size_t i = 0; i < spec->key_count; i++) {
		const struct key_spec *key = &spec->keys[i];

		/* A circumstance alone judges nothing; where one is needed, so is more. */
		if (record_has(record, key->key) && (!key->circumstance || key->required))
			return true;
	}
	if (spec->is_words)
		return true;
	complain(reader, record->at, "%s expects nothing; for example: %s", spec->name,
		 spec->example);
	return false;
}

/* Whether a close() of an end waits. */
static bool lingers(const struct scenario *scenario, enum end end)
{
	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct record *step = &scenario->steps[i];

		if (step->kind == RECORD_STEP_CLOSE &&
		    (enum end)record_number(step, KEY_END) == end &&
		    record_number(step, KEY_LINGER))
			return true;
	}
	return false;
}

/* Calls that only some observers make. */
static bool makes_call(const struct scenario *scenario, enum end subject, enum key key)
{
	const struct record *end = end_record(scenario, subject);
	enum observer observer = observer_of(end);

	if (key == KEY_POLL)
		return observer == OBSERVE_LOOP || observer == OBSERVE_POLL;
	if (key == KEY_SELECT)
		return observer == OBSERVE_SELECT;
	if (key == KEY_EPOLL)
		return observer == OBSERVE_EPOLL;
	if (key == KEY_RECV)
		return observer_reads(end);
	return key != KEY_LASTED || record_has(end, KEY_WAIT) ||
	       record_has(end, KEY_RECEIVE_TIMEOUT) || lingers(scenario, subject);
}

/* Complains where results are expected of a call that the end's application never makes. */
static void check_calls(const struct reader *reader, const struct scenario *scenario,
			const struct record *record)
{
	const struct record_spec *spec = record_spec_of(record->kind);
	const struct record *end = end_record(scenario, subject_of(record));

	for (size_t i = 0; !end->bad && i < spec->key_count; i++) {
		const struct key_spec *key = &spec->keys[i];

		if (record_has(record, key->key) &&
		    !makes_call(scenario, subject_of(record), key->key))
			complain(
				reader, record->value[key->key].at,
				key->key == KEY_LASTED
					? "%s: no call of the %s's application has a time-out: see "
					  "its \"wait\" and \"receive_timeout\""
					: "%s: the application of the %s never calls it: see its "
					  "\"observe\"",
				key->name, word_name(end_words, (int)subject_of(record)));
	}
}

/* A byte arrives where an application reads it. */
static void check_alive(const struct reader *reader, const struct scenario *scenario,
			const struct record *record)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		if (!end_record(scenario, end)->bad && !observer_reads(end_record(scenario, end)))
			complain(reader, record->at,
				 "alive: the application of the %s never reads, so nothing can "
				 "reach it",
				 word_name(end_words, (int)end));
	}
}

static void check_expectation(const struct reader *reader, const struct scenario *scenario,
			      const struct record *record)
{
	if (!check_says_something(reader, record))
		return;
	if (record->kind == RECORD_EXPECT_MODEL)
		check_model(reader, scenario, record);
	else if (record->kind == RECORD_EXPECT_PROBES ||
		 record->kind == RECORD_EXPECT_WINDOW_PROBES)
		check_probes(reader, record);
	else if (record->kind == RECORD_EXPECT_PING)
		check_pings(reader, scenario, record, 1);
	else if (record->kind == RECORD_EXPECT_RESOURCES)
		check_pings(reader, scenario, record,
			    record_has(record, KEY_MEMORY) ? MANY_ECHOES : 2);
	else if (record->kind == RECORD_EXPECT_MONITOR)
		check_monitor(reader, scenario, record);
	else if (record->kind == RECORD_EXPECT_RULE)
		check_rule(reader, scenario, record);
	else if (record->kind == RECORD_EXPECT_SERVER && record_has(record, KEY_CONNECT))
		complain(reader, record->value[KEY_CONNECT].at,
			 "connect: the server never calls it");
	else if (record->kind == RECORD_EXPECT_ALIVE)
		check_alive(reader, scenario, record);
	else if (record_has(record, KEY_AFTER) || record_has(record, KEY_DELAY))
		check_delay(reader, scenario, record);
	if (record->kind == RECORD_EXPECT_CLIENT || record->kind == RECORD_EXPECT_SERVER)
		check_calls(reader, scenario, record);
}

/* Whether two expectations count the same probes: each counts those of the whole run. */
static bool same_probes(const struct record *a, const struct record *b, enum key key)
{
	return (a->kind == RECORD_EXPECT_PROBES || a->kind == RECORD_EXPECT_WINDOW_PROBES) &&
	       a->kind == b->kind && subject_of(a) == subject_of(b) && record_has(a, key) &&
	       record_has(b, key);
}

static void check_pair(const struct reader *reader, const struct record *earlier,
		       const struct record *later)
{
	if (strcmp(earlier->text, later->text) == 0)
		complain(reader, later->at, "the same expectation is on line %d already",
			 earlier->at.line);
	else if (same_probes(earlier, later, KEY_ANSWERED))
		complain(reader, later->value[KEY_ANSWERED].at,
			 "answered: the %s's answered probes are counted on line %d already",
			 word_name(end_words, (int)subject_of(later)), earlier->at.line);
	else if (same_probes(earlier, later, KEY_UNANSWERED))
		complain(reader, later->value[KEY_UNANSWERED].at,
			 "unanswered: the %s's unanswered probes are counted on line %d already",
			 word_name(end_words, (int)subject_of(later)), earlier->at.line);
}

void check_expectations(const struct reader *reader, const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		const struct record *record = &scenario->expectations[i];

		if (record->bad)
			continue;
		check_expectation(reader, scenario, record);
		for (size_t j = 0; j < i; j++) {
			if (!scenario->expectations[j].bad)
				check_pair(reader, &scenario->expectations[j], record);
		}
	}
}

#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "play/player.h"

static int64_t due_at(const struct moment *moment, int64_t at)
{
	return at + moment->delay;
}

/* Steps and the end that are anchored to the beginning. */
void steps_start(struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++)
		player->steps[i].due = NEVER;
	steps_reached(player, ANCHOR_START, END_CLIENT, 1, 0);
}

static bool is_reached(const struct moment *moment, enum anchor anchor, enum end end, int ordinal)
{
	return moment->anchor == anchor &&
	       (anchor == ANCHOR_START || anchor == ANCHOR_ESTABLISHED || anchor == ANCHOR_STEP ||
		moment->end == end) &&
	       (anchor == ANCHOR_START || moment->ordinal == ordinal);
}

void steps_reached(struct player *player, enum anchor anchor, enum end end, int ordinal, int64_t at)
{
	const struct scenario *scenario = player->scenario;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct moment *moment = &scenario->steps[i].value[KEY_AT].moment;

		if (player->steps[i].due == NEVER && is_reached(moment, anchor, end, ordinal))
			player->steps[i].due = due_at(moment, at);
	}
	if (scenario->until.set && player->until == NEVER &&
	    is_reached(&scenario->until.moment, anchor, end, ordinal))
		player->until = due_at(&scenario->until.moment, at);
}

static int drop(struct player *player, const struct record *record, struct player_step *step)
{
	struct firewall_match match = {0};
	enum end to = (enum end)record_number(record, KEY_TO);

	/* On loopback one input hook sees both directions: the port tells them apart. */
	if (record_has(record, KEY_TO))
		match.destination = player->ends[to].local;
	return firewall_drop(player->firewall, &match, &step->rule);
}

static int heal(struct player *player, const struct record *record, struct player_step *own)
{
	size_t first = 0, last = player->scenario->step_count;
	int error = 0;

	(void)own;
	if (record_has(record, KEY_STEP)) {
		first = (size_t)record_number(record, KEY_STEP) - 1;
		last = first + 1;
	}
	for (size_t i = first; !error && i < last; i++) {
		struct player_step *step = &player->steps[i];
		uint64_t packets = 0, bytes = 0;

		if (!step->rule)
			continue;
		error = firewall_counter(player->firewall, step->rule, &packets, &bytes);
		if (!error)
			error = firewall_remove(player->firewall, step->rule);
		step->rule = 0;
		player_emit(player,
			    (struct event){.at = -1,
					   .kind = EVENT_RULE,
					   .rule = {(int64_t)i, (int64_t)packets, (int64_t)bytes}});
	}
	return error;
}

typedef int step_function(struct player *player, const struct record *record,
			  struct player_step *step);

static step_function *const functions[RECORD_KINDS] = {
	[RECORD_STEP_DROP] = drop,
	[RECORD_STEP_HEAL] = heal,
};

/* What was due while we were busy with a step tells nothing of the machine. */
static void forget_witnesses(struct player *player)
{
	int64_t now = player_now(player);

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		if (player->ends[end].witness <= now)
			player->ends[end].witness = NEVER;
	}
}

void steps_run(struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		const struct record *record = &player->scenario->steps[i];
		struct player_step *step = &player->steps[i];
		int64_t began = player_now(player);
		int error;

		if (step->done || step->due > began)
			continue;
		step->done = true;
		error = functions[record->kind](player, record, step);
		if (error) {
			player_unable(player, UNABLE_RUN, record->at.line, -error,
				      "the step in line %d failed: %s", record->at.line,
				      strerrorname_np(-error));
			return;
		}
		player_emit(player, (struct event){.at = -1,
						   .kind = EVENT_STEP,
						   .step = {(int64_t)i, record->at.line,
							    record->text, step->due, began}});
		player->happened = true;
		player->last_happened = player_now(player);
		forget_witnesses(player);
		steps_reached(player, ANCHOR_STEP, END_NONE, (int)i + 1, player->last_happened);
	}
}

/* Whether a step is still to run at a known time. */
bool steps_pending(const struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (!player->steps[i].done && player->steps[i].due != NEVER)
			return true;
	}
	return false;
}

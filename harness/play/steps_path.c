/* Steps that break the path between the ends, and mend it. */
#include <errno.h>

#include "play/player.h"

int step_drop(struct player *player, const struct record *record, struct player_step *step)
{
	struct firewall_match match = {0};
	enum end to = (enum end)record_number(record, KEY_TO);

	/*
	 * On loopback one input hook sees both directions: the port tells them apart. Before
	 * connect() only the server's is known.
	 */
	if (record_has(record, KEY_TO) && player->ends[to].local.port)
		match.destination = player->ends[to].local;
	else if (record_has(record, KEY_TO))
		match.source = player->ends[other_end(to)].local;
	return firewall_drop(player->firewall, &match, &step->rule);
}

int step_heal(struct player *player, const struct record *record, struct player_step *own)
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

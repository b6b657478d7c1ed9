/* What the router's connection tracking knows of the connection. */
#define _GNU_SOURCE
#include <string.h>

#include "play/player.h"

static void record_entry(struct player *player, enum conntrack_state state)
{
	struct event event = {.at = -1, .kind = EVENT_CONNTRACK, .conntrack = {.state = state}};
	uint64_t packets = 0, bytes = 0;

	if (!conntrack_counter(player->conntrack, &packets, &bytes))
		event.conntrack.filtered = (int64_t)packets;
	player->tracked = state;
	player_emit(player, event);
}

/* Returns whether it could be asked. */
static bool ask(struct player *player, enum conntrack_state *ret_state)
{
	struct conntrack_entry entry;
	int error = conntrack_find(player->conntrack, &player->ends[END_CLIENT].local,
				   &player->ends[END_SERVER].local, &entry);

	if (error)
		player_unable(player, UNABLE_RUN, 0, -error, "ctnetlink: %s",
			      strerrorname_np(-error));
	else
		*ret_state = entry.found ? entry.state : CONNTRACK_NONE;
	return !error;
}

void watch_conntrack(struct player *player)
{
	enum conntrack_state state;

	if (player->conntrack && ask(player, &state) && state != player->tracked)
		record_entry(player, state);
}

void conntrack_count(struct player *player)
{
	enum conntrack_state state;

	if (player->conntrack && ask(player, &state))
		record_entry(player, state);
}

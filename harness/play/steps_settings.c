/* Steps that change a setting while the connection lives. */
#include <errno.h>

#include "play/player.h"
#include "sandbox/sysctl.h"

int step_set(struct player *player, const struct record *record, struct player_step *step)
{
	enum end end = (enum end)record_number(record, KEY_END);

	(void)step;
	if (player->ends[end].fd < 0)
		return -ENOTCONN;
	return options_set(player, record, end, player->ends[end].fd);
}

static int write_everywhere(struct player *player, const struct list_item *item)
{
	int error = 0;

	for_each_place (place, player) {
		if (!error && place_takes(place, item->text))
			error = places_switch(player, place);
		if (!error && place_takes(place, item->text))
			error = sysctl_write(item->text, item->setting);
	}
	return error;
}

int step_sysctl(struct player *player, const struct record *record, struct player_step *step)
{
	const struct value *settings = &record->value[KEY_SYSCTLS];

	(void)step;
	for (size_t i = 0; i < settings->item_count; i++) {
		const struct list_item *item = &settings->items[i];
		int error = write_everywhere(player, item);

		if (error)
			return error;
		player_emit(player, (struct event){.at = -1,
						   .kind = EVENT_SYSCTL,
						   .sysctl = {item->text, item->setting}});
	}
	return 0;
}

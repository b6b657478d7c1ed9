/* A slow path: segments that a step keeps for a while, on their way through the router. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/array.h"
#include "play/player.h"
#include "sandbox/detour.h"

struct held {
	struct detour_packet *packet;
	int64_t due;
};

struct delay {
	struct detour *detour;
	int64_t by;
	bool ended; /* takes no more; what it holds still goes on */
	struct held *held;
	size_t held_count, put_count;
};

int step_delay(struct player *player, const struct record *record, struct player_step *step)
{
	enum topology_place to = (enum topology_place)record_number(record, KEY_TO);
	struct epoll_event event = {.events = EPOLLIN};
	struct firewall_rule rule = {
		.match.destination = player->ends[to].local,
		.hook = FIREWALL_FORWARD,
	};
	int error = places_switch(player, TOPOLOGY_ROUTER);

	if (error)
		return error;
	step->delay = calloc(1, sizeof(*step->delay));
	step->delay->by = record_number(record, KEY_BY);
	error = detour_open(&player->topology, to, &step->delay->detour);
	if (error)
		return error;
	event.data.u32 = (uint32_t)detour_fd(step->delay->detour);
	if (epoll_ctl(player->epoll, EPOLL_CTL_ADD, detour_fd(step->delay->detour), &event))
		return -errno;
	return firewall_add(player->places[TOPOLOGY_ROUTER].firewall, &rule,
			    &step->rules[TOPOLOGY_ROUTER]);
}

static void take_all(struct player *player, struct delay *delay)
{
	struct detour_packet *packet;

	while (!detour_take(delay->detour, &packet))
		*array_push(delay->held, delay->held_count) =
			(struct held){packet, player_now(player) + delay->by};
}

#define for_each_delay(each, player)                                                               \
	for (size_t each##_at = 0; each##_at < (player)->scenario->step_count; each##_at++)        \
		for (struct delay *each = (player)->steps[each##_at].delay; each; each = NULL)

bool delays_take(struct player *player, int fd)
{
	for_each_delay (delay, player) {
		if (delay->ended || detour_fd(delay->detour) != fd)
			continue;
		take_all(player, delay);
		return true;
	}
	return false;
}

int64_t delays_next(const struct player *player)
{
	int64_t next = NEVER;

	for_each_delay (delay, player) {
		if (delay->put_count < delay->held_count &&
		    delay->held[delay->put_count].due < next)
			next = delay->held[delay->put_count].due;
	}
	return next;
}

int delays_run(struct player *player)
{
	int error = 0;

	for_each_delay (delay, player) {
		while (!error && delay->put_count < delay->held_count &&
		       delay->held[delay->put_count].due <= player_now(player))
			error = detour_put(delay->detour, delay->held[delay->put_count++].packet);
	}
	return error ? player_unable(player, UNABLE_RUN, 0, -error,
				     "send() of a delayed segment: %s", strerrorname_np(-error))
		     : 0;
}

void delay_end(struct player *player, struct player_step *step)
{
	if (!step->delay || step->delay->ended)
		return;
	take_all(player, step->delay);
	epoll_ctl(player->epoll, EPOLL_CTL_DEL, detour_fd(step->delay->detour), NULL);
	step->delay->ended = true;
}

void delays_close(struct player *player)
{
	for_each_delay (delay, player) {
		for (size_t i = 0; i < delay->held_count; i++)
			free(delay->held[i].packet);
		free(delay->held);
		detour_close(delay->detour);
		free(delay);
	}
}

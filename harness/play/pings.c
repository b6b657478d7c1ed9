/* ICMP echoes: those of steps, and the monitor's. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/array.h"
#include "base/duration.h"
#include "play/player.h"
#include "sandbox/resources.h"
#include "scenario/echoes.h"

static size_t count_pingers(const struct player *player)
{
	return player->scenario->step_count + 1;
}

static struct pinger pinger_of(const struct player *player, const struct record *record)
{
	int64_t now = player_now(player);

	return (struct pinger){
		.from = (enum end)record_number(record, KEY_FROM),
		.step = -1,
		.interval = echo_interval(record),
		.timeout = echo_timeout(record),
		.left = NEVER,
		.dispose = !record_has(record, KEY_DISPOSE) || record_number(record, KEY_DISPOSE),
		.due = now,
		.exact = now,
	};
}

void pings_begin(struct player *player)
{
	const struct record *monitor = &player->scenario->monitor;
	struct pinger *pinger = &player->pingers[player->scenario->step_count];

	if (!monitor->text)
		return;
	*pinger = pinger_of(player, monitor);
	pinger->threshold = record_number(monitor, KEY_THRESHOLD);
}

int step_ping(struct player *player, const struct record *record, struct player_step *step)
{
	struct pinger *pinger = &player->pingers[step - player->steps];

	*pinger = pinger_of(player, record);
	pinger->step = step - player->steps;
	pinger->left = echo_count(record);
	pinger->many = pinger->left > 1;
	return 0;
}

static bool is_active(const struct pinger *pinger)
{
	return pinger->left > 0;
}

int64_t pings_next(const struct player *player)
{
	int64_t next = NEVER;

	for (size_t i = 0; i < count_pingers(player); i++) {
		if (is_active(&player->pingers[i]) && player->pingers[i].due < next)
			next = player->pingers[i].due;
	}
	return next;
}

bool pings_pending(const struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (is_active(&player->pingers[i]))
			return true;
	}
	return false;
}

static void emit_resources(struct player *player, const struct pinger *pinger)
{
	struct resources held;
	int error = places_switch(player, (enum topology_place)pinger->from);

	if (!error)
		error = resources_read(&held);
	if (error && !player->stopped)
		player_unable(player, UNABLE_RUN, 0, -error,
			      "descriptors and ports cannot be counted: %s",
			      strerrorname_np(-error));
	if (error)
		return;
	player_emit(player,
		    (struct event){.at = -1,
				   .kind = EVENT_RESOURCES,
				   .end = pinger->from,
				   .resources = {pinger->step, pinger->number, held.descriptors,
						 held.ports, held.memory}});
}

/*
 * The monitor says what is new. When it should have said that the host is silent is known exactly,
 * so how late it is witnesses how late the machine was.
 */
static void tell_monitor(struct player *player, struct pinger *monitor, bool answered)
{
	enum host_state says = monitor->says;
	int64_t now = player_now(player);

	monitor->failures = answered ? 0 : monitor->failures + 1;
	if (answered)
		says = HOST_ANSWERS;
	else if (monitor->failures >= monitor->threshold)
		says = HOST_SILENT;
	if (says == monitor->says)
		return;
	monitor->says = says;
	if (says == HOST_SILENT)
		player_emit(player,
			    (struct event){.at = now,
					   .kind = EVENT_WITNESS,
					   .witness = {monitor->exact, now - monitor->exact}});
	player_emit(player, (struct event){.at = now,
					   .kind = EVENT_MONITOR,
					   .end = monitor->from,
					   .monitor = {says, monitor->failures}});
}

static void put_away(struct player *player, struct pinger *pinger)
{
	if (!pinger->ping)
		return;
	epoll_ctl(player->epoll, EPOLL_CTL_DEL, ping_fd(pinger->ping), NULL);
	if (pinger->dispose)
		ping_close(pinger->ping);
	else
		*array_push(pinger->kept, pinger->kept_count) = pinger->ping;
	pinger->ping = NULL;
}

/* What became of an echo. What comes for it later is not waited for any more. */
static void settle(struct player *player, struct pinger *pinger, enum ping_outcome outcome,
		   int error)
{
	int64_t now = player_now(player);

	player_emit(player, (struct event){.at = now,
					   .kind = EVENT_PING,
					   .end = pinger->from,
					   .ping = {pinger->step, pinger->number, pinger->sent,
						    (int)outcome, error}});
	put_away(player, pinger);
	pinger->exact = outcome == PING_UNANSWERED ? pinger->exact + pinger->timeout : now;
	if (pinger->step < 0) {
		tell_monitor(player, pinger, outcome == PING_ANSWERED);
	} else {
		pinger->left--;
		player->last_happened = now;
		if (pinger->many && (pinger->number == 1 || !pinger->left))
			emit_resources(player, pinger);
	}
	pinger->due = now + pinger->interval;
	pinger->exact += pinger->interval;
}

/* A socket in the end's own place, to the other end's host. */
static int open_echo(struct player *player, const struct pinger *pinger, struct ping **ret_ping)
{
	int error = places_switch(player, (enum topology_place)pinger->from);

	return error ? error : ping_open(&player->ends[other_end(pinger->from)].local, ret_ping);
}

static int send_echo(struct player *player, struct pinger *pinger)
{
	struct epoll_event event = {.events = EPOLLIN};
	uint16_t sequence;
	int error = open_echo(player, pinger, &pinger->ping);

	if (error)
		return error;
	event.data.u32 = (uint32_t)ping_fd(pinger->ping);
	if (epoll_ctl(player->epoll, EPOLL_CTL_ADD, ping_fd(pinger->ping), &event))
		return -errno;
	return ping_send(pinger->ping, &sequence);
}

static void begin_echo(struct player *player, struct pinger *pinger)
{
	int error;

	if (pinger->many && !pinger->number)
		emit_resources(player, pinger);
	pinger->number++;
	pinger->sent = player_now(player);
	pinger->due = pinger->sent + pinger->timeout;
	error = send_echo(player, pinger);
	if (error == -EPROTONOSUPPORT || error == -EAFNOSUPPORT)
		player_unable(player, UNABLE_FEATURE, 0, -error,
			      "this kernel (%s) has no ICMP sockets without privilege",
			      player->kernel.release);
	else if (error)
		settle(player, pinger, PING_REFUSED, -error);
}

void pings_run(struct player *player)
{
	for (size_t i = 0; i < count_pingers(player); i++) {
		struct pinger *pinger = &player->pingers[i];

		if (player->stopped || !is_active(pinger) || pinger->due > player_now(player))
			continue;
		if (pinger->ping)
			settle(player, pinger, PING_UNANSWERED, 0);
		else
			begin_echo(player, pinger);
	}
}

bool pings_take(struct player *player, int fd)
{
	for (size_t i = 0; i < count_pingers(player); i++) {
		struct pinger *pinger = &player->pingers[i];
		struct ping_answer answer;

		if (!pinger->ping || ping_fd(pinger->ping) != fd)
			continue;
		if (!ping_receive(pinger->ping, &answer))
			settle(player, pinger, answer.error ? PING_ERROR : PING_ANSWERED,
			       answer.error);
		return true;
	}
	return false;
}

void pings_close(struct player *player)
{
	for (size_t i = 0; i < count_pingers(player); i++) {
		struct pinger *pinger = &player->pingers[i];

		ping_close(pinger->ping);
		for (size_t j = 0; j < pinger->kept_count; j++)
			ping_close(pinger->kept[j]);
		free(pinger->kept);
	}
	free(player->pingers);
}

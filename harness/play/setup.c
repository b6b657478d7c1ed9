#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "play/play.h"
#include "play/player.h"
#include "sandbox/sandbox.h"
#include "sandbox/sysctl.h"
#include "scenario/vocabulary.h"

/* Waits for a descriptor; events are told apart by its number. */
static int await(struct player *player, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u32 = (uint32_t)fd};

	return epoll_ctl(player->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_loop(struct player *player)
{
	int error;

	player->epoll = epoll_create1(EPOLL_CLOEXEC);
	player->wake = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	player->schedstat = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	player->stat = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	player->stolen = cpus_stolen(player->stat);
	if (player->epoll < 0 || player->wake < 0)
		return player_unable(player, UNABLE_RUN, 0, errno, "epoll or timerfd: %s",
				     strerrorname_np(errno));
	error = await(player, player->wake, EPOLLIN);
	if (!error && player->lifeline >= 0)
		error = await(player, player->lifeline, EPOLLIN | EPOLLHUP);
	if (error)
		return player_unable(player, UNABLE_RUN, 0, -error, "epoll_ctl: %s",
				     strerrorname_np(-error));
	return 0;
}

bool is_missing_feature(int error)
{
	return error == -ENOENT || error == -EPROTONOSUPPORT || error == -EOPNOTSUPP ||
	       error == -EAFNOSUPPORT;
}

/* The counters that the scenario asks for must exist, or a 0 would say nothing. */
static int check_counters(struct player *player)
{
	const struct scenario *scenario = player->scenario;

	if (places_count(player, &player->counters))
		return player_unable(player, UNABLE_RUN, 0, EIO, "/proc/net/netstat: unreadable");
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		const struct value *due = &scenario->expectations[i].value[KEY_COUNTERS];

		if (!due->set)
			continue;
		for (size_t j = 0; j < due->item_count; j++) {
			if (counters_value(&player->counters, due->items[j].text) < 0)
				return player_unable(player, UNABLE_FEATURE, due->items[j].at.line,
						     ENOENT, "this kernel (%s) has no counter %s",
						     player->kernel.release, due->items[j].text);
		}
	}
	player->backlog = backlog_dropped();
	return 0;
}

static void start_clock(struct player *player)
{
	player->zero = clock_now();
}

int player_set_up(struct player *player)
{
	int error;

	start_clock(player);
	error = places_enter(player);
	if (!error)
		error = places_open_router(player);
	if (!error)
		error = places_apply_sysctls(player);
	if (!error)
		error = open_loop(player);
	if (!error)
		error = wire_open(player);
	if (!error)
		error = places_open_netlink(player);
	if (!error)
		error = check_counters(player);
	return error;
}

/* The clock starts, and what the kernel is goes to the timeline. */
void player_begin(struct player *player)
{
	struct settings settings;

	start_clock(player);
	watch_clock(player);
	settings = settings_default(player->kernel.hz);
	player_emit(player,
		    (struct event){.kind = EVENT_KERNEL,
				   .kernel = {.release = player->kernel.release,
					      .hz = player->kernel.hz,
					      .clock = player->kernel.is_virtual ? CLOCK_VIRTUAL
										 : CLOCK_REAL,
					      .zero = player->zero,
					      .realtime = player->realtime_offset,
					      .jiffies = player->kernel.jiffies,
					      .jiffies_at = player->kernel.jiffies_at}});
	places_record_sysctls(player, &settings);
	settings_scenario(&settings, player->scenario);
	player->bound = play_bound(player->scenario, &settings);
	steps_start(player);
}

void player_read_counters(struct player *player)
{
	struct counters after = {0};
	int64_t lost = wire_lost(player);
	int64_t backlog = backlog_dropped() - player->backlog;

	for (size_t i = 0; i < player->scenario->step_count; i++)
		fault_count(player, i);
	conntrack_count(player);
	if (!places_count(player, &after)) {
		for (size_t i = 0, cursor = 0; i < after.count; i++) {
			char *name = after.list[i].name;
			int64_t before = counters_next(&player->counters, name, &cursor);

			if (after.list[i].value == before)
				continue;
			player_emit(player,
				    (struct event){.at = -1,
						   .kind = EVENT_COUNTER,
						   .counter = {name, before, after.list[i].value}});
		}
	}
	counters_free(&after);
	if (lost > 0)
		player_emit(
			player,
			(struct event){.at = -1, .kind = EVENT_LOSS, .loss = {LOSS_CAPTURE, lost}});
	if (backlog > 0)
		player_emit(player, (struct event){.at = -1,
						   .kind = EVENT_LOSS,
						   .loss = {LOSS_BACKLOG, backlog}});
}

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

#include "base/duration.h"
#include "play/play.h"
#include "play/player.h"
#include "sandbox/sandbox.h"
#include "sandbox/sysctl.h"
#include "scenario/vocabulary.h"

/*
 * Settings that differ from machine to machine and change what TCP does. reno is in every kernel
 * and open to every namespace (net/ipv4/tcp_cong.c, TCP_CONG_NON_RESTRICTED).
 */
static const struct {
	const char *name, *value;
} pinned[] = {
	{"net.ipv4.tcp_congestion_control", "reno"},
};

static int write_sysctl(struct player *player, const char *name, const char *value, int line)
{
	int error = sysctl_write(name, value);

	if (error == -ENOENT)
		return player_unable(player, UNABLE_FEATURE, line, ENOENT,
				     "this kernel (%s) has no sysctl %s", player->kernel.release,
				     name);
	if (error)
		return player_unable(player, UNABLE_RUN, line, -error,
				     "writing %s to sysctl %s: %s", value, name,
				     strerrorname_np(-error));
	return 0;
}

static int apply_sysctls(struct player *player)
{
	const struct scenario *scenario = player->scenario;
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(pinned) / sizeof(pinned[0]); i++)
		error = write_sysctl(player, pinned[i].name, pinned[i].value, 0);
	for (size_t i = 0; !error && i < scenario->sysctl_count; i++) {
		const struct sysctl_setting *setting = &scenario->sysctls[i];

		/* What a machine has and this kernel lacks is no reason not to play. */
		if (!setting->at.line && sysctl_write(setting->name, setting->value) == -ENOENT)
			continue;
		error = write_sysctl(player, setting->name, setting->value, setting->at.line);
	}
	return error;
}

/* Records every setting that the model knows, so that a timeline can be judged elsewhere. */
static void record_sysctls(struct player *player, struct settings *settings)
{
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		char *name = (char *)sysctl_specs[i].name, value[256] = "";

		if (sysctl_read(name, value, sizeof(value)))
			value[0] = '\0';
		settings_sysctl(settings, name, value);
		player_emit(player, (struct event){.kind = EVENT_SYSCTL, .sysctl = {name, value}});
	}
}

static int open_capture(struct player *player)
{
	char message[CAPTURE_ERROR_SIZE];
	int error = capture_open_live("lo", "tcp", &player->capture, message);

	if (error)
		return player_unable(player, UNABLE_RUN, 0, -error, "capture on lo: %s", message);
	return 0;
}

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
	if (player->epoll < 0 || player->wake < 0)
		return player_unable(player, UNABLE_RUN, 0, errno, "epoll or timerfd: %s",
				     strerrorname_np(errno));
	error = await(player, player->wake, EPOLLIN);
	if (!error)
		error = await(player, capture_fd(player->capture), EPOLLIN);
	if (!error && player->lifeline >= 0)
		error = await(player, player->lifeline, EPOLLIN | EPOLLHUP);
	if (error)
		return player_unable(player, UNABLE_RUN, 0, -error, "epoll_ctl: %s",
				     strerrorname_np(-error));
	return 0;
}

static bool is_missing_feature(int error)
{
	return error == -ENOENT || error == -EPROTONOSUPPORT || error == -EOPNOTSUPP;
}

static int open_netlink(struct player *player)
{
	int error = socket_diag_open(&player->diag);

	if (error)
		return player_unable(player,
				     is_missing_feature(error) ? UNABLE_FEATURE : UNABLE_RUN, 0,
				     -error, "inet_diag: %s", strerrorname_np(-error));
	if (!player->scenario->step_count)
		return 0;
	error = firewall_open(&player->firewall);
	if (error)
		return player_unable(player,
				     is_missing_feature(error) ? UNABLE_FEATURE : UNABLE_RUN, 0,
				     -error, "nf_tables: %s", strerrorname_np(-error));
	return 0;
}

/* The counters that the scenario asks for must exist, or a 0 would say nothing. */
static int check_counters(struct player *player)
{
	const struct scenario *scenario = player->scenario;

	if (counters_read(&player->counters))
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
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	player->zero = now.tv_sec * SECOND + now.tv_nsec;
}

int player_set_up(struct player *player)
{
	char message[SANDBOX_ERROR_SIZE];
	int error;

	start_clock(player);
	error = sandbox_enter(message);
	if (error)
		return player_unable(player, UNABLE_RUN, 0, -error, "%s", message);
	/* Only now: entering a user namespace clears it (kernel/cred.c, commit_creds). */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	error = apply_sysctls(player);
	if (!error)
		error = open_capture(player);
	if (!error)
		error = open_loop(player);
	if (!error)
		error = open_netlink(player);
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
	record_sysctls(player, &settings);
	settings_scenario(&settings, player->scenario);
	player->bound = play_bound(player->scenario, &settings);
	steps_start(player);
}

void player_read_counters(struct player *player)
{
	struct counters after = {0};
	int64_t lost = capture_dropped(player->capture);
	int64_t backlog = backlog_dropped() - player->backlog;
	uint64_t packets, bytes;

	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (player->steps[i].rule &&
		    !firewall_counter(player->firewall, player->steps[i].rule, &packets, &bytes))
			player_emit(player, (struct event){.at = -1,
							   .kind = EVENT_RULE,
							   .rule = {(int64_t)i, (int64_t)packets,
								    (int64_t)bytes}});
	}
	if (!counters_read(&after)) {
		for (size_t i = 0; i < after.count; i++) {
			char *name = after.list[i].name;
			int64_t before = counters_value(&player->counters, name);

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

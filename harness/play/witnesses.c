/*
 * Witnesses of how late the machine was: what excuses a finding that fails by lateness alone. Each
 * costs something only when something happens: our own timers and reading, how long we waited for a
 * CPU, and, where a timer is overdue, the CPUs themselves.
 */
#define _GNU_SOURCE
#include "base/clock.h"
#include "model/wheel.h"
#include "play/player.h"

void witness_record(struct player *player, int64_t at, int64_t lateness)
{
	if (lateness > 0)
		player_emit(player, (struct event){.at = at,
						   .kind = EVENT_WITNESS,
						   .witness = {at - lateness, lateness}});
}

/*
 * How late we read a segment does not touch its stamp, but what we do upon it, and what we ask the
 * sockets then. Shorter than this it cannot matter to any timer.
 */
#define READING_LIMIT MILLISECOND

/* Jiffies that are counted up late by less than this make no timer early that is not so anyway. */
#define JIFFIES_LIMIT (10 * MICROSECOND)

/*
 * Before a call that may arm a timer, and behind it: while we run a tick may come late, and be
 * counted before we look again.
 */
void witness_jiffies(struct player *player)
{
	const struct wheel wheel = {.hz = player->kernel.hz};
	struct jiffies_reading reading = jiffies_read();
	int64_t late = jiffies_lateness(player->jiffies, reading, wheel_tick(&wheel));
	int64_t now = reading.at - player->zero;

	if (late > JIFFIES_LIMIT)
		player_emit(player, (struct event){.at = now,
						   .kind = EVENT_WITNESS,
						   .witness = {now - late, 0, late}});
	player->jiffies = reading;
}

/* Arms the witness of an end's timer, as the kernel says it stands. */
void witness_expect(const struct player *player, struct player_end *watched,
		    const struct socket_status *status)
{
	struct wheel wheel = {.hz = player->kernel.hz};

	watched->witness = NEVER;
	/* A tick before it fails: what keeps a CPU busy then is still there to be seen. */
	if (status->timer != TIMER_OFF && status->timer != TIMER_GONE)
		watched->witness = player_now(player) +
				   wheel_window(&wheel, status->expires).latest -
				   wheel_tick(&wheel);
}

/*
 * Where a timer expired and nothing was to be seen, it may have been put off by the kernel itself
 * (a keepalive timer that finds its peer alive, a loss probe that is not needed): the next expiry
 * wants a witness too.
 */
static void expect_next(struct player *player)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		struct player_end *watched = &player->ends[end];
		struct socket_status status;

		if (watched->witness == NEVER && watched->local.family && watched->remote.family &&
		    !watch_ask(player, end, &status) && status.expires > 0)
			witness_expect(player, watched, &status);
	}
}

/*
 * What can make a timer late that our own process is not: a CPU that does not run at all, which
 * keeps waiting who visits it; and one whose softirqs wait for it, which their thread's schedstat
 * tells when the wait is over.
 */
void witness_overdue(struct player *player)
{
	int64_t due = player->overdue, now;

	player->overdue = NEVER;
	if (due == NEVER)
		return;
	expect_next(player);
	player->softirq_delay = softirqs_waited(&player->kernel.softirqs);
	if (cpus_visit() <= READING_LIMIT)
		return;
	now = player_now(player);
	witness_record(player, now, now - due);
}

/*
 * A witness is the latest moment at which a socket's timer should fire: the timerfd is armed for it
 * too, and how late we learn of it is recorded, unless the timer was seen to have moved before.
 */
void witness_timers(struct player *player, int64_t woken)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		int64_t due = player->ends[end].witness;

		if (due > woken)
			continue;
		player->ends[end].witness = NEVER;
		witness_record(player, woken, woken - due);
		if (due < player->overdue)
			player->overdue = due;
		/* Nothing tells us of a socket that is not in our event loop. */
		if (!player->ends[end].readable)
			player->happened = true;
	}
}

void witness_waited(struct player *player, int64_t at, int64_t waited)
{
	if (waited > READING_LIMIT)
		witness_record(player, at, waited);
}

void witness_sleep(struct player *player)
{
	witness_jiffies(player);
	player->run_delay = schedstat_waited(player->schedstat);
}

/* How long we have waited for a CPU since witness_sleep(). */
static int64_t waited(const struct player *player)
{
	int64_t delay = schedstat_waited(player->schedstat);

	return delay < 0 ? 0 : delay - player->run_delay;
}

/* What was taken adds up while we sleep: more of it than this excuses nothing. Assumed. */
#define TAKEN_LIMIT SECOND

/*
 * A CPU that its hypervisor stopped in the middle of what it did for TCP kept nobody waiting, and
 * no timer was overdue: the only trace is that something was taken. Where nothing ever was, nobody
 * asks.
 */
static void witness_stolen(struct player *player, int64_t woken)
{
	int64_t taken = -player->stolen;

	if (!player->stolen)
		return;
	player->stolen = cpus_stolen(player->stat);
	taken += player->stolen + STOLEN_UNIT;
	if (taken > STOLEN_UNIT)
		witness_record(player, woken, taken < TAKEN_LIMIT ? taken : TAKEN_LIMIT);
}

void witness_wake(struct player *player, int64_t woken)
{
	int64_t runnable = woken - waited(player);

	if (player->unasked < runnable)
		player->unasked = runnable;
	witness_stolen(player, woken);
	/* Those that were counted while we slept tell nothing: as late as they are now. */
	player->jiffies = jiffies_read();
	witness_jiffies(player);
	witness_waited(player, woken, woken - runnable);
	if (player->softirq_delay >= 0)
		witness_waited(player, woken,
			       softirqs_waited(&player->kernel.softirqs) - player->softirq_delay);
	player->softirq_delay = -1;
}

void witness_told(struct player *player)
{
	int64_t now = player_now(player);

	witness_record(player, now, now - player->unasked);
}

void witness_connect(struct player *player, int64_t called)
{
	int64_t now = player_now(player);

	witness_waited(player, now, now - called);
}

void witness_delay(struct player *player, int64_t since)
{
	int64_t now = player_now(player);

	witness_waited(player, now, now - since);
}

#define _GNU_SOURCE
#include "play/play.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "play/player.h"

/* How long the play goes on after nothing can happen any more, for what should not come. */
#define GRACE SECOND

int64_t player_now(const struct player *player)
{
	return clock_now() - player->zero;
}

void player_emit(struct player *player, struct event event)
{
	if (event.at == -1)
		event.at = player->ended ? player->ended : player_now(player);
	event_write(player->stream, &event);
	fputc('\n', player->stream);
}

int player_unable(struct player *player, int reason, int line, int error, const char *format, ...)
{
	cleanup_free char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&message, format, arguments) < 0)
		message = NULL;
	va_end(arguments);
	player_emit(
		player,
		(struct event){.at = -1, .kind = EVENT_UNABLE, .unable = {reason, line, message}});
	player->stopped = true;
	return -error;
}

/* Whether one of the sockets has a timer that can still make it do something. */
static bool timers_pending(const struct player *player)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		/* Of a closed socket that waits for the peer's FIN little is left. */
		if (player->ends[end].status.state == STATE_FIN_WAIT_2 &&
		    player->ends[end].status.timer == TIMER_TIMEWAIT)
			return true;
		switch (player->ends[end].status.timer) {
		case TIMER_ON:
		case TIMER_KEEPALIVE:
		case TIMER_PERSIST:
			return true;
		case TIMER_OFF:
		case TIMER_TIMEWAIT:
		case TIMER_GONE:
			break;
		}
	}
	return false;
}

/* Whether an application acts by itself from time to time, or is in a call that ends. */
static bool observers_pending(const struct player *player)
{
	if (player->ends[END_CLIENT].closer.pid || player->ends[END_SERVER].closer.pid)
		return true;
	return (player->ends[END_CLIENT].observer.pid &&
		record_has(&player->scenario->client, KEY_EVERY)) ||
	       (player->ends[END_SERVER].observer.pid &&
		record_has(&player->scenario->server, KEY_EVERY));
}

/*
 * When the play ends as things stand: where the scenario says, or a little after nothing can
 * happen any more, and at its bound in any case.
 */
static int64_t end_of_play(const struct player *player)
{
	int64_t end = player->bound;

	/* What the check itself leads to is nobody's expectation: over when both bytes are there.
	 */
	if (player->checked != NEVER)
		return player->ends[END_CLIENT].reached && player->ends[END_SERVER].reached
			       ? player->checked
			       : player->checked + GRACE;
	if (player->until != NEVER)
		end = player->until;
	else if (!timers_pending(player) && !steps_pending(player) && !pings_pending(player) &&
		 delays_next(player) == NEVER && !player->connecting && !player->later.connecting &&
		 !observers_pending(player))
		end = player->last_happened + GRACE;
	return end < player->bound ? end : player->bound;
}

/* Whether the scenario asks for an exchange in the end. */
static bool asks_alive(const struct player *player)
{
	for (size_t i = 0; i < player->scenario->expectation_count; i++) {
		if (player->scenario->expectations[i].kind == RECORD_EXPECT_ALIVE)
			return true;
	}
	return false;
}

static void arm_wake(struct player *player)
{
	int64_t next = end_of_play(player);
	struct itimerspec timer;

	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (!player->steps[i].done && player->steps[i].due < next)
			next = player->steps[i].due;
	}
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		if (player->ends[end].witness < next)
			next = player->ends[end].witness;
	}
	if (delays_next(player) < next)
		next = delays_next(player);
	if (pings_next(player) < next)
		next = pings_next(player);
	next += player->zero;
	timer = (struct itimerspec){.it_value = clock_timespec(next)};
	timerfd_settime(player->wake, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* Hears a process that calls, where it is its channel that woke us. */
static bool hear(struct player *player, int fd)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		struct caller *callers[] = {&player->ends[end].observer, &player->ends[end].closer};

		for (size_t i = 0; i < array_length(callers); i++) {
			if (!callers[i]->pid || callers[i]->channel != fd)
				continue;
			caller_hear(player, end, callers[i]);
			return true;
		}
	}
	return false;
}

static void handle(struct player *player, uint32_t what)
{
	uint64_t expirations;

	if (what == (uint32_t)player->wake) {
		if (read(player->wake, &expirations, sizeof(expirations)) < 0)
			return;
	} else if (what == (uint32_t)player->lifeline) {
		player->stopped = true;
	} else if (what == (uint32_t)player->listener) {
		endpoint_accept(player);
	} else if (what == (uint32_t)player->ends[END_CLIENT].fd && player->connecting) {
		endpoint_connected(player);
	} else if (what == (uint32_t)player->later.fd && player->later.connecting) {
		again_connected(player);
	} else if (!hear(player, (int)what) && !wire_owns(player, (int)what) &&
		   !pings_take(player, (int)what) && !delays_take(player, (int)what)) {
		/*
		 * At a socket: an error may be all there is to see; or the segment that was sent
		 * with it comes after, where the kernel puts off what it has received
		 * (kernel/softirq.c, need_resched).
		 */
		player->happened = true;
		player->last_happened = player_now(player);
	}
	/* The capture is drained and sockets are observed after every wake-up anyway. */
}

static int loop(struct player *player)
{
	int64_t woken = player_now(player);
	int error = 0;

	while (!player->stopped && !error) {
		struct epoll_event ready[8];
		int count;

		arm_wake(player);
		fflush(player->stream);
		witness_sleep(player);
		count = epoll_wait(player->epoll, ready, 8, -1);
		if (count < 0 && errno != EINTR)
			return player_unable(player, UNABLE_RUN, 0, errno, "epoll_wait: %s",
					     strerrorname_np(errno));
		woken = player_now(player);
		player->woken++;
		witness_timers(player, woken);
		witness_wake(player, woken);
		for (int i = 0; i < count; i++)
			handle(player, ready[i].data.u32);
		watch_clock(player);
		error = watch_wire(player);
		witness_overdue(player);
		steps_run(player);
		pings_run(player);
		if (!error)
			error = delays_run(player);
		if (player->happened)
			watch_sockets(player);
		if (player_now(player) < end_of_play(player))
			continue;
		if (!asks_alive(player) || player->checked != NEVER)
			return error;
		endpoint_check_alive(player);
	}
	return error;
}

static int start(struct player *player)
{
	int error = player_set_up(player);

	if (!error)
		error = endpoint_listen(player);
	if (!error)
		error = steps_before(player);
	if (error)
		return error;
	player_begin(player);
	player->jiffies = jiffies_read();
	error = endpoint_connect(player);
	witness_jiffies(player);
	if (!error)
		pings_begin(player);
	return error;
}

static void tear_down(struct player *player)
{
	wire_close(player);
	endpoint_vanish(player);
	delays_close(player);
	places_close(player);
	counters_free(&player->counters);
	pings_close(player);
	free(player->steps);
	free(player->later.ports);
	fclose(player->stream);
}

int play(const struct scenario *scenario, const struct kernel *kernel, int stream, int lifeline)
{
	struct player player = {
		.scenario = scenario,
		.kernel = *kernel,
		.stream = fdopen(stream, "w"),
		.listener = -1,
		.lifeline = lifeline,
		.steps = calloc(scenario->step_count + 1, sizeof(struct player_step)),
		.pingers = calloc(scenario->step_count + 1, sizeof(struct pinger)),
		.later = {.fd = -1, .accepted = -1},
		.until = NEVER,
		.overdue = NEVER,
		.softirq_delay = -1,
		.checked = NEVER,
	};
	int error;

	signal(SIGPIPE, SIG_IGN);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++)
		player.ends[end] = (struct player_end){
			.fd = -1, .last_poll = -1, .witness = NEVER, .reading = true};
	error = start(&player);
	if (!error)
		error = loop(&player);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		caller_stop(&player, end, &player.ends[end].observer);
		caller_stop(&player, end, &player.ends[end].closer);
	}
	if (!error && !player.stopped) {
		/* What was not seen by now was not observed: reading counters takes its time. */
		player.ended = player_now(&player);
		player_read_counters(&player);
		if (player.until <= player.ended) /* else its bound came first */
			player_emit(&player,
				    (struct event){.at = player.until, .kind = EVENT_UNTIL});
		player_emit(&player,
			    (struct event){.at = -1, .kind = EVENT_END, .finish = {player.woken}});
	}
	if (fflush(player.stream) || ferror(player.stream))
		error = -EPIPE;
	tear_down(&player);
	return error;
}

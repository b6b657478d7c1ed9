#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "model/wheel.h"
#include "play/player.h"

/* A change of CLOCK_REALTIME against CLOCK_MONOTONIC beyond this is a step: reading both takes
 * far less, and both follow one rate (kernel/time/timekeeping.c). */
#define CLOCK_STEP_LIMIT (100 * MICROSECOND)

/* The offset between the clocks, from the tightest of a few readings. */
static int64_t measure_offset(void)
{
	int64_t best = INT64_MAX, offset = 0;

	for (int i = 0; i < 5 && best > MICROSECOND; i++) {
		int64_t before = clock_read(CLOCK_MONOTONIC);
		int64_t realtime = clock_read(CLOCK_REALTIME);
		int64_t after = clock_read(CLOCK_MONOTONIC);

		if (after - before < best) {
			best = after - before;
			offset = realtime - before - best / 2;
		}
	}
	return best < CLOCK_STEP_LIMIT ? offset : INT64_MAX;
}

void watch_clock(struct player *player)
{
	int64_t offset = measure_offset(), step = offset - player->realtime_offset;

	if (offset == INT64_MAX)
		return; /* the machine stalls; the next wake-up measures again */
	if (player->realtime_offset && llabs(step) > CLOCK_STEP_LIMIT)
		player_emit(
			player,
			(struct event){.at = -1, .kind = EVENT_CLOCK_STEP, .clock_step = {step}});
	if (!player->realtime_offset || llabs(step) > CLOCK_STEP_LIMIT)
		player->realtime_offset = offset;
}

void watch_witness(struct player *player, int64_t at, int64_t lateness)
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
void watch_jiffies(struct player *player)
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

/*
 * What can make a timer late that our own process is not: a CPU that does not run at all, which
 * keeps waiting who visits it; and one whose softirqs wait for it, which their thread's schedstat
 * tells when the wait is over.
 */
void watch_overdue(struct player *player)
{
	int64_t due = player->overdue, now;

	player->overdue = NEVER;
	if (due == NEVER)
		return;
	player->softirq_delay = softirqs_waited(&player->kernel.softirqs);
	if (cpus_visit() <= READING_LIMIT)
		return;
	now = player_now(player);
	watch_witness(player, now, now - due);
}

/*
 * A witness is the latest moment at which a socket's timer should fire: the timerfd is armed for it
 * too, and how late we learn of it is recorded, unless the timer was seen to have moved before.
 */
void watch_witnesses(struct player *player, int64_t woken)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		int64_t due = player->ends[end].witness;

		if (due > woken)
			continue;
		player->ends[end].witness = NEVER;
		watch_witness(player, woken, woken - due);
		if (due < player->overdue)
			player->overdue = due;
		/* Nothing tells us of a socket that is not in our event loop. */
		if (!player->ends[end].readable)
			player->happened = true;
	}
}

void watch_waited(struct player *player, int64_t at, int64_t waited)
{
	if (waited > READING_LIMIT)
		watch_witness(player, at, waited);
}

void watch_sleep(struct player *player)
{
	watch_jiffies(player);
	player->run_delay = schedstat_waited(player->schedstat);
}

/* How long we have waited for a CPU since watch_sleep(). */
static int64_t waited(const struct player *player)
{
	int64_t delay = schedstat_waited(player->schedstat);

	return delay < 0 ? 0 : delay - player->run_delay;
}

void watch_wake(struct player *player, int64_t woken)
{
	int64_t runnable = woken - waited(player);

	if (player->unasked < runnable)
		player->unasked = runnable;
	/* Those that were counted while we slept tell nothing: as late as they are now. */
	player->jiffies = jiffies_read();
	watch_jiffies(player);
	watch_waited(player, woken, woken - runnable);
	if (player->softirq_delay >= 0)
		watch_waited(player, woken,
			     softirqs_waited(&player->kernel.softirqs) - player->softirq_delay);
	player->softirq_delay = -1;
}

void watch_told(struct player *player)
{
	int64_t now = player_now(player);

	watch_witness(player, now, now - player->unasked);
}

void watch_connect(struct player *player, int64_t called)
{
	int64_t now = player_now(player);

	watch_waited(player, now, now - called);
}

void watch_answer(struct player *player, enum end from, int64_t at)
{
	steps_seen(player, ANCHOR_PROBE_ANSWERED, other_end(from), at);
}

/* Tells the steps what a segment was. */
static void reach(struct player *player, enum end end, const struct event *event)
{

	static const enum anchor anchors[] = {
		[ROLE_SYN] = ANCHOR_SYN,
		[ROLE_SYN_ACK] = ANCHOR_SYN,
		[ROLE_PROBE] = ANCHOR_PROBE,
		[ROLE_WINDOW_PROBE] = ANCHOR_WINDOW_PROBE,
		[ROLE_RETRANSMISSION] = ANCHOR_RETRANSMISSION,
		[ROLE_FIN] = ANCHOR_FIN,
		[ROLE_RST] = ANCHOR_RESET,
		[ROLE_OTHER] = ANCHOR_START,
	};
	const struct segment_event *segment = &event->segment;
	struct player_end *sender = &player->ends[end];
	enum anchor anchor = anchors[segment->role];
	bool closed = segment->window == 0 && !(segment->flags & (FLAG_RST | FLAG_SYN));

	if (segment->role == ROLE_RETRANSMISSION && segment->flags & FLAG_SYN)
		anchor = ANCHOR_SYN;
	if (anchor != ANCHOR_START)
		steps_seen(player, anchor, end, event->at);
	player->answers = segment->role == ROLE_PROBE_REPLY && player->probed == ROLE_PROBE;
	if (player->answers && player->topology.kind == TOPOLOGY_LOOPBACK)
		watch_answer(player, end, event->at);
	if (segment->role == ROLE_PROBE || segment->role == ROLE_WINDOW_PROBE)
		player->probed = (enum segment_role)segment->role;
	if (closed && !sender->window_closed)
		steps_seen(player, ANCHOR_WINDOW_CLOSED, end, event->at);
	sender->window_closed = closed;
}

void watch_delay(struct player *player, int64_t since)
{
	int64_t now = player_now(player);

	watch_waited(player, now, now - since);
}

/* Who sent a segment of a connection that the client made again; END_NONE: it is of none. */
static enum end sender_again(const struct player *player, const struct segment *segment)
{
	const struct address *server = &player->ends[END_SERVER].local;

	if (address_equal(&segment->destination, server) &&
	    again_is_port(player, segment->source.port))
		return END_CLIENT;
	if (address_equal(&segment->source, server) &&
	    again_is_port(player, segment->destination.port))
		return END_SERVER;
	return END_NONE;
}

int64_t watch_stamp(const struct player *player, const struct frame *frame)
{
	return frame->stamp - player->realtime_offset - player->zero;
}

void watch_segment(struct player *player, const struct frame *frame, const struct segment *segment)
{
	struct event event = {.kind = EVENT_SEGMENT};

	event.at = watch_stamp(player, frame);
	event.end = flow_classify(&player->flow, segment, frame->number, &event.segment);
	if (event.end == END_NONE) {
		event.end = sender_again(player, segment);
		event.segment.role = event.end == END_NONE ? ROLE_OTHER : ROLE_LATER;
	}
	event.segment.number = frame->number;
	event.segment.linktype = frame->linktype;
	event.segment.wire_length = frame->wire_length;
	event.segment.frame = (uint8_t *)frame->bytes;
	event.segment.frame_length = frame->captured;
	player_emit(player, event);
	watch_delay(player, event.at);
	player->happened = true;
	player->last_happened = event.at;
	if (event.end != END_NONE && event.segment.role != ROLE_LATER)
		reach(player, event.end, &event);
}

static void emit_status(struct player *player, enum end end)
{
	struct player_end *watched = &player->ends[end];
	const struct socket_status *status = &watched->status;

	player_emit(player, (struct event){.at = -1,
					   .kind = EVENT_SOCKET,
					   .end = end,
					   .socket = {status->state, status->timer, status->expires,
						      status->retransmits, status->probes}});
	if (status->state != watched->state)
		steps_reached(player, ANCHOR_STATE, end, (int)status->state, player_now(player));
	watched->state = status->state;
}

static void expect_timer(struct player *player, struct player_end *watched)
{
	const struct socket_status *status = &watched->status;
	struct wheel wheel = {.hz = player->kernel.hz};

	watched->witness = NEVER;
	/* A tick before it fails: what keeps a CPU busy then is still there to be seen. */
	if (status->timer != TIMER_OFF && status->timer != TIMER_GONE)
		watched->witness = player_now(player) +
				   wheel_window(&wheel, status->expires).latest -
				   wheel_tick(&wheel);
}

void watch_sockets(struct player *player)
{
	/*
	 * A segment's answer follows it within microseconds: what the kernel says while it is on
	 * its way is already stale, so we ask again until the wire is quiet.
	 */
	do {
		player->happened = false;
		for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
			struct player_end *watched = &player->ends[end];
			int error;

			if (!watched->remote.family && end == END_SERVER)
				continue;
			error = socket_diag_query(place_of(player, end)->diag, &watched->local,
						  &watched->remote, &watched->status);
			if (error) {
				player_unable(player, UNABLE_RUN, 0, -error,
					      "inet_diag, socket of the %s: %s",
					      word_name(end_words, end), strerrorname_np(-error));
				return;
			}
		}
		if (watch_wire(player))
			return;
	} while (player->happened);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		emit_status(player, end);
		expect_timer(player, &player->ends[end]);
		endpoint_observe(player, end);
	}
	player->unasked = player_now(player);
	watch_conntrack(player);
	player->happened = false;
}

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
	witness_delay(player, event.at);
	player->happened = true;
	player->last_happened = event.at;
	if (event.end != END_NONE && event.segment.role != ROLE_LATER)
		reach(player, event.end, &event);
}

int watch_ask(struct player *player, enum end end, struct socket_status *ret_status)
{
	const struct player_end *watched = &player->ends[end];

	return socket_diag_query(place_of(player, end)->diag, &watched->local, &watched->remote,
				 ret_status);
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
			error = watch_ask(player, end, &watched->status);
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
		witness_expect(player, &player->ends[end], &player->ends[end].status);
		endpoint_observe(player, end);
	}
	player->unasked = player_now(player);
	watch_conntrack(player);
	player->happened = false;
}

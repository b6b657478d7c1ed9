/*
 * What passes on the wire, in the order in which it was sent.
 *
 * On loopback one capture sees every segment once. Where each end has a link of its own, both links
 * are captured: what an end sends is seen leaving it, whether or not it arrives, and its copy that
 * arrives at the other link is known by its numbers and left out. A copy that nobody sent comes
 * from the path itself, such as the reset of a router.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/array.h"
#include "play/player.h"

/* A frame that was read and waits for its turn. */
struct wire_frame {
	enum topology_place place;
	struct frame frame;
	uint8_t bytes[CAPTURE_SNAPLEN];
};

/* What tells a segment on its way from others. */
struct wire_sent {
	uint32_t seq, ack, length;
	uint16_t window;
	uint8_t flags;
	bool answers; /* a probe */
};

/* More than so many of one end are not on their way: what is older was lost. */
#define ON_THEIR_WAY 256

struct wire {
	struct capture *captures[TOPOLOGY_PLACES];
	struct wire_sent sent[TOPOLOGY_PLACES][ON_THEIR_WAY]; /* a ring for each end */
	size_t count[TOPOLOGY_PLACES];			      /* of all that were sent */
	struct wire_frame *waiting;
	size_t waiting_count;
	int64_t number; /* of the last frame */
};

static int await(struct player *player, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)fd};

	return epoll_ctl(player->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

int wire_open(struct player *player)
{
	char message[CAPTURE_ERROR_SIZE];

	player->wire = calloc(1, sizeof(*player->wire));
	for_each_place (place, player) {
		int error;

		if (place == TOPOLOGY_ROUTER)
			continue;
		error = places_switch(player, place);
		if (error)
			return error;
		error = capture_open_live(player->topology.link, "tcp",
					  &player->wire->captures[place], message);
		if (error)
			return player_unable(player, UNABLE_RUN, 0, -error, "capture on %s: %s",
					     player->topology.link, message);
		error = await(player, capture_fd(player->wire->captures[place]));
		if (error)
			return player_unable(player, UNABLE_RUN, 0, -error, "epoll_ctl: %s",
					     strerrorname_np(-error));
	}
	return 0;
}

bool wire_owns(const struct player *player, int fd)
{
	for (size_t i = 0; i < TOPOLOGY_PLACES; i++) {
		if (player->wire->captures[i] && capture_fd(player->wire->captures[i]) == fd)
			return true;
	}
	return false;
}

int64_t wire_lost(const struct player *player)
{
	int64_t lost = 0;

	for (size_t i = 0; i < TOPOLOGY_PLACES; i++) {
		if (player->wire->captures[i])
			lost += capture_dropped(player->wire->captures[i]);
	}
	return lost;
}

void wire_close(struct player *player)
{
	if (!player->wire)
		return;
	for (size_t i = 0; i < TOPOLOGY_PLACES; i++)
		capture_close(player->wire->captures[i]);
	free(player->wire->waiting);
	free(player->wire);
}

/* Reads the frames of one capture. Returns their number or -errno. */
static int drain(struct player *player, enum topology_place place)
{
	struct wire *wire = player->wire;
	struct frame frame;
	int result, count = 0;

	while ((result = capture_next(wire->captures[place], &frame)) > 0) {
		struct wire_frame *kept = array_push(wire->waiting, wire->waiting_count);

		kept->place = place;
		kept->frame = frame;
		if (frame.captured > sizeof(kept->bytes))
			kept->frame.captured = sizeof(kept->bytes);
		memcpy(kept->bytes, frame.bytes, kept->frame.captured);
		count++;
	}
	if (result < 0)
		return player_unable(player, UNABLE_RUN, 0, -result, "capture: %s",
				     capture_error(wire->captures[place]));
	return count;
}

/*
 * Reads until a whole round finds nothing. What arrives was captured before where it was sent
 * (net/core/dev.c, dev_hard_start_xmit, taps before it hands the frame over): so the copy of
 * everything that was read has been read too.
 */
static int drain_all(struct player *player)
{
	int count;

	do {
		count = 0;
		for (size_t i = 0; i < TOPOLOGY_PLACES; i++) {
			int result = player->wire->captures[i]
					     ? drain(player, (enum topology_place)i)
					     : 0;

			if (result < 0)
				return result;
			count += result;
		}
	} while (count && player->topology.kind != TOPOLOGY_LOOPBACK);
	return 0;
}

static int compare_stamps(const void *a_pointer, const void *b_pointer)
{
	const struct wire_frame *a = a_pointer, *b = b_pointer;

	if (a->frame.stamp != b->frame.stamp)
		return a->frame.stamp > b->frame.stamp ? 1 : -1;
	return (a->frame.number > b->frame.number) - (a->frame.number < b->frame.number);
}

static struct wire_sent sent_of(const struct segment *segment)
{
	return (struct wire_sent){segment->seq,	   segment->ack,   segment->length,
				  segment->window, segment->flags, false};
}

static bool is_same(const struct wire_sent *a, const struct wire_sent *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->length == b->length &&
	       a->window == b->window && a->flags == b->flags;
}

/*
 * Whether a segment that arrives is one that its end has sent; then it is on its way no more. A
 * probe is answered when its answer is there: what is done upon that must not meet it on its way.
 */
static bool take_arrived(struct player *player, enum end sender, const struct wire_sent *arrived,
			 int64_t at)
{
	struct wire *wire = player->wire;
	size_t count = wire->count[sender];
	size_t first = count > ON_THEIR_WAY ? count - ON_THEIR_WAY : 0;

	for (size_t i = first; i < count; i++) {
		struct wire_sent *sent = &wire->sent[sender][i % ON_THEIR_WAY];

		if (!is_same(sent, arrived))
			continue;
		if (sent->answers)
			watch_answer(player, sender, at);
		*sent = (struct wire_sent){0};
		return true;
	}
	return false;
}

static bool same_host(const struct address *a, const struct address *b)
{
	struct address with_port = *a;

	with_port.port = b->port;
	return address_equal(&with_port, b);
}

/* Whether a captured segment counts: it was sent here, or it arrives here and nobody sent it. */
static bool is_news(struct player *player, enum topology_place place, const struct segment *segment,
		    int64_t at)
{
	struct wire *wire = player->wire;
	enum end here = (enum end)place;
	struct wire_sent sent = sent_of(segment);

	if (player->topology.kind == TOPOLOGY_LOOPBACK)
		return true;
	if (!same_host(&segment->source, &player->topology.address[place]))
		return !take_arrived(player, other_end(here), &sent, at);
	wire->sent[here][wire->count[here]++ % ON_THEIR_WAY] = sent;
	return true;
}

/* The last one that was sent from a place. */
static void mark_answer(struct wire *wire, enum topology_place place)
{
	if (wire->count[place])
		wire->sent[place][(wire->count[place] - 1) % ON_THEIR_WAY].answers = true;
}

static void take_frame(struct player *player, struct wire_frame *waiting)
{
	struct frame *frame = &waiting->frame;
	struct segment segment;

	frame->bytes = waiting->bytes;
	if (segment_decode(frame, &segment) != SEGMENT_OK ||
	    !is_news(player, waiting->place, &segment, watch_stamp(player, frame)))
		return;
	if (waiting->place == TOPOLOGY_SERVER &&
	    record_number(&player->scenario->router, KEY_MASQUERADE))
		translate_back(player, &segment, waiting->bytes);
	frame->number = ++player->wire->number;
	player->answers = false;
	watch_segment(player, frame, &segment);
	if (player->answers)
		mark_answer(player->wire, waiting->place);
}

int watch_wire(struct player *player)
{
	struct wire *wire = player->wire;
	int error = drain_all(player);

	if (error)
		return error;
	if (wire->waiting_count) /* qsort() takes no NULL, not even for nothing */
		qsort(wire->waiting, wire->waiting_count, sizeof(*wire->waiting), compare_stamps);
	for (size_t i = 0; i < wire->waiting_count; i++)
		take_frame(player, &wire->waiting[i]);
	free(wire->waiting);
	wire->waiting = NULL;
	wire->waiting_count = 0;
	return 0;
}

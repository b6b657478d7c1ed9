#include "capture/follow.h"

#include <errno.h>

#include "base/duration.h"
#include "capture/import.h"

/*
 * Stamps of several CPUs or interfaces come out of order by this much; more is a clock that was
 * set.
 */
#define DISORDER_LIMIT MILLISECOND

/* A moment in the year 2116: a later one is no clock's, and nearer to overflow than is good. */
#define STAMP_LIMIT (INT64_MAX / 2)

void follow_start(struct follow *follow, const struct address *client, const struct address *server)
{
	*follow = (struct follow){
		.syn_at = -1, .syn_ack_at = -1, .client_away = -1, .server_away = -1};
	flow_start(&follow->flow, client, server);
	timeline_append(&follow->timeline, (struct event){.kind = EVENT_CAPTURE});
	timeline_append(&follow->timeline,
			(struct event){.kind = EVENT_CONNECTION, .connection = {*client, *server}});
}

static int64_t latest(const struct follow *follow)
{
	return follow->timeline.events[follow->timeline.count - 1].at;
}

/* The timeline's moment of a stamp: never before the one before it. */
static int64_t moment_of(struct follow *follow, int64_t stamp)
{
	int64_t at, step;

	if (!follow->segments)
		follow->zero = stamp;
	at = stamp - follow->zero + follow->behind;
	step = at - latest(follow);
	if (step >= 0)
		return at;
	/* Once is enough: then no interval of this capture is certain. */
	if (step < -DISORDER_LIMIT && !follow->behind)
		timeline_append(&follow->timeline, (struct event){.at = latest(follow),
								  .kind = EVENT_CLOCK_STEP,
								  .clock_step = {step}});
	if (step < -DISORDER_LIMIT)
		follow->behind -= step;
	return latest(follow);
}

/*
 * Whether an end acknowledges what the other has not sent in this capture. An octet that probes a
 * closed window does not count as sent (flow.c, rule 4c) until it is acknowledged.
 */
static bool acknowledges_unseen(const struct flow *flow, const struct segment *segment)
{
	const struct flow_end *other = address_equal(&segment->source, &flow->client.address)
					       ? &flow->server
					       : &flow->client;

	return (segment->flags & (FLAG_ACK | FLAG_RST | FLAG_SYN)) == FLAG_ACK && other->known &&
	       !other->guessed && !other->persisting && (int32_t)(segment->ack - other->next) > 0;
}

/* How long the ends take to answer the handshake's segments, where both are there. */
static void measure_distance(struct follow *follow, const struct event *event)
{
	bool is_syn = event->segment.flags & FLAG_SYN, is_ack = event->segment.flags & FLAG_ACK;

	if (event->segment.flags & FLAG_RST)
		return;
	if (is_syn && is_ack) {
		if (follow->server_away < 0 && follow->syn_at >= 0)
			follow->server_away = event->at - follow->syn_at;
		follow->syn_ack_at = event->at;
	} else if (is_syn) {
		follow->syn_at = event->at;
	} else if (event->end == END_CLIENT && follow->client_away < 0 && follow->syn_ack_at >= 0) {
		follow->client_away = event->at - follow->syn_ack_at;
	}
}

int follow_take(struct follow *follow, const struct frame *frame, const struct segment *segment)
{
	struct event event = {.kind = EVENT_SEGMENT};

	if (copies_take(&follow->copies, frame))
		return 0;
	if (frame->stamp < 0 || frame->stamp > STAMP_LIMIT)
		return -ERANGE;
	if (follow->behind > STAMP_LIMIT / 2)
		return -ERANGE; /* a clock that was set back again and again */
	if (follow->segments == IMPORT_SEGMENT_LIMIT)
		return -E2BIG;
	event.at = moment_of(follow, frame->stamp);
	follow->unseen += acknowledges_unseen(&follow->flow, segment);
	event.end = flow_classify(&follow->flow, segment, frame->number, &event.segment);
	event.segment.linktype = frame->linktype;
	event.segment.wire_length = frame->wire_length;
	timeline_append(&follow->timeline, event);
	follow->segments++;
	measure_distance(follow, &event);
	return 0;
}

struct timeline follow_finish(struct follow *follow, int64_t hz, int64_t packets,
			      int64_t last_stamp)
{
	int64_t end = latest(follow);

	if (follow->unseen)
		timeline_append(&follow->timeline,
				(struct event){.at = end,
					       .kind = EVENT_LOSS,
					       .loss = {LOSS_UNSEEN, follow->unseen}});
	if (last_stamp >= 0) {
		if (last_stamp <= STAMP_LIMIT && last_stamp - follow->zero + follow->behind > end)
			end = last_stamp - follow->zero + follow->behind;
		timeline_append(&follow->timeline, (struct event){.at = end, .kind = EVENT_END});
	}
	follow->timeline.events[0].capture = (struct capture_event){
		.hz = hz,
		.realtime = follow->zero,
		.packets = packets,
		.client_away = follow->client_away,
		.server_away = follow->server_away,
	};
	return follow->timeline;
}

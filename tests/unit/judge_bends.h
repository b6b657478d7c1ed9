/* What can be wrong with the timeline of judge_timeline.h, one thing at a time. */
#ifndef TESTS_JUDGE_BENDS_H
#define TESTS_JUDGE_BENDS_H

#include "judge_timeline.h"

static void no_probe_3(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
}

static void one_probe_more(struct timeline *timeline)
{
	struct event more = timeline->events[PROBE_3];

	more.at += 500 * MILLISECOND;
	more.segment.number = 70;
	timeline_append(timeline, more);
	timeline_sort(timeline);
}

static void one_probe_more_after_until(struct timeline *timeline)
{
	int64_t until = timeline->events[RESET].at + 400 * MILLISECOND;
	struct event more = timeline->events[PROBE_3];

	more.at = until + 1;
	more.segment.number = 70;
	timeline_append(timeline, more);
	timeline_append(timeline, (struct event){.at = until, .kind = EVENT_UNTIL});
	timeline_sort(timeline);
}

static void probe_3_at_latest(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 16 * MILLISECOND);
}

static void probe_3_late(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 16 * MILLISECOND + 1);
}

static void probe_3_at_earliest(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -24 * MILLISECOND);
}

static void probe_3_early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -24 * MILLISECOND - 1);
}

static void add_witness(struct timeline *timeline, int64_t due, int64_t lateness)
{
	timeline_append(timeline, (struct event){.at = due + lateness,
						 .kind = EVENT_WITNESS,
						 .witness = {due, lateness}});
	timeline_sort(timeline);
}

/* Its timer was armed when the machine was late: in a jiffy that its CPU had not been told of. */
static void probe_3_early_with_witness(struct timeline *timeline)
{
	int64_t armed = timeline->events[PROBE_2].at;

	move_rest(timeline, PROBE_3, -24 * MILLISECOND - 17 * MICROSECOND);
	add_witness(timeline, armed, 18 * MILLISECOND);
}

static void probe_3_a_jiffy_early_with_witness(struct timeline *timeline)
{
	int64_t armed = timeline->events[PROBE_2].at;

	move_rest(timeline, PROBE_3, -28 * MILLISECOND);
	add_witness(timeline, armed, 18 * MILLISECOND);
}

static void probe_3_early_with_other_witness(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, -24 * MILLISECOND - 17 * MICROSECOND);
	add_witness(timeline, timeline->events[PROBE_1].at, 18 * MILLISECOND);
}

/* Jiffies were counted up late when it was armed: by as much, and by less than it is early. */
static void probe_3_early_by_late_jiffies(struct timeline *timeline, int64_t jiffies)
{
	int64_t armed = timeline->events[PROBE_2].at;

	move_rest(timeline, PROBE_3, -30 * MILLISECOND);
	timeline_append(timeline, (struct event){.at = armed + jiffies,
						 .kind = EVENT_WITNESS,
						 .witness = {armed, 0, jiffies}});
}
static void probe_3_early_as_jiffies(struct timeline *timeline)
{
	probe_3_early_by_late_jiffies(timeline, 6 * MILLISECOND);
}
static void probe_3_early_beyond_jiffies(struct timeline *timeline)
{
	probe_3_early_by_late_jiffies(timeline, 5 * MILLISECOND);
}
static void probe_3_late_with_late_jiffies(struct timeline *timeline)
{
	int64_t latest = timeline->events[PROBE_2].at + 1040 * MILLISECOND;

	move_rest(timeline, PROBE_3, 24 * MILLISECOND);
	timeline_append(timeline, (struct event){.at = latest + 30 * MILLISECOND,
						 .kind = EVENT_WITNESS,
						 .witness = {latest, 0, 30 * MILLISECOND}});
}

static void probe_3_late_with_witness(struct timeline *timeline)
{
	int64_t latest = timeline->events[PROBE_2].at + 1040 * MILLISECOND;

	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, latest, 101 * MILLISECOND);
}

static void probe_3_later_than_witness(struct timeline *timeline)
{
	int64_t latest = timeline->events[PROBE_2].at + 1040 * MILLISECOND;

	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, latest, 99 * MILLISECOND);
}

/* The machine stalled, but at another time. */
static void probe_3_late_other_witness(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, 116 * MILLISECOND);
	add_witness(timeline, timeline->events[PROBE_1].at, 500 * MILLISECOND);
}

/* A stall explains lateness, not a wrong count. */
static void missing_probe_with_witness(struct timeline *timeline)
{
	int64_t at = timeline->events[PROBE_3].at;

	drop_event(timeline, PROBE_3);
	add_witness(timeline, at, 10 * SECOND);
}

static void probe_1_early(struct timeline *timeline)
{
	move_rest(timeline, PROBE_1, -17 * MILLISECOND);
}

static void probe_with_payload(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.length = 1;
}

static void probe_with_flags(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.flags |= FLAG_PSH;
}

static void probe_with_sequence(struct timeline *timeline)
{
	timeline->events[PROBE_2].segment.seq = 98;
}

static void probe_1_unanswered(struct timeline *timeline)
{
	drop_event(timeline, REPLY_1);
}

static void no_reset(struct timeline *timeline)
{
	drop_event(timeline, RESET);
}

static void reset_by_server(struct timeline *timeline)
{
	timeline->events[RESET].end = END_SERVER;
}

static void reset_early(struct timeline *timeline)
{
	move(timeline, RESET, -25 * MILLISECOND);
}

static void reset_late(struct timeline *timeline)
{
	move_rest(timeline, RESET, 17 * MILLISECOND);
}

static void other_error(struct timeline *timeline)
{
	timeline->events[RECV_ERROR].application.error = ECONNRESET;
}

static void no_error(struct timeline *timeline)
{
	drop_event(timeline, RECV_ERROR);
}

static void server_error(struct timeline *timeline)
{
	struct event event = told(timeline->events[RESET].at, CALL_RECV, -1, ECONNRESET);

	event.end = END_SERVER;
	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void server_gone(struct timeline *timeline)
{
	timeline->events[SERVER_SOCKET].socket.state = STATE_CLOSED;
}

static void client_stays(struct timeline *timeline)
{
	timeline->events[SOCKET_GONE].socket.state = STATE_ESTABLISHED;
}

static void poll_never_says(struct timeline *timeline)
{
	drop_event(timeline, POLL_ERROR);
}

static void poll_repeats(struct timeline *timeline)
{
	struct event event = timeline->events[POLL_NOTHING];

	event.at += MILLISECOND;
	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void recv_error_twice(struct timeline *timeline)
{
	struct event event = timeline->events[RECV_ERROR];

	timeline_append(timeline, event);
	timeline_sort(timeline);
}

static void timer_skips(struct timeline *timeline)
{
	drop_event(timeline, SOCKET_1);
}

static void timer_retransmits(struct timeline *timeline)
{
	timeline->events[SOCKET_1].socket.timer = TIMER_ON;
	timeline->events[SOCKET_1].socket.retransmits = 2;
}

/* The machine stopped from before probe 2 until after probe 3: the first was read too late. */
static void timer_skips_with_witness(struct timeline *timeline)
{
	int64_t from = timeline->events[PROBE_2].at, to = timeline->events[PROBE_3].at;

	drop_event(timeline, SOCKET_1);
	add_witness(timeline, from, to - from + MILLISECOND);
}

static void step_late(struct timeline *timeline)
{
	/* The rule came into force after probe 2, which was answered then. */
	struct event reply = segment(timeline->events[PROBE_2].at + 10000, END_SERVER,
				     ROLE_PROBE_REPLY, 60, FLAG_ACK, 500, 100);

	reply.segment.answers = 6;
	timeline->events[DROP].at = timeline->events[PROBE_2].at + MILLISECOND;
	timeline_append(timeline, reply);
	timeline_sort(timeline);
}

static void rule_counts_2(struct timeline *timeline)
{
	timeline->events[RULE].rule.packets = 2;
}

static void no_rule(struct timeline *timeline)
{
	drop_event(timeline, RULE);
}

static void no_counter(struct timeline *timeline)
{
	drop_event(timeline, COUNTER);
}

static void stray_packet(struct timeline *timeline)
{
	timeline_append(timeline,
			segment(3 * SECOND, END_SERVER, ROLE_DATA, 80, FLAG_ACK, 500, 100));
	timeline_sort(timeline);
}

static void stray_connection(struct timeline *timeline)
{
	timeline_append(timeline, segment(3 * SECOND, END_NONE, ROLE_OTHER, 81, FLAG_SYN, 1, 0));
	timeline_sort(timeline);
}

static void second_syn(struct timeline *timeline)
{
	timeline_append(timeline, segment(3 * SECOND, END_CLIENT, ROLE_SYN, 82, FLAG_SYN, 1, 0));
	timeline_sort(timeline);
}

static void breaks_off(struct timeline *timeline)
{
	drop_event(timeline, END);
}

static void breaks_off_before_the_reset(struct timeline *timeline)
{
	while (timeline->count > RESET)
		event_release(&timeline->events[--timeline->count]);
}

static void loses_in_capture(struct timeline *timeline)
{
	drop_event(timeline, PROBE_3);
	timeline_append(
		timeline,
		(struct event){.at = 7 * SECOND, .kind = EVENT_LOSS, .loss = {LOSS_CAPTURE, 1}});
}

static void loses_in_backlog(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.at = 7 * SECOND,
						 .kind = EVENT_LOSS,
						 .loss = {LOSS_BACKLOG, 31592}});
}

static void clock_steps(struct timeline *timeline)
{
	move_rest(timeline, PROBE_3, HOUR);
	timeline_append(
		timeline,
		(struct event){.at = 5 * SECOND, .kind = EVENT_CLOCK_STEP, .clock_step = {HOUR}});
}

static void lacks_a_feature(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {UNABLE_FEATURE, 1,
							    strdup("this kernel has no such")}});
}

static void fails_to_run(struct timeline *timeline)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {UNABLE_RUN, 1, strdup("ENOMEM")}});
}

static void no_kernel(struct timeline *timeline)
{
	drop_event(timeline, KERNEL);
}

#endif

#define _GNU_SOURCE
#include "judge/bend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "model/wheel.h"

/* A frame number that no recorded packet has. */
#define STRAY_NUMBER 1000000

/* Answers have no timer: they are late when the shortest timer, TCP_DELACK_MIN, would be over. */
#define LEAST_SHIFT (50 * MILLISECOND)

/* Of memory, in bytes. */
#define PAGE 4096

struct bending {
	const struct scenario *scenario;
	const struct timeline *timeline;
	struct wheel wheel;
	bend_function *take;
	void *data;
	size_t count;
};

/*
 * A bent timeline shares what its events own with the recorded one, so only the list is freed.
 */
static struct timeline copy(const struct timeline *timeline)
{
	struct timeline bent = {0};

	for_each_event (event, timeline)
		timeline_append(&bent, *event);
	return bent;
}

static void tell(struct bending *bending, struct timeline *bent, const char *what)
{
	timeline_sort(bent);
	bending->take(bending->data, bent, what);
	bending->count++;
	free(bent->events);
}

static void leave_out(struct bending *bending, size_t index, const char *what)
{
	struct timeline bent = copy(bending->timeline);

	bent.events[index] = (struct event){.at = bent.events[index].at};
	tell(bending, &bent, what);
}

static void change(struct bending *bending, size_t index, struct event event, const char *what)
{
	struct timeline bent = copy(bending->timeline);

	bent.events[index] = event;
	tell(bending, &bent, what);
}

static void add(struct bending *bending, struct event event, const char *what)
{
	struct timeline bent = copy(bending->timeline);

	timeline_append(&bent, event);
	tell(bending, &bent, what);
}

/* How long after the last thing that its end sent or received a segment came. */
static int64_t gap_before(const struct timeline *timeline, size_t index)
{
	const struct event *segment = &timeline->events[index];

	for (size_t i = index; i > 0; i--) {
		const struct event *event = &timeline->events[i - 1];

		/* What answers within a jiffy is one with what it answers. */
		if (event->kind == EVENT_SEGMENT && segment->at - event->at > MILLISECOND)
			return segment->at - event->at;
	}
	return segment->at;
}

static void bend_segment(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];
	int64_t gap = gap_before(bending->timeline, index), granule;

	leave_out(bending, index, "a segment is left out");
	granule = wheel_window(&bending->wheel, gap).latest - gap;
	if (granule < LEAST_SHIFT)
		granule = LEAST_SHIFT;
	event.at += granule;
	change(bending, index, event, "a segment comes a granule later");
	event.at -= 2 * granule;
	change(bending, index, event, "a segment comes a granule earlier");
	event = bending->timeline->events[index];
	event.end = other_end(event.end);
	change(bending, index, event, "a segment comes from the other end");
	event = bending->timeline->events[index];
	event.segment.length++;
	change(bending, index, event, "a segment carries a byte more");
	event = bending->timeline->events[index];
	event.segment.number += STRAY_NUMBER;
	event.at += granule / 2;
	add(bending, event, "a segment comes twice");
}

static void bend_application(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];
	int64_t granule = wheel_window(&bending->wheel, event.at).latest - event.at;

	leave_out(bending, index, "a result is left out");
	add(bending, event, "a result comes twice");
	event.application.error = event.application.error == EPERM ? EACCES : EPERM;
	change(bending, index, event, "a call fails with another errno");
	event = bending->timeline->events[index];
	event.at += granule;
	change(bending, index, event, "a result comes a granule later");
	event = bending->timeline->events[index];
	event.application.result++;
	change(bending, index, event, "a call returns something else");
	event = bending->timeline->events[index];
	event.application.lasted += granule;
	if (event.application.lasted > granule)
		change(bending, index, event, "a call lasts longer");
	event = bending->timeline->events[index];
	/* Without the error the next result is the first: as if nothing had been told. */
	event.application.error = 0;
	change(bending, index, event, "a call does not fail");
}

static void bend_socket(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	event.socket.state = event.socket.state == STATE_CLOSED ? STATE_ESTABLISHED : STATE_CLOSED;
	change(bending, index, event, "a socket is in another state");
	event = bending->timeline->events[index];
	event.socket.timer = event.socket.timer == TIMER_PERSIST ? TIMER_ON : TIMER_PERSIST;
	event.socket.probes++;
	change(bending, index, event, "a socket has another timer");
	leave_out(bending, index, "a socket is not seen");
}

static void bend_ping(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	leave_out(bending, index, "an echo is left out");
	event.ping.error = 0;
	event.ping.outcome = PING_ANSWERED;
	change(bending, index, event, "an echo is answered");
	event.ping.outcome = PING_UNANSWERED;
	change(bending, index, event, "an echo is not answered");
	event.ping.outcome = PING_ERROR;
	event.ping.error = bending->timeline->events[index].ping.error == EPERM ? EACCES : EPERM;
	change(bending, index, event, "an echo meets another error");
}

static void bend_monitor(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	leave_out(bending, index, "a monitor says nothing");
	event.monitor.says = event.monitor.says == HOST_SILENT ? HOST_ANSWERS : HOST_SILENT;
	change(bending, index, event, "a monitor says otherwise");
	event = bending->timeline->events[index];
	event.at += event.at;
	change(bending, index, event, "a monitor says it after twice the time");
	event.at = 0;
	change(bending, index, event, "a monitor says it at once");
}

static void bend_resources(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	event.resources.descriptors++;
	change(bending, index, event, "a descriptor more is open");
	event = bending->timeline->events[index];
	event.resources.ports++;
	change(bending, index, event, "a port more is in use");
	event = bending->timeline->events[index];
	event.resources.memory += event.resources.echoes * PAGE;
	change(bending, index, event, "each echo left a page of memory");
}

static void bend_conntrack(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	event.conntrack.state =
		event.conntrack.state == CONNTRACK_CLOSE ? CONNTRACK_TIME_WAIT : CONNTRACK_CLOSE;
	change(bending, index, event, "the router has another entry");
	event = bending->timeline->events[index];
	event.conntrack.filtered++;
	change(bending, index, event, "the router's filter drops one packet more");
}

static void bend_event(struct bending *bending, size_t index)
{
	struct event event = bending->timeline->events[index];

	switch (event.kind) {
	case EVENT_SEGMENT:
		bend_segment(bending, index);
		break;
	case EVENT_APPLICATION:
		bend_application(bending, index);
		break;
	case EVENT_SOCKET:
		bend_socket(bending, index);
		break;
	case EVENT_PING:
		bend_ping(bending, index);
		break;
	case EVENT_MONITOR:
		bend_monitor(bending, index);
		break;
	case EVENT_RESOURCES:
		bend_resources(bending, index);
		break;
	case EVENT_CONNTRACK:
		bend_conntrack(bending, index);
		break;
	case EVENT_RULE:
		event.rule.packets++;
		change(bending, index, event, "a rule counts one packet more");
		break;
	case EVENT_COUNTER:
		event.counter.after++;
		change(bending, index, event, "a counter grows by one more");
		break;
	case EVENT_NONE:
	case EVENT_KERNEL:
	case EVENT_CAPTURE:
	case EVENT_SYSCTL:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_STEP:
	case EVENT_WITNESS:
	case EVENT_LOSS:
	case EVENT_CLOCK_STEP:
	case EVENT_UNABLE:
	case EVENT_END:
		break;
	}
}

/* Counters that did not grow have no event: those that are expected not to are made to. */
static void bend_counters(struct bending *bending)
{
	for (size_t i = 0; i < bending->scenario->expectation_count; i++) {
		const struct value *due = &bending->scenario->expectations[i].value[KEY_COUNTERS];

		for (size_t j = 0; due->set && j < due->item_count; j++) {
			struct event event = {
				.kind = EVENT_COUNTER,
				.counter = {due->items[j].text, 0, due->items[j].number + 1}};

			add(bending, event, "a counter grows that did not");
		}
	}
}

/* What was not there at all: an error at each end, strangers' segments. */
static void bend_with_strays(struct bending *bending)
{
	static const enum segment_role roles[] = {
		ROLE_DATA, ROLE_PROBE, ROLE_RST, ROLE_FIN, ROLE_RETRANSMISSION, ROLE_WINDOW_PROBE,
	};
	const struct event *last = &bending->timeline->events[bending->timeline->count - 1];
	int64_t middle = last->at / 2;

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		struct event error = {.at = middle,
				      .kind = EVENT_APPLICATION,
				      .end = end,
				      .application = {CALL_RECV, -1, ECONNRESET, 0}};

		add(bending, error, "an application is told an error");
		error.application = (struct application_event){CALL_POLL, 1, 0, 0};
		add(bending, error, "poll() says something");
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
			struct event stray = {.at = middle, .kind = EVENT_SEGMENT, .end = end};

			stray.segment.role = (int)roles[i];
			stray.segment.number = STRAY_NUMBER;
			stray.segment.flags = FLAG_ACK;
			add(bending, stray, "a stray segment comes");
		}
	}
}

/* An exchange too many: a probe that is answered. */
static void bend_with_exchange(struct bending *bending, enum end end, enum segment_role role)
{
	const struct event *last = &bending->timeline->events[bending->timeline->count - 1];
	struct timeline bent = copy(bending->timeline);
	struct event probe = {.at = last->at / 2, .kind = EVENT_SEGMENT, .end = end};
	struct event reply;

	probe.segment = (struct segment_event){
		.number = STRAY_NUMBER, .role = (int)role, .flags = FLAG_ACK};
	reply = probe;
	reply.at++;
	reply.end = other_end(end);
	reply.segment.number++;
	reply.segment.role = ROLE_PROBE_REPLY;
	reply.segment.answers = STRAY_NUMBER;
	timeline_append(&bent, probe);
	timeline_append(&bent, reply);
	tell(bending, &bent, "a probe more is answered");
}

static void bend_with_exchanges(struct bending *bending)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		bend_with_exchange(bending, end, ROLE_PROBE);
		bend_with_exchange(bending, end, ROLE_WINDOW_PROBE);
	}
}

size_t bend_all(const struct scenario *scenario, const struct timeline *timeline,
		bend_function *take, void *data)
{
	const struct event *kernel = timeline_first(timeline, EVENT_KERNEL);
	struct bending bending = {
		.scenario = scenario,
		.timeline = timeline,
		.wheel.hz = kernel && kernel->kernel.hz > 0 ? (int)kernel->kernel.hz : 100,
		.take = take,
		.data = data,
	};

	if (!timeline->count)
		return 0;
	for (size_t i = 0; i < timeline->count; i++)
		bend_event(&bending, i);
	bend_counters(&bending);
	bend_with_strays(&bending);
	bend_with_exchanges(&bending);
	return bending.count;
}

/* A scenario, and a timeline of it made by hand in which all is on time, for unit/judge.c. */
#ifndef TESTS_JUDGE_TIMELINE_H
#define TESTS_JUDGE_TIMELINE_H

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "bent_timeline.h"

static const char text[] =
	"scenario: An idle client and a silenced server\n"
	"server: {listen: 127.0.0.1:12345}\n"
	"client: {bind: 127.0.0.1:22345, keepalive: on, idle: 2s, interval: 1s, count: 2}\n"
	"timeline:\n"
	"  - {at: probe 1 answered, drop: {to: server}}\n"
	"expect:\n"
	"  - probes: {from: client, answered: 1, first: 2s}\n"
	"  - probes: {from: client, unanswered: 2, first: 2s, interval: 1s}\n"
	"  - reset: {from: client, after: last probe, delay: 1s}\n"
	"  - client: {error: ETIMEDOUT, after: last probe, delay: 1s, state: CLOSED,\n"
	"             poll: [nothing, IN|ERR|HUP|RDHUP], recv: [ETIMEDOUT, end of file]}\n"
	"  - server: {error: none, state: ESTABLISHED}\n"
	"  - timer: {of: client, goes: [keepalive 0/0, keepalive 0/1, keepalive 0/2, gone]}\n"
	"  - rule: {packets: 3}\n"
	"  - counters: {TcpExtTCPKeepAlive: 3}\n"
	"  - nothing else on the wire\n";

/* Places in the timeline below, for the bends. */
enum place {
	KERNEL,
	SYN,
	SYN_ACK,
	HANDSHAKE_ACK,
	CONNECTED,
	POLL_NOTHING,
	SOCKET_0,
	SERVER_SOCKET,
	PROBE_1,
	REPLY_1,
	DROP,
	PROBE_2,
	SOCKET_1,
	PROBE_3,
	SOCKET_2,
	RESET,
	SOCKET_GONE,
	POLL_ERROR,
	RECV_ERROR,
	RECV_END,
	RULE,
	COUNTER,
	END,
	PLACES,
};

static struct event socket_event(int64_t at, enum end end, int state, int timer, int64_t probes)
{
	return (struct event){
		.at = at, .kind = EVENT_SOCKET, .end = end, .socket = {state, timer, 0, 0, probes}};
}

static struct event told(int64_t at, int call, int64_t result, int error)
{
	return (struct event){.at = at,
			      .kind = EVENT_APPLICATION,
			      .end = END_CLIENT,
			      .application = {call, result, error, 0}};
}

/* All on time: HZ is 250, so 2 s are due within 40 ms, 1 s too. */
static struct timeline good_timeline(void)
{
	const int64_t p1 = 2016 * MILLISECOND, p2 = 4032 * MILLISECOND, p3 = 5056 * MILLISECOND;
	const int64_t rst = 6080 * MILLISECOND, later = rst + MILLISECOND;
	struct event events[PLACES] = {
		[KERNEL] = {.kind = EVENT_KERNEL, .kernel = {.release = strdup("6.x"), .hz = 250}},
		[SYN] = segment(1000, END_CLIENT, ROLE_SYN, 1, FLAG_SYN, 99, 0),
		[SYN_ACK] =
			segment(2000, END_SERVER, ROLE_SYN_ACK, 2, FLAG_SYN | FLAG_ACK, 499, 100),
		[HANDSHAKE_ACK] =
			segment(3000, END_CLIENT, ROLE_HANDSHAKE_ACK, 3, FLAG_ACK, 100, 500),
		[CONNECTED] = told(4000, CALL_CONNECT, 0, 0),
		[POLL_NOTHING] = told(5000, CALL_POLL, 0, 0),
		[SOCKET_0] = socket_event(6000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 0),
		[SERVER_SOCKET] = socket_event(7000, END_SERVER, STATE_ESTABLISHED, TIMER_OFF, 0),
		[PROBE_1] = segment(p1, END_CLIENT, ROLE_PROBE, 4, FLAG_ACK, 99, 500),
		[REPLY_1] =
			segment(p1 + 10000, END_SERVER, ROLE_PROBE_REPLY, 5, FLAG_ACK, 500, 100),
		[DROP] = {.at = p1 + 50 * MILLISECOND,
			  .kind = EVENT_STEP,
			  .step = {0, 5, strdup("drop: {to: server}"), p1 + 10000, p1 + 20000}},
		[PROBE_2] = segment(p2, END_CLIENT, ROLE_PROBE, 6, FLAG_ACK, 99, 500),
		[SOCKET_1] =
			socket_event(p2 + 50000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 1),
		[PROBE_3] = segment(p3, END_CLIENT, ROLE_PROBE, 7, FLAG_ACK, 99, 500),
		[SOCKET_2] =
			socket_event(p3 + 50000, END_CLIENT, STATE_ESTABLISHED, TIMER_KEEPALIVE, 2),
		[RESET] = segment(rst, END_CLIENT, ROLE_RST, 8, FLAG_RST | FLAG_ACK, 100, 500),
		[SOCKET_GONE] = socket_event(rst + 50000, END_CLIENT, STATE_CLOSED, TIMER_GONE, 0),
		[POLL_ERROR] = told(later, CALL_POLL, POLLIN | POLLERR | POLLHUP | 0x2000, 0),
		[RECV_ERROR] = told(later, CALL_RECV, -1, ETIMEDOUT),
		[RECV_END] = told(later, CALL_RECV, 0, 0),
		[RULE] = {.at = later, .kind = EVENT_RULE, .rule = {0, 3, 180}},
		[COUNTER] = {.at = later,
			     .kind = EVENT_COUNTER,
			     .counter = {strdup("TcpExtTCPKeepAlive"), 4, 7}},
		[END] = {.at = later + SECOND, .kind = EVENT_END},
	};
	struct timeline timeline = {0};

	events[REPLY_1].segment.answers = 4;
	for (size_t i = 0; i < PLACES; i++)
		timeline_append(&timeline, events[i]);
	return timeline;
}

static void move(struct timeline *timeline, enum place place, int64_t by)
{
	timeline->events[place].at += by;
}

#endif

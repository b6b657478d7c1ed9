/* Expectations of one end: its state, its timer column, and what its application was told. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/items.h"
#include "judge/review.h"

static const char *revents_text(char *buffer, size_t size, int64_t revents)
{
	static const struct word bits[] = {
		{"IN", POLLIN},	  {"OUT", POLLOUT}, {"PRI", POLLPRI},
		{"ERR", POLLERR}, {"HUP", POLLHUP}, {"RDHUP", 0x2000},
	};
	size_t length = 0;

	snprintf(buffer, size, "nothing");
	for (size_t i = 0; i < array_length(bits); i++) {
		if (revents & bits[i].value)
			length += (size_t)snprintf(buffer + length, size - length, "%s%s",
						   length ? "|" : "", bits[i].name);
	}
	return buffer;
}

static const char *result_text(char *buffer, size_t size, const struct application_event *told)
{
	if (told->error)
		snprintf(buffer, size, "%s", errno_name(told->error));
	else if (told->call == CALL_CONNECT || told->call == CALL_CONNECT_AGAIN ||
		 told->call == CALL_CLOSE)
		snprintf(buffer, size, "ok");
	else if (told->call == CALL_SELECT)
		snprintf(buffer, size, "%s", told->result ? "readable" : "nothing");
	else if (told->call == CALL_POLL || told->call == CALL_EPOLL)
		revents_text(buffer, size, told->result);
	else if (told->call == CALL_RECV && told->result == 0)
		snprintf(buffer, size, "end of file");
	else
		snprintf(buffer, size, "%lld bytes", (long long)told->result);
	return buffer;
}

/* Whether a call may be made again and again, and only a change of its answer counts. */
static bool is_asked_often(const struct application_event *told)
{
	return told->call == CALL_POLL || told->call == CALL_SELECT || told->call == CALL_EPOLL ||
	       told->error == EAGAIN;
}

/* connect() may be called again, on another socket. */
static bool is_call(const struct application_event *told, enum application_call call)
{
	return told->call == (int)call ||
	       (call == CALL_CONNECT && told->call == CALL_CONNECT_AGAIN);
}

/* What one call returned over time. */
static struct item_list results_of(const struct review *review, enum end end,
				   enum application_call call)
{
	struct item_list list = {0};
	char text[64];

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_APPLICATION && event->end == end &&
		    is_call(&event->application, call))
			item_add(&list, result_text(text, sizeof(text), &event->application),
				 !is_asked_often(&event->application));
	}
	return list;
}

/*
 * The state that an event proves, or STATE_NONE. We do not ask a socket all the time: a FIN is
 * acknowledged within microseconds, and a machine that is late asks nothing before the first step.
 * But whoever has sent the third segment of the handshake is established, and so was what accept()
 * returned; whoever has sent a FIN is in FIN-WAIT-1 then, or in LAST-ACK where it had been sent one
 * (RFC 9293 3.3.2).
 */
static enum tcp_state state_by(const struct event *event, enum tcp_state before)
{
	if (event->kind == EVENT_SOCKET)
		return (enum tcp_state)event->socket.state;
	if (event->kind == EVENT_APPLICATION && event->application.call == CALL_ACCEPT)
		return STATE_ESTABLISHED;
	if (event->kind != EVENT_SEGMENT)
		return STATE_NONE;
	if (event->segment.role == ROLE_HANDSHAKE_ACK)
		return STATE_ESTABLISHED;
	if (event->segment.role != ROLE_FIN)
		return STATE_NONE;
	return before == STATE_CLOSE_WAIT ? STATE_LAST_ACK : STATE_FIN_WAIT_1;
}

static struct item_list states_of(const struct review *review, enum end end)
{
	struct item_list list = {0};
	enum tcp_state state = STATE_NONE, next;

	for_each_event (event, review->timeline) {
		next = event->end == end ? state_by(event, state) : STATE_NONE;
		if (next == STATE_NONE)
			continue;
		state = next;
		item_add(&list, word_name(state_words, (int)state), false);
	}
	return list;
}

static const struct event *first_error(const struct review *review, enum end end)
{
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_APPLICATION && event->end == end &&
		    event->application.error && event->application.error != EAGAIN &&
		    event->application.call != CALL_CONNECT_AGAIN)
			return event;
	}
	return NULL;
}

static void review_error(struct review *review, const struct record *expectation, enum end end)
{
	int due = (int)record_number(expectation, KEY_ERROR);
	const struct event *told = first_error(review, end);
	int seen = told ? told->application.error : 0;
	const char *due_name = due ? errno_name(due) : "none";
	const char *seen_name = seen ? errno_name(seen) : "none";
	const char *since = "", *end_name = word_name(end_words, end);
	struct window reference, delay;
	char at[DURATION_TEXT_SIZE], subject[64];

	review->key = KEY_ERROR;
	review_add(review, expectation, due == seen ? VERDICT_PASS : VERDICT_FAIL, due_name,
		   seen_name, "the %s was told %s%s%s, %s expected", end_name,
		   seen ? seen_name : "no error", seen ? " at " : "",
		   seen ? duration_format(at, told->at) : "", due ? due_name : "no error");
	if (told)
		review_moment(review, told->at);
	if (!told || due != seen || !record_has(expectation, KEY_DELAY))
		return;
	review->key = KEY_DELAY;
	if (!review_reference(review, expectation, end, &reference, &since)) {
		review_add(review, expectation, VERDICT_FAIL, since, "none",
			   "the %s was told %s, but there was no moment to measure it from: %s",
			   end_name, seen_name, since);
		return;
	}
	snprintf(subject, sizeof(subject), "%s at the %s", seen_name, end_name);
	delay = wheel_window(&review->wheel, record_number(expectation, KEY_DELAY));
	review_time(review, expectation, reference, delay,
		    review_told_at(review, told, window_add(reference, delay).latest), subject,
		    since);
}

static void review_state(struct review *review, const struct record *expectation, enum end end)
{
	const struct event *last = timeline_last(review->timeline, EVENT_SOCKET, end);
	int due = (int)record_number(expectation, KEY_STATE);

	review->key = KEY_STATE;
	if (!last) {
		review_add(review, expectation, VERDICT_INCONCLUSIVE, word_name(state_words, due),
			   "not observed", "the state of the %s was never observed",
			   word_name(end_words, end));
		return;
	}
	review_add(review, expectation, last->socket.state == due ? VERDICT_PASS : VERDICT_FAIL,
		   word_name(state_words, due), word_name(state_words, last->socket.state),
		   "the %s ended in %s, %s expected", word_name(end_words, end),
		   word_name(state_words, last->socket.state), word_name(state_words, due));
}

void review_end(struct review *review, const struct record *expectation)
{
	enum end end = expectation->kind == RECORD_EXPECT_CLIENT ? END_CLIENT : END_SERVER;
	struct item_list list;

	if (record_has(expectation, KEY_ERROR))
		review_error(review, expectation, end);
	if (record_has(expectation, KEY_STATE))
		review_state(review, expectation, end);
	if (record_has(expectation, KEY_POLL)) {
		list = results_of(review, end, CALL_POLL);
		review_items(review, expectation, KEY_POLL, end, &list, "poll() said");
	}
	if (record_has(expectation, KEY_RECV)) {
		list = results_of(review, end, CALL_RECV);
		review_items(review, expectation, KEY_RECV, end, &list, "recv() returned");
	}
	if (record_has(expectation, KEY_SEND)) {
		list = results_of(review, end, CALL_SEND);
		review_items(review, expectation, KEY_SEND, end, &list, "send() returned");
	}
	if (record_has(expectation, KEY_CONNECT)) {
		list = results_of(review, end, CALL_CONNECT);
		review_items(review, expectation, KEY_CONNECT, end, &list, "connect() returned");
	}
	if (record_has(expectation, KEY_SELECT)) {
		list = results_of(review, end, CALL_SELECT);
		review_items(review, expectation, KEY_SELECT, end, &list, "select() said");
	}
	if (record_has(expectation, KEY_EPOLL)) {
		list = results_of(review, end, CALL_EPOLL);
		review_items(review, expectation, KEY_EPOLL, end, &list, "epoll_wait() said");
	}
	if (record_has(expectation, KEY_CLOSE)) {
		list = results_of(review, end, CALL_CLOSE);
		review_items(review, expectation, KEY_CLOSE, end, &list, "close() returned");
	}
	if (record_has(expectation, KEY_LASTED))
		review_lasted(review, expectation, end);
	if (record_has(expectation, KEY_STATES)) {
		list = states_of(review, end);
		review_items(review, expectation, KEY_STATES, end, &list, "the states were");
	}
}

void review_timer(struct review *review, const struct record *expectation)
{
	enum end end = (enum end)record_number(expectation, KEY_OF);
	struct item_list list = {0};
	char text[96], what[64];

	for_each_event (event, review->timeline) {
		const struct socket_event *socket = &event->socket;

		if (event->kind != EVENT_SOCKET || event->end != end)
			continue;
		if (socket->timer == TIMER_OFF || socket->timer == TIMER_GONE)
			snprintf(text, sizeof(text), "%s", word_name(timer_words, socket->timer));
		else
			snprintf(text, sizeof(text), "%s %lld/%lld",
				 word_name(timer_words, socket->timer),
				 (long long)socket->retransmits, (long long)socket->probes);
		item_add(&list, text, false);
	}
	snprintf(what, sizeof(what), "the timer of the %s went", word_name(end_words, end));
	review_items(review, expectation, KEY_GOES, end, &list, what);
}

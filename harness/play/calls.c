/* What applications do that are not an event loop: each in a process of its own, blocking. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "play/calls.h"
#include "play/player.h"

#define RECEIVE_SIZE 65536

/*
 * Calls recv() once. Returns whether it may be called again: not behind end of file, nor where it
 * fails without end.
 */
static bool receive_once(struct calls *calls, int flags, int *ret_error)
{
	static char buffer[RECEIVE_SIZE];
	int64_t began = calls_now(calls);
	ssize_t received = recv(calls->fd, buffer, sizeof(buffer), flags);
	int error = received < 0 ? errno : 0, before = *ret_error;

	*ret_error = error;
	if (error == EINTR || (error == EAGAIN && flags & MSG_DONTWAIT))
		return true;
	calls_tell(calls, CALL_RECV, began, calls_now(calls), received, error);
	return received && (!error || error == EAGAIN || error != before);
}

static void receive_for_ever(struct calls *calls)
{
	int error = 0;

	while (receive_once(calls, 0, &error))
		;
}

/* Takes what is there. Returns whether there can be more. */
static bool drain(struct calls *calls)
{
	int error = 0;

	do {
		if (!receive_once(calls, MSG_DONTWAIT, &error))
			return false;
	} while (error != EAGAIN);
	return true;
}

/* Of poll() and epoll_wait(): -1 where there is none. */
static int milliseconds(const struct calls *calls)
{
	return record_has(calls->record, KEY_WAIT)
		       ? (int)(record_number(calls->record, KEY_WAIT) / MILLISECOND)
		       : -1;
}

/* One call that waits: returns what it says, or -errno. */
typedef int64_t look_function(struct calls *calls, int epoll);

static int64_t look_poll(struct calls *calls, int epoll)
{
	struct pollfd asked = {.fd = calls->fd, .events = POLLIN | POLLRDHUP};

	(void)epoll;
	return poll(&asked, 1, milliseconds(calls)) < 0 ? -errno : asked.revents;
}

static int64_t look_select(struct calls *calls, int epoll)
{
	int64_t wait = record_number(calls->record, KEY_WAIT);
	struct timeval timeout = {wait / SECOND, wait % SECOND / MICROSECOND};
	fd_set readable;
	int count;

	(void)epoll;
	FD_ZERO(&readable);
	FD_SET(calls->fd, &readable);
	count = select(calls->fd + 1, &readable, NULL, NULL,
		       record_has(calls->record, KEY_WAIT) ? &timeout : NULL);
	return count < 0 ? -errno : count;
}

static int64_t look_epoll(struct calls *calls, int epoll)
{
	struct epoll_event event = {0};
	int count = epoll_wait(epoll, &event, 1, milliseconds(calls));

	return count < 0 ? -errno : (int64_t)event.events;
}

static void look_for_ever(struct calls *calls, enum application_call call, look_function *look,
			  int epoll)
{
	struct timespec pause = clock_timespec(record_number(calls->record, KEY_EVERY));
	bool reads = observer_reads(calls->record), pauses = record_has(calls->record, KEY_EVERY);

	for (;;) {
		int64_t began = calls_now(calls), result = look(calls, epoll);
		int64_t ended = calls_now(calls);

		calls_tell(calls, call, began, ended, result < 0 ? -1 : result,
			   result < 0 ? (int)-result : 0);
		if (result < 0 || (result && reads && !drain(calls)))
			return;
		if (pauses)
			clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

static void poll_for_ever(struct calls *calls)
{
	look_for_ever(calls, CALL_POLL, look_poll, -1);
}

static void select_for_ever(struct calls *calls)
{
	look_for_ever(calls, CALL_SELECT, look_select, -1);
}

static void epoll_for_ever(struct calls *calls)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP};
	cleanup_fd int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll >= 0 && !epoll_ctl(epoll, EPOLL_CTL_ADD, calls->fd, &event))
		look_for_ever(calls, CALL_EPOLL, look_epoll, epoll);
}

/*
 * Segments leave during a call that succeeds: it is stamped with its beginning, so that it stands
 * before them on the timeline.
 */
static void write_for_ever(struct calls *calls)
{
	const struct record *record = calls->record;
	size_t size = record_has(record, KEY_BYTES) ? (size_t)record_number(record, KEY_BYTES) : 1;
	cleanup_free char *bytes = calloc(1, size);
	int64_t due = calls_now(calls);
	int error = 0;

	while (bytes && error != EPIPE) {
		struct timespec at;
		int64_t began;
		ssize_t sent;

		due += record_number(record, KEY_EVERY);
		at = clock_timespec(due + calls->zero);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		began = calls_now(calls);
		sent = send(calls->fd, bytes, size, MSG_NOSIGNAL);
		error = sent < 0 ? errno : 0;
		calls_tell(calls, CALL_SEND, began, error ? calls_now(calls) : began, sent, error);
	}
}

/* The process that lingers, and since when; 0: it does not, or has told. */
static struct calls *lingerer;
static volatile int64_t lingers_since;

/* The play is over before the close(). What was sent by it needs its cause all the same. */
static void interrupted(int number)
{
	(void)number;
	if (lingers_since)
		calls_tell(lingerer, CALL_LINGER, lingers_since, lingers_since, 0, 0);
	_exit(0);
}

/*
 * Nothing is told before the FIN has left: a message would wake the player, which may take our CPU
 * before that.
 */
void close_and_wait(struct calls *calls)
{
	int64_t began, ended;
	int result, error;

	lingerer = calls;
	signal(SIGTERM, interrupted);
	calls->run_delay = schedstat_waited(calls->schedstat);
	began = lingers_since = calls_now(calls);
	result = close(calls->fd);
	error = result ? errno : 0;
	ended = calls_now(calls);
	signal(SIGTERM, SIG_IGN);
	calls_tell(calls, CALL_LINGER, began, began, 0, 0);
	calls_tell(calls, CALL_CLOSE, began, ended, result, error);
}

calls_function *calls_of(const struct record *end)
{
	switch (observer_of(end)) {
	case OBSERVE_LOOP:
	case OBSERVE_NOTHING:
		return NULL;
	case OBSERVE_RECV:
		return receive_for_ever;
	case OBSERVE_POLL:
		return poll_for_ever;
	case OBSERVE_SELECT:
		return select_for_ever;
	case OBSERVE_EPOLL:
		return epoll_for_ever;
	case OBSERVE_HEARTBEAT:
		return write_for_ever;
	}
	return NULL;
}

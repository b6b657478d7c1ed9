/* How long the calls of an application lasted that waited in vain. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/duration.h"
#include "judge/review.h"

/* The least slack of a task's timers, and the most that a long wait of poll() gets. */
#define SLACK_LEAST (50 * MICROSECOND)
#define SLACK_MOST  (100 * MILLISECOND)

/*
 * A call returns when the CPU is done with the network and the timers of everybody else, and they
 * may take so long before they are put off to a thread (kernel/softirq.c, MAX_SOFTIRQ_TIME, in
 * jiffies): what runs meanwhile waits for no CPU, so that nothing tells of it.
 */
#define SOFTIRQ_TIME (2 * MILLISECOND)

/*
 * recv() and close() wait by the timer wheel (schedule_timeout()); poll(), select() and
 * epoll_wait() by a high-resolution timer with the slack of select_estimate_accuracy(),
 * fs/select.c: a thousandth.
 */
static struct window wait_window(const struct review *review, const struct event *event,
				 int64_t due)
{
	int64_t slack = due / 1000;
	struct window window = {due, due};

	if (event->application.call == CALL_RECV || event->application.call == CALL_CLOSE)
		window = wheel_window(&review->wheel, due);
	else if (slack > SLACK_MOST)
		window.latest += SLACK_MOST;
	else
		window.latest += slack > SLACK_LEAST ? slack : SLACK_LEAST;
	window.latest += wheel_rounded(&review->wheel, SOFTIRQ_TIME);
	return window;
}

static bool is_vain(const struct application_event *told)
{
	if (told->call == CALL_RECV)
		return told->error == EAGAIN;
	if (told->call == CALL_CLOSE)
		return told->lasted;
	return (told->call == CALL_POLL || told->call == CALL_SELECT || told->call == CALL_EPOLL) &&
	       !told->error && !told->result && told->lasted;
}

void review_wait(struct review *review, const struct record *expectation, const struct event *event,
		 int64_t due)
{
	int64_t began = event->at - event->application.lasted;
	struct window called = {began, began};
	char subject[64];

	snprintf(subject, sizeof(subject), "the end of the %s's %s()",
		 word_name(end_words, (int)event->end),
		 word_name(call_words, event->application.call));
	review_time(review, expectation, called, wait_window(review, event, due), event->at,
		    subject, "the call");
}

void review_lasted(struct review *review, const struct record *expectation, enum end end)
{
	int64_t due = record_number(expectation, KEY_LASTED), worst = INT64_MIN;
	const struct event *found = NULL;

	review->key = KEY_LASTED;
	/*
	 * They are as many as the application had patience: one is told of, the worst. Where the
	 * machine was late for one, that says nothing of the others.
	 */
	for_each_event (event, review->timeline) {
		const struct application_event *told = &event->application;
		int64_t distance;

		if (event->kind != EVENT_APPLICATION || event->end != end || !is_vain(told))
			continue;
		distance = window_distance(wait_window(review, event, due), told->lasted);
		if (distance > 0 &&
		    distance <= review_lateness(review, event->at - distance, event->at))
			distance = -1;
		else
			distance = llabs(distance);
		if (distance <= worst)
			continue;
		worst = distance;
		found = event;
	}
	if (found)
		review_wait(review, expectation, found, due);
	else
		review_add(review, expectation, VERDICT_FAIL, "a call that waits", "none",
			   "no call of the %s waited in vain", word_name(end_words, (int)end));
}

#define _GNU_SOURCE
#include "compare/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "scenario/step_text.h"

/*
 * What a busy machine does to a wait, beyond the timer's own lateness: an
 * application that is woken waits for its turn. Nobody who waits for seconds
 * feels it.
 */
#define WAKING (100 * MILLISECOND)

/*
 * A retransmission timeout has the measured round trip in it (RFC 6298), and
 * each one doubles it: on a busy machine a loopback's is some milliseconds of
 * the 200 that are added to it.
 */
#define ROUND_TRIP_SHARE 16

/*
 * Who is alive is asked when nothing else can happen any more: how long pings and applications took
 * until then is for the machine to say. Longer than any play, and small enough to be added up.
 */
#define ANY_TIME ((int64_t)1 << 52)

/* Of a timeline that does not say it; the widest windows of the usual
 * frequencies. */
#define UNKNOWN_HZ 100

struct making {
	struct facts *facts;
	struct wheel wheel;
	int64_t machine;	       /* the largest lateness that a witness saw */
	int64_t last[END_SERVER + 1];  /* each end's own happening before */
	int64_t doubt[END_SERVER + 1]; /* of that one */
	bool alive;		       /* whether who is alive has been asked */
	bool mixed[END_SERVER + 1];    /* since then the other end or a step did something */
	int64_t fault;		       /* the last one; -1: none yet */
	int64_t heard[END_SERVER + 1]; /* what an end was sent last, resets excepted;
					  -1: nothing */
};

/* Answers come at once: they have no timer. */
static bool is_answer(int role)
{
	return role == ROLE_SYN_ACK || role == ROLE_HANDSHAKE_ACK || role == ROLE_PROBE_REPLY;
}

/* What the application decides, at a moment that the scenario says. */
static bool is_asked_for(const struct happening *happening)
{
	return happening->kind == HAPPENING_SENT &&
	       (happening->what == ROLE_DATA || happening->what == ROLE_FIN);
}

/*
 * The reset and the error are made by one timer, and whether the application or
 * the wire sees it first is for the scheduler to say: neither is counted from
 * the other.
 */
static bool is_last(const struct happening *happening)
{
	return happening->kind == HAPPENING_TOLD || happening->what == ROLE_RST;
}

static void measure(struct making *making, struct happening *happening)
{
	enum end end = happening->end;
	int64_t wait = happening->at - making->last[end];
	int64_t late = wait > 0 ? wheel_lateness(&making->wheel, window_at(wait)) : 0;
	int64_t slack = late + making->machine + WAKING;
	bool two_sided = making->mixed[end] || is_asked_for(happening);

	if (happening->kind == HAPPENING_SENT && happening->what == ROLE_RETRANSMISSION)
		slack += wait / ROUND_TRIP_SHARE;
	if (making->alive && is_asked_for(happening))
		slack += ANY_TIME;
	if (two_sided)
		slack += late + making->doubt[end];
	happening->wait = (struct window){wait - slack, two_sided ? wait + slack : wait};
	happening->waited = wait;
	making->doubt[end] += slack;
	happening->doubt = making->doubt[end];
}

static void note(struct making *making, struct happening happening)
{
	struct facts *facts = making->facts;
	enum end end = happening.end, other = other_end(end);
	bool answer = happening.kind == HAPPENING_SENT && is_answer(happening.what);

	if (end == END_NONE || answer) {
		happening.doubt = making->machine + WAKING + making->doubt[END_CLIENT] +
				  making->doubt[END_SERVER];
	} else {
		measure(making, &happening);
		if (!is_last(&happening)) {
			making->last[end] = happening.at;
			making->mixed[end] = false;
		}
	}
	if (!answer) {
		for (enum end each = END_CLIENT; each <= END_SERVER; each++)
			making->mixed[each] |= end == END_NONE || each == other;
	}
	*array_push(facts->list, facts->count) = happening;
}

static void take_segment(struct making *making, const struct event *event)
{
	struct facts *facts = making->facts;
	int role = event->segment.role;
	bool again = false;

	if (event->end == END_NONE || role_is_foreign(role) || role == ROLE_NONE)
		return;
	if (role != ROLE_RST)
		making->heard[other_end(event->end)] = event->at;
	if (role == ROLE_ACK)
		return;
	for (size_t i = facts->count; i-- && role == ROLE_DATA;) {
		const struct happening *before = &facts->list[i];

		if (before->end == END_NONE)
			break;
		if (before->end == event->end) {
			again = before->kind == HAPPENING_SENT && before->what == ROLE_DATA;
			break;
		}
	}
	if (again)
		return;
	facts->sent[event->end][role]++;
	note(making,
	     (struct happening){
		     .kind = HAPPENING_SENT, .what = role, .end = event->end, .at = event->at});
}

/* Adds a word, unless it is the last one already. */
static void add_told(char **told, const char *word)
{
	const char *last = *told ? strrchr(*told, ',') : NULL;
	char *longer;

	last = last ? last + 2 : *told;
	if (last && strcmp(last, word) == 0)
		return;
	if (asprintf(&longer, "%s%s%s", *told ? *told : "", *told ? ", " : "", word) < 0)
		abort();
	free(*told);
	*told = longer;
}

static bool is_progress(int error)
{
	return error == 0 || error == EAGAIN || error == EINPROGRESS || error == EINTR;
}

static void take_application(struct making *making, const struct event *event)
{
	const struct application_event *application = &event->application;
	struct noticed *noticed = &making->facts->noticed[event->end];
	int64_t since = making->fault >= 0 ? making->fault : making->heard[event->end];

	making->alive |= application->call == CALL_ALIVE;
	if (event->end == END_NONE || application->call == CALL_POLL ||
	    application->call == CALL_CONNECT_AGAIN || application->call == CALL_SELECT ||
	    application->call == CALL_EPOLL)
		return;
	if (application->call == CALL_RECV && !application->error && !application->result)
		add_told(&making->facts->told[event->end], "end of file");
	if (is_progress(application->error))
		return;
	add_told(&making->facts->told[event->end], errno_name(application->error));
	if (noticed->noticed)
		return;
	*noticed = (struct noticed){true, application->error, event->at, making->fault >= 0,
				    event->at - (since >= 0 ? since : 0)};
	note(making, (struct happening){.kind = HAPPENING_TOLD,
					.what = application->error,
					.end = event->end,
					.at = event->at});
}

/* What takes something away from the connection; the rest is done by applications, or mends it. */
static bool takes_away(const struct step_text *step)
{
	static const enum record_kind faults[] = {
		RECORD_STEP_DROP,    RECORD_STEP_REJECT,    RECORD_STEP_DELAY, RECORD_STEP_VANISH,
		RECORD_STEP_REBOOT,  RECORD_STEP_KILL,	    RECORD_STEP_LINK,  RECORD_STEP_CABLE,
		RECORD_STEP_DESTROY, RECORD_STEP_CONNTRACK, RECORD_STEP_ROUTE};
	static const char *const harmless[] = {"kind: echo", "state: up", "state: plugged",
					       "state: restored"};

	for (size_t i = 0; i < array_length(harmless); i++) {
		if (step_text_has(step, harmless[i]))
			return false;
	}
	for (size_t i = 0; i < array_length(faults); i++) {
		if (step->kind == faults[i])
			return true;
	}
	return false;
}

static void take_step(struct making *making, const struct event *event)
{
	struct step_text step;

	if (step_text_read(event->step.what, &step)) {
		if (step_text_has(&step, "probability: "))
			making->facts->repeatable = false;
		if (takes_away(&step))
			making->fault = event->at;
	}
	note(making, (struct happening){.kind = HAPPENING_STEP,
					.what = (int)event->step.index,
					.at = event->at});
}

static void take(struct making *making, const struct event *event)
{
	switch (event->kind) {
	case EVENT_SEGMENT:
		take_segment(making, event);
		break;
	case EVENT_SOCKET:
		making->facts->state[event->end] = event->socket.state;
		break;
	case EVENT_APPLICATION:
		take_application(making, event);
		break;
	case EVENT_STEP:
		take_step(making, event);
		break;
	case EVENT_LOSS:
	case EVENT_CLOCK_STEP:
	case EVENT_UNABLE:
		making->facts->complete = false;
		break;
	case EVENT_NONE:
	case EVENT_KERNEL:
	case EVENT_CAPTURE:
	case EVENT_SYSCTL:
	case EVENT_CONNECTION:
	case EVENT_UNTIL:
	case EVENT_PING:
	case EVENT_MONITOR:
	case EVENT_RESOURCES:
	case EVENT_RULE:
	case EVENT_COUNTER:
	case EVENT_CONNTRACK:
	case EVENT_WITNESS:
	case EVENT_END:
		break;
	}
}

static int64_t machine_lateness(const struct timeline *timeline)
{
	int64_t lateness = 0;

	for_each_event (event, timeline) {
		if (event->kind == EVENT_WITNESS && event->witness.lateness > lateness)
			lateness = event->witness.lateness;
		if (event->kind == EVENT_WITNESS && event->witness.jiffies > lateness)
			lateness = event->witness.jiffies;
	}
	return lateness;
}

void facts_of(const struct timeline *timeline, struct facts *ret_facts)
{
	const struct event *kernel = timeline_first(timeline, EVENT_KERNEL);
	const struct event *first = timeline_first(timeline, EVENT_SEGMENT);
	struct facts facts = {
		.complete = timeline_first(timeline, EVENT_END) != NULL,
		.repeatable = true,
	};
	struct making making = {
		.facts = &facts,
		.wheel.hz = kernel && kernel->kernel.hz ? (int)kernel->kernel.hz : UNKNOWN_HZ,
		.machine = machine_lateness(timeline),
		.fault = -1,
		.heard = {-1, -1, -1},
	};

	/* A run begins with its SYN: connect() takes as long as the machine lets it. */
	if (first)
		making.last[END_CLIENT] = making.last[END_SERVER] = first->at;
	for_each_event (event, timeline)
		take(&making, event);
	if (timeline->count)
		facts.end = timeline->events[timeline->count - 1].at;
	*ret_facts = facts;
}

void facts_free(struct facts *facts)
{
	for (enum end end = END_NONE; end <= END_SERVER; end++)
		free(facts->told[end]);
	free(facts->list);
	*facts = (struct facts){0};
}

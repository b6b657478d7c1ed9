#define _GNU_SOURCE
#include "judge/review.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"

const char *window_format(char buffer[static WINDOW_TEXT_SIZE], struct window window)
{
	char earliest[DURATION_TEXT_SIZE], latest[DURATION_TEXT_SIZE];

	snprintf(buffer, WINDOW_TEXT_SIZE, "%s to %s", duration_format(earliest, window.earliest),
		 duration_format(latest, window.latest));
	return buffer;
}

void review_add(struct review *review, const struct record *expectation, enum verdict verdict,
		const char *due, const char *seen, const char *format, ...)
{
	struct finding *finding = array_push(review->judgement->findings, review->judgement->count);
	va_list arguments;

	*finding = (struct finding){
		.expectation = strdup(expectation->text),
		.at = expectation->at,
		.key = review->key,
		.verdict = verdict,
		.due = strdup(due),
		.seen = strdup(seen),
	};
	va_start(arguments, format);
	if (vasprintf(&finding->text, format, arguments) < 0)
		finding->text = NULL;
	va_end(arguments);
}

/* The largest of what witnesses saw between two moments. */
static int64_t witnessed(const struct review *review, int64_t from, int64_t to,
			 int64_t (*what)(const struct witness_event *witness))
{
	int64_t largest = 0;

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_WITNESS && event->witness.due < to && event->at >= from &&
		    what(&event->witness) > largest)
			largest = what(&event->witness);
	}
	return largest;
}

static int64_t lateness(const struct witness_event *witness)
{
	return witness->lateness;
}

static int64_t jiffies_lateness(const struct witness_event *witness)
{
	return witness->jiffies;
}

int64_t review_lateness(const struct review *review, int64_t from, int64_t to)
{
	return witnessed(review, from, to, lateness);
}

/*
 * How late the machine was then: when what is late was due; or when the timer was armed of what is
 * early. A CPU that counts jiffies late (tick_do_timer_cpu) lets the others arm theirs from the old
 * one, and they fire as much too early: a witness saw that, or may have missed it by less than a
 * jiffy where it was late itself.
 */
static int64_t witnessed_lateness(const struct review *review, struct window due,
				  struct window armed, int64_t seen)
{
	int64_t distance = window_distance(due, seen), tick, jiffies;

	if (review->capture || !distance) /* a capture has no witnesses */
		return 0;
	if (distance > 0)
		return review_lateness(review, due.latest, seen);
	tick = wheel_tick(&review->wheel);
	jiffies = witnessed(review, armed.earliest, armed.latest + tick, jiffies_lateness);
	return jiffies >= -distance || -distance >= tick
		       ? jiffies
		       : review_lateness(review, armed.earliest, armed.latest + tick);
}

void review_time(struct review *review, const struct record *expectation, struct window reference,
		 struct window delay, int64_t seen, const char *subject, const char *since)
{
	review_armed(review, expectation, reference, delay, reference, seen, subject, since);
}

void review_armed(struct review *review, const struct record *expectation, struct window reference,
		  struct window delay, struct window armed, int64_t seen, const char *subject,
		  const char *since)
{
	struct window due = window_add(reference, delay);
	int64_t distance = window_distance(due, seen);
	int64_t late = witnessed_lateness(review, due, armed, seen);
	int64_t away = review_away(review, expectation);
	char due_text[WINDOW_TEXT_SIZE], seen_text[DURATION_TEXT_SIZE];
	char distance_text[DURATION_TEXT_SIZE], excuse_text[DURATION_TEXT_SIZE];
	char explanation[160] = "";
	enum verdict verdict = VERDICT_PASS;

	window_format(due_text, delay);
	duration_format(seen_text, seen - reference.earliest);
	duration_format(distance_text, llabs(distance));
	if (distance && llabs(distance) <= late) {
		verdict = VERDICT_INCONCLUSIVE;
		snprintf(explanation, sizeof(explanation),
			 ": %s %s, but the machine was %s late %s", distance_text,
			 distance > 0 ? "late" : "early", duration_format(excuse_text, late),
			 distance > 0 ? "then" : "when the timer was armed");
	} else if (distance && llabs(distance) <= away) {
		verdict = VERDICT_INCONCLUSIVE;
		snprintf(explanation, sizeof(explanation),
			 ": %s %s, but to its sender and back from the capture it is %s",
			 distance_text, distance > 0 ? "late" : "early",
			 duration_format(excuse_text, away));
	} else if (distance) {
		verdict = VERDICT_FAIL;
		snprintf(explanation, sizeof(explanation), ": %s %s", distance_text,
			 distance > 0 ? "late" : "early");
	}
	review_add(review, expectation, verdict, due_text, seen_text,
		   "%s came %s after %s; due within %s%s", subject, seen_text, since, due_text,
		   explanation);
	review_due(review, due, END_NONE);
	review_moment(review, seen);
}

void review_segments(struct review *review, const struct record *expectation, int64_t due,
		     int64_t seen, const char *what, const char *packets, int64_t due_by)
{
	char due_text[24], seen_text[24], unseen[UNSEEN_TEXT_SIZE] = "";
	enum verdict verdict = due == seen ? VERDICT_PASS : VERDICT_FAIL;

	snprintf(due_text, sizeof(due_text), "%lld", (long long)due);
	snprintf(seen_text, sizeof(seen_text), "%lld", (long long)seen);
	if (seen < due && review_unseen(review, due_by, unseen))
		verdict = VERDICT_INCONCLUSIVE;
	review_add(review, expectation, verdict, due_text, seen_text,
		   "%lld %s, %lld expected%s%s%s%s", (long long)seen, what, (long long)due,
		   packets && *packets ? seen == 1 ? " (packet " : " (packets " : "",
		   packets && *packets ? packets : "", packets && *packets ? ")" : "", unseen);
	if (seen < due && due_by != INT64_MIN && due_by != INT64_MAX)
		review_due(review, (struct window){due_by, due_by},
			   (enum end)record_number(expectation, KEY_FROM));
}

void review_count(struct review *review, const struct record *expectation, int64_t due,
		  int64_t seen, const char *what, const char *packets)
{
	review_segments(review, expectation, due, seen, what, packets, INT64_MIN);
}

static struct finding *last_finding(const struct review *review)
{
	return &review->judgement->findings[review->judgement->count - 1];
}

void review_due(struct review *review, struct window due, enum end end)
{
	struct finding *finding = last_finding(review);

	finding->has_window = true;
	finding->window = due;
	finding->end = end;
}

void review_moment(struct review *review, int64_t moment)
{
	struct finding *finding = last_finding(review);

	finding->has_moment = true;
	finding->moment = moment;
}

void review_claim(struct review *review, const struct event *segment)
{
	review->claimed[segment - review->timeline->events] = true;
}

const struct event *review_last_received(const struct review *review, enum end end,
					 const struct event *before)
{
	for (const struct event *event = before; event > review->timeline->events; event--) {
		const struct event *earlier = event - 1;

		if (earlier->kind == EVENT_SEGMENT && earlier->end == other_end(end) &&
		    !role_is_foreign(earlier->segment.role))
			return earlier;
	}
	return NULL;
}

static const struct event *last_of_role(const struct review *review, enum end end, int role)
{
	const struct event *found = NULL;

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_SEGMENT && event->end == end &&
		    event->segment.role == role && !review_is_after(review, event))
			found = event;
	}
	return found;
}

static const struct event *first_of_role(const struct review *review, enum end end, int role)
{
	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_SEGMENT && event->end == end &&
		    event->segment.role == role)
			return event;
	}
	return NULL;
}

/*
 * The client's end is established between these two segments. Their stamps are the kernel's; when
 * connect() returned is when our process ran.
 */
static bool established_on_wire(const struct review *review, struct window *ret_moment)
{
	const struct event *syn_ack = last_of_role(review, END_SERVER, ROLE_SYN_ACK);
	const struct event *ack = last_of_role(review, END_CLIENT, ROLE_HANDSHAKE_ACK);

	if (!syn_ack || !ack || ack < syn_ack)
		return false;
	*ret_moment = (struct window){syn_ack->at, ack->at};
	return true;
}

static const struct event *last_connected(const struct review *review)
{
	const struct event *connected = NULL;

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_APPLICATION && event->application.call == CALL_CONNECT &&
		    !event->application.error)
			connected = event;
	}
	return connected;
}

/* The last step that did something to the connection or its path: a ping does not. */
static const struct event *last_fault(const struct review *review)
{
	const struct scenario *scenario = review->scenario;
	const struct event *found = NULL;

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_STEP &&
		    !(event->step.index >= 0 && event->step.index < (int64_t)scenario->step_count &&
		      scenario->steps[event->step.index].kind == RECORD_STEP_PING))
			found = event;
	}
	return found;
}

bool review_reference(const struct review *review, const struct record *expectation, enum end end,
		      struct window *ret_reference, const char **ret_since)
{
	const struct event *event = NULL;

	switch ((enum after)record_number(expectation, KEY_AFTER)) {
	case AFTER_LAST_PROBE:
		event = last_of_role(review, end, ROLE_PROBE);
		*ret_since = "the last probe";
		break;
	case AFTER_LAST_ANSWER:
		event = last_of_role(review, other_end(end), ROLE_PROBE_REPLY);
		*ret_since = "the last answer";
		break;
	case AFTER_FAULT:
		event = last_fault(review);
		*ret_since = "the fault";
		break;
	case AFTER_ESTABLISHED:
		*ret_since = "the connection was established";
		if (established_on_wire(review, ret_reference))
			return true;
		event = review->capture ? NULL : last_connected(review);
		break;
	case AFTER_FIRST_RETRANSMISSION:
		event = first_of_role(review, end, ROLE_RETRANSMISSION);
		*ret_since = "the first retransmission";
		break;
	}
	if (!event)
		return false;
	*ret_reference = (struct window){
		event->kind == EVENT_STEP ? event->step.began : event->at,
		event->at,
	};
	return true;
}

/* What every run must prove before any of its failures counts. */
#define _GNU_SOURCE
#include "base/duration.h"
#include "judge/review.h"

const struct record every_run = {.text = (char *)"a complete and undisturbed observation"};

bool review_unable(struct review *review)
{
	const struct event *unable = timeline_first(review->timeline, EVENT_UNABLE);

	if (!unable)
		return false;
	review_add(review, &every_run,
		   unable->unable.reason == UNABLE_FEATURE ? VERDICT_SKIP : VERDICT_INCONCLUSIVE,
		   "the scenario can be played", "it cannot", "%s", unable->unable.message);
	return true;
}

/* Whether a segment was sent because a timer fired, or an application asked: nothing answered. */
static bool is_initiative(const struct event *event)
{
	switch ((enum segment_role)event->segment.role) {
	case ROLE_SYN:
	case ROLE_DATA:
	case ROLE_RETRANSMISSION:
	case ROLE_PROBE:
	case ROLE_WINDOW_PROBE:
	case ROLE_FIN:
	case ROLE_RST:
		return true;
	case ROLE_NONE:
	case ROLE_SYN_ACK:
	case ROLE_HANDSHAKE_ACK:
	case ROLE_PROBE_REPLY:
	case ROLE_ACK:
	case ROLE_OTHER:
	case ROLE_LATER:
		return false;
	}
	return false;
}

static const struct record *record_of(const struct review *review, const struct step_event *step)
{
	const struct scenario *scenario = review->scenario;

	return step->index >= 0 && step->index < (int64_t)scenario->step_count
		       ? &scenario->steps[step->index]
		       : NULL;
}

/* Whether a step brings a link's carrier back. */
static bool is_carrier_back(const struct record *record)
{
	return (record->kind == RECORD_STEP_LINK || record->kind == RECORD_STEP_CABLE) &&
	       record_number(record, KEY_LINK) == LINK_UP;
}

/*
 * When a step began to matter: a rule does when it is in force, a call of an application while it
 * is being made, and a link that comes back at some moment until it is there.
 */
static int64_t in_effect(const struct record *record, const struct event *step)
{
	bool at_end = !record || (changes_path(record) && !is_carrier_back(record));

	return at_end ? step->at : step->step.began;
}

/*
 * The kernel takes note of carriers once a second at most (net/core/link_watch.c,
 * linkwatch_schedule_work). A link that takes longer was held up by the machine, and nothing on
 * the wire tells what was not sent meanwhile. Returns whether that is so.
 */
static bool review_carrier(struct review *review, const struct event *step)
{
	const struct record *record = record_of(review, &step->step);
	int64_t took = step->at - step->step.began;
	char text[DURATION_TEXT_SIZE];

	if (!record || !is_carrier_back(record) ||
	    took <= wheel_window(&review->wheel, SECOND).latest)
		return false;
	review_add(review, &every_run, VERDICT_INCONCLUSIVE, "each step in time", "a late step",
		   "the step in line %lld (%s) took %s; the kernel's own limit is a second",
		   (long long)step->step.line, step->step.what, duration_format(text, took));
	return true;
}

/* Whether something passed that a step should have come before, and which it could have changed. */
static bool has_passed(const struct record *record, const struct event *event, int64_t due,
		       int64_t taken)
{
	if (record && is_about_echoes(record))
		return event->kind == EVENT_PING && event->ping.sent > due &&
		       event->ping.sent < taken;
	return event->kind == EVENT_SEGMENT && event->at > due && event->at < taken &&
	       is_initiative(event);
}

/*
 * A step that was late matters where something was sent that should have come after it: then
 * the scenario was not played as it is written. Returns whether that is so.
 */
static bool review_step(struct review *review, const struct event *step)
{
	const struct record *record = record_of(review, &step->step);
	int64_t taken = in_effect(record, step);

	for_each_event (event, review->timeline) {
		char late[DURATION_TEXT_SIZE];
		bool is_echo = event->kind == EVENT_PING;

		if (!has_passed(record, event, step->step.due, taken))
			continue;
		review_add(review, &every_run, VERDICT_INCONCLUSIVE, "each step in time",
			   "a late step",
			   "the step in line %lld (%s) took effect %s after its moment, when "
			   "%s %lld had passed already: the scenario was not played as written",
			   (long long)step->step.line, step->step.what,
			   duration_format(late, taken - step->step.due),
			   is_echo ? "echo" : "packet",
			   (long long)(is_echo ? event->ping.number : event->segment.number));
		return true;
	}
	return false;
}

static const char *loss_format(enum loss_place place)
{
	switch (place) {
	case LOSS_CAPTURE:
		return "the capture lost %lld packets (ring full): what is missing may have been "
		       "sent";
	case LOSS_BACKLOG:
		return "%lld packets were dropped on this machine because a CPU's backlog was full "
		       "(softnet_stat), before the capture saw them";
	case LOSS_UNSEEN:
		return "%lld times an end acknowledged what the capture does not have: it lost "
		       "packets, so what is missing may have been sent";
	}
	return "%lld packets were lost";
}

bool review_disturbance(struct review *review)
{
	char size[DURATION_TEXT_SIZE];
	bool disturbed = false;

	for_each_event (event, review->timeline) {
		if (event->kind == EVENT_LOSS) {
			review_add(review, &every_run, VERDICT_INCONCLUSIVE, "no packet lost",
				   "packets lost", loss_format((enum loss_place)event->loss.place),
				   (long long)event->loss.packets);
			disturbed = true;
		} else if (event->kind == EVENT_CLOCK_STEP) {
			review_add(review, &every_run, VERDICT_INCONCLUSIVE, "a steady clock",
				   "a stepped clock",
				   "CLOCK_REALTIME, which stamps packets, was set by %s at this "
				   "time: intervals across it are not known",
				   duration_format(size, event->clock_step.size));
			disturbed = true;
		} else if (event->kind == EVENT_STEP &&
			   (review_step(review, event) || review_carrier(review, event))) {
			disturbed = true;
		}
	}
	if (!timeline_first(review->timeline, EVENT_END)) {
		review_add(review, &every_run, VERDICT_INCONCLUSIVE, "a complete timeline",
			   "its end is missing",
			   review->capture
				   ? "the capture breaks off after packet %lld: what is missing "
				     "may have come later"
				   : "the timeline breaks off: the run was ended before its time",
			   review->capture ? (long long)review->capture->packets : 0LL);
		disturbed = true;
	}
	return disturbed;
}

/*
 * Keepalive probes on the wire: how many, when, and in which form.
 *
 * An expectation speaks of one group: the probes of one end that were answered, or those that
 * were not. The first of a group is due by the idle time after the last segment that its end
 * received (net/ipv4/tcp_timer.c, tcp_keepalive_timer: keepalive_time_elapsed), the others by the
 * interval after the one before.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "judge/review.h"

struct probe {
	const struct event *event;
	const struct event *reply;    /* NULL where nothing answered */
	const struct event *received; /* the last one before it that its end received, or NULL */
};

/* Of probes beyond the expected number, as many are judged one by one. */
#define EXTRA_LIMIT 20

struct probe_group {
	struct probe *list;
	size_t count;
	size_t told;	   /* the first ones, of which each is judged by itself */
	char packets[256]; /* their frame numbers, for people */
};

/* A reply comes before the next probe of the same end, or never (capture/flow.c). */
static const struct event *reply_to(const struct review *review, const struct event *probe)
{
	const struct event *end = review->timeline->events + review->timeline->count;

	for (const struct event *event = probe + 1; event < end; event++) {
		if (event->kind != EVENT_SEGMENT)
			continue;
		if (event->segment.role == ROLE_PROBE_REPLY &&
		    event->segment.answers == probe->segment.number)
			return event;
		if (event->segment.role == probe->segment.role && event->end == probe->end)
			return NULL;
	}
	return NULL;
}

static void group_packets(struct probe_group *group)
{
	size_t length = 0;

	for (size_t i = 0; i < group->count && length < sizeof(group->packets); i++)
		length += (size_t)snprintf(group->packets + length, sizeof(group->packets) - length,
					   "%s%lld", i ? ", " : "",
					   (long long)group->list[i].event->segment.number);
}

static struct probe_group probes_of(struct review *review, enum segment_role role, enum end end,
				    bool answered)
{
	struct probe_group group = {0};
	const struct event *received = NULL;

	for_each_event (event, review->timeline) {
		const struct event *reply;

		if (event->kind != EVENT_SEGMENT || role_is_foreign(event->segment.role) ||
		    review_is_after(review, event))
			continue;
		if (event->end == other_end(end))
			received = event;
		if (event->end != end || event->segment.role != (int)role)
			continue;
		reply = reply_to(review, event);
		if (answered != (reply != NULL))
			continue;
		*array_push(group.list, group.count) = (struct probe){event, reply, received};
		review_claim(review, event);
		if (reply)
			review_claim(review, reply);
	}
	group_packets(&group);
	return group;
}

static void review_timing(struct review *review, const struct record *expectation,
			  const struct probe_group *group)
{
	char subject[96], since[64];

	for (size_t i = 0; i < group->told; i++) {
		const struct event *probe = group->list[i].event;
		const struct event *reference =
			i ? group->list[i - 1].event : group->list[i].received;
		enum key key = i ? KEY_INTERVAL : KEY_FIRST;
		struct window moment;

		if (!record_has(expectation, key))
			continue;
		review->key = key;
		if (!reference) {
			review_add(review, expectation, VERDICT_INCONCLUSIVE,
				   "a segment before the first probe", "none",
				   "nothing was received before the first probe: its delay is not "
				   "known");
			continue;
		}
		moment = (struct window){reference->at,
					 i ? reference->at : review_armed_by(review, reference)};
		snprintf(subject, sizeof(subject), "probe %zu of %zu (packet %lld)", i + 1,
			 group->count, (long long)probe->segment.number);
		if (i)
			snprintf(since, sizeof(since), "probe %zu", i);
		else
			snprintf(since, sizeof(since), "packet %lld, the last one received",
				 (long long)reference->segment.number);
		review_time(review, expectation, moment,
			    review_window(review, record_number(expectation, key)), probe->at,
			    subject, since);
	}
}

/* RFC 9293 3.8.4: SEG.SEQ = SND.NXT-1, no data (Linux sends no garbage octet), ACK only. */
static void review_form(struct review *review, const struct record *expectation,
			const struct probe_group *group)
{
	static const char due[] = "sequence one below SND.NXT, no payload, ACK only";
	size_t wrong = 0;

	for (size_t i = 0; i < group->told; i++) {
		const struct event *event = group->list[i].event;
		const struct segment_event *probe = &event->segment;
		const struct event *peer = group->list[i].received;
		int64_t next = (probe->seq + 1) & UINT32_MAX;
		bool seq_wrong = peer && peer->segment.ack != next;

		if (!seq_wrong && probe->length == 0 && probe->flags == FLAG_ACK)
			continue;
		wrong++;
		review_add(review, expectation, VERDICT_FAIL, due, "another form",
			   "probe %zu of %zu (packet %lld) is not what RFC 9293 3.8.4 says:%s%s%s",
			   i + 1, group->count, (long long)probe->number,
			   seq_wrong ? " its sequence is not one below SND.NXT;" : "",
			   probe->length ? " it carries payload;" : "",
			   probe->flags != FLAG_ACK ? " its flags are not ACK alone;" : "");
	}
	if (group->count && !wrong)
		review_add(review, expectation, VERDICT_PASS, due, due,
			   "%zu probe%s, in the form of RFC 9293 3.8.4", group->told,
			   plural((int64_t)group->told));
}

/* When one more probe of the group should have come at the latest. */
static int64_t next_due_by(const struct review *review, const struct record *expectation,
			   const struct probe_group *group, enum end end)
{
	const struct timeline *timeline = review->timeline;
	enum key key = group->count ? KEY_INTERVAL : KEY_FIRST;
	const struct event *reference =
		group->count
			? group->list[group->count - 1].event
			: review_last_received(review, end, timeline->events + timeline->count);

	if (!reference || !record_has(expectation, key))
		return INT64_MAX;
	return reference->at + review_window(review, record_number(expectation, key)).latest;
}

static void review_group(struct review *review, const struct record *expectation,
			 enum segment_role role, bool answered)
{
	enum end end = (enum end)record_number(expectation, KEY_FROM);
	enum key key = answered ? KEY_ANSWERED : KEY_UNANSWERED;
	size_t due = (size_t)record_number(expectation, key);
	struct probe_group group;
	char what[64];

	if (!record_has(expectation, key))
		return;
	group = probes_of(review, role, end, answered);
	snprintf(what, sizeof(what), "%s %s%s of the %s", answered ? "answered" : "unanswered",
		 word_name(role_words, (int)role), plural((int64_t)group.count),
		 word_name(end_words, end));
	review->key = key;
	group.told = group.count < due + EXTRA_LIMIT ? group.count : due + EXTRA_LIMIT;
	review_segments(review, expectation, (int64_t)due, (int64_t)group.count, what,
			group.packets, next_due_by(review, expectation, &group, end));
	review_timing(review, expectation, &group);
	review->key = key;
	if (role == ROLE_PROBE)
		review_form(review, expectation, &group);
	free(group.list);
}

void review_probes(struct review *review, const struct record *expectation)
{
	review_group(review, expectation, ROLE_PROBE, true);
	review_group(review, expectation, ROLE_PROBE, false);
}

void review_window_probes(struct review *review, const struct record *expectation)
{
	review_group(review, expectation, ROLE_WINDOW_PROBE, true);
	review_group(review, expectation, ROLE_WINDOW_PROBE, false);
}

/*
 * Window probes: net/ipv4/tcp_timer.c, tcp_probe_timer; net/ipv4/tcp_output.c, tcp_send_probe0;
 * include/net/tcp.h, tcp_probe0_when.
 *
 * The wait doubles with each probe sent, tcp_retries2 times at most, and answers do not set it
 * back while the window stays closed. Unanswered probes are counted against tcp_retries2; a user
 * timeout runs from the first expiry (icsk_probes_tstamp, 9d9b1ee0b2d1, 5.11), whether or not the
 * peer answers.
 */
#include <errno.h>

#include "base/duration.h"
#include "model/engine.h"

/* tcp_probe0_base() */
#define PROBE_BASE_MIN (200 * MILLISECOND)

/* ilog2(TCP_RTO_MAX / TCP_RTO_MIN) + 1 */
#define BACKOFF_MAX 10

static struct window probe_wait(const struct model *model, const struct model_end *end)
{
	int64_t least_base = wheel_rounded(&model->settings.wheel, PROBE_BASE_MIN);
	int64_t limit = end_rto_max(model, end);
	int backoff = (int)least(end->backoff, BACKOFF_MAX);

	return (struct window){
		least(most(end->rto.earliest, least_base) << backoff, limit),
		least(most(end->rto.latest, least_base) << backoff, limit),
	};
}

/* tcp_clamp_probe0_to_user_timeout() */
static void arm(struct model *model, struct model_end *end, struct window at, struct window wait,
		struct window since)
{
	const struct wheel *wheel = &model->settings.wheel;
	int64_t limit = wheel_rounded(wheel, end->options.user_timeout);
	int64_t tick = wheel_tick(wheel);
	struct window rest = {most(limit - since.latest, 2 * tick),
			      most(limit - since.earliest, 2 * tick)};
	struct window until = window_add(end->stamp, window_at(limit));

	end->pending_timer = WRITE_PERSIST;
	if (!limit || !end->stamped || !model->settings.feature.persist_user_timeout ||
	    rest.earliest >= wait.latest) {
		timer_arm(model, &end->write, at, wait, since);
	} else if (rest.latest <= wait.earliest) {
		until.earliest = most(until.earliest, at.earliest + 2 * tick);
		until.latest = most(until.latest, at.latest + 2 * tick);
		timer_arm_until(model, &end->write, at, until, rest, window_at(limit));
		end->write.decides = true;
	} else {
		wait = (struct window){least(wait.earliest, rest.earliest),
				       least(wait.latest, rest.latest)};
		timer_arm(model, &end->write, at, wait, since);
	}
}

static bool is_shut(const struct model *model, const struct model_end *end)
{
	enum path path = end->end == END_CLIENT ? model->to_server : model->to_client;

	return !end->peer_window || path == PATH_DROP_AT_SENDER;
}

/* tcp_check_probe_timer(): there is data, none in flight, and it cannot be sent. */
void persist_check(struct model *model, struct model_end *end, struct window at)
{
	if (in_flight(end) || !unsent(end) || end->pending_timer != WRITE_NONE ||
	    !is_shut(model, end))
		return;
	pending_remove(end, DUE_DATA);
	arm(model, end, at, probe_wait(model, end), window_at(0));
}

/* tcp_ack_probe(): an ACK arrived with nothing in flight. */
void persist_answered(struct model *model, struct model_end *end, struct window at)
{
	struct window since = window_at(0);

	if (end->pending_timer != WRITE_PERSIST) {
		pending_output(model, end, at);
		persist_check(model, end, at);
		return;
	}
	if (!is_shut(model, end)) {
		end->backoff = 0;
		end->stamped = false;
		write_stop(end);
		pending_output(model, end, at);
		return;
	}
	if (end->stamped)
		since = window_subtract(at, end->stamp);
	/* An answer follows its probe within a round trip. */
	if (end->stamped && model->instant && end->write.instant == model->instant)
		since = window_add(window_subtract(end->write.reach, end->write.distance),
				   (struct window){0, model->settings.rtt.latest});
	arm(model, end, at, probe_wait(model, end), since);
}

void persist_probe_sent(struct model *model, struct model_end *end, struct window at)
{
	struct window since = window_at(0);

	if (end->stamped)
		since = since_stamp(model, at, end->stamp);
	else
		end->stamp = at;
	end->stamped = true;
	end->window_probes++;
	if (end->backoff < sysctls_of(model, end)->retries2)
		end->backoff++;
	arm(model, end, at, probe_wait(model, end), since);
}

static bool gives_up(const struct model *model, const struct model_end *end, enum rule *ret_rule)
{
	struct window wait = probe_wait(model, end);
	bool alive;

	if (!end->orphan) {
		*ret_rule = RULE_WINDOW_PROBE_LIMIT;
		return end->window_probes >= sysctls_of(model, end)->retries2;
	}
	/* inet_csk_rto_backoff(): alive until the doubled time-out reaches its limit. */
	alive = wait.latest < end_rto_max(model, end);
	*ret_rule = RULE_ORPHAN_WINDOW_PROBE_LIMIT;
	return (!alive && end->backoff >= orphan_retries(model, end, alive)) ||
	       end->window_probes >= orphan_retries(model, end, alive);
}

void persist_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	const struct wheel *wheel = &model->settings.wheel;
	struct window fire = timer_fire(model, &end->write);
	struct window elapsed = timer_elapsed(model, &end->write);
	int64_t limit = wheel_rounded(wheel, end->options.user_timeout), tick = wheel_tick(wheel);
	bool may_end = false, must_end = false;
	enum rule rule = RULE_NONE;
	struct due *due;

	if (gives_up(model, end, &rule))
		may_end = must_end = true;
	if (limit && end->stamped && (end->write.decides || elapsed.latest + tick > limit)) {
		may_end = true;
		must_end = must_end || end->write.decides || elapsed.earliest >= limit;
		rule = RULE_WINDOW_PROBE_USER_TIMEOUT;
	}
	if (may_end) {
		due = due_add(dues, is_told(end) ? DUE_ERROR : DUE_STATE, end->end, rule, fire);
		due->error = end->unattended ? 0 : ETIMEDOUT;
		due->state = STATE_CLOSED;
		due->wait = end->write.distance.latest;
		due->asked = end->write.expires.earliest;
		due->elapsed = elapsed;
		due->either = !must_end;
	}
	if (must_end)
		return;
	if (may_end) {
		fire.latest = most(fire.earliest, least(fire.latest, end->stamp.latest + limit));
		elapsed.latest = most(elapsed.earliest, least(elapsed.latest, limit));
	}
	due = due_add(dues, DUE_WINDOW_PROBE, end->end, RULE_WINDOW_PROBE, fire);
	due->role = ROLE_WINDOW_PROBE;
	due->ordinal = end->window_probes + 1;
	due->wait = end->write.distance.latest;
	due->asked = end->write.expires.earliest;
	due->elapsed = elapsed;
	due->either = may_end;
}

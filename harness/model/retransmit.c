/*
 * The retransmission timer and the tail loss probe: net/ipv4/tcp_timer.c, tcp_retransmit_timer;
 * net/ipv4/tcp_output.c, tcp_schedule_loss_probe.
 *
 * How long an unanswered segment is retransmitted is not counted in retransmissions: the sysctl's
 * number is turned into a time, that of as many doublings from 200 ms (tcp_model_timeout), and
 * that time, or TCP_USER_TIMEOUT, runs from the first retransmission by time-out
 * (retrans_stamp). It is looked at when the timer expires, so the end comes at the first expiry
 * behind it; only a user timeout cuts the last wait short (4.19).
 */
#include <errno.h>

#include "base/duration.h"
#include "model/engine.h"

/* TCP_RTO_MIN; tcp_rto_min_us does not change the base of tcp_model_timeout(). */
#define RTO_MIN (200 * MILLISECOND)

/* TCP_TIMEOUT_MIN_US */
#define LOSS_PROBE_MIN (2 * MILLISECOND)

/* TCP_THIN_LINEAR_RETRIES; a stream is thin below 4 segments in flight (tcp_stream_is_thin). */
#define THIN_RETRIES  6
#define THIN_SEGMENTS 4

int64_t end_rto_max(const struct model *model, const struct model_end *end)
{
	int64_t limit =
		end->options.rto_max ? end->options.rto_max : sysctls_of(model, end)->rto_max;

	if (!model->settings.feature.rto_max)
		limit = 120 * SECOND;
	return wheel_rounded(&model->settings.wheel, limit);
}

static int64_t end_rto_min(const struct model *model, const struct model_end *end)
{
	return model->settings.feature.rto_min ? sysctls_of(model, end)->rto_min : RTO_MIN;
}

/* ilog2() */
static int bit_length(int64_t value)
{
	int bits = 0;

	while (value >>= 1)
		bits++;
	return bits;
}

int64_t modelled_timeout(const struct model *model, const struct model_end *end, int64_t boundary,
			 int64_t rto_base)
{
	const struct wheel *wheel = &model->settings.wheel;
	int64_t base = wheel_jiffies(wheel, rto_base);
	int64_t limit = wheel_jiffies(wheel, end_rto_max(model, end));
	int64_t doublings = bit_length(limit / base);
	int64_t jiffies = ((INT64_C(2) << least(boundary, doublings)) - 1) * base;

	if (boundary > doublings)
		jiffies += (boundary - doublings) * limit;
	return jiffies * wheel_tick(wheel);
}

/* __tcp_set_rto(), tcp_bound_rto(): srtt + rttvar, which is rto_min at least. */
struct window base_rto(const struct model *model, const struct model_end *end)
{
	const struct wheel *wheel = &model->settings.wheel;
	struct window rtt = rtt_of(model, end);
	int64_t limit = end_rto_max(model, end), minimum = end_rto_min(model, end);
	int64_t rttvar = end->rtt_known ? end->rttvar : 2 * rtt.latest;
	struct window rto = {rtt.earliest + minimum, rtt.latest + most(minimum, rttvar)};

	return (struct window){least(wheel_rounded(wheel, rto.earliest), limit),
			       least(wheel_rounded(wheel, rto.latest), limit)};
}

void write_stop(struct model_end *end)
{
	end->write.armed = false;
	end->pending_timer = WRITE_NONE;
}

static void arm(struct model *model, struct model_end *end, enum write_timer kind, struct window at,
		struct window duration, struct window since)
{
	timer_arm(model, &end->write, at, duration, since);
	end->pending_timer = kind;
}

static bool wants_loss_probe(const struct model *model, const struct model_end *end)
{
	int64_t mode = sysctls_of(model, end)->early_retrans;

	return (mode == 3 || mode == 4) && sysctls_of(model, end)->sack && !end->recovering;
}

static struct window loss_probe_wait(const struct model *model, const struct model_end *end)
{
	const struct wheel *wheel = &model->settings.wheel;
	struct window rtt = rtt_of(model, end);
	int64_t more = end->segments > 1 ? LOSS_PROBE_MIN : end_rto_min(model, end);

	return (struct window){
		least(wheel_rounded(wheel, 2 * rtt.earliest + more), end->rto.earliest),
		least(wheel_rounded(wheel, 2 * rtt.latest + more), end->rto.latest),
	};
}

void write_rearm(struct model *model, struct model_end *end, struct window at)
{
	if (!in_flight(end))
		write_stop(end);
	else if (wants_loss_probe(model, end))
		arm(model, end, WRITE_LOSS_PROBE, at, loss_probe_wait(model, end), window_at(0));
	else
		arm(model, end, WRITE_RETRANSMIT, at, end->rto, window_at(0));
}

/* New data went out, or a FIN: length 0. Where recovery runs, its timer stands
 * (tcp_event_new_data_sent). */
void retransmit_sent(struct model *model, struct model_end *end, int64_t length, struct window at)
{
	bool first = !end->segments;
	int64_t mss = model->settings.mss;

	end->segments += (int)most((length + mss - 1) / mss, 1);
	/*
	 * While a loss probe is out, the expiry that would send another one only puts the timer
	 * back to where it was: the retransmission's (tcp_send_loss_probe, rearm_timer), by what is
	 * left of it, rounded up to jiffies (tcp_rearm_rto).
	 */
	if (end->loss_probed && end->pending_timer == WRITE_RETRANSMIT) {
		end->write.expires.latest += wheel_tick(&model->settings.wheel);
		return;
	}
	if (first || !end->recovering)
		write_rearm(model, end, at);
}

/*
 * tcp_clamp_rto_to_user_timeout(): the last wait ends with the user timeout, in whole
 * milliseconds and jiffies, and is one jiffy where it is over already; the expiry after such a
 * wait is the last for certain.
 */
void write_arm_clamped(struct model *model, struct model_end *end, int64_t limit, struct window at,
		       struct window since)
{
	const struct wheel *wheel = &model->settings.wheel;
	int64_t tick = wheel_tick(wheel);
	struct window rest = {most(limit - since.latest, tick),
			      most(limit + MILLISECOND - since.earliest, tick)};
	struct window until =
		window_add(end->stamp, (struct window){limit, limit + MILLISECOND + tick});

	if (!limit || rest.earliest >= end->rto.latest) {
		arm(model, end, WRITE_RETRANSMIT, at, end->rto, since);
	} else if (rest.latest <= end->rto.earliest) {
		until.earliest = most(until.earliest, at.earliest + tick);
		until.latest = most(until.latest, at.latest + tick);
		timer_arm_until(model, &end->write, at, until, rest, window_at(limit));
		end->write.decides = true;
		end->pending_timer = WRITE_RETRANSMIT;
	} else {
		/* Whichever comes first: the time-out from now, or the end that the stamp sets. */
		struct window wait = window_add(at, end->rto), reach = window_add(since, end->rto);

		rest = (struct window){least(rest.earliest, end->rto.earliest),
				       least(rest.latest, end->rto.latest)};
		until = (struct window){least(until.earliest, wait.earliest),
					least(until.latest, wait.latest)};
		reach = (struct window){least(limit, reach.earliest),
					least(limit + MILLISECOND + tick, reach.latest)};
		timer_arm_until(model, &end->write, at, until, rest, reach);
		end->pending_timer = WRITE_RETRANSMIT;
	}
}

static bool is_thin(const struct model *model, const struct model_end *end)
{
	return (end->options.thin_linear_timeouts ||
		sysctls_of(model, end)->thin_linear_timeouts) &&
	       !sysctls_of(model, end)->bbr && end->state == STATE_ESTABLISHED &&
	       end->segments < THIN_SEGMENTS && end->retransmits <= THIN_RETRIES;
}

static void timed_out(struct model *model, struct model_end *end, struct window at)
{
	int64_t limit = end_rto_max(model, end);
	struct window since = window_at(0);

	if (end->stamped)
		since = since_stamp(model, at, end->stamp);
	else
		end->stamp = at;
	end->stamped = end->recovering = true;
	end->loss_probed = false;
	end->retransmits++;
	end->timeouts++;
	if (is_thin(model, end)) {
		end->backoff = 0;
		end->rto = base_rto(model, end);
	} else {
		end->backoff++;
		end->rto = (struct window){least(2 * end->rto.earliest, limit),
					   least(2 * end->rto.latest, limit)};
	}
	write_arm_clamped(model, end, end->options.user_timeout, at, since);
}

/* A segment was sent again: by the tail loss probe, by time-out, or since an ACK showed a loss. */
void retransmit_again(struct model *model, struct model_end *end, struct window at)
{
	bool expired = end->write.armed &&
		       timer_fire(model, &end->write).earliest <= at.latest + 2 * MILLISECOND;

	if (expired && end->pending_timer == WRITE_RETRANSMIT) {
		timed_out(model, end, at);
		return;
	}
	if (expired && end->pending_timer == WRITE_LOSS_PROBE)
		end->loss_probed = true;
	arm(model, end, WRITE_RETRANSMIT, at, end->rto, window_at(0));
}

static bool gives_up_after(const struct model *model, const struct model_end *end,
			   int64_t *ret_limit, enum rule *ret_rule)
{
	int64_t retries = sysctls_of(model, end)->retries2;

	if (!end->retransmits)
		return false;
	if (end->orphan)
		retries = orphan_retries(model, end, orphan_alive(model, end));
	*ret_rule = end->orphan ? RULE_ORPHAN_LIMIT : RULE_RETRANSMISSION_LIMIT;
	*ret_limit = modelled_timeout(model, end, retries, RTO_MIN);
	if (end->options.user_timeout) {
		*ret_rule = RULE_RETRANSMISSION_USER_TIMEOUT;
		*ret_limit = end->options.user_timeout;
	}
	return true;
}

static void add_retransmission(const struct model *model, const struct model_end *end,
			       struct due_list *dues, struct window at, struct window elapsed,
			       bool either)
{
	bool loss_probe = end->pending_timer == WRITE_LOSS_PROBE;
	struct due *due = due_add(dues, loss_probe ? DUE_LOSS_PROBE : DUE_RETRANSMISSION, end->end,
				  loss_probe		? RULE_LOSS_PROBE
				  : is_thin(model, end) ? RULE_RETRANSMISSION_THIN
							: RULE_RETRANSMISSION,
				  at);

	due->role = ROLE_RETRANSMISSION;
	due->ordinal = end->retransmits + 1;
	due->wait = end->write.distance.latest;
	due->asked = end->write.expires.earliest;
	due->elapsed = elapsed;
	due->either = either;
}

void retransmit_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	struct window fire = timer_fire(model, &end->write), elapsed, at = fire;
	bool may_end = false, must_end = false;
	enum rule rule = RULE_NONE;
	int64_t limit = 0;
	struct due *due;

	elapsed = timer_elapsed(model, &end->write);
	if (end->pending_timer == WRITE_RETRANSMIT && gives_up_after(model, end, &limit, &rule)) {
		/* Both stamps are in whole milliseconds: tcp_time_stamp_ts(). */
		may_end = end->write.decides || elapsed.latest + MILLISECOND >= limit;
		must_end = end->write.decides || elapsed.earliest - MILLISECOND >= limit;
	}
	if (may_end) {
		if (!must_end)
			at.earliest =
				least(at.latest,
				      most(at.earliest, end->stamp.earliest + limit - MILLISECOND));
		due = due_add(dues, is_told(end) ? DUE_ERROR : DUE_STATE, end->end, rule, at);
		due->error = end->unattended ? 0 : ETIMEDOUT;
		due->state = STATE_CLOSED;
		due->wait = end->write.distance.latest;
		due->asked = end->write.expires.earliest;
		due->elapsed = elapsed;
		due->either = !must_end;
	}
	if (!must_end) {
		if (may_end) {
			limit += MILLISECOND;
			fire.latest =
				most(fire.earliest, least(fire.latest, end->stamp.latest + limit));
			elapsed.latest = most(elapsed.earliest, least(elapsed.latest, limit));
		}
		add_retransmission(model, end, dues, fire, elapsed, may_end);
	}
}

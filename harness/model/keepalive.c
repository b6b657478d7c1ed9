/*
 * The keepalive timer: net/ipv4/tcp_timer.c, tcp_keepalive_timer.
 *
 * It is one timer that looks again and again, and is not moved by what arrives: at an expiry it
 * compares the time since the last segment received with the idle time, and waits for the
 * difference where that is not reached yet. So after an answered probe it first expires after the
 * interval and only then, a second time, after what is left of the idle time. Sysctls are read at
 * each expiry; TCP_KEEPIDLE arms at once (tcp_sock_set_keepidle_locked), TCP_KEEPINTVL and
 * TCP_KEEPCNT do not.
 */
#include "model/engine.h"

/* More re-armings in a row than this are not followed one by one. */
#define FOLLOW_LIMIT 1000

static int64_t idle_of(const struct model *model, const struct model_end *end)
{
	int64_t idle =
		end->options.idle ? end->options.idle : sysctls_of(model, end)->keepalive_time;

	return wheel_rounded(&model->settings.wheel, idle > 0 ? idle : 0);
}

static int64_t interval_of(const struct model *model, const struct model_end *end)
{
	int64_t interval = end->options.interval ? end->options.interval
						 : sysctls_of(model, end)->keepalive_intvl;

	return interval > 0 ? interval : 0;
}

static int64_t count_of(const struct model *model, const struct model_end *end)
{
	return end->options.count ? end->options.count : sysctls_of(model, end)->keepalive_probes;
}

/* "It is alive without keepalive": data in flight or waiting has a timer of its own. */
static bool is_busy(const struct model_end *end)
{
	return in_flight(end) || unsent(end) || (end->fin_wanted && !end->fin_sent);
}

static bool can_probe(const struct model_end *end)
{
	return end->options.keepalive && is_alive(end) && end->state != STATE_SYN_SENT &&
	       end->state != STATE_SYN_RECV && !(end->state == STATE_FIN_WAIT_2 && end->orphan);
}

void keepalive_start(struct model *model, struct model_end *end, struct window at)
{
	end->probes_low = end->probes_high = 0;
	if (end->options.keepalive)
		timer_arm(model, &end->keepalive, at, window_at(idle_of(model, end)), window_at(0));
}

/* Waits for the rest of the idle time, counted from the last segment received. */
static void wait_for_rest(const struct model *model, const struct model_end *end,
			  struct model_timer *timer, struct window at, struct window elapsed)
{
	int64_t idle = idle_of(model, end), tick = wheel_tick(&model->settings.wheel);
	struct window rest = {most(idle - elapsed.latest, tick),
			      most(idle - elapsed.earliest, tick)};
	struct window expires =
		window_add(stamp_in_jiffies(model, end->received_at), window_at(idle));

	/* What the wheel cannot hold expires early and waits once more. */
	if (wheel_cut(&model->settings.wheel, rest.latest) < rest.latest) {
		timer_arm(model, timer, at, rest, elapsed);
		return;
	}
	timer_arm_until(model, timer, at, expires, rest, window_at(idle));
}

/* Time since the last segment received, at the expiry. */
static struct window elapsed_at_fire(const struct model *model, const struct model_end *end,
				     const struct model_timer *timer, struct window fire)
{
	return window_intersect(timer_elapsed(model, timer),
				window_subtract(fire, end->received_at));
}

/*
 * Follows the expiries that nobody sees, those that only arm again, up to a moment. Returns false
 * where the windows do not say whether such an expiry came before it.
 */
static bool follow(const struct model *model, struct model_end *end, struct window until)
{
	struct model_timer *timer = &end->keepalive;
	int64_t idle = idle_of(model, end), tick = wheel_tick(&model->settings.wheel);

	for (int i = 0; i < FOLLOW_LIMIT && timer->armed && can_probe(end); i++) {
		struct window fire = timer_fire(model, timer);
		struct window elapsed = elapsed_at_fire(model, end, timer, fire);

		if (fire.earliest > until.latest)
			return true;
		if (!is_busy(end) && elapsed.latest + tick > idle)
			return elapsed.earliest >= idle; /* acted: that is told, not guessed */
		if (fire.latest > until.earliest)
			return false;
		if (is_busy(end))
			timer_arm(model, timer, fire, window_at(idle), elapsed);
		else
			wait_for_rest(model, end, timer, fire, elapsed);
	}
	return !timer->armed || !can_probe(end);
}

void keepalive_catch_up(const struct model *model, struct model_end *end, struct window until)
{
	follow(model, end, until);
}

void keepalive_received(const struct model *model, struct model_end *end, struct window at)
{
	struct model_timer *timer = &end->keepalive;
	bool certain = follow(model, end, at);
	int64_t idle = idle_of(model, end);

	end->received_at = at;
	end->received_instant = model->instant;
	if (!timer->armed)
		return;
	if (!certain) {
		/* Whenever it expires next, it is within the idle time and a granule from now,
		 * and no probe is due before the idle time is over. */
		timer_arm_until(model, timer, at, window_add(at, window_at(idle)),
				(struct window){0, idle}, window_at(idle));
		return;
	}
	/* An answer follows its probe within a round trip, however wide the probe's window is. */
	if (model->instant && timer->instant == model->instant)
		timer->reach = window_subtract(timer->distance,
					       (struct window){0, model->settings.rtt.latest});
	else
		timer->reach = window_subtract(timer->expires, at);
}

void keepalive_probe_sent(const struct model *model, struct model_end *end, struct window at)
{
	struct window since = since_stamp(model, at, end->received_at);

	end->probes_low++;
	end->probes_high++;
	timer_arm(model, &end->keepalive, at, window_at(interval_of(model, end)), since);
}

void keepalive_option(struct model *model, struct model_end *end, enum model_option option,
		      struct window at)
{
	struct window elapsed = window_subtract(at, end->received_at);
	struct model_timer before = end->keepalive;
	int64_t idle = idle_of(model, end), tick = wheel_tick(&model->settings.wheel);

	if (!is_alive(end) || (option != OPTION_KEEPALIVE && option != OPTION_IDLE))
		return;
	if (!end->options.keepalive) {
		end->keepalive.armed = false;
		return;
	}
	if (option == OPTION_KEEPALIVE) {
		/* tcp_set_keepalive(): the whole idle time from now on; probes_out stays. */
		if (!end->keepalive.armed)
			timer_arm(model, &end->keepalive, at, window_at(idle), elapsed);
		return;
	}
	if (elapsed.latest < idle)
		wait_for_rest(model, end, &end->keepalive, at, elapsed);
	else
		timer_arm(model, &end->keepalive, at,
			  (struct window){0, most(idle - elapsed.earliest, 0)}, elapsed);
	/* A pending timer that expires in the same jiffy stays in the bucket of the farther level
	 * that it was put into (kernel/time/timer.c, __mod_timer). */
	if (before.armed && before.expires.earliest - tick <= end->keepalive.expires.latest &&
	    end->keepalive.expires.earliest - tick <= before.expires.latest)
		end->keepalive.distance = window_union(end->keepalive.distance, before.distance);
}

/* What an expiry that finds the idle time over does. */
struct outcome {
	bool probe, reset;
	struct window probe_at, reset_at;
	struct window elapsed;
	int64_t wait, asked;
};

static void widen(bool *known, struct window *window, struct window by)
{
	*window = *known ? window_union(*window, by) : by;
	*known = true;
}

/* With a user timeout that decides, count does not (since 2.6.37; dca43c75e7e5). */
static void add_outcome(const struct model *model, const struct model_end *end,
			struct outcome *outcome, struct window at, struct window elapsed)
{
	const struct wheel *wheel = &model->settings.wheel;
	int64_t limit = end->options.user_timeout, tick = wheel_tick(wheel);
	struct window probe_at = at, reset_at = at;
	bool probe, reset;

	if (!limit) {
		reset = end->probes_high >= count_of(model, end);
		probe = end->probes_low < count_of(model, end);
	} else {
		limit = wheel_rounded(wheel, limit);
		reset = end->probes_high > 0 && elapsed.latest + tick > limit;
		probe = end->probes_low == 0 || elapsed.earliest < limit;
	}
	if (probe && reset && limit && end->probes_low) {
		probe_at.latest =
			most(at.earliest, least(at.latest, end->received_at.latest + limit));
		reset_at.earliest = least(
			at.latest, most(at.earliest, end->received_at.earliest + limit - tick));
	}
	if (probe)
		widen(&outcome->probe, &outcome->probe_at, probe_at);
	if (reset)
		widen(&outcome->reset, &outcome->reset_at, reset_at);
}

/* Follows the timer on a copy until an expiry must act, and collects what it may do till then. */
static struct outcome outcome_of(const struct model *model, const struct model_end *end)
{
	struct model_timer timer = end->keepalive;
	int64_t idle = idle_of(model, end), tick = wheel_tick(&model->settings.wheel);
	struct outcome outcome = {.wait = timer.distance.latest, .asked = timer.expires.earliest};
	bool acts = false;

	for (int i = 0; i < FOLLOW_LIMIT; i++) {
		struct window fire = timer_fire(model, &timer);
		struct window elapsed = elapsed_at_fire(model, end, &timer, fire);

		if (elapsed.latest + tick > idle) {
			struct window over = elapsed, at = fire;

			over.earliest = most(over.earliest, idle);
			over.latest = most(over.latest, idle);
			at.earliest =
				least(most(at.earliest, end->received_at.earliest + idle - tick),
				      at.latest);
			add_outcome(model, end, &outcome, at, over);
			widen(&acts, &outcome.elapsed, over);
		}
		if (elapsed.earliest >= idle)
			return outcome;
		fire.latest =
			most(fire.earliest, least(fire.latest, end->received_at.latest + idle));
		elapsed.latest = most(elapsed.earliest, least(elapsed.latest, idle));
		wait_for_rest(model, end, &timer, fire, elapsed);
		outcome.wait = timer.distance.latest;
		outcome.asked = timer.expires.earliest;
	}
	return outcome;
}

void keepalive_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	struct outcome outcome;
	struct due *due;

	if (!end->keepalive.armed || !can_probe(end) || is_busy(end))
		return;
	outcome = outcome_of(model, end);
	if (outcome.probe) {
		due = due_add(dues, DUE_PROBE, end->end,
			      end->probes_high ? RULE_KEEPALIVE_NEXT : RULE_KEEPALIVE_FIRST,
			      outcome.probe_at);
		due->role = ROLE_PROBE;
		due->ordinal = end->probes_high + 1;
		due->wait = outcome.wait;
		due->asked = outcome.asked;
		due->elapsed = outcome.elapsed;
		due->either = outcome.reset;
		if (due->either && end->options.user_timeout) {
			int64_t limit =
				wheel_rounded(&model->settings.wheel, end->options.user_timeout);

			due->elapsed.latest =
				most(due->elapsed.earliest, least(due->elapsed.latest, limit));
		}
	}
	if (outcome.reset) {
		due = due_add(dues, DUE_RST, end->end,
			      end->options.user_timeout ? RULE_KEEPALIVE_USER_TIMEOUT
							: RULE_KEEPALIVE_COUNT,
			      outcome.reset_at);
		due->role = ROLE_RST;
		due->wait = outcome.wait;
		due->asked = outcome.asked;
		due->elapsed = outcome.elapsed;
		due->either = outcome.probe;
	}
}

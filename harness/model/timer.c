#include "model/engine.h"

#include "base/duration.h"

/*
 * A segment is stamped on its way out of the socket, or into it; behind that its timer is armed,
 * or its arrival noted, in jiffies (net/ipv4/tcp_output.c, tcp_event_new_data_sent; tcp_input.c,
 * tcp_event_data_recv). Where a tick falls between, they are one more than at the stamp. Seen in
 * virtual time: up to 25 us. Matters where the wheel's phase is known only.
 */
#define ARMING_DELAY (100 * MICROSECOND)

struct window stamp_in_jiffies(const struct model *model, struct window stamp)
{
	if (model->settings.wheel.phase_known && stamp.earliest == stamp.latest)
		stamp.latest += ARMING_DELAY;
	return stamp;
}

void timer_arm_until(const struct model *model, struct model_timer *timer, struct window at,
		     struct window expires, struct window distance, struct window reach)
{
	*timer = (struct model_timer){
		.armed = true,
		.armed_at = at,
		.expires = expires,
		.distance = distance,
		.reach = reach,
		.instant = model->instant,
	};
}

void timer_arm(const struct model *model, struct model_timer *timer, struct window at,
	       struct window duration, struct window since)
{
	struct window distance = {wheel_cut(&model->settings.wheel, duration.earliest),
				  wheel_cut(&model->settings.wheel, duration.latest)};

	timer_arm_until(model, timer, at, window_add(stamp_in_jiffies(model, at), distance),
			distance, window_add(since, distance));
}

struct window timer_fire(const struct model *model, const struct model_timer *timer)
{
	return wheel_fire(&model->settings.wheel, timer->expires, timer->distance);
}

struct window timer_elapsed(const struct model *model, const struct model_timer *timer)
{
	struct window late = {0, wheel_lateness(&model->settings.wheel, timer->distance)};

	late = window_intersect(late, window_subtract(timer_fire(model, timer), timer->expires));
	return window_add(timer->reach, late);
}

struct window since_stamp(const struct model *model, struct window at, struct window stamp)
{
	struct window difference = window_subtract(at, stamp);

	return model->elapsed_known ? window_intersect(model->elapsed, difference) : difference;
}

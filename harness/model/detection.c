/* How long until a dead peer is noticed: for people who run nothing. */
#include "model/engine.h"

/* More than any count, sysctl or back-off allows: tcp_retries2 255, TCP_KEEPCNT 127. */
#define STEP_LIMIT 2000

static void set_scene(struct model *model, const struct settings *settings,
		      enum situation situation)
{
	struct window zero = window_at(0);

	if (situation == SITUATION_CONNECTING)
		model_start(model, settings);
	else
		model_start_established(model, settings, zero);
	model_path(model, END_SERVER, PATH_DROP);
	model_path(model, END_CLIENT, PATH_DROP);
	model_call(model, END_SERVER, MODEL_VANISH, 0, zero);
	/* One that never looks is told nothing, but the kernel notices all the same. */
	model->client.unaware = false;
	switch (situation) {
	case SITUATION_IDLE:
		break;
	case SITUATION_DATA:
		model_call(model, END_CLIENT, MODEL_SEND, 1, zero);
		break;
	case SITUATION_WINDOW:
		model->client.peer_window = 0;
		model_call(model, END_CLIENT, MODEL_SEND, 1, zero);
		break;
	case SITUATION_CONNECTING:
		model_call(model, END_CLIENT, MODEL_CONNECT, 0, zero);
		break;
	}
}

/* Plays until the client's application is told. Returns false where it never is. */
static bool play(const struct settings *settings, enum situation situation,
		 enum model_choice choice, struct due *ret_error, int *ret_segments)
{
	struct model model;
	struct due due;

	set_scene(&model, settings, situation);
	*ret_segments = 0;
	for (int i = 0; i < STEP_LIMIT && model_step(&model, choice, &due); i++) {
		if (due.kind == DUE_ERROR) {
			*ret_error = due;
			return true;
		}
		*ret_segments += due.role != ROLE_NONE && due.role != ROLE_RST;
	}
	return false;
}

/*
 * A user timeout of many intervals is not played: its end is the first expiry behind it, and
 * expiries are an interval and a granule apart.
 */
static bool many_intervals(const struct settings *settings, enum situation situation,
			   struct detection *ret_detection)
{
	const struct end_settings *options = &settings->client;
	int64_t limit = options->user_timeout, lateness;
	int64_t interval = options->interval ? options->interval : settings->sysctl.keepalive_intvl;
	struct detection first;
	struct settings one = *settings;

	if (situation != SITUATION_IDLE || !options->keepalive || interval <= 0 ||
	    limit / interval < STEP_LIMIT / 2)
		return false;
	/* With one probe allowed the play shows the first probe's own wait. */
	one.client.user_timeout = 0;
	one.client.count = 1;
	first = model_detection(&one, situation);
	lateness = wheel_lateness(&settings->wheel, window_at(interval));
	*ret_detection = (struct detection){
		.within = {most(limit, first.within.earliest),
			   most(limit + interval + lateness, first.within.latest)},
		.rule = RULE_KEEPALIVE_USER_TIMEOUT,
		.error = first.error,
		.segments = (int)least(limit / interval + 1, INT32_MAX),
	};
	return true;
}

struct detection model_detection(const struct settings *settings, enum situation situation)
{
	struct detection detection = {.never = true};
	struct due best, worst;
	int segments;

	if (many_intervals(settings, situation, &detection))
		return detection;
	if (!play(settings, situation, CHOOSE_END, &best, &segments) ||
	    !play(settings, situation, CHOOSE_ON, &worst, &segments))
		return detection;
	detection.never = false;
	detection.within = (struct window){best.at.earliest, worst.at.latest};
	detection.rule = worst.rule;
	detection.error = worst.error;
	detection.segments = segments;
	return detection;
}

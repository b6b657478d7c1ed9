/*
 * The handshake. SYN: net/ipv4/tcp_timer.c, tcp_retransmit_timer and tcp_write_timeout in
 * SYN-SENT. SYN-ACK: net/ipv4/inet_connection_sock.c, reqsk_timer_handler, for a request that is
 * not a socket yet.
 */
#include <errno.h>

#include "base/duration.h"
#include "model/engine.h"

/* TCP_TIMEOUT_INIT */
#define FIRST_TIMEOUT SECOND

static int64_t linear_timeouts(const struct model *model, const struct model_end *end)
{
	return model->settings.feature.syn_linear_timeouts
		       ? sysctls_of(model, end)->syn_linear_timeouts
		       : 0;
}

static int64_t syn_retries(const struct model *model, const struct model_end *end)
{
	return end->options.syn_count ? end->options.syn_count
				      : sysctls_of(model, end)->syn_retries;
}

static int64_t syn_user_timeout(const struct model *model, const struct model_end *end)
{
	return model->settings.feature.syn_user_timeout ? end->options.user_timeout : 0;
}

/* tcp_connect(): retrans_stamp is set with the first SYN. */
void syn_sent(struct model *model, struct model_end *end, const struct model_segment *segment,
	      struct window at)
{
	end->state = STATE_SYN_SENT;
	end->snd_known = true;
	end->snd_una = segment->seq;
	end->snd_nxt = segment->seq + 1;
	rtt_sent(end, end->snd_nxt, at);
	end->segments = 1;
	end->rto = window_at(least(FIRST_TIMEOUT, end_rto_max(model, end)));
	end->stamped = true;
	end->stamp = at;
	end->pending_timer = WRITE_RETRANSMIT;
	timer_arm(model, &end->write, at, end->rto, window_at(0));
}

void syn_sent_again(struct model *model, struct model_end *end, struct window at)
{
	struct window since = since_stamp(model, at, end->stamp);

	end->retransmits++;
	end->timeouts++;
	if (end->timeouts > linear_timeouts(model, end)) {
		end->backoff++;
		end->rto = window_at(least(2 * end->rto.latest, end_rto_max(model, end)));
	}
	write_arm_clamped(model, end, syn_user_timeout(model, end), at, since);
}

void syn_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	struct window fire = timer_fire(model, &end->write);
	struct window elapsed = timer_elapsed(model, &end->write);
	int64_t user_timeout = syn_user_timeout(model, end);
	int64_t limit =
		user_timeout ? user_timeout
			     : modelled_timeout(model, end, syn_retries(model, end), FIRST_TIMEOUT);
	bool last = end->retransmits >= syn_retries(model, end) + linear_timeouts(model, end);
	bool may_end = last, must_end = last;
	struct due *due;

	if (end->retransmits) {
		may_end = may_end || end->write.decides || elapsed.latest + MILLISECOND >= limit;
		must_end =
			must_end || end->write.decides || elapsed.earliest - MILLISECOND >= limit;
	}
	if (may_end) {
		due = due_add(dues, DUE_ERROR, end->end,
			      user_timeout && !last ? RULE_SYN_USER_TIMEOUT : RULE_SYN_LIMIT, fire);
		due->error = ETIMEDOUT;
		due->wait = end->write.distance.latest;
		due->asked = end->write.expires.earliest;
		due->elapsed = elapsed;
		due->either = !must_end;
	}
	if (must_end)
		return;
	if (may_end)
		elapsed.latest = most(elapsed.earliest, least(elapsed.latest, limit + MILLISECOND));
	due = due_add(dues, DUE_SYN, end->end, RULE_SYN_RETRANSMISSION, fire);
	due->role = ROLE_RETRANSMISSION;
	due->ordinal = end->retransmits + 1;
	due->wait = end->write.distance.latest;
	due->asked = end->write.expires.earliest;
	due->elapsed = elapsed;
	due->either = may_end;
}

static int64_t synack_retries(const struct model *model, const struct model_end *end)
{
	return end->options.syn_count ? end->options.syn_count
				      : sysctls_of(model, end)->synack_retries;
}

static int64_t request_wait(const struct model *model, const struct model_end *end, int timeouts)
{
	int64_t limit = end_rto_max(model, end);

	return timeouts < 10 ? least(FIRST_TIMEOUT << timeouts, limit) : limit;
}

static void request_arm(struct model *model, struct model_end *end, struct window at)
{
	int64_t wait = request_wait(model, end, end->request_timeouts);

	timer_arm(model, &end->request, at, window_at(wait), window_at(0));
}

/*
 * TCP_DEFER_ACCEPT in time-outs: secs_to_retrans() counts how many waits, doubled from 1 s, reach
 * its seconds.
 */
static int64_t defer_timeouts(const struct model_end *end)
{
	int64_t waits = 0, total = 0;

	for (int64_t wait = FIRST_TIMEOUT; total < end->options.defer_accept && waits < 255;
	     waits++) {
		total += wait;
		wait = least(2 * wait, 120 * SECOND);
	}
	return waits;
}

/* A wait that is deferred passes without a segment: the timer and the count behind all such. */
static int after_silence(const struct model *model, const struct model_end *end,
			 struct model_timer *ret_timer)
{
	int64_t defer = defer_timeouts(end), limit = synack_retries(model, end);
	int timeouts = end->request_timeouts;
	struct model_timer timer = end->request;

	while (end->request_acked && timeouts < defer - 1 && timeouts < limit) {
		timeouts++;
		timer_arm(model, &timer, timer_fire(model, &timer),
			  window_at(request_wait(model, end, timeouts)), window_at(0));
	}
	*ret_timer = timer;
	return timeouts;
}

void syn_ack_sent(struct model *model, struct model_end *end, const struct model_segment *segment,
		  struct window at)
{
	bool answered = true;

	if (segment->role == ROLE_SYN_ACK) {
		end->state = STATE_SYN_RECV;
		end->snd_known = true;
		end->snd_una = segment->seq;
		end->snd_nxt = segment->seq + 1;
		end->sent_count = 0;
		rtt_sent(end, end->snd_nxt, at);
		end->request_timeouts = 0;
		end->request_acked = false;
	} else if (end->request.armed &&
		   timer_fire(model, &end->request).earliest <= at.latest + 2 * MILLISECOND) {
		struct model_timer timer;

		answered = false;
		end->request_timeouts = 1 + after_silence(model, end, &timer);
	}
	/* tcp_check_req(): a SYN that came again is answered and starts the same wait anew. Where
	 * it came just as the wait ended, there may be one answer or two. */
	if (answered)
		pending_remove(end, DUE_SYN_ACK);
	for (int i = 0; i < end->pending_count; i++)
		end->pending[i].either |= end->pending[i].kind == DUE_SYN_ACK;
	request_arm(model, end, at);
}

/* syn_ack_recalc() */
void syn_ack_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	int64_t defer = defer_timeouts(end);
	struct model_timer timer;
	int timeouts = after_silence(model, end, &timer);
	bool expires = timeouts >= synack_retries(model, end) &&
		       (!defer || !end->request_acked || timeouts >= defer);
	struct due *due = due_add(dues, expires ? DUE_STATE : DUE_SYN_ACK, end->end,
				  expires ? RULE_SYN_ACK_LIMIT : RULE_SYN_ACK_RETRANSMISSION,
				  timer_fire(model, &timer));

	due->state = STATE_CLOSED;
	due->role = expires ? ROLE_NONE : ROLE_RETRANSMISSION;
	due->ordinal = timeouts + 1;
	due->wait = timer.distance.latest;
	due->asked = timer.expires.earliest;
}

static void establish(struct model *model, struct model_end *end,
		      const struct model_segment *segment, struct window at)
{
	end->state = STATE_ESTABLISHED;
	rtt_acknowledged(end, segment->ack, at);
	end->snd_una = segment->ack;
	end->segments = 0;
	end->retransmits = end->backoff = 0;
	end->recovering = end->stamped = false;
	end->rto = base_rto(model, end);
	end->request.armed = false;
	end->peer_window = segment->window;
	end->received_at = at;
	end->received_instant = model->instant;
	write_stop(end);
	keepalive_start(model, end, at);
}

static bool syn_received(struct model *model, struct model_end *end,
			 const struct model_segment *segment, struct window at)
{
	if (!end->listening || (segment->flags & (FLAG_ACK | FLAG_RST)))
		return false;
	if (end->state == STATE_LISTEN) {
		end->rcv_known = true;
		end->rcv_nxt = segment->seq + 1;
	}
	pending_add(model, end, DUE_SYN_ACK, RULE_SYN_ACK, at, ROLE_SYN_ACK);
	return true;
}

static bool request_acknowledged(struct model *model, struct model_end *end,
				 const struct model_segment *segment, struct window at)
{
	if (segment->flags & FLAG_RST || !(segment->flags & FLAG_ACK) ||
	    segment->ack != end->snd_nxt)
		return false;
	/* The timer that passes silently is counted when it is asked for; so is it here. */
	if (!segment->length && end->request_timeouts < defer_timeouts(end)) {
		end->request_acked = true;
		return true;
	}
	establish(model, end, segment, at);
	return !segment->length && !(segment->flags & FLAG_FIN);
}

bool handshake_received(struct model *model, struct model_end *end,
			const struct model_segment *segment, struct window at)
{
	bool syn = segment->flags & FLAG_SYN, ack = segment->flags & FLAG_ACK;

	if (end->state == STATE_SYN_SENT && syn && ack && segment->ack == end->snd_nxt) {
		end->rcv_known = true;
		end->rcv_nxt = segment->seq + 1;
		establish(model, end, segment, at);
		pending_add(model, end, DUE_ACK, RULE_HANDSHAKE_ACK, at, ROLE_HANDSHAKE_ACK);
		return true;
	}
	if (end->state == STATE_LISTEN || end->state == STATE_SYN_RECV) {
		if (syn && syn_received(model, end, segment, at))
			return true;
		if (end->state == STATE_SYN_RECV)
			return request_acknowledged(model, end, segment, at);
	}
	return false;
}

/* What an end does with a segment: net/ipv4/tcp_input.c, from tcp_validate_incoming on. */
#include <errno.h>

#include "base/duration.h"
#include "model/engine.h"

/* TCP_DELACK_MAX: HZ / 5 */
#define DELAYED_ACK_LIMIT (200 * MILLISECOND)

static struct window answer_window(const struct model *model, struct window at)
{
	return (struct window){at.earliest, at.latest + model->settings.rtt.latest};
}

/*
 * tcp_send_dupack(), for what lies before the window: keepalive and window probes among it. One
 * in tcp_invalid_ratelimit; what carries data is always answered (tcp_oow_rate_limited, 3.19).
 */
static void answer_duplicate(struct model *model, struct model_end *end,
			     const struct model_segment *segment, struct window at)
{
	int64_t limit = sysctls_of(model, end)->invalid_ratelimit;
	struct window passed = window_subtract(at, end->duplicate_at);
	bool limited = !segment->length && !(segment->flags & (FLAG_SYN | FLAG_FIN));

	if (limited && end->duplicate_answered && passed.latest < limit)
		return;
	if (limited) {
		end->duplicate_answered = true;
		end->duplicate_at = at;
	}
	pending_add(model, end, DUE_ACK, RULE_DUPLICATE_ANSWER, answer_window(model, at),
		    segment->length ? ROLE_ACK : ROLE_PROBE_REPLY);
}

static void reset_received(struct model *model, struct model_end *end, struct window at)
{
	switch (end->state) {
	case STATE_SYN_SENT:
		end_dies(model, end, ECONNREFUSED, RULE_RESET_REFUSED, at);
		break;
	case STATE_CLOSE_WAIT:
		end_dies(model, end, EPIPE, RULE_RESET_CLOSE_WAIT, at);
		break;
	case STATE_SYN_RECV: /* the request is forgotten, the listener stays */
	case STATE_NEW_SYN_RECV:
	case STATE_TIME_WAIT: /* unless tcp_rfc1337 is set */
		end_dies(model, end, 0, RULE_NONE, at);
		break;
	case STATE_NONE:
	case STATE_ESTABLISHED:
	case STATE_FIN_WAIT_1:
	case STATE_FIN_WAIT_2:
	case STATE_CLOSED:
	case STATE_LAST_ACK:
	case STATE_LISTEN:
	case STATE_CLOSING:
		end_dies(model, end, ECONNRESET, RULE_RESET_RECEIVED, at);
		break;
	}
}

/* tcp_clean_rtx_queue() and what tcp_ack() does after it. */
static void data_acknowledged(struct model *model, struct model_end *end, uint32_t ack,
			      struct window at)
{
	bool fin = end->fin_sent && !seq_before(ack, end->fin_seq + 1);

	rtt_acknowledged(end, ack, at);
	end->snd_una = ack;
	end->retransmits = 0;
	end->backoff = 0;
	end->rto = base_rto(model, end);
	if (!in_flight(end)) {
		end->segments = 0;
		end->recovering = end->loss_probed = end->stamped = false;
	} else if (end->segments > 1) {
		end->segments--;
	}
	write_rearm(model, end, at);
	if (fin)
		fin_acknowledged(model, end, at);
}

/* tcp_ack(). Returns whether the ACK was accepted. */
static bool acknowledge(struct model *model, struct model_end *end,
			const struct model_segment *segment, struct window at)
{
	if (!end->snd_known) {
		end->snd_known = true;
		end->snd_una = end->snd_nxt = segment->ack;
	}
	if (seq_before(segment->ack, end->snd_una) || seq_before(end->snd_nxt, segment->ack))
		return false;
	keepalive_received(model, end, at);
	end->probes_low = end->probes_high = 0;
	end->window_probes = 0;
	end->peer_window = segment->window;
	if (segment->ack != end->snd_una)
		data_acknowledged(model, end, segment->ack, at);
	if (!in_flight(end) && is_alive(end))
		persist_answered(model, end, at);
	return true;
}

/* Payload and FIN in order; tcp_data_queue(). */
static void take_data(struct model *model, struct model_end *end,
		      const struct model_segment *segment, struct window at)
{
	uint32_t next = segment->seq + (uint32_t)segment->length;
	bool fin = segment->flags & FLAG_FIN;
	struct window by = answer_window(model, at);

	if (seq_before(next + fin, end->rcv_nxt) || next + fin == end->rcv_nxt) {
		pending_add(model, end, DUE_ACK, RULE_DUPLICATE_ANSWER, by, ROLE_ACK);
		return;
	}
	if (seq_before(end->rcv_nxt, segment->seq)) { /* a hole: duplicate ACK at once */
		pending_add(model, end, DUE_ACK, RULE_DATA_ANSWER, by, ROLE_ACK);
		return;
	}
	if (end->deaf && end->state != STATE_ESTABLISHED && segment->length) {
		/* Nobody will read it (TCPAbortOnData): RFC 1122 4.2.2.13 wants a reset. */
		end_dies(model, end, ECONNRESET, RULE_UNREAD, at);
		pending_add(model, end, DUE_RST, RULE_UNREAD, by, ROLE_RST);
		return;
	}
	if (end->reads_no_more) {
		end->unread += next - end->rcv_nxt;
		end->window_shut = end->unread >= receive_room(end);
	}
	end->rcv_nxt = next + fin;
	by.latest += wheel_window(&model->settings.wheel, DELAYED_ACK_LIMIT).latest;
	pending_add(model, end, DUE_ACK, fin ? RULE_FIN_ANSWER : RULE_DATA_ANSWER, by, ROLE_ACK);
	if (fin)
		fin_received(model, end, at);
}

static bool is_before_window(const struct model_end *end, const struct model_segment *segment)
{
	uint32_t next = segment->seq + (uint32_t)segment->length + !!(segment->flags & FLAG_FIN) +
			!!(segment->flags & FLAG_SYN);

	return seq_before(next, end->rcv_nxt);
}

static void receive_established(struct model *model, struct model_end *end,
				const struct model_segment *segment, struct window at)
{
	/* Header prediction: in-order data that acknowledges nothing new skips tcp_ack(), and with
	 * it icsk_probes_out = 0, where its window is what it was (tcp_rcv_established). */
	bool may_skip = segment->length && segment->ack == end->snd_una &&
			end->state == STATE_ESTABLISHED && segment->window == end->peer_window;
	int probes = end->probes_high;

	if (!acknowledge(model, end, segment, at))
		return;
	if (may_skip)
		end->probes_high = probes;
	if (!is_alive(end))
		return;
	if (segment->length || segment->flags & FLAG_FIN)
		take_data(model, end, segment, at);
}

void receive(struct model *model, struct model_end *end, const struct model_segment *segment,
	     struct window at)
{
	if (handshake_received(model, end, segment, at))
		return;
	if (!end->rcv_known) {
		end->rcv_known = true;
		end->rcv_nxt = segment->seq +
			       (segment->role == ROLE_PROBE || segment->role == ROLE_WINDOW_PROBE);
	}
	if (segment->flags & FLAG_RST) {
		if (end->state != STATE_CLOSED && end->state != STATE_NONE)
			reset_received(model, end, at);
		return;
	}
	if (end->state == STATE_CLOSED || end->state == STATE_NONE) {
		pending_add(model, end, DUE_RST, RULE_NO_SOCKET, answer_window(model, at),
			    ROLE_RST);
		return;
	}
	if (is_before_window(end, segment) || segment->flags & FLAG_SYN) {
		answer_duplicate(model, end, segment, at);
		return;
	}
	if (end->state == STATE_TIME_WAIT) {
		fin_received(model, end, at);
		return;
	}
	receive_established(model, end, segment, at);
}

/*
 * Closing: the FIN, sockets without an application (orphans), FIN-WAIT-2 and TIME-WAIT.
 * net/ipv4/tcp.c, __tcp_close; net/ipv4/tcp_input.c, tcp_rcv_state_process;
 * net/ipv4/tcp_minisocks.c, tcp_time_wait.
 */
#include "base/duration.h"
#include "model/engine.h"

/* TCP_TIMEWAIT_LEN */
#define TIME_WAIT_LENGTH (60 * SECOND)

/* What tcp_orphan_retries = 0 means while the retransmission time-out is below its limit. */
#define ORPHAN_RETRIES_DEFAULT 8

bool orphan_alive(const struct model *model, const struct model_end *end)
{
	return end->rto.earliest < end_rto_max(model, end);
}

int64_t orphan_retries(const struct model *model, const struct model_end *end, bool alive)
{
	int64_t retries = sysctls_of(model, end)->orphan_retries;

	return retries == 0 && alive ? ORPHAN_RETRIES_DEFAULT : retries;
}

/* tcp_fin_time() */
static int64_t fin_time(const struct model *model, const struct model_end *end)
{
	int64_t time =
		end->options.linger2 ? end->options.linger2 : sysctls_of(model, end)->fin_timeout;

	return most(time, 7 * end->rto.latest / 2);
}

static void linger_arm(struct model *model, struct model_end *end, struct window at,
		       int64_t duration)
{
	end->keepalive.armed = false;
	write_stop(end);
	timer_arm(model, &end->linger, at, window_at(duration), window_at(0));
}

/* Above 60 s the socket waits for what is above that, then as long again without a socket. */
static void fin_wait_2(struct model *model, struct model_end *end, struct window at)
{
	int64_t time = fin_time(model, end);

	end->state = STATE_FIN_WAIT_2;
	if (!end->orphan)
		return;
	if (end->options.linger2 < 0) {
		end_dies(model, end, 0, RULE_NONE, at);
		pending_add(model, end, DUE_RST, RULE_FIN_WAIT_2_RESET, at, ROLE_RST);
		return;
	}
	linger_arm(model, end, at, time > TIME_WAIT_LENGTH ? time - TIME_WAIT_LENGTH : time);
}

static void time_wait(struct model *model, struct model_end *end, struct window at)
{
	end->state = STATE_TIME_WAIT;
	linger_arm(model, end, at, TIME_WAIT_LENGTH);
}

void close_call(struct model *model, struct model_end *end, enum model_call call, struct window at)
{
	if (call == MODEL_CLOSE)
		end->orphan = end->unattended = end->deaf = true;
	switch (end->state) {
	case STATE_ESTABLISHED:
		end->state = STATE_FIN_WAIT_1;
		break;
	case STATE_CLOSE_WAIT:
		end->state = STATE_LAST_ACK;
		break;
	case STATE_FIN_WAIT_2:
		if (call == MODEL_CLOSE && !end->linger.armed)
			fin_wait_2(model, end, at);
		return;
	case STATE_SYN_SENT:
	case STATE_SYN_RECV:
	case STATE_NEW_SYN_RECV:
	case STATE_LISTEN:
		if (call == MODEL_CLOSE)
			end_dies(model, end, 0, RULE_NONE, at);
		return;
	case STATE_NONE:
	case STATE_FIN_WAIT_1:
	case STATE_TIME_WAIT:
	case STATE_CLOSED:
	case STATE_LAST_ACK:
	case STATE_CLOSING:
		return;
	}
	/* A FIN that was seen before the call was told is its FIN. */
	end->fin_wanted = true;
	if (!unsent(end))
		pending_output(model, end, at);
}

void fin_was_sent(struct model_end *end)
{
	end->fin_wanted = end->fin_sent = true;
	pending_remove(end, DUE_FIN);
	if (end->state == STATE_ESTABLISHED)
		end->state = STATE_FIN_WAIT_1;
	else if (end->state == STATE_CLOSE_WAIT)
		end->state = STATE_LAST_ACK;
}

void fin_acknowledged(struct model *model, struct model_end *end, struct window at)
{
	if (end->state == STATE_FIN_WAIT_1)
		fin_wait_2(model, end, at);
	else if (end->state == STATE_CLOSING)
		time_wait(model, end, at);
	else if (end->state == STATE_LAST_ACK)
		end_dies(model, end, 0, RULE_NONE, at);
}

void fin_received(struct model *model, struct model_end *end, struct window at)
{
	end->fin_received = true;
	if (end->state == STATE_ESTABLISHED)
		end->state = STATE_CLOSE_WAIT;
	else if (end->state == STATE_FIN_WAIT_1)
		end->state = STATE_CLOSING;
	else if (end->state == STATE_FIN_WAIT_2 || end->state == STATE_TIME_WAIT)
		time_wait(model, end, at);
}

void linger_due(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	struct window fire = timer_fire(model, &end->linger);
	int64_t time = fin_time(model, end);
	bool waits = end->state == STATE_TIME_WAIT;
	struct due *due;

	if (!waits && time > TIME_WAIT_LENGTH) {
		struct model_timer second;

		timer_arm(model, &second, fire, window_at(time - TIME_WAIT_LENGTH), window_at(0));
		fire = timer_fire(model, &second);
	}
	due = due_add(dues, DUE_STATE, end->end, waits ? RULE_TIME_WAIT : RULE_FIN_WAIT_2, fire);
	due->state = STATE_CLOSED;
	due->wait = end->linger.distance.latest;
	due->asked = end->linger.expires.earliest;
}

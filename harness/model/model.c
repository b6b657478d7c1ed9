/* The model's state and how what happened is handed to the rules. */
#include "model/model.h"

#include <errno.h>
#include <string.h>

#include "base/duration.h"
#include "model/engine.h"

static void start_end(struct model_end *end, enum end which, const struct end_settings *options)
{
	*end = (struct model_end){.end = which, .options = *options, .state = STATE_CLOSED};
	end->unaware = options->unaware;
}

void model_start(struct model *model, const struct settings *settings)
{
	memset(model, 0, sizeof(*model));
	model->settings = *settings;
	model->to_client = model->to_server = PATH_OPEN;
	start_end(&model->client, END_CLIENT, &settings->client);
	start_end(&model->server, END_SERVER, &settings->server);
	model->client.peer_window = receive_room(&model->server);
	model->server.peer_window = receive_room(&model->client);
	model->server.state = STATE_LISTEN;
	model->server.listening = true;
}

void model_start_established(struct model *model, const struct settings *settings, struct window at)
{
	model_start(model, settings);
	model->server.listening = false;
	for (enum end which = END_CLIENT; which <= END_SERVER; which++) {
		struct model_end *end = model_end(model, which);

		end->state = STATE_ESTABLISHED;
		end->rto = base_rto(model, end);
		end->received_at = at;
		end->rcv_known = end->snd_known = true;
		end->rcv_nxt = end->snd_una = end->snd_nxt = 1;
		keepalive_start(model, end, at);
	}
}

void end_dies(struct model *model, struct model_end *end, int error, enum rule rule,
	      struct window at)
{
	bool was_request = end->state == STATE_SYN_RECV && end->listening, told = is_told(end);

	end->state = was_request ? STATE_LISTEN : STATE_CLOSED;
	end->keepalive.armed = end->request.armed = end->linger.armed = false;
	end->written = end->sequenced;
	end->snd_una = end->snd_nxt;
	end->sent_count = 0;
	end->fin_wanted = false;
	end->pending_count = 0;
	write_stop(end);
	if (!error || end->unattended)
		return;
	end->error = error;
	if (rule != RULE_NONE && told)
		pending_add(model, end, DUE_ERROR, rule, at, ROLE_NONE);
}

static enum path path_to(const struct model *model, enum end to)
{
	return to == END_SERVER ? model->to_server : model->to_client;
}

bool model_lost(const struct model *model, enum end to)
{
	return path_to(model, to) != PATH_OPEN;
}

void model_path(struct model *model, enum end to, enum path path)
{
	if (to == END_SERVER)
		model->to_server = path;
	else
		model->to_client = path;
}

/*
 * An RST of its own ends a socket. Where keepalive gave up, its application is told: that is taken
 * for the cause where probes are unanswered and the timer can have expired.
 */
static void reset_sent(struct model *model, struct model_end *end, struct window at)
{
	struct due_list dues = {(struct due[MODEL_DUE_LIMIT]){{0}}, 0};
	enum rule rule = RULE_NONE;

	pending_remove(end, DUE_RST);
	if (!is_alive(end) || path_to(model, end->end) == PATH_REJECT_RESET)
		return;
	keepalive_due(model, end, &dues);
	for (size_t i = 0; i < dues.count; i++)
		if (dues.list[i].kind == DUE_RST &&
		    dues.list[i].at.earliest <= at.latest + 2 * MILLISECOND)
			rule = dues.list[i].rule;
	end_dies(model, end, rule == RULE_NONE ? 0 : ETIMEDOUT, rule, at);
}

static void data_sent(struct model *model, struct model_end *end,
		      const struct model_segment *segment, struct window at)
{
	uint32_t next = segment->seq + (uint32_t)segment->length;

	if (!end->snd_known) {
		end->snd_known = true;
		end->snd_una = end->snd_nxt = segment->seq;
		end->rto = base_rto(model, end);
	}
	end->sequenced += segment->length;
	if (segment->flags & FLAG_FIN) {
		end->fin_seq = next++;
		fin_was_sent(end);
	}
	if (seq_before(end->snd_nxt, next)) {
		end->snd_nxt = next;
		rtt_sent(end, next, at);
	}
	pending_remove(end, DUE_DATA);
	if (in_flight(end))
		retransmit_sent(model, end, segment->length, at);
	pending_output(model, end, at);
}

static void sent_again(struct model *model, struct model_end *end,
		       const struct model_segment *segment, struct window at)
{
	rtt_sent_again(end, segment->seq);
	if (end->state == STATE_SYN_SENT)
		syn_sent_again(model, end, at);
	else if (end->state == STATE_SYN_RECV || segment->flags & FLAG_SYN)
		syn_ack_sent(model, end, segment, at);
	else
		retransmit_again(model, end, at);
}

static void sent(struct model *model, struct model_end *end, const struct model_segment *segment,
		 struct window at)
{
	if (segment->flags & FLAG_ACK && segment->ack == end->rcv_nxt)
		pending_acknowledged(end, segment);
	switch (segment->role) {
	case ROLE_SYN:
		pending_remove(end, DUE_SYN);
		syn_sent(model, end, segment, at);
		break;
	case ROLE_SYN_ACK:
		pending_remove(end, DUE_SYN_ACK);
		syn_ack_sent(model, end, segment, at);
		break;
	case ROLE_DATA:
	case ROLE_FIN:
		data_sent(model, end, segment, at);
		break;
	case ROLE_RETRANSMISSION:
		sent_again(model, end, segment, at);
		break;
	case ROLE_PROBE: /* one form on the wire: the armed timer says which it is */
	case ROLE_WINDOW_PROBE:
		if (segment->role == ROLE_WINDOW_PROBE || end->pending_timer == WRITE_PERSIST)
			persist_probe_sent(model, end, at);
		else
			keepalive_probe_sent(model, end, at);
		break;
	case ROLE_RST:
		reset_sent(model, end, at);
		break;
	case ROLE_NONE:
	case ROLE_HANDSHAKE_ACK:
	case ROLE_PROBE_REPLY:
	case ROLE_ACK:
	case ROLE_OTHER:
	case ROLE_LATER:
		break;
	}
}

/* A firewall that rejects answers in the peer's place. */
static void rejected(struct model *model, enum end sender, const struct model_segment *segment,
		     struct window at)
{
	struct model_end *end = model_end(model, sender);
	enum path path = path_to(model, other_end(sender));

	if (segment->flags & FLAG_RST)
		return;
	if (path == PATH_REJECT_RESET) {
		pending_add(model, model_end(model, other_end(sender)), DUE_RST, RULE_NO_SOCKET, at,
			    ROLE_RST);
	} else if (end->state == STATE_SYN_SENT && path == PATH_REJECT_PORT) {
		end_dies(model, end, ECONNREFUSED, RULE_UNREACHABLE, at);
	} else if (end->state == STATE_SYN_SENT && path == PATH_REJECT_HOST) {
		end_dies(model, end, EHOSTUNREACH, RULE_UNREACHABLE, at);
	}
}

static void catch_up(struct model *model, struct window at)
{
	keepalive_catch_up(model, &model->client, at);
	keepalive_catch_up(model, &model->server, at);
}

void model_segment(struct model *model, enum end sender, const struct model_segment *segment,
		   struct window at, bool lost)
{
	catch_up(model, at);
	sent(model, model_end(model, sender), segment, at);
	model->elapsed_known = false;
	if (lost)
		rejected(model, sender, segment, at);
	else
		receive(model, model_end(model, other_end(sender)), segment, at);
}

static void send_call(struct model *model, struct model_end *end, int64_t bytes, struct window at)
{
	if (!is_alive(end))
		return;
	end->written += bytes;
	if (!unsent(end) || (in_flight(end) && !end->peer_window))
		return;
	if (!end->peer_window || path_to(model, other_end(end->end)) == PATH_DROP_AT_SENDER)
		persist_check(model, end, at);
	else
		pending_output(model, end, at);
}

void model_call(struct model *model, enum end end, enum model_call call, int64_t argument,
		struct window at)
{
	struct model_end *caller = model_end(model, end);

	catch_up(model, at);
	switch (call) {
	case MODEL_CONNECT:
		pending_add(model, caller, DUE_SYN, RULE_SYN, at, ROLE_SYN);
		break;
	case MODEL_SEND:
		send_call(model, caller, argument, at);
		break;
	case MODEL_SHUTDOWN_RECEIVE:
		caller->deaf = true;
		break;
	case MODEL_LINGER:
		caller->deaf = caller->unattended = true;
		close_call(model, caller, MODEL_SHUTDOWN, at);
		break;
	case MODEL_SHUTDOWN:
	case MODEL_CLOSE:
		close_call(model, caller, call, at);
		break;
	case MODEL_ABORT:
		end_dies(model, caller, 0, RULE_NONE, at);
		pending_add(model, caller, DUE_RST, RULE_ABORT, at, ROLE_RST);
		break;
	case MODEL_DESTROY:
		end_dies(model, caller, ECONNABORTED, RULE_DESTROY, at);
		pending_add(model, caller, DUE_RST, RULE_DESTROY, at, ROLE_RST);
		break;
	case MODEL_READ:
		if (caller->window_shut)
			pending_add(model, caller, DUE_ACK, RULE_DATA_ANSWER, at, ROLE_ACK);
		caller->window_shut = caller->reads_no_more = false;
		caller->unread = 0;
		break;
	case MODEL_STOP_READING:
		caller->reads_no_more = true;
		break;
	case MODEL_FULL:
		caller->window_shut = true;
		break;
	case MODEL_TOLD:
		/* An error that nothing on the wire announced: its timers gave up in silence. */
		if (is_alive(caller))
			end_dies(model, caller, 0, RULE_NONE, at);
		pending_remove(caller, DUE_ERROR);
		caller->error = 0;
		break;
	case MODEL_VANISH:
		end_dies(model, caller, 0, RULE_NONE, at);
		break;
	}
}

void model_option(struct model *model, enum end end, enum model_option option, int64_t value,
		  struct window at)
{
	struct model_end *owner = model_end(model, end);

	catch_up(model, at);
	switch (option) {
	case OPTION_KEEPALIVE:
		owner->options.keepalive = value;
		break;
	case OPTION_IDLE:
		owner->options.idle = value;
		break;
	case OPTION_INTERVAL:
		owner->options.interval = value;
		break;
	case OPTION_COUNT:
		owner->options.count = value;
		break;
	case OPTION_USER_TIMEOUT:
		owner->options.user_timeout = value;
		break;
	case OPTION_SYN_COUNT:
		owner->options.syn_count = value;
		break;
	case OPTION_LINGER2:
		owner->options.linger2 = value;
		break;
	case OPTION_RTO_MAX:
		owner->options.rto_max = value;
		break;
	case OPTION_THIN_LINEAR_TIMEOUTS:
		owner->options.thin_linear_timeouts = value;
		break;
	}
	keepalive_option(model, owner, option, at);
}

int model_sysctl(struct model *model, enum end end, const char *name, const char *value,
		 struct window at)
{
	catch_up(model, at);
	return settings_end_sysctl(&model->settings, end, name, value);
}

int model_call_error(const struct model *model, enum end end, enum application_call call)
{
	const struct model_end *caller = end == END_SERVER ? &model->server : &model->client;

	if (caller->error && (call != CALL_RECV || !caller->fin_received))
		return caller->error;
	if (call == CALL_SEND && !is_alive(caller))
		return EPIPE;
	return 0;
}

/* What is due next, and taking it as having happened. */
#include <errno.h>
#include <stdlib.h>

#include "model/engine.h"

static void end_next(const struct model *model, const struct model_end *end, struct due_list *dues)
{
	for (int i = 0; i < end->pending_count; i++)
		*due_add(dues, DUE_NONE, end->end, RULE_NONE, window_at(0)) = end->pending[i];
	keepalive_due(model, end, dues);
	if (end->request.armed)
		syn_ack_due(model, end, dues);
	if (end->linger.armed)
		linger_due(model, end, dues);
	if (!end->write.armed)
		return;
	if (end->state == STATE_SYN_SENT)
		syn_due(model, end, dues);
	else if (end->pending_timer == WRITE_PERSIST)
		persist_due(model, end, dues);
	else if (end->pending_timer != WRITE_NONE)
		retransmit_due(model, end, dues);
}

/* What gives up comes behind what goes on where both may be. */
static int compare(const void *left, const void *right)
{
	const struct due *a = left, *b = right;

	if (a->at.earliest != b->at.earliest)
		return a->at.earliest < b->at.earliest ? -1 : 1;
	if (a->at.latest != b->at.latest)
		return a->at.latest < b->at.latest ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static bool is_unseen(const struct model *model, const struct due *due)
{
	enum path path = due->end == END_CLIENT ? model->to_server : model->to_client;

	return due->role != ROLE_NONE && path == PATH_DROP_AT_SENDER;
}

size_t model_next(const struct model *model, struct due list[static MODEL_DUE_LIMIT])
{
	struct due_list dues = {list, 0};

	end_next(model, &model->client, &dues);
	end_next(model, &model->server, &dues);
	for (size_t i = 0; i < dues.count; i++)
		dues.list[i].unseen = is_unseen(model, &dues.list[i]);
	qsort(list, dues.count, sizeof(*list), compare);
	return dues.count;
}

/* The oldest segment in flight, again. */
static void again(const struct model_end *end, struct model_segment *segment, int64_t mss)
{
	uint32_t flight = end->snd_nxt - end->snd_una;
	bool fin = end->fin_sent && end->snd_una == end->fin_seq;

	segment->seq = end->snd_una;
	if (end->state == STATE_SYN_SENT) {
		segment->flags = FLAG_SYN;
	} else if (end->state == STATE_SYN_RECV) {
		segment->flags = FLAG_SYN | FLAG_ACK;
	} else if (fin) {
		segment->flags |= FLAG_FIN;
	} else {
		flight -= end->fin_sent && flight > 0;
		segment->length = least(flight, mss);
	}
}

struct model_segment model_due_segment(const struct model *model, const struct due *due)
{
	const struct model_end *end = due->end == END_SERVER ? &model->server : &model->client;
	struct model_segment segment = {
		.role = due->role,
		.flags = FLAG_ACK,
		.seq = end->snd_nxt,
		.ack = end->rcv_nxt,
		.window = end->window_shut ? 0 : receive_room(end) - end->unread,
	};

	switch (due->role) {
	case ROLE_PROBE:
		segment.seq = end->snd_nxt - 1;
		break;
	case ROLE_WINDOW_PROBE:
		segment.seq = end->snd_una - 1;
		break;
	case ROLE_SYN:
		segment.flags = FLAG_SYN;
		break;
	case ROLE_SYN_ACK:
		segment.flags |= FLAG_SYN;
		break;
	case ROLE_FIN:
		segment.flags |= FLAG_FIN;
		break;
	case ROLE_RST:
		segment.flags |= FLAG_RST;
		break;
	case ROLE_DATA:
		/* What the congestion window allows is not followed, what the peer's does is. */
		segment.length = end->peer_window < WINDOW_OPEN
					 ? least(unsent(end), end->peer_window)
					 : unsent(end);
		break;
	case ROLE_RETRANSMISSION:
		again(end, &segment, model->settings.mss);
		break;
	case ROLE_NONE:
	case ROLE_HANDSHAKE_ACK:
	case ROLE_PROBE_REPLY:
	case ROLE_ACK:
	case ROLE_OTHER:
	case ROLE_LATER:
		break;
	}
	return segment;
}

void model_assume(struct model *model, const struct due *due)
{
	struct model_end *end = model_end(model, due->end);
	struct model_segment segment;

	model->instant = due->instant ? due->instant : ++model->instants;
	model->elapsed_known = due->wait > 0;
	model->elapsed = due->elapsed;
	if (due->role != ROLE_NONE) {
		segment = model_due_segment(model, due);
		model_segment(model, due->end, &segment, due->at,
			      model_lost(model, other_end(due->end)));
		if (due->role == ROLE_DATA && end->snd_nxt - end->snd_una >= end->peer_window)
			pending_remove(end, DUE_DATA); /* the window is used up */
	} else if (due->kind == DUE_ERROR) {
		if (is_alive(end))
			end_dies(model, end, due->error, RULE_NONE, due->at);
		pending_remove(end, DUE_ERROR);
	} else if (due->kind == DUE_STATE) {
		end_dies(model, end, due->error, RULE_NONE, due->at);
	}
	model->elapsed_known = false;
	model->instant = 0;
}

static bool gives_up(const struct due *due)
{
	return due->kind == DUE_ERROR || due->kind == DUE_STATE || due->kind == DUE_RST;
}

bool model_choose(const struct model *model, enum model_choice choice, struct due *ret_due)
{
	struct due list[MODEL_DUE_LIMIT];
	size_t count = model_next(model, list), chosen = 0;

	if (!count)
		return false;
	for (size_t i = 0; list[0].either && i < count; i++)
		if (list[i].either && list[i].end == list[0].end &&
		    gives_up(&list[i]) == (choice == CHOOSE_END))
			chosen = i;
	*ret_due = list[chosen];
	return true;
}

bool model_step(struct model *model, enum model_choice choice, struct due *ret_due)
{
	if (!model_choose(model, choice, ret_due))
		return false;
	model_assume(model, ret_due);
	return true;
}

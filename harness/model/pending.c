/* What is due at once, as a consequence of what an end received or its application asked for. */
#include "model/engine.h"

struct due *due_add(struct due_list *dues, enum due_kind kind, enum end end, enum rule rule,
		    struct window at)
{
	struct due *due = &dues->list[dues->count];

	if (dues->count < MODEL_DUE_LIMIT)
		dues->count++;
	else
		due--;
	*due = (struct due){.kind = kind, .end = end, .rule = rule, .at = at};
	return due;
}

void pending_remove(struct model_end *end, enum due_kind kind)
{
	int kept = 0;

	for (int i = 0; i < end->pending_count; i++)
		if (end->pending[i].kind != kind)
			end->pending[kept++] = end->pending[i];
	end->pending_count = kept;
}

/*
 * After a time-out the congestion window is one segment or a few (tcp_enter_loss), so what is
 * written then may wait until the loss is repaired: nothing is said about it before that.
 */
void pending_output(struct model *model, struct model_end *end, struct window at)
{
	if (end->recovering || !end->peer_window)
		return;
	if (unsent(end))
		pending_add(model, end, DUE_DATA, RULE_DATA, at, ROLE_DATA);
	else if (end->fin_wanted && !end->fin_sent)
		pending_add(model, end, DUE_FIN, RULE_FIN, at, ROLE_FIN);
}

/* Whatever carries an ACK spares a delayed one; the answer to a duplicate is always its own. */
void pending_acknowledged(struct model_end *end, const struct model_segment *segment)
{
	bool pure = segment->role == ROLE_ACK || segment->role == ROLE_PROBE_REPLY ||
		    segment->role == ROLE_HANDSHAKE_ACK;

	for (int i = 0; i < end->pending_count; i++) {
		const struct due *due = &end->pending[i];

		if (due->kind != DUE_ACK || (due->rule == RULE_DUPLICATE_ANSWER && !pure))
			continue;
		pending_remove(end, DUE_ACK);
		return;
	}
}

/* One of a kind at a time: an ACK answers all that came before it, an earlier one stands. */
void pending_add(struct model *model, struct model_end *end, enum due_kind kind, enum rule rule,
		 struct window at, enum segment_role role)
{
	for (int i = 0; i < end->pending_count; i++) {
		struct due *due = &end->pending[i];

		if (due->kind != kind)
			continue;
		if (due->at.latest > at.latest)
			*due = (struct due){kind,
					    end->end,
					    at,
					    .rule = rule,
					    .role = role,
					    .error = end->error,
					    .instant = model->instant};
		return;
	}
	if (end->pending_count == MODEL_PENDING_LIMIT)
		return;
	end->pending[end->pending_count++] =
		(struct due){kind,
			     end->end,
			     at,
			     .rule = rule,
			     .role = role,
			     .error = kind == DUE_ERROR ? end->error : 0,
			     .instant = model->instant};
}

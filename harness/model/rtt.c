/*
 * The round trip time as the kernel measures it: net/ipv4/tcp_input.c, tcp_rtt_estimator,
 * tcp_ack_update_rtt. It adds to the retransmission time-out, and the peer's delayed ACKs are in
 * it: one of 40 ms makes the time-out 5 ms longer. So where segments are seen, their times are
 * taken; where they are assumed, the settings' rtt counts.
 */
#include "base/duration.h"
#include "model/engine.h"

/* An ACK is stamped when it is sent, and counts when the softirq of its receiver has come to it. */
#define PROCESSING MILLISECOND

static bool is_seen(struct window at)
{
	return at.earliest == at.latest;
}

void rtt_sent(struct model_end *end, uint32_t next, struct window at)
{
	if (end->sent_count < MODEL_SENT_LIMIT)
		end->sent[end->sent_count++] = (struct model_sent){next, at, false};
}

/* Karn: what was sent again gives no time. */
void rtt_sent_again(struct model_end *end, uint32_t seq)
{
	for (int i = 0; i < end->sent_count; i++) {
		if (!seq_before(seq, end->sent[i].next))
			continue;
		end->sent[i].again = true;
		return;
	}
}

/* RFC 6298, 2.2 and 2.3, with the kernel's gains; of rttvar only how large it can be is kept. */
static void estimate(struct model_end *end, struct window sample)
{
	struct window *srtt = &end->srtt;
	int64_t error;

	if (!end->rtt_known) {
		end->rtt_known = true;
		*srtt = sample;
		end->rttvar = end->deviation = 2 * sample.latest;
		return;
	}
	error = most(sample.latest - srtt->earliest, srtt->latest - sample.earliest);
	srtt->earliest += (sample.earliest - srtt->earliest) / 8;
	srtt->latest += (sample.latest - srtt->latest) / 8;
	end->deviation = end->deviation * 3 / 4 + error;
	end->rttvar = most(end->rttvar, end->deviation);
}

/* The oldest segment that is acknowledged now and went out once gives the time. */
void rtt_acknowledged(struct model_end *end, uint32_t ack, struct window at)
{
	int gone = 0;
	bool taken = false;

	while (gone < end->sent_count && !seq_before(ack, end->sent[gone].next)) {
		const struct model_sent *sent = &end->sent[gone++];
		struct window sample = window_subtract(at, sent->at);

		if (taken || sent->again)
			continue;
		taken = true;
		if (is_seen(at) && is_seen(sent->at))
			estimate(end, (struct window){most(sample.earliest, MICROSECOND),
						      sample.latest + PROCESSING});
	}
	end->sent_count -= gone;
	for (int i = 0; i < end->sent_count; i++)
		end->sent[i] = end->sent[i + gone];
}

struct window rtt_of(const struct model *model, const struct model_end *end)
{
	return end->rtt_known ? end->srtt : model->settings.rtt;
}

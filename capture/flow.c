/*
 * Theory of operation
 *
 * A flow sees both directions of a connection at one place, in the order of the wire. For each end
 * it keeps SND.NXT (next), the highest ack that the end has sent (acknowledged; it is SND.UNA of
 * the other end) and the last window that it announced. All are what the wire shows: what an end
 * knows lags behind, since a segment may be dropped between the capture and the end. Numbers are
 * compared modulo 2^32 (RFC 9293, 3.4).
 *
 * The first rule that holds gives the role:
 *
 *  1. RST set: RST. It teaches nothing, and nothing that it follows is thereby answered.
 *  2. SYN set: SYN or SYN-ACK; RETRANSMISSION where the same end sent one with that seq before. An
 *     ACK may have joined it: in a simultaneous open a SYN-ACK repeats the seq of the SYN.
 *  3. HANDSHAKE-ACK: the client's first segment after the SYN-ACK, where it is a pure ACK.
 *  4. Probes, of zero or one octet, without FIN. One octet counts only without PSH: the garbage
 * octet of RFC 9293, 3.8.4, never has it, the last octet of a write always does (tcp_push() in
 *     net/ipv4/tcp.c), and so a retransmission of one octet is not taken for a probe.
 *     a. seq is SND.NXT - 1 and the other end has acknowledged everything: WINDOW-PROBE where the
 *        other end's window is closed, else PROBE. Both come from tcp_xmit_probe_skb()
 *        (net/ipv4/tcp_output.c), which sends SND.UNA - 1 without payload.
 *     b. seq is SND.UNA - 1, no payload, window closed, data in flight: WINDOW-PROBE too.
 *     c. window 0, nothing in flight, and one new octet: WINDOW-PROBE as RFC 9293, 3.8.6.1, has
 *        it and other systems send it. It lies beyond the window, so it does not count as sent
 *        until it is acknowledged.
 *     A window counts as closed where 0 was announced last, or where the end has sent a window
 *     probe and no new data since: it has data waiting (else tcp_probe_timer() stops), these leave
 *     first once it learns of the open window, and the announcement may have been lost on its way.
 *  5. FIN beyond SND.NXT: FIN, also where it rides on data.
 *  6. Payload, or FIN: RETRANSMISSION where seq is before SND.NXT, else DATA.
 *  7. PROBE-REPLY: a pure ACK while a probe of the other end is pending, which acknowledges nothing
 *     new. Where both ends probe, rule 4 has already told a probe (SND.NXT - 1) from a reply
 *     (SND.NXT). A segment that opens a closed window is not a reply: Linux announces an opened
 *     window at once (tcp_cleanup_rbuf() in net/ipv4/tcp.c), so a reply repeats what the wire has
 *     seen. New data or FIN of the prober end the wait for a reply.
 *  8. ACK: every other pure ACK.
 *
 * A SYN changes no numbers yet: on a connection that still stands it is answered with a challenge
 * ACK, which has the old ones (RFC 5961, 4). The SYN-ACK begins the connection afresh; so does a
 * segment that follows the SYN's numbers, where the capture lost the SYN-ACK.
 *
 * Where the capture began later than the connection, numbers are learned: SND.NXT from an end's
 * first segment, or from an ack of the other end beyond it (which also heals losses of the
 * capture). A first pure ACK may be a probe, one below SND.NXT; it is taken for an ACK. Where it is
 * repeated unchanged and nothing came from the other end in between, nothing caused it but a timer:
 * PROBE.
 *
 * What the wire cannot tell: a keepalive probe of an end with nothing to send, into a closed
 * window, looks like a window probe; the first window probe of an end that lost the opening of a
 * window looks like a keepalive probe; a window update that happens to follow a lost keepalive
 * probe looks like its reply; and of two segments that the network swapped before the capture, the
 * later one looks like a retransmission.
 */
#include "capture/flow.h"

/* RFC 7323, 2.3: a larger shift is taken as 14. */
#define WINDOW_SCALE_MAX 14

/* A segment in the flow: who sent it, to whom, and where its sequence space ends. */
struct passage {
	const struct segment *segment;
	int64_t number;
	struct flow_end *sender, *receiver;
	uint32_t end;	/* seq after payload, SYN and FIN */
	int64_t window; /* scaled */
};

static bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

void flow_start(struct flow *flow, const struct address *client, const struct address *server)
{
	*flow = (struct flow){
		.client = {.address = *client, .window_scale = -1},
		.server = {.address = *server, .window_scale = -1},
	};
}

static bool is_from(const struct segment *segment, const struct address *source,
		    const struct address *destination)
{
	return address_equal(&segment->source, source) &&
	       address_equal(&segment->destination, destination);
}

static enum end find_sender(struct flow *flow, const struct segment *segment)
{
	bool is_syn = (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == FLAG_SYN;
	struct address client = flow->client.address;

	if (client.port == 0 && is_syn) {
		client.port = segment->source.port;
		if (is_from(segment, &client, &flow->server.address))
			flow->client.address = client;
	}
	if (is_from(segment, &flow->client.address, &flow->server.address))
		return END_CLIENT;
	if (is_from(segment, &flow->server.address, &flow->client.address))
		return END_SERVER;
	return END_NONE;
}

/* Window of a SYN or SYN-ACK is never scaled (RFC 7323, 2.2). */
static int64_t scale_window(const struct flow *flow, const struct passage *passage)
{
	int scale = passage->sender->window_scale;

	if (!flow->scaled || passage->segment->flags & FLAG_SYN)
		return passage->segment->window;
	return (int64_t)passage->segment->window
	       << (scale > WINDOW_SCALE_MAX ? WINDOW_SCALE_MAX : scale);
}

/* Forgets what an end sent in an older connection, but not its address and its SYN. */
static void begin_afresh(struct flow_end *end)
{
	end->known = end->guessed = end->ack_known = end->window_known = end->persisting = false;
	end->probe_pending = 0;
}

static void note_syn(const struct passage *passage)
{
	struct flow_end *sender = passage->sender;

	sender->syn_sent = true;
	sender->syn_seq = passage->segment->seq;
	sender->syn_next = passage->end;
	sender->syn_window_scale = passage->segment->window_scale;
}

static enum segment_role take_syn(struct passage *passage)
{
	struct flow_end *sender = passage->sender;

	if (sender->syn_sent && sender->syn_seq == passage->segment->seq)
		return ROLE_RETRANSMISSION;
	note_syn(passage);
	sender->opening = true;
	sender->syn_ack_sent = false;
	sender->probe_pending = 0; /* who opens anew no longer waits for an answer */
	return ROLE_SYN;
}

/* Whether an ack is for this end's SYN: after it, and at most after its data. */
static bool acknowledges_syn(const struct flow_end *end, uint32_t ack)
{
	return end->syn_sent && seq_after(ack, end->syn_seq) && !seq_after(ack, end->syn_next);
}

static enum segment_role take_syn_ack(struct flow *flow, struct passage *passage)
{
	const struct segment *segment = passage->segment;
	struct flow_end *sender = passage->sender, *receiver = passage->receiver;
	bool has_syn = acknowledges_syn(receiver, segment->ack);

	if (sender->syn_ack_sent && sender->syn_seq == segment->seq)
		return ROLE_RETRANSMISSION;
	note_syn(passage);
	sender->syn_ack_sent = true;
	begin_afresh(sender);
	begin_afresh(receiver);
	sender->opening = receiver->opening = false;
	sender->known = receiver->known = true;
	sender->next = passage->end;
	receiver->next = has_syn ? receiver->syn_next : segment->ack;
	sender->ack_known = sender->window_known = true;
	sender->acknowledged = segment->ack;
	sender->window = segment->window;
	sender->window_scale = sender->syn_window_scale;
	receiver->window_scale = has_syn ? receiver->syn_window_scale : -1;
	flow->scaled = sender->window_scale >= 0 && receiver->window_scale >= 0;
	flow->handshake_due = true;
	return ROLE_SYN_ACK;
}

/* The capture lost the SYN-ACK: the sender's SYN was answered, since it goes on from there. */
static void follow_syn(struct flow *flow, struct passage *passage)
{
	struct flow_end *sender = passage->sender;
	uint32_t seq = passage->segment->seq;

	if (!sender->opening || !seq_after(seq, sender->syn_seq) ||
	    seq_after(seq, sender->syn_next))
		return;
	begin_afresh(sender);
	begin_afresh(passage->receiver);
	sender->opening = false;
	sender->known = true;
	sender->next = sender->syn_next;
	flow->scaled = false;
	flow->handshake_due = true;
}

/* The first segment of an end whose handshake was not seen; rule "learned" above. */
static void learn(const struct passage *passage)
{
	struct flow_end *sender = passage->sender;
	const struct flow_end *receiver = passage->receiver;

	if (sender->known)
		return;
	sender->known = true;
	sender->next = passage->segment->seq;
	sender->guessed = passage->end == passage->segment->seq;
	if (receiver->ack_known && seq_after(receiver->acknowledged, sender->next)) {
		sender->next = receiver->acknowledged;
		sender->guessed = false;
	}
}

static bool has_acknowledged_all(const struct passage *passage)
{
	return !passage->receiver->ack_known ||
	       !seq_before(passage->receiver->acknowledged, passage->sender->next);
}

/* A guessed SND.NXT was one too low where the pure ACK that gave it comes again by itself. */
static bool is_repeated_guess(const struct flow *flow, const struct passage *passage)
{
	const struct flow_end *sender = passage->sender;

	return sender->guessed && flow->last != END_NONE &&
	       sender == (flow->last == END_CLIENT ? &flow->client : &flow->server) &&
	       passage->end == sender->next && sender->acknowledged == passage->segment->ack &&
	       sender->window == passage->window;
}

static bool is_below_next(const struct passage *passage)
{
	const struct segment *segment = passage->segment;

	/* An octet of garbage, as other systems send it, is not pushed. */
	return (segment->length == 0 || !(segment->flags & FLAG_PSH)) &&
	       segment->seq == passage->sender->next - 1 && has_acknowledged_all(passage);
}

/* Whether it is below what is acknowledged, or the one octet that comes next. */
static bool asks_for_window(const struct passage *passage, bool is_zero)
{
	const struct segment *segment = passage->segment;
	const struct flow_end *receiver = passage->receiver;

	if (!receiver->ack_known)
		return false;
	if (segment->length == 0)
		return segment->seq == receiver->acknowledged - 1;
	return is_zero && segment->seq == receiver->acknowledged &&
	       segment->seq == passage->sender->next;
}

/* Rule 4. Returns ROLE_NONE where the segment is no probe. */
static enum segment_role find_probe(const struct flow *flow, struct passage *passage)
{
	const struct segment *segment = passage->segment;
	struct flow_end *sender = passage->sender;
	bool is_zero = passage->receiver->window_known && passage->receiver->window == 0;
	bool is_closed = is_zero || sender->persisting;

	if (!(segment->flags & FLAG_ACK) || segment->flags & FLAG_FIN || segment->length > 1)
		return ROLE_NONE;
	if (segment->length == 0 && is_repeated_guess(flow, passage)) {
		sender->next++;
		sender->guessed = false;
	}
	if (is_below_next(passage))
		return is_closed ? ROLE_WINDOW_PROBE : ROLE_PROBE;
	return is_closed && asks_for_window(passage, is_zero) ? ROLE_WINDOW_PROBE : ROLE_NONE;
}

static bool is_reply(const struct passage *passage)
{
	const struct flow_end *sender = passage->sender, *prober = passage->receiver;
	bool opens = sender->window_known && sender->window == 0 && passage->window > 0;

	if (!prober->probe_pending || opens)
		return false;
	return passage->segment->ack == (sender->ack_known ? sender->acknowledged : prober->next);
}

/* Rules 3 to 8. */
static enum segment_role find_role(struct flow *flow, struct passage *passage, int64_t *ret_answers)
{
	const struct segment *segment = passage->segment;
	bool is_empty = segment->length == 0 && !(segment->flags & FLAG_FIN);
	bool is_new = seq_after(passage->end, passage->sender->next);
	enum segment_role role;

	if (flow->handshake_due && passage->sender == &flow->client && segment->flags & FLAG_ACK) {
		flow->handshake_due = false;
		if (is_empty)
			return ROLE_HANDSHAKE_ACK;
	}
	role = find_probe(flow, passage);
	if (role != ROLE_NONE)
		return role;
	if (segment->flags & FLAG_FIN && is_new)
		return ROLE_FIN;
	if (!is_empty)
		return seq_before(segment->seq, passage->sender->next) ? ROLE_RETRANSMISSION
								       : ROLE_DATA;
	if (!(segment->flags & FLAG_ACK))
		return ROLE_OTHER;
	if (!is_reply(passage))
		return ROLE_ACK;
	*ret_answers = passage->receiver->probe_pending;
	return ROLE_PROBE_REPLY;
}

/* What the sender has now sent. */
static void advance(const struct passage *passage, enum segment_role role)
{
	struct flow_end *sender = passage->sender;

	if (role == ROLE_PROBE || role == ROLE_WINDOW_PROBE) {
		sender->probe_pending = passage->number;
		sender->persisting = role == ROLE_WINDOW_PROBE;
		return;
	}
	if (role == ROLE_PROBE_REPLY)
		passage->receiver->probe_pending = 0;
	if (passage->end != passage->segment->seq)
		sender->probe_pending = 0;
	if (!seq_after(passage->end, sender->next))
		return;
	sender->next = passage->end;
	sender->guessed = false;
	if (passage->end != passage->segment->seq)
		sender->persisting = false;
}

/* What the sender has now acknowledged and announced. */
static void acknowledge(const struct passage *passage)
{
	struct flow_end *sender = passage->sender, *receiver = passage->receiver;
	uint32_t ack = passage->segment->ack;

	if (!(passage->segment->flags & FLAG_ACK))
		return;
	if (sender->ack_known && seq_before(ack, sender->acknowledged))
		return;
	sender->ack_known = true;
	sender->acknowledged = ack;
	sender->window_known = true;
	sender->window = passage->window;
	if (!receiver->known || seq_before(ack, receiver->next))
		return;
	receiver->next = ack;
	receiver->guessed = false;
}

/* Rules 1 and 2, and the rest for a segment within the connection. */
static enum segment_role take(struct flow *flow, struct passage *passage, int64_t *ret_answers)
{
	uint8_t flags = passage->segment->flags;
	enum segment_role role;

	if (flags & FLAG_RST)
		return ROLE_RST;
	if (flags & FLAG_SYN)
		return flags & FLAG_ACK ? take_syn_ack(flow, passage) : take_syn(passage);
	follow_syn(flow, passage);
	learn(passage);
	role = find_role(flow, passage, ret_answers);
	advance(passage, role);
	acknowledge(passage);
	return role;
}

enum end flow_classify(struct flow *flow, const struct segment *segment, int64_t number,
		       struct segment_event *ret_event)
{
	enum end end = find_sender(flow, segment);
	struct passage passage = {
		.segment = segment,
		.number = number,
		.sender = end == END_SERVER ? &flow->server : &flow->client,
		.receiver = end == END_SERVER ? &flow->client : &flow->server,
		.end = segment->seq + segment->length + !!(segment->flags & FLAG_SYN) +
		       !!(segment->flags & FLAG_FIN),
		.window = segment->window,
	};
	enum segment_role role = ROLE_OTHER;
	int64_t answers = 0;

	if (end != END_NONE) {
		passage.window = scale_window(flow, &passage);
		role = take(flow, &passage, &answers);
		flow->last = end;
	}
	ret_event->number = number;
	ret_event->role = role;
	ret_event->answers = answers;
	ret_event->flags = segment->flags;
	ret_event->seq = segment->seq;
	ret_event->ack = segment->ack;
	ret_event->window = passage.window;
	ret_event->length = segment->length;
	return end;
}

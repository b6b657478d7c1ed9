/*
 * One connection's segments, in order: which role each plays. Pure. Roles and their order of
 * precedence are in timeline/event.h (enum segment_role); the rules are stated in flow.c.
 */
#ifndef HALFOPEN_CAPTURE_FLOW_H
#define HALFOPEN_CAPTURE_FLOW_H

#include "capture/segment.h"
#include "timeline/event.h"

/* What one end has sent and announced so far. */
struct flow_end {
	struct address address;
	bool known;	      /* whether seq numbers below are valid */
	uint32_t next;	      /* SND.NXT as far as the wire shows it */
	uint32_t acknowledged; /* highest ack that this end has sent */
	bool ack_known;
	int window_scale;      /* -1 where none was announced */
	int64_t window;	       /* last announced, scaled */
	int64_t probe_pending; /* frame number of its last probe that nothing has answered; 0: none */
	bool fin_sent;
};

struct flow {
	struct flow_end client, server;
	bool syn_seen;
	bool scaled; /* both SYN and SYN-ACK carried a window scale */
};

/* Starts a connection between two known addresses; a client port of 0 matches the first SYN. */
void flow_start(struct flow *flow, const struct address *client, const struct address *server);

/*
 * Takes the next segment and says who sent it and what it is. Fills role, answers, flags, seq, ack,
 * window and length of ret_event and returns the end that sent it; END_NONE with ROLE_OTHER for a
 * segment of another connection. number is its frame number. A reply is matched to the
 * latest unanswered probe of the other end.
 */
enum end flow_classify(struct flow *flow, const struct segment *segment, int64_t number,
		       struct segment_event *ret_event);

#endif

/*
 * One connection's segments, in order: which role each plays. Pure. Roles and their order of
 * precedence are in timeline/event.h (enum segment_role); the rules are stated in flow.c.
 */
#ifndef HALFOPEN_CAPTURE_FLOW_H
#define HALFOPEN_CAPTURE_FLOW_H

#include "capture/segment.h"
#include "timeline/event.h"

/* What one end has sent and announced so far, as far as the wire shows it. */
struct flow_end {
	struct address address;
	bool known;	       /* whether next is valid */
	bool guessed;	       /* next comes from one pure ACK, which may have been a probe */
	uint32_t next;	       /* SND.NXT */
	bool ack_known;	       /* whether acknowledged is valid */
	uint32_t acknowledged; /* highest ack that this end has sent */
	bool window_known;
	int64_t window;	       /* last announced, scaled */
	int window_scale;      /* -1 where none was announced */
	int64_t probe_pending; /* frame number of its last probe that nothing has answered; 0: none
				*/
	bool persisting;       /* it sent a window probe and no new data since */
	bool syn_sent;	       /* whether syn_seq and syn_next are valid */
	bool opening;	       /* its SYN waits for an answer */
	bool syn_ack_sent;     /* syn_seq is also that of a SYN-ACK */
	uint32_t syn_seq;
	uint32_t syn_next;    /* after the SYN and its data (TCP Fast Open) */
	int syn_window_scale; /* takes effect with the SYN-ACK; -1 where the SYN had none */
};

struct flow {
	struct flow_end client, server;
	bool scaled;	    /* both SYN and SYN-ACK carried a window scale */
	bool handshake_due; /* the client has not acknowledged the SYN-ACK yet */
	enum end last;	    /* who sent the latest segment */
};

/* Starts a connection between two known addresses; a client port of 0 matches the first SYN. */
void flow_start(struct flow *flow, const struct address *client, const struct address *server);

/*
 * Takes the next segment, with its frame number, and says who sent it and what it is. Fills number,
 * role, answers, flags, seq, ack, window and length of ret_event, nothing else of it, and returns
 * the end that sent it; END_NONE with ROLE_OTHER for a segment of another connection. A segment
 * of this connection that has no payload and none of SYN, ACK, FIN and RST is ROLE_OTHER too.
 */
enum end flow_classify(struct flow *flow, const struct segment *segment, int64_t number,
		       struct segment_event *ret_event);

#endif

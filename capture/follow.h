/* The second reading of a capture file: one connection's frames become a timeline. Pure. */
#ifndef HALFOPEN_CAPTURE_FOLLOW_H
#define HALFOPEN_CAPTURE_FOLLOW_H

#include "capture/copies.h"
#include "capture/flow.h"
#include "timeline/timeline.h"

struct follow {
	struct timeline timeline;
	struct flow flow;
	struct copies copies;
	size_t segments;
	int64_t zero;		    /* stamp of the first frame */
	int64_t behind;		    /* how much the file's clock was set back since */
	int64_t syn_at, syn_ack_at; /* of the handshake's latest; -1: none yet */
	int64_t client_away, server_away;
	int64_t unseen; /* how often something was acknowledged that is not there */
};

/* Begins a timeline with the event that says that it is from a capture. */
void follow_start(struct follow *follow, const struct address *client,
		  const struct address *server);

/*
 * Takes the next frame of the connection, decoded. Returns 0, -E2BIG where the limit of segments is
 * reached, or -ERANGE where its stamp is none that a clock could show.
 */
int follow_take(struct follow *follow, const struct frame *frame, const struct segment *segment);

/*
 * Completes the timeline and hands it over: last_stamp is that of the file's last frame, until
 * which it was observed, or -1 where the file breaks off.
 */
struct timeline follow_finish(struct follow *follow, int64_t hz, int64_t packets,
			      int64_t last_stamp);

#endif

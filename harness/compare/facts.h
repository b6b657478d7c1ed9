/*
 * What a timeline comes to, in a form in which two runs of one kernel are
 * equal: who sent what in which order, what the applications were told, and for
 * each wait how long the kernel meant it to be. Moments are no facts: a timer
 * fires anywhere in its window, which depends on HZ.
 */
#ifndef HALFOPEN_COMPARE_FACTS_H
#define HALFOPEN_COMPARE_FACTS_H

#include "model/wheel.h"
#include "timeline/timeline.h"

enum happening_kind {
	HAPPENING_SENT, /* a segment; what is its role */
	HAPPENING_TOLD, /* an application got its first error; what is the errno */
	HAPPENING_STEP, /* of the scenario; what is its index */
};

struct happening {
	enum happening_kind kind;
	int what;
	enum end end; /* END_NONE: a step */
	int64_t at;
	/*
	 * How long its end was meant to wait since its own happening before, as far
	 * as the one that was seen tells: a timer is late, never early. Its latest is
	 * what was seen, unless more than a timer decided.
	 */
	struct window wait;
	int64_t waited; /* what was seen */
	int64_t doubt;	/* by so much may its moment differ in another run of the same
			   kernel */
};

/* How one end noticed that its peer is gone. */
struct noticed {
	bool noticed;
	int error; /* errno */
	int64_t at;
	/* Since when that is counted: the last fault before, or else what the end
	 * heard last. */
	bool since_fault;
	int64_t after;
};

struct facts {
	size_t sent[END_SERVER + 1][ROLE_OTHER + 1]; /* by end and role */
	char *told[END_SERVER + 1];		     /* "ETIMEDOUT, end of file" */
	int state[END_SERVER + 1]; /* the last one seen, enum tcp_state; STATE_NONE: none was */
	struct noticed noticed[END_SERVER + 1];
	struct happening *list; /* in the order of time */
	size_t count;
	int64_t end;	 /* of the observation */
	bool complete;	 /* nothing was lost, no clock was set, and it has an end */
	bool repeatable; /* no fault takes segments at random */
};

/*
 * Reads a timeline. Acknowledgements that wait for company (RFC 9293 3.8.6.3)
 * and how data is cut into segments depend on how busy the machine is: the
 * first are left out, the others count once in a row.
 */
void facts_of(const struct timeline *timeline, struct facts *ret_facts);

void facts_free(struct facts *facts);

#endif

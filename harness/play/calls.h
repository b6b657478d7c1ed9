/* What a caller's process has: its socket, and a channel for what it is told. Internal to play/. */
#ifndef HALFOPEN_PLAY_CALLS_H
#define HALFOPEN_PLAY_CALLS_H

#include "scenario/scenario.h"
#include "timeline/event.h"

struct calls {
	const struct record *record; /* of the end */
	int fd, out, schedstat, stat;
	int64_t zero;	/* of the timeline */
	int64_t looked; /* when what is there could have been seen by poll() or the like; 0: none */
	int64_t run_delay; /* how long this process has waited for a CPU so far; -1: not known */
	int64_t stolen;	   /* of all CPUs so far; see sandbox/cpus.h */
};

/* One thing that the process was told, as it goes through the channel. */
struct call_message {
	struct application_event told;
	int64_t at;    /* its stamp */
	int64_t ended; /* when the call had returned */
	int64_t late;  /* so much earlier it could have been told, with a CPU at once */
};

/* The timeline's clock. */
int64_t calls_now(const struct calls *calls);

/*
 * Tells the player what a call returned; where nobody is left to hear it, the process ends. began:
 * when it was called. at: the stamp that it gets: when it returned, or, where it is to stand before
 * what it caused, when it began; then it has just returned. How long it lasted is worked out from
 * both. How long we waited for a CPU since the last that was told, or since calls->run_delay was
 * set, has its witness when the call had returned, or, of CALL_LINGER, from when it began.
 */
void calls_tell(struct calls *calls, enum application_call call, int64_t began, int64_t at,
		int64_t result, int error);

#endif

/*
 * One documented experiment as a row of a table: what was set and done, what was measured, and how
 * that number was taken. The tables beside this file are the measured numbers of EXPERIMENTS.md,
 * sections 1 to 7, and of the seeds; those of section 0 are in unit/wheel.c.
 *
 * A number is as precise as it is written: "4.02" is 4.015 to 4.025 s. What it is counted from is
 * the row's zero, a window on the clock of its steps, whose reason stands beside it. One moment in
 * it must explain all of the row's numbers: they are from one run. A number that is counted from
 * another event says from which one, and no zero matters.
 */
#ifndef TESTS_MEASURED_ROW_H
#define TESTS_MEASURED_ROW_H

#include <errno.h>

#include "../model_play.h"

#define MS(n)	    ((n)*MILLISECOND)
#define SECONDS(n)  ((int64_t)((n)*1000000) * MICROSECOND)
#define KA(i, v, n) .keepalive = true, .idle = (i)*SECOND, .interval = (v)*SECOND, .count = (n)
#define UTO(ms)	    .user_timeout = (ms)*MILLISECOND
#define MEASURES    14
#define COUNTS	    4
#define STEPS	    8

struct which {
	enum due_kind kind;
	enum end end;
	int nth;
};

struct measure {
	struct which what;
	const char *seconds; /* as it is written; NULL: it came, and no time is told */
	int error;
	struct which since; /* DUE_NONE: the row's zero */
};

/* How many of a kind there are in all. Tail loss probes count as retransmissions. */
struct count {
	enum due_kind kind;
	enum end end;
	int count;
};

enum start {
	START_ESTABLISHED,
	START_CLOSED,
	START_FULL, /* the server's buffer is full */
};

struct row {
	int experiment; /* its number in EXPERIMENTS.md */
	const char *what;
	struct end_settings client, server;
	const char *sysctl[4][2];
	struct act_step steps[STEPS];
	enum start start;
	int hz;	     /* 0: 250, as in all M rows */
	int64_t rtt; /* at most; with the delayed ACKs of the setup; 0: loopback */
	struct window zero;
	const char *why; /* of the zero */
	struct measure measures[MEASURES];
	struct count counts[COUNTS];
	double quiet; /* nothing at all happens from the last step until then */
	double alive; /* no application is told anything until then, and no socket is gone */
};

/* An experiment of which the model has nothing to say a moment about. */
struct untimed {
	int experiment;
	const char *why;
};

#define MEASURE(k, e, n, s, ...)                                                                   \
	{                                                                                          \
		{DUE_##k, END_##e, n}, s, ##__VA_ARGS__                                            \
	}
#define CLIENT(k, n, s)	  MEASURE(k, CLIENT, n, s)
#define SERVER(k, n, s)	  MEASURE(k, SERVER, n, s)
#define TOLD(e, s, error) MEASURE(ERROR, e, 1, s, error)
#define GAP(k, n, s)	  SINCE(k, n, s, k, (n)-1)
#define SINCE(k, n, s, from, from_nth)                                                             \
	MEASURE(k, CLIENT, n, s, 0, {DUE_##from, END_CLIENT, from_nth})

/* "rule install costs 30–120 ms: take t0 after it, or from the last captured packet before it". */
#define FROM_RULE                                                                                  \
	.zero = {0, MS(120)},                                                                      \
	.why = "the rule is in force up to 120 ms behind the last segment received (section 17)"
#define FROM_SEGMENT .why = "counted from the last segment received, as the row says"
#define FROM_SEND    .why = "counted from the call that sends (\"data sent\")"
#define FROM_CONNECT .why = "counted from connect()"
#define NO_ZERO	     .why = "no number that is counted from the fault"

#define DEAD(s) .measures = {TOLD(CLIENT, s, ETIMEDOUT)}

#endif

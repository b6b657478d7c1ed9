/*
 * Which TCP connections a capture has, segment by segment, in a table of bounded size. Two ends
 * that connect again between the same addresses and ports have several connections. Pure.
 */
#ifndef HALFOPEN_CAPTURE_CONNECTIONS_H
#define HALFOPEN_CAPTURE_CONNECTIONS_H

#include "base/names.h"
#include "capture/segment.h"

/* As many connections are remembered of each grade (below); 64k of all together. */
#define CONNECTIONS_LIMIT 16384

/* The ends of the connection that is looked for; family 0 is any address, port 0 any port. */
struct endpoints {
	struct address client, server;
};

/*
 * How well a connection fits endpoints. Addresses are the last to count: a capture from elsewhere
 * has others than a scenario.
 */
enum grade {
	GRADE_NONE,
	GRADE_SERVER_PORT, /* the port of the server */
	GRADE_PORTS,	   /* all ports that are said */
	GRADE_ALL,	   /* and all addresses */
	GRADE_COUNT,
};

struct connection {
	struct address a, b; /* a sent its first segment in the capture */
	enum end a_is;	     /* which end a is; END_NONE: no SYN says it */
	int64_t first, last; /* numbers of its first and last frame */
	int64_t frames;
	enum grade grade;

	/* What is needed to see where the next connection between the same two begins. */
	bool closed;   /* an RST, or a FIN of both */
	bool is_over;  /* a later one has begun */
	bool answered; /* something other than a SYN came */
	bool fin_a, fin_b;
	bool syn_known;
	uint32_t syn_seq;
	int64_t new_syn; /* number of a frame with another SYN; 0: none */
	uint32_t new_syn_seq;
	bool new_syn_by_a;
};

struct connections {
	struct connection *list;
	size_t count;
	size_t of_grade[GRADE_COUNT];
	bool more_of_grade[GRADE_COUNT]; /* some were not remembered */
	struct endpoints wanted;
	uint32_t *slots; /* hash table of list indices + 1: the latest between its two ends */
	uint64_t seed;
};

/* Starts an empty table. Returns 0 or -ENOMEM. */
int connections_start(struct connections *connections, const struct endpoints *wanted);

/* Takes the next segment, with its frame number. */
void connections_take(struct connections *connections, const struct segment *segment,
		      int64_t number);

/* Which end of a connection fits the client wanted; END_NONE where that is not certain. */
enum end connection_fit(const struct connection *connection, const struct endpoints *wanted);

/* Accepts one that was not started. */
void connections_free(struct connections *connections);

#endif

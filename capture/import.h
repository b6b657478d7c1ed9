/* A capture file becomes the timeline of one of its connections. */
#ifndef HALFOPEN_CAPTURE_IMPORT_H
#define HALFOPEN_CAPTURE_IMPORT_H

#include "capture/connections.h"
#include "timeline/timeline.h"

/* Segments that one connection may have: half a gigabyte of events. */
#define IMPORT_SEGMENT_LIMIT 4000000

struct import {
	struct endpoints wanted; /* of the scenario, as far as they are given */
	int64_t packet; /* 0, or a frame of the connection, which then alone decides; where neither
			   a SYN nor the wanted ports say which end is the client, it sent that */
	int64_t hz;	/* timer frequency of the kernels; 0: not known */
};

/*
 * Reads a pcap or pcapng file, twice: once to find the connection, which is the one that fits the
 * wanted ends best, or the only one; once for its events. Memory is bounded by the connection, and
 * by a table of CONNECTIONS_LIMIT, not by the file. Copies of a segment, which a capture of all
 * interfaces has (Linux cooked), are left out. Where the file breaks off in the middle, the
 * timeline has no end. A timeline from a capture has no frames' bytes.
 *
 * Returns 0 or -errno, and then in ret_error (to be freed by the caller) what is wrong, without a
 * newline at its end: -ENOTUNIQ where several connections fit, or it is not known which end is the
 * client, and a packet has to be chosen; -EINVAL where the file is no capture or has none.
 */
int import_capture(const char *path, const struct import *import, struct timeline *ret_timeline,
		   char **ret_error);

#endif

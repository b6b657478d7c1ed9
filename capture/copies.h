/*
 * Copies of one packet in a capture of all interfaces. On Linux's "any" device a packet on
 * loopback is captured as it leaves and as it arrives, one on a bridge or tunnel at each of its
 * interfaces. The cooked link header says which; the bytes behind it are the same. Pure.
 */
#ifndef HALFOPEN_CAPTURE_COPIES_H
#define HALFOPEN_CAPTURE_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/capture.h"

/* As many packets are remembered; copies follow each other within a few. */
#define COPIES_DEPTH 16

/* As many places at which one packet may be captured. */
#define COPIES_PLACES 8

/* One packet of late, and where it was seen: packet type and interface. */
struct copied {
	uint8_t bytes[CAPTURE_SNAPLEN];
	size_t length;
	uint64_t places[COPIES_PLACES];
	size_t place_count;
};

/* Starts as {0}. */
struct copies {
	struct copied list[COPIES_DEPTH];
	size_t next;
};

/*
 * Takes the next frame of a connection, which must have been decoded. Returns whether it is a copy
 * of one before: the same bytes from another place. From the same place it is a new packet, such as
 * a probe that is sent again unchanged.
 */
bool copies_take(struct copies *copies, const struct frame *frame);

#endif

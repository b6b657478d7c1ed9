/* Bytes to one decoded TCP segment. Pure; bounds-checked; trusts nothing. */
#ifndef HALFOPEN_CAPTURE_SEGMENT_H
#define HALFOPEN_CAPTURE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "capture/capture.h"

struct segment {
	struct address source, destination;
	uint32_t seq, ack;
	uint16_t window;     /* as on the wire, unscaled */
	uint8_t flags;	     /* FLAG_… of timeline/event.h */
	uint32_t length;     /* payload bytes on the wire, also where the capture cut them off */
	int window_scale;    /* of a SYN or SYN-ACK; -1 where the option is absent */
	bool has_timestamps; /* RFC 7323 */
	uint32_t ip_header_length; /* with extension headers, which may pass 255 bytes */
	uint8_t tcp_header_length; /* with options */
};

enum segment_verdict {
	SEGMENT_OK,
	SEGMENT_NOT_IP,
	SEGMENT_NOT_TCP,
	SEGMENT_FRAGMENT, /* not the first fragment, or a first one without the TCP header */
	SEGMENT_SHORT, /* the capture, or the packet, ends inside a header, but for TCP options */
	SEGMENT_MALFORMED, /* lengths, or IP versions, that contradict each other */
	SEGMENT_LINKTYPE,  /* a link layer that we do not read */
};

/*
 * Decodes a frame of link type Ethernet (with 802.1Q and 802.1ad tags), Linux cooked v1 and v2,
 * raw IP (101, 12, 14, 228, 229), BSD loopback (NULL 0, LOOP 108). A payload length comes
 * from the IP header; with a total length of 0 (segmentation offload) from the frame. A first
 * fragment with the whole TCP header is decoded, with the payload that it carries.
 * Of TCP options those count that the capture has.
 * ret_segment is untouched unless SEGMENT_OK is returned.
 */
enum segment_verdict segment_decode(const struct frame *frame, struct segment *ret_segment);

#endif

/*
 * Frames from a live interface or from a file, with nanosecond stamps. libpcap does the reading.
 */
#ifndef HALFOPEN_CAPTURE_CAPTURE_H
#define HALFOPEN_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

struct capture;

/* A frame; its bytes belong to the capture and stay until the next capture_next(). */
struct frame {
	int64_t number;	      /* in this capture, from 1 */
	int64_t stamp;	      /* CLOCK_REALTIME, ns */
	uint32_t captured;    /* bytes that we have */
	uint32_t wire_length; /* bytes that were on the wire */
	int linktype;	      /* LINKTYPE_…, as files have it, for the live ones too */
	const uint8_t *bytes;
};

/* Bytes of each frame that are kept: all headers that we decode, and a little payload. */
#define CAPTURE_SNAPLEN 192

/* Room for the sentence that the open functions write on failure. */
#define CAPTURE_ERROR_SIZE 256

/*
 * Opens a live interface of the caller's network namespace ("lo"), without promiscuous mode, in
 * immediate mode: a frame is readable the moment it is captured (TPACKET_V2 ring, libpcap). On lo
 * libpcap drops the outgoing copy, so each segment is seen once, stamped as it enters the
 * backlog (net/core/dev.c, netif_rx_internal), which is when it was sent. filter is a pcap
 * expression or NULL. The capture outlives the interface going down and up. Returns 0 or -errno;
 * -ENOPROTOOPT where the kernel has no packet sockets, -EPERM without CAP_NET_RAW, -ENODEV where
 * there is no such interface, -EINVAL where the filter is wrong.
 */
int capture_open_live(const char *interface, const char *filter, struct capture **ret_capture,
		      char error[static CAPTURE_ERROR_SIZE]);

/* Opens a pcap or pcapng file. Returns 0 or -errno; -EINVAL where it is neither. */
int capture_open_file(const char *path, struct capture **ret_capture,
		      char error[static CAPTURE_ERROR_SIZE]);

/* The descriptor to poll for a live capture; -1 for a file. */
int capture_fd(const struct capture *capture);

/*
 * Takes the next frame, without waiting. Returns 1 and the frame, 0 where there is none (now, or at
 * the end of a file), or -errno, and then capture_error() has a sentence.
 */
int capture_next(struct capture *capture, struct frame *ret_frame);

const char *capture_error(const struct capture *capture);

/* How many frames the kernel could not hand to a live capture since it was opened. */
int64_t capture_dropped(struct capture *capture);

/* Accepts NULL. */
void capture_close(struct capture *capture);

#endif

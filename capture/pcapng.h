/*
 * Writes a pcapng capture (draft-ietf-opsawg-pcapng) whose packets may carry a comment. libpcap
 * cannot write this format.
 */
#ifndef HALFOPEN_CAPTURE_PCAPNG_H
#define HALFOPEN_CAPTURE_PCAPNG_H

#include <stdint.h>
#include <stdio.h>

/*
 * Writes the section header and one interface block (nanosecond stamps, if_tsresol 9) to stream.
 * interface is its name, hardware a free text (the kernel's release) or NULL. Returns 0 or
 * -errno of the failed write.
 */
int pcapng_write_header(FILE *stream, const char *interface, int linktype, uint32_t snaplen,
			const char *hardware);

/* Writes one packet; stamp is CLOCK_REALTIME in ns; comment may be NULL. Returns 0 or -errno. */
int pcapng_write_packet(FILE *stream, int64_t stamp, const uint8_t *bytes, uint32_t captured,
			uint32_t wire_length, const char *comment);

#endif

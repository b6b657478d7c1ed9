/*
 * Captures made by hand, for tests and benches: TCP packets of any link layer that we read, in
 * pcapng by the project's own writer, or in the classic format by the few lines here.
 */
#ifndef HALFOPEN_TESTS_PACKETS_H
#define HALFOPEN_TESTS_PACKETS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/duration.h"
#include "capture/pcapng.h"
#include "timeline/event.h"

#define PACKET_MAX 256

enum packets_format {
	PACKETS_PCAPNG,
	PACKETS_MICRO, /* classic */
	PACKETS_NANO,  /* classic */
};

struct packets {
	FILE *stream;
	enum packets_format format;
	int linktype;
	bool copies;	  /* each packet is captured leaving and arriving, as on "any" */
	uint32_t snaplen; /* 0: all */
	int64_t epoch;	  /* CLOCK_REALTIME of moment 0 */
	int64_t count;
};

struct packet {
	int64_t at;
	struct address source, destination;
	int flags;
	uint32_t seq, ack;
	uint16_t length; /* of the payload, which is zeros */
	uint16_t window; /* 0: 512; UINT16_MAX: 0 */
	uint16_t id;
};

static inline struct address packet_address(const char *text)
{
	struct address address = {0};

	address_parse(text, &address);
	return address;
}

struct packet_bytes {
	uint8_t bytes[PACKET_MAX];
	uint32_t length;
};

static inline void packet_put(struct packet_bytes *packet, uint32_t number, int size)
{
	while (size-- > 0)
		packet->bytes[packet->length++] = (uint8_t)(number >> 8 * size);
}

static inline void packet_put_bytes(struct packet_bytes *packet, const uint8_t *bytes, size_t size)
{
	memcpy(packet->bytes + packet->length, bytes, size);
	packet->length += (uint32_t)size;
}

static inline void packet_put_link(struct packet_bytes *packet, int linktype, bool is_v6,
				   bool arrives)
{
	uint32_t type = is_v6 ? 0x86dd : 0x0800;

	switch (linktype) {
	case 0: /* NULL: the byte order of the machine that wrote it */
		packet_put(packet, __builtin_bswap32(is_v6 ? 10 : 2), 4);
		break;
	case 108:
		packet_put(packet, is_v6 ? 24 : 2, 4);
		break;
	case 1:
		packet->length += 12;
		packet_put(packet, type, 2);
		break;
	case 113:
		packet_put(packet, arrives ? 0 : 4, 2);
		packet_put(packet, 772, 2);
		packet->length += 10;
		packet_put(packet, type, 2);
		break;
	case 276:
		packet_put(packet, type, 2);
		packet->length += 2;
		packet_put(packet, 1, 4);
		packet_put(packet, 772, 2);
		packet_put(packet, arrives ? 0 : 4, 1);
		packet->length += 9;
		break;
	}
}

static inline void packet_put_ip(struct packet_bytes *packet, const struct packet *what)
{
	uint32_t length = 20 + what->length;

	if (what->source.family == 6) {
		packet_put(packet, 0x60000000, 4);
		packet_put(packet, length, 2);
		packet_put(packet, 6 << 8 | 64, 2);
		packet_put_bytes(packet, what->source.bytes, 16);
		packet_put_bytes(packet, what->destination.bytes, 16);
		return;
	}
	packet_put(packet, 0x4500 << 16 | (length + 20), 4);
	packet_put(packet, what->id, 2);
	packet_put(packet, 0x4000, 2);
	packet_put(packet, (64 << 8 | 6) << 16, 4);
	packet_put_bytes(packet, what->source.bytes, 4);
	packet_put_bytes(packet, what->destination.bytes, 4);
}

static inline void packet_put_tcp(struct packet_bytes *packet, const struct packet *what)
{
	packet_put(packet, what->source.port, 2);
	packet_put(packet, what->destination.port, 2);
	packet_put(packet, what->seq, 4);
	packet_put(packet, what->ack, 4);
	packet_put(packet, 0x5000 | (uint32_t)what->flags, 2);
	packet_put(packet, what->window == UINT16_MAX ? 0 : what->window ? what->window : 512, 2);
	packet_put(packet, 0, 4);
	packet->length += what->length;
}

static inline void packets_write_bytes(struct packets *packets, int64_t at, const uint8_t *bytes,
				       uint32_t length)
{
	int64_t stamp = packets->epoch + at;
	uint32_t captured =
		packets->snaplen && packets->snaplen < length ? packets->snaplen : length;
	uint32_t header[4] = {
		(uint32_t)(stamp / SECOND),
		(uint32_t)(stamp % SECOND / (packets->format == PACKETS_MICRO ? 1000 : 1)),
		captured, length};

	packets->count++;
	if (packets->format == PACKETS_PCAPNG) {
		pcapng_write_packet(packets->stream, stamp, bytes, captured, length, NULL);
		return;
	}
	fwrite(header, sizeof(header), 1, packets->stream);
	fwrite(bytes, captured, 1, packets->stream);
}

/* Begins a file; format, linktype and the rest of packets are set. */
static inline void packets_start(struct packets *packets)
{
	uint32_t header[6] = {packets->format == PACKETS_MICRO ? 0xa1b2c3d4 : 0xa1b23c4d,
			      4 << 16 | 2,
			      0,
			      0,
			      262144,
			      (uint32_t)packets->linktype};

	if (!packets->epoch)
		packets->epoch = 1700000000 * SECOND;
	if (packets->format == PACKETS_PCAPNG)
		pcapng_write_header(packets->stream, "test", packets->linktype, 262144, NULL);
	else
		fwrite(header, sizeof(header), 1, packets->stream);
}

static inline void packets_write(struct packets *packets, const struct packet *what)
{
	for (int copy = 0; copy <= packets->copies; copy++) {
		struct packet_bytes packet = {.length = 0};

		packet_put_link(&packet, packets->linktype, what->source.family == 6, copy);
		packet_put_ip(&packet, what);
		packet_put_tcp(&packet, what);
		packets_write_bytes(packets, what->at + copy * 5 * MICROSECOND, packet.bytes,
				    packet.length);
	}
}

/* Two ends that talk; each packet counts on from the ones before. */
struct talk {
	struct packets *packets;
	struct address client, server;
	uint32_t client_next, server_next;
	uint16_t id;
};

static inline void talk_say(struct talk *talk, int64_t at, enum end end, int flags, uint32_t back,
			    uint16_t length)
{
	bool is_client = end == END_CLIENT;
	uint32_t *next = is_client ? &talk->client_next : &talk->server_next;
	uint32_t other = is_client ? talk->server_next : talk->client_next;
	struct packet packet = {
		.at = at,
		.source = is_client ? talk->client : talk->server,
		.destination = is_client ? talk->server : talk->client,
		.flags = flags,
		.seq = *next - back,
		.ack = flags & FLAG_ACK ? other : 0,
		.length = length,
		.id = ++talk->id,
	};

	packets_write(talk->packets, &packet);
	if (!back)
		*next += (uint32_t)length + !!(flags & FLAG_SYN) + !!(flags & FLAG_FIN);
}

static inline void talk_handshake(struct talk *talk, int64_t at)
{
	talk_say(talk, at, END_CLIENT, FLAG_SYN, 0, 0);
	talk_say(talk, at + 20 * MICROSECOND, END_SERVER, FLAG_SYN | FLAG_ACK, 0, 0);
	talk_say(talk, at + 50 * MICROSECOND, END_CLIENT, FLAG_ACK, 0, 0);
}

static inline void talk_probe(struct talk *talk, int64_t at, bool answered)
{
	talk_say(talk, at, END_CLIENT, FLAG_ACK, 1, 0);
	if (answered)
		talk_say(talk, at + 20 * MICROSECOND, END_SERVER, FLAG_ACK, 0, 0);
}

static inline void talk_reset(struct talk *talk, int64_t at)
{
	talk_say(talk, at, END_CLIENT, FLAG_RST | FLAG_ACK, 0, 0);
}

#endif

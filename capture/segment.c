/*
 * Theory of operation
 *
 * A packet is a range of bytes of the frame: where it begins, where the wire ended and where the
 * capture ended. Each layer checks that its header fits before it reads a byte of it, then moves
 * the beginning on and may pull the end in, never out. Which end a header does not fit into decides
 * the verdict: ends that were cut are SHORT, headers that contradict each other are MALFORMED.
 */
#include "capture/segment.h"

#include <string.h>

#include "timeline/event.h"

/*
 * Values as files have them (www.tcpdump.org/linktypes.html). The DLT_ constants of pcap/dlt.h are
 * not of use here: DLT_RAW and DLT_LOOP differ from system to system.
 */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_LINUX = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_COOKED = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_COOKED_2 = 276,
};

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_VLAN = 0x8100,
	TYPE_IPV6 = 0x86dd,
	TYPE_SERVICE_VLAN = 0x88a8,
};

enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_TCP = 6,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AUTHENTICATION = 51,
	NEXT_DESTINATION = 60,
};

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_WINDOW_SCALE = 3,
	OPTION_TIMESTAMPS = 8,
};

struct packet {
	const uint8_t *bytes; /* of the whole frame */
	uint32_t at;	      /* where the current header begins */
	uint32_t end;	      /* where the packet ended on the wire */
	uint32_t captured;    /* where the bytes that we have end; may be beyond end */
	bool fragment;	      /* a first fragment: the end is not the segment's */
};

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)get16(bytes) << 16 | get16(bytes + 2);
}

static bool fits(const struct packet *packet, uint32_t length)
{
	uint32_t end = packet->end < packet->captured ? packet->end : packet->captured;

	return packet->at <= end && length <= end - packet->at;
}

/* Pulls the end in to where a header says it is; 0 (segmentation offload, jumbogram) says nothing.
 */
static bool set_end(struct packet *packet, uint32_t header, uint32_t length)
{
	if (length == 0)
		return true;
	if (length < header || length > packet->end - packet->at)
		return false;
	packet->end = packet->at + length;
	return true;
}

static enum segment_verdict skip_vlan(struct packet *packet, uint16_t *type)
{
	while (*type == TYPE_VLAN || *type == TYPE_SERVICE_VLAN) {
		if (!fits(packet, 4))
			return SEGMENT_SHORT;
		*type = get16(packet->bytes + packet->at + 2);
		packet->at += 4;
	}
	return SEGMENT_OK;
}

/* A link header of a fixed length with an EtherType in it. */
static enum segment_verdict skip_typed_link(struct packet *packet, uint32_t length,
					    uint32_t type_offset, int *ret_version)
{
	enum segment_verdict verdict;
	uint16_t type;

	if (!fits(packet, length))
		return SEGMENT_SHORT;
	type = get16(packet->bytes + packet->at + type_offset);
	packet->at += length;
	verdict = skip_vlan(packet, &type);
	if (verdict != SEGMENT_OK)
		return verdict;
	if (type != TYPE_IPV4 && type != TYPE_IPV6)
		return SEGMENT_NOT_IP;
	*ret_version = type == TYPE_IPV4 ? 4 : 6;
	return SEGMENT_OK;
}

/*
 * BSD loopback: an address family of the machine that captured, in its byte order (NULL) or in
 * network order (LOOP). AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD,
 * 28 on FreeBSD, 30 on macOS. All are below 256, so the order shows in which byte is set.
 */
static enum segment_verdict skip_loopback(struct packet *packet, int *ret_version)
{
	const uint8_t *bytes = packet->bytes + packet->at;
	uint32_t family;

	if (!fits(packet, 4))
		return SEGMENT_SHORT;
	packet->at += 4;
	family = get32(bytes);
	if (family > 0xff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		*ret_version = 4;
		return SEGMENT_OK;
	case 10:
	case 24:
	case 28:
	case 30:
		*ret_version = 6;
		return SEGMENT_OK;
	}
	return SEGMENT_NOT_IP;
}

static enum segment_verdict read_raw_version(const struct packet *packet, int *ret_version)
{
	int version;

	if (!fits(packet, 1))
		return SEGMENT_SHORT;
	version = packet->bytes[packet->at] >> 4;
	if (version != 4 && version != 6)
		return SEGMENT_NOT_IP;
	*ret_version = version;
	return SEGMENT_OK;
}

static enum segment_verdict skip_link(struct packet *packet, int linktype, int *ret_version)
{
	switch (linktype) {
	case LINK_ETHERNET:
		return skip_typed_link(packet, 14, 12, ret_version);
	case LINK_COOKED:
		return skip_typed_link(packet, 16, 14, ret_version);
	case LINK_COOKED_2:
		return skip_typed_link(packet, 20, 0, ret_version);
	case LINK_NULL:
	case LINK_LOOP:
		return skip_loopback(packet, ret_version);
	case LINK_RAW:
	case LINK_RAW_LINUX:
	case LINK_RAW_OPENBSD:
		return read_raw_version(packet, ret_version);
	case LINK_IPV4:
		*ret_version = 4;
		return SEGMENT_OK;
	case LINK_IPV6:
		*ret_version = 6;
		return SEGMENT_OK;
	}
	return SEGMENT_LINKTYPE;
}

static struct address make_address(uint8_t family, const uint8_t *bytes)
{
	struct address address = {.family = family};

	memcpy(address.bytes, bytes, family == 4 ? 4 : 16);
	return address;
}

static enum segment_verdict skip_ipv4(struct packet *packet, struct segment *segment)
{
	const uint8_t *bytes = packet->bytes + packet->at;
	uint32_t header;

	if (!fits(packet, 20))
		return SEGMENT_SHORT;
	header = (bytes[0] & 0x0fu) * 4;
	if (bytes[0] >> 4 != 4 || header < 20 || !set_end(packet, header, get16(bytes + 2)))
		return SEGMENT_MALFORMED;
	if (!fits(packet, header))
		return SEGMENT_SHORT;
	if (bytes[9] != NEXT_TCP)
		return SEGMENT_NOT_TCP;
	if (get16(bytes + 6) & 0x1fff)
		return SEGMENT_FRAGMENT;
	packet->fragment = get16(bytes + 6) & 0x2000;
	segment->source = make_address(4, bytes + 12);
	segment->destination = make_address(4, bytes + 16);
	segment->ip_header_length = header;
	packet->at += header;
	return SEGMENT_OK;
}

/* Skips to the TCP header; each round moves on by at least eight bytes, so the frame bounds them.
 */
static enum segment_verdict skip_extensions(struct packet *packet, uint8_t next)
{
	while (next != NEXT_TCP) {
		const uint8_t *bytes = packet->bytes + packet->at;
		uint32_t length;

		if (next != NEXT_HOP_BY_HOP && next != NEXT_ROUTING && next != NEXT_FRAGMENT &&
		    next != NEXT_AUTHENTICATION && next != NEXT_DESTINATION)
			return SEGMENT_NOT_TCP;
		if (!fits(packet, 8))
			return SEGMENT_SHORT;
		if (next == NEXT_FRAGMENT && get16(bytes + 2) & 0xfff8)
			return bytes[0] == NEXT_TCP ? SEGMENT_FRAGMENT : SEGMENT_NOT_TCP;
		length = (bytes[1] + 1u) * 8;
		if (next == NEXT_AUTHENTICATION)
			length = (bytes[1] + 2u) * 4; /* RFC 4302, 2.2 */
		if (next == NEXT_FRAGMENT) {
			packet->fragment = get16(bytes + 2) & 1;
			length = 8;
		}
		if (length > packet->end - packet->at)
			return SEGMENT_MALFORMED;
		if (!fits(packet, length))
			return SEGMENT_SHORT;
		next = bytes[0];
		packet->at += length;
	}
	return SEGMENT_OK;
}

static enum segment_verdict skip_ipv6(struct packet *packet, struct segment *segment)
{
	const uint8_t *bytes = packet->bytes + packet->at;
	uint32_t start = packet->at;
	uint32_t payload;
	enum segment_verdict verdict;

	if (!fits(packet, 40))
		return SEGMENT_SHORT;
	payload = get16(bytes + 4);
	if (bytes[0] >> 4 != 6 || !set_end(packet, 40, payload ? payload + 40 : 0))
		return SEGMENT_MALFORMED;
	packet->at += 40;
	verdict = skip_extensions(packet, bytes[6]);
	if (verdict != SEGMENT_OK)
		return verdict;
	segment->source = make_address(6, bytes + 8);
	segment->destination = make_address(6, bytes + 24);
	segment->ip_header_length = packet->at - start;
	return SEGMENT_OK;
}

/* Stops at the first option that lies, and keeps what came before, as tcp_parse_options() does. */
static void read_options(const uint8_t *options, uint32_t length, struct segment *segment)
{
	uint32_t at = 0;

	while (at < length && options[at] != OPTION_END) {
		uint8_t size;

		if (options[at] == OPTION_NOP) {
			at++;
			continue;
		}
		if (length - at < 2)
			return;
		size = options[at + 1];
		if (size < 2 || size > length - at)
			return;
		if (options[at] == OPTION_WINDOW_SCALE && size == 3 && segment->flags & FLAG_SYN)
			segment->window_scale = options[at + 2];
		if (options[at] == OPTION_TIMESTAMPS && size == 10)
			segment->has_timestamps = true;
		at += size;
	}
}

static enum segment_verdict read_tcp(const struct packet *packet, struct segment *segment)
{
	const uint8_t *bytes = packet->bytes + packet->at;
	uint32_t wire = packet->end - packet->at;
	uint32_t header, options;

	if (packet->fragment && wire < 20)
		return SEGMENT_FRAGMENT;
	if (!fits(packet, 20))
		return SEGMENT_SHORT;
	header = (bytes[12] >> 4) * 4u;
	if (header < 20)
		return SEGMENT_MALFORMED;
	if (header > wire)
		return packet->fragment ? SEGMENT_FRAGMENT : SEGMENT_MALFORMED;
	/* A capture may have cut the options off (a snaplen of 68 did): the rest is whole. */
	options = (fits(packet, header) ? header : packet->captured - packet->at) - 20;
	segment->source.port = get16(bytes);
	segment->destination.port = get16(bytes + 2);
	segment->seq = get32(bytes + 4);
	segment->ack = get32(bytes + 8);
	segment->flags = bytes[13];
	segment->window = get16(bytes + 14);
	segment->tcp_header_length = header;
	segment->length = wire - header;
	segment->window_scale = -1;
	read_options(bytes + 20, options, segment);
	return SEGMENT_OK;
}

enum segment_verdict segment_decode(const struct frame *frame, struct segment *ret_segment)
{
	/* Some writers state a wire length below what they stored; the bytes are the better word.
	 */
	struct packet packet = {
		.bytes = frame->bytes,
		.end = frame->wire_length > frame->captured ? frame->wire_length : frame->captured,
		.captured = frame->captured,
	};
	struct segment segment = {0};
	enum segment_verdict verdict;
	int version = 0;

	verdict = skip_link(&packet, frame->linktype, &version);
	if (verdict != SEGMENT_OK)
		return verdict;
	verdict = version == 4 ? skip_ipv4(&packet, &segment) : skip_ipv6(&packet, &segment);
	if (verdict != SEGMENT_OK)
		return verdict;
	verdict = read_tcp(&packet, &segment);
	if (verdict == SEGMENT_OK)
		*ret_segment = segment;
	return verdict;
}

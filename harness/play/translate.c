/*
 * Address translation undone: behind a router that masquerades, the server's copies carry the
 * router's address. In what is recorded they carry the client's, so that the connection is one.
 */
#include <string.h>

#include "play/player.h"

/* Of an Ethernet frame with an IP header: what segment_decode() has found to be there. */
#define IP_OFFSET	 14
#define IPV4_CHECKSUM	 10
#define IPV4_SOURCE	 12
#define IPV4_DESTINATION 16
#define IPV6_SOURCE	 8
#define IPV6_DESTINATION 24

/* The header's checksum, RFC 791. */
static void set_checksum(uint8_t *header)
{
	size_t length = (size_t)(header[0] & 15) * 4;
	uint32_t sum = 0;

	memset(header + IPV4_CHECKSUM, 0, 2);
	for (size_t i = 0; i < length; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	header[IPV4_CHECKSUM] = (uint8_t)(~sum >> 8);
	header[IPV4_CHECKSUM + 1] = (uint8_t)~sum;
}

/* Writes a host and a port in place of another; the TCP checksum of a sender's copy is not there
 * yet (offload), so nothing of it changes. */
static void put(uint8_t *header, size_t host, size_t port, const struct address *address)
{
	memcpy(header + host, address->bytes, address->family == 6 ? 16 : 4);
	header[port] = (uint8_t)(address->port >> 8);
	header[port + 1] = (uint8_t)address->port;
}

void translate_back(const struct player *player, struct segment *segment, uint8_t *bytes)
{
	const struct address *client = &player->ends[END_CLIENT].local;
	const struct address *seen = &player->ends[END_SERVER].remote;
	bool is_v6 = seen->family == 6;
	uint8_t *header = bytes + IP_OFFSET;
	size_t tcp = segment->ip_header_length;

	if (address_equal(&segment->source, seen)) {
		segment->source = *client;
		put(header, is_v6 ? IPV6_SOURCE : IPV4_SOURCE, tcp, client);
	}
	if (address_equal(&segment->destination, seen)) {
		segment->destination = *client;
		put(header, is_v6 ? IPV6_DESTINATION : IPV4_DESTINATION, tcp + 2, client);
	}
	if (!is_v6)
		set_checksum(header);
}

/*
 * Theory of operation. A packet socket sees a packet before the router's rules drop it
 * (net/core/dev.c, __netif_receive_skb_core: taps before the protocol). What TCP sends over veth
 * has no checksum yet, and may be larger than a frame (segmentation offload); the virtio header in
 * front of each packet says so (PACKET_VNET_HDR, net/packet/af_packet.c), and is handed back with
 * it.
 */
#define _GNU_SOURCE
#include "sandbox/detour.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/cable.h"

/* With segmentation offload TCP hands over up to 64 KiB at once, and headers. */
#define PACKET_LIMIT (65536 + 256)

/* Offsets in an IP header: protocol and destination. */
#define IPV4_PROTOCOL	 9
#define IPV4_DESTINATION 16
#define IPV6_PROTOCOL	 6
#define IPV6_DESTINATION 24

struct detour {
	int in, out;
	struct address to;
	uint8_t source[ETHER_ADDR_LEN], destination[ETHER_ADDR_LEN]; /* behind the router */
	unsigned char buffer[PACKET_LIMIT];
};

static int open_link(const char *link, int family, int *ret_fd)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(family == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP),
		.sll_ifindex = (int)if_nametoindex(link),
	};
	cleanup_fd int fd = -1;
	int on = 1;

	if (!address.sll_ifindex)
		return -errno;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	*ret_fd = steal_fd(&fd);
	return 0;
}

int detour_open(const struct topology *topology, enum topology_place to, struct detour **ret_detour)
{
	const struct port *in, *out, *from_end, *to_end;
	struct detour *detour;
	int error;

	from_end = port_of(topology, (enum topology_place)other_end((enum end)to), &in);
	to_end = port_of(topology, to, &out);
	if (topology->kind != TOPOLOGY_ROUTED || !from_end || !to_end)
		return -EOPNOTSUPP;
	detour = calloc(1, sizeof(*detour));
	if (!detour)
		return -ENOMEM;
	detour->in = detour->out = -1;
	detour->to = topology->address[to];
	memcpy(detour->source, out->side.address, ETHER_ADDR_LEN);
	memcpy(detour->destination, to_end->side.address, ETHER_ADDR_LEN);
	error = open_link(in->side.name, topology->family, &detour->in);
	if (!error)
		error = open_link(out->side.name, topology->family, &detour->out);
	if (error)
		detour_close(detour);
	else
		*ret_detour = detour;
	return error;
}

int detour_fd(const struct detour *detour)
{
	return detour->in;
}

/* Whether it is TCP for the end; without extension headers, which TCP of Linux does not send. */
static bool is_for_end(const struct detour *detour, const unsigned char *ip, size_t length)
{
	bool is_v6 = detour->to.family == 6;
	size_t protocol = is_v6 ? IPV6_PROTOCOL : IPV4_PROTOCOL;
	size_t destination = is_v6 ? IPV6_DESTINATION : IPV4_DESTINATION, size = is_v6 ? 16 : 4;

	return length >= destination + size && ip[protocol] == IPPROTO_TCP &&
	       memcmp(ip + destination, detour->to.bytes, size) == 0;
}

int detour_take(struct detour *detour, struct detour_packet **ret_packet)
{
	const size_t headers = sizeof(struct virtio_net_hdr) + ETHER_HDR_LEN;

	for (;;) {
		struct sockaddr_ll from;
		socklen_t from_length = sizeof(from);
		ssize_t length = recvfrom(detour->in, detour->buffer, sizeof(detour->buffer), 0,
					  (struct sockaddr *)&from, &from_length);

		if (length < 0)
			return -errno;
		if (from.sll_pkttype == PACKET_OUTGOING || (size_t)length < headers ||
		    !is_for_end(detour, detour->buffer + headers, (size_t)length - headers))
			continue;
		*ret_packet = malloc(sizeof(**ret_packet) + (size_t)length);
		if (!*ret_packet)
			return -ENOMEM;
		(*ret_packet)->length = (size_t)length;
		memcpy((*ret_packet)->bytes, detour->buffer, (size_t)length);
		return 0;
	}
}

int detour_put(struct detour *detour, struct detour_packet *packet)
{
	unsigned char *frame = packet->bytes + sizeof(struct virtio_net_hdr);

	memcpy(frame, detour->destination, ETHER_ADDR_LEN);
	memcpy(frame + ETHER_ADDR_LEN, detour->source, ETHER_ADDR_LEN);
	return send(detour->out, packet->bytes, packet->length, 0) < 0 ? -errno : 0;
}

void detour_close(struct detour *detour)
{
	if (!detour)
		return;
	if (detour->in >= 0)
		close(detour->in);
	if (detour->out >= 0)
		close(detour->out);
	free(detour);
}

/*
 * Theory of operation
 *
 * A connection is known by its two addresses and ports. The same two may connect again: with
 * fixed ports, as experiments have them, they always do. A SYN with another sequence number begins
 * a new connection where the one before was closed, or else where a SYN-ACK answers it: an end
 * that still has the old connection answers with a challenge ACK (RFC 5961, 4), and then the SYN
 * belongs to the old one's story. Two SYNs before anything else are a simultaneous open.
 *
 * A file may have any number of connections, so the table is bounded, for each grade by itself: a
 * million connections to other ports cannot hide the one that the endpoints name. The hash is
 * keyed with a random number, so that no file can be made to collide.
 */
#define _GNU_SOURCE
#include "capture/connections.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/array.h"
#include "timeline/event.h"

/* At least twice as many as there can be connections. */
#define SLOT_COUNT ((size_t)1 << 17)

static_assert(SLOT_COUNT >= 2 * (size_t)CONNECTIONS_LIMIT * GRADE_COUNT, "the table stays sparse");

int connections_start(struct connections *connections, const struct endpoints *wanted)
{
	*connections = (struct connections){.wanted = *wanted};
	connections->slots = calloc(SLOT_COUNT, sizeof(*connections->slots));
	if (!connections->slots)
		return -ENOMEM;
	if (getrandom(&connections->seed, sizeof(connections->seed), GRND_NONBLOCK) < 0)
		connections->seed = (uintptr_t)connections->slots;
	return 0;
}

void connections_free(struct connections *connections)
{
	free(connections->list);
	free(connections->slots);
	*connections = (struct connections){0};
}

/* The 128-bit product, folded. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_address(const struct address *address, uint64_t seed)
{
	uint64_t words[2];

	memcpy(words, address->bytes, sizeof(words));
	seed ^= (uint64_t)address->port << 8 | address->family;
	return mix(mix(seed ^ words[0], seed ^ UINT64_C(0x9e3779b97f4a7c15)) ^ words[1],
		   seed | UINT64_C(0x8000000000000001));
}

/* The same for both directions. */
static size_t first_slot(const struct connections *connections, const struct segment *segment)
{
	uint64_t hash = hash_address(&segment->source, connections->seed) +
			hash_address(&segment->destination, connections->seed);

	return (hash ^ hash >> 32) % SLOT_COUNT;
}

static bool is_between(const struct connection *connection, const struct segment *segment)
{
	const struct address *source = &segment->source, *destination = &segment->destination;

	/* Ports first: they differ where anything does. */
	if (source->port == connection->a.port && destination->port == connection->b.port &&
	    address_equal(source, &connection->a) && address_equal(destination, &connection->b))
		return true;
	return source->port == connection->b.port && destination->port == connection->a.port &&
	       address_equal(source, &connection->b) && address_equal(destination, &connection->a);
}

/* The slot of the latest connection between a segment's ends, or the free one for it. */
static uint32_t *find_slot(const struct connections *connections, const struct segment *segment)
{
	size_t slot = first_slot(connections, segment);

	while (connections->slots[slot] &&
	       !is_between(&connections->list[connections->slots[slot] - 1], segment))
		slot = (slot + 1) % SLOT_COUNT;
	return &connections->slots[slot];
}

/* Whether the said part of an address is that of another: its address, or its port. */
static bool fits_bytes(const struct address *wanted, const struct address *address)
{
	struct address with_port = *wanted;

	with_port.port = address->port;
	return wanted->family == 0 || address_equal(&with_port, address);
}

static bool fits_port(const struct address *wanted, const struct address *address)
{
	return wanted->port == 0 || wanted->port == address->port;
}

static enum grade grade_as(const struct address *client, const struct address *server,
			   const struct endpoints *wanted)
{
	bool is_server = fits_port(&wanted->server, server);

	if (!wanted->server.port && !wanted->client.port)
		return GRADE_NONE;
	if (!is_server || !fits_port(&wanted->client, client))
		return is_server && wanted->server.port ? GRADE_SERVER_PORT : GRADE_NONE;
	if (!fits_bytes(&wanted->server, server) || !fits_bytes(&wanted->client, client))
		return GRADE_PORTS;
	return GRADE_ALL;
}

static enum grade grade_of(const struct connection *connection, const struct endpoints *wanted)
{
	enum grade a_client = grade_as(&connection->a, &connection->b, wanted);
	enum grade b_client = grade_as(&connection->b, &connection->a, wanted);

	if (connection->a_is == END_CLIENT)
		return a_client;
	if (connection->a_is == END_SERVER)
		return b_client;
	return a_client > b_client ? a_client : b_client;
}

enum end connection_fit(const struct connection *connection, const struct endpoints *wanted)
{
	enum grade a_client = grade_as(&connection->a, &connection->b, wanted);
	enum grade b_client = grade_as(&connection->b, &connection->a, wanted);

	if (connection->a_is != END_NONE)
		return connection->a_is;
	return a_client == b_client ? END_NONE : a_client > b_client ? END_CLIENT : END_SERVER;
}

static bool is_syn(const struct segment *segment)
{
	return (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == FLAG_SYN;
}

static bool is_syn_ack(const struct segment *segment)
{
	return (segment->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == (FLAG_SYN | FLAG_ACK);
}

/* Returns the new connection, or NULL where there are too many of its grade. */
static struct connection *add(struct connections *connections, struct connection connection,
			      uint32_t *slot)
{
	enum grade grade = grade_of(&connection, &connections->wanted);
	struct connection *added;

	if (connections->of_grade[grade] == CONNECTIONS_LIMIT) {
		connections->more_of_grade[grade] = true;
		return NULL;
	}
	connections->of_grade[grade]++;
	added = array_push(connections->list, connections->count);
	*added = connection;
	added->grade = grade;
	*slot = (uint32_t)connections->count;
	return added;
}

static struct connection first_sight(const struct segment *segment, int64_t number)
{
	return (struct connection){
		.a = segment->source,
		.b = segment->destination,
		.a_is = is_syn(segment)	      ? END_CLIENT
			: is_syn_ack(segment) ? END_SERVER
					      : END_NONE,
		.first = number,
		.syn_known = is_syn(segment),
		.syn_seq = segment->seq,
	};
}

/* A later connection between the same two begins with a SYN that was frame number first. */
static struct connection *begin_next(struct connections *connections, struct connection *old,
				     struct connection next, uint32_t *slot)
{
	old->is_over = true;
	old->last = next.first - 1;
	return add(connections, next, slot);
}

/* Returns the connection that a segment belongs to: this one, or a new one; NULL: no room. */
static struct connection *split(struct connections *connections, struct connection *connection,
				const struct segment *segment, int64_t number, uint32_t *slot)
{
	bool by_a = address_equal(&segment->source, &connection->a);

	if (is_syn(segment) && connection->answered &&
	    !(connection->syn_known && connection->syn_seq == segment->seq)) {
		if (connection->closed)
			return begin_next(connections, connection, first_sight(segment, number),
					  slot);
		if (!connection->new_syn || connection->new_syn_seq != segment->seq) {
			connection->new_syn = number;
			connection->new_syn_seq = segment->seq;
			connection->new_syn_by_a = by_a;
		}
	} else if (is_syn_ack(segment) && connection->new_syn && by_a != connection->new_syn_by_a &&
		   segment->ack == connection->new_syn_seq + 1) {
		struct connection next = first_sight(segment, connection->new_syn);

		next.a = segment->destination;
		next.b = segment->source;
		next.a_is = END_CLIENT;
		next.frames = 1;
		next.syn_known = true;
		next.syn_seq = connection->new_syn_seq;
		return begin_next(connections, connection, next, slot);
	}
	return connection;
}

void connections_take(struct connections *connections, const struct segment *segment,
		      int64_t number)
{
	uint32_t *slot = find_slot(connections, segment);
	struct connection *connection;

	if (*slot)
		connection =
			split(connections, &connections->list[*slot - 1], segment, number, slot);
	else
		connection = add(connections, first_sight(segment, number), slot);
	if (!connection || connection->is_over)
		return;
	connection->last = number;
	connection->frames++;
	connection->answered |= !is_syn(segment);
	if (segment->flags & FLAG_FIN) {
		bool by_a = address_equal(&segment->source, &connection->a);

		connection->fin_a |= by_a;
		connection->fin_b |= !by_a;
	}
	connection->closed |=
		(segment->flags & FLAG_RST) || (connection->fin_a && connection->fin_b);
}

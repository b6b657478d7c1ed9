#include "capture/copies.h"

#include <string.h>

/* www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html */
#define LINK_COOKED	   113
#define LINK_COOKED_2	   276
#define COOKED_LENGTH	   16
#define COOKED_2_LENGTH	   20
#define COOKED_TYPE	   1 /* its low byte; there are five */
#define COOKED_2_TYPE	   10
#define COOKED_2_INTERFACE 4

/* The link header's length; 0 where it does not say the place. */
static size_t read_place(const struct frame *frame, uint64_t *ret_place)
{
	uint32_t interface;

	if (frame->linktype == LINK_COOKED && frame->captured >= COOKED_LENGTH) {
		*ret_place = frame->bytes[COOKED_TYPE];
		return COOKED_LENGTH;
	}
	if (frame->linktype == LINK_COOKED_2 && frame->captured >= COOKED_2_LENGTH) {
		memcpy(&interface, frame->bytes + COOKED_2_INTERFACE, sizeof(interface));
		*ret_place = (uint64_t)interface << 8 | frame->bytes[COOKED_2_TYPE];
		return COOKED_2_LENGTH;
	}
	return 0;
}

static bool was_seen_at(const struct copied *packet, uint64_t place)
{
	for (size_t i = 0; i < packet->place_count; i++) {
		if (packet->places[i] == place)
			return true;
	}
	return false;
}

/* The latest packet with these bytes, or NULL. */
static struct copied *find(struct copies *copies, const uint8_t *bytes, size_t length)
{
	for (size_t i = 1; i <= COPIES_DEPTH; i++) {
		struct copied *packet =
			&copies->list[(copies->next + COPIES_DEPTH - i) % COPIES_DEPTH];

		if (packet->length == length && memcmp(packet->bytes, bytes, length) == 0)
			return packet;
	}
	return NULL;
}

bool copies_take(struct copies *copies, const struct frame *frame)
{
	uint64_t place;
	size_t header = read_place(frame, &place), length = frame->captured - header;
	struct copied *packet;

	if (!header || !length)
		return false;
	if (length > CAPTURE_SNAPLEN)
		length = CAPTURE_SNAPLEN;
	packet = find(copies, frame->bytes + header, length);
	if (packet && !was_seen_at(packet, place) && packet->place_count < COPIES_PLACES) {
		packet->places[packet->place_count++] = place;
		return true;
	}
	packet = &copies->list[copies->next++ % COPIES_DEPTH];
	memcpy(packet->bytes, frame->bytes + header, length);
	packet->length = length;
	packet->places[0] = place;
	packet->place_count = 1;
	return false;
}

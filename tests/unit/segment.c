/* Decoding: every link type, every cut, lying lengths, fragments, options, random bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "capture/segment.h"
#include "timeline/event.h"

#define FRAME_MAX 512
#define PAYLOAD	  7

struct bytes {
	uint8_t bytes[FRAME_MAX];
	uint32_t length;
};

static void put(struct bytes *frame, const void *bytes, uint32_t length)
{
	assert_true(frame->length + length <= FRAME_MAX);
	if (length)
		memcpy(frame->bytes + frame->length, bytes, length);
	frame->length += length;
}

#define PUT(frame, ...)                                                                            \
	do {                                                                                       \
		const uint8_t bytes_[] = {__VA_ARGS__};                                            \
		put(frame, bytes_, sizeof(bytes_));                                                \
	} while (0)

/* From port 12345 to 80, seq 0x01020304, ack 0x05060708, window 0x1234. */
static void put_tcp(struct bytes *frame, uint8_t flags, const uint8_t *options, uint8_t length)
{
	static const uint8_t payload[PAYLOAD] = "payload";

	PUT(frame, 0x30, 0x39, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8);
	PUT(frame, (uint8_t)((20 + length) << 2), flags, 0x12, 0x34, 0, 0, 0, 0);
	put(frame, options, length);
	put(frame, payload, PAYLOAD);
}

/* From 10.0.0.1 to 10.0.0.2, with `options` bytes of IP options. */
static void put_ipv4(struct bytes *frame, uint8_t options, uint16_t payload)
{
	uint16_t total = (uint16_t)(20 + options + payload);

	PUT(frame, (uint8_t)(0x40 | (20 + options) / 4), 0, (uint8_t)(total >> 8), (uint8_t)total);
	PUT(frame, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2);
	for (uint8_t i = 0; i < options; i++)
		PUT(frame, 1);
}

/* From fd00::1 to fd00::2, with the extension headers as given. */
static void put_ipv6(struct bytes *frame, uint8_t next, const uint8_t *extensions, uint32_t length,
		     uint16_t payload)
{
	uint16_t total = (uint16_t)(length + payload);

	PUT(frame, 0x60, 0, 0, 0, (uint8_t)(total >> 8), (uint8_t)total, next, 64);
	PUT(frame, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(frame, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
	put(frame, extensions, length);
}

static const uint8_t timestamps[] = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};

static enum segment_verdict decode(const uint8_t *bytes, uint32_t captured, uint32_t wire_length,
				   int linktype, struct segment *segment)
{
	/* A block of exactly this size, so that the sanitizer sees each read beyond it. */
	uint8_t *copy = malloc(captured ? captured : 1);
	struct frame frame = {
		.captured = captured,
		.wire_length = wire_length,
		.linktype = linktype,
		.bytes = copy,
	};
	enum segment_verdict verdict;

	assert_non_null(copy);
	if (captured)
		memcpy(copy, bytes, captured);
	else
		frame.bytes = NULL;
	verdict = segment_decode(&frame, segment);
	free(copy);
	return verdict;
}

struct link {
	const char *name;
	int linktype;
	int version;
	uint32_t length;
	uint8_t header[28];
};

/* clang-format off */
static const struct link links[] = {
	{"Ethernet", 1, 4, 14, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{"Ethernet, IPv6", 1, 6, 14, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd}},
	{"802.1Q", 1, 4, 18, {[12] = 0x81, 0, 0, 5, 8, 0}},
	{"802.1ad in 802.1Q", 1, 6, 22, {[12] = 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd}},
	{"cooked", 113, 4, 16, {[14] = 8, 0}},
	{"cooked, IPv6", 113, 6, 16, {[14] = 0x86, 0xdd}},
	{"cooked v2", 276, 4, 20, {8, 0}},
	{"cooked v2, IPv6", 276, 6, 20, {0x86, 0xdd}},
	{"raw", 101, 4, 0, {0}},
	{"raw, IPv6", 101, 6, 0, {0}},
	{"raw of Linux", 12, 4, 0, {0}},
	{"raw of OpenBSD", 14, 6, 0, {0}},
	{"IPv4", 228, 4, 0, {0}},
	{"IPv6", 229, 6, 0, {0}},
	{"BSD loopback, little", 0, 4, 4, {2, 0, 0, 0}},
	{"BSD loopback, big", 0, 4, 4, {0, 0, 0, 2}},
	{"BSD loopback, Linux", 0, 6, 4, {10, 0, 0, 0}},
	{"BSD loopback, FreeBSD", 0, 6, 4, {28, 0, 0, 0}},
	{"BSD loopback, macOS", 0, 6, 4, {0, 0, 0, 30}},
	{"OpenBSD loopback", 108, 6, 4, {0, 0, 0, 24}},
};
/* clang-format on */

/* Returns the length of all headers. */
static uint32_t make_frame(const struct link *link, struct bytes *frame)
{
	uint16_t tcp = 20 + sizeof(timestamps) + PAYLOAD;

	frame->length = 0;
	put(frame, link->header, link->length);
	if (link->version == 4)
		put_ipv4(frame, 8, tcp);
	else
		put_ipv6(frame, 6, NULL, 0, tcp);
	put_tcp(frame, FLAG_ACK | FLAG_PSH, timestamps, sizeof(timestamps));
	return frame->length - PAYLOAD;
}

static void check_segment(const struct segment *segment, int version, bool has_options)
{
	char text[ADDRESS_TEXT_SIZE];

	assert_string_equal(address_format(text, &segment->source),
			    version == 4 ? "10.0.0.1:12345" : "[fd00::1]:12345");
	assert_string_equal(address_format(text, &segment->destination),
			    version == 4 ? "10.0.0.2:80" : "[fd00::2]:80");
	assert_int_equal(segment->seq, 0x01020304);
	assert_int_equal(segment->ack, 0x05060708);
	assert_int_equal(segment->window, 0x1234);
	assert_int_equal(segment->flags, FLAG_ACK | FLAG_PSH);
	assert_int_equal(segment->length, PAYLOAD);
	assert_int_equal(segment->window_scale, -1);
	assert_int_equal(segment->has_timestamps, has_options);
	assert_int_equal(segment->ip_header_length, version == 4 ? 28 : 40);
	assert_int_equal(segment->tcp_header_length, 32);
}

static void every_link_and_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(links); i++) {
		struct bytes frame;
		uint32_t headers = make_frame(&links[i], &frame);
		uint32_t needed = headers - sizeof(timestamps);

		for (uint32_t n = 0; n <= frame.length; n++) {
			struct segment segment, untouched;
			enum segment_verdict verdict;

			memset(&segment, 0x55, sizeof(segment));
			untouched = segment;
			verdict = decode(frame.bytes, n, frame.length, links[i].linktype, &segment);
			if (verdict != (n < needed ? SEGMENT_SHORT : SEGMENT_OK))
				fail_msg("%s, %u bytes: verdict %d", links[i].name, n, verdict);
			if (verdict == SEGMENT_OK)
				check_segment(&segment, links[i].version, n >= headers);
			else
				assert_memory_equal(&segment, &untouched, sizeof(segment));
			/* A wire as short as the capture contradicts the IP header. */
			verdict = decode(frame.bytes, n, n, links[i].linktype, &segment);
			if (n < frame.length)
				assert_true(verdict == SEGMENT_SHORT ||
					    verdict == SEGMENT_MALFORMED);
		}
	}
}

static void other_layers(void **state)
{
	struct segment segment;
	struct bytes frame;

	(void)state;
	make_frame(&links[0], &frame);
	assert_int_equal(decode(frame.bytes, frame.length, frame.length, 105, &segment),
			 SEGMENT_LINKTYPE);
	frame.bytes[13] = 6; /* ARP */
	assert_int_equal(decode(frame.bytes, frame.length, frame.length, 1, &segment),
			 SEGMENT_NOT_IP);
	make_frame(&links[14], &frame);
	frame.bytes[0] = 7;
	assert_int_equal(decode(frame.bytes, frame.length, frame.length, 0, &segment),
			 SEGMENT_NOT_IP);
	make_frame(&links[8], &frame);
	frame.bytes[0] = 0x55;
	assert_int_equal(decode(frame.bytes, frame.length, frame.length, 101, &segment),
			 SEGMENT_NOT_IP);
}

/* One or two bytes of a raw IP frame changed. */
struct lie {
	const char *what;
	int linktype; /* 228 or 229 */
	uint32_t at;
	uint8_t bytes[2];
	enum segment_verdict verdict;
	uint32_t length; /* of the payload, where it is OK */
};

/* IPv4: header of 28 bytes, TCP at 28, its options at 48; 67 bytes in all. IPv6: TCP at 40. */
/* clang-format off */
static const struct lie lies[] = {
	{"version 6", 228, 0, {0x65, 0}, SEGMENT_MALFORMED, 0},
	{"version 4", 229, 0, {0x45, 0}, SEGMENT_MALFORMED, 0},
	{"IPv4 header of 16 bytes", 228, 0, {0x44, 0}, SEGMENT_MALFORMED, 0},
	{"IPv4 total below its header", 228, 2, {0, 27}, SEGMENT_MALFORMED, 0},
	{"IPv4 total at its header", 228, 2, {0, 28}, SEGMENT_SHORT, 0},
	{"IPv4 total within the TCP header", 228, 2, {0, 47}, SEGMENT_SHORT, 0},
	{"IPv4 total within the TCP options", 228, 2, {0, 59}, SEGMENT_MALFORMED, 0},
	{"IPv4 total without payload", 228, 2, {0, 60}, SEGMENT_OK, 0},
	{"IPv4 total below the frame: padding", 228, 2, {0, 63}, SEGMENT_OK, 3},
	{"IPv4 total 0: segmentation offload", 228, 2, {0, 0}, SEGMENT_OK, PAYLOAD},
	{"IPv4 total above the frame", 228, 2, {0, 68}, SEGMENT_MALFORMED, 0},
	{"IPv4 total far above the frame", 228, 2, {0xff, 0xff}, SEGMENT_MALFORMED, 0},
	{"UDP", 228, 9, {17, 0}, SEGMENT_NOT_TCP, 0},
	{"first fragment", 228, 6, {0x20, 0}, SEGMENT_OK, PAYLOAD},
	{"second fragment", 228, 6, {0x20, 4}, SEGMENT_FRAGMENT, 0},
	{"last fragment", 228, 6, {0, 9}, SEGMENT_FRAGMENT, 0},
	{"do not fragment", 228, 6, {0x40, 0}, SEGMENT_OK, PAYLOAD},
	{"TCP header of 16 bytes", 228, 40, {0x40, 0x10}, SEGMENT_MALFORMED, 0},
	{"TCP header beyond the packet", 228, 40, {0xf0, 0x10}, SEGMENT_MALFORMED, 0},
	{"TCP header takes the payload in part", 228, 40, {0x90, 0x18}, SEGMENT_OK, 3},
	{"TCP option of length 0", 228, 50, {8, 0}, SEGMENT_OK, PAYLOAD},
	{"TCP option beyond the header", 228, 50, {8, 255}, SEGMENT_OK, PAYLOAD},
	{"IPv6 payload within the TCP header", 229, 4, {0, 19}, SEGMENT_SHORT, 0},
	{"IPv6 payload within the TCP options", 229, 4, {0, 31}, SEGMENT_MALFORMED, 0},
	{"IPv6 payload below the frame: padding", 229, 4, {0, 36}, SEGMENT_OK, 4},
	{"IPv6 payload 0: segmentation offload", 229, 4, {0, 0}, SEGMENT_OK, PAYLOAD},
	{"IPv6 payload above the frame", 229, 4, {0, 40}, SEGMENT_MALFORMED, 0},
	{"no next header", 229, 6, {59, 64}, SEGMENT_NOT_TCP, 0},
	{"ICMPv6", 229, 6, {58, 64}, SEGMENT_NOT_TCP, 0},
	{"TCP taken for an extension header, which goes on to ICMPv6", 229, 6, {60, 64},
	 SEGMENT_MALFORMED, 0},
};
/* clang-format on */

static void lying_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(lies); i++) {
		const struct lie *lie = &lies[i];
		struct link link = {"", lie->linktype, lie->linktype == 228 ? 4 : 6, 0, {0}};
		struct segment segment;
		enum segment_verdict verdict;
		struct bytes frame;

		make_frame(&link, &frame);
		memcpy(frame.bytes + lie->at, lie->bytes, 2);
		verdict = decode(frame.bytes, frame.length, frame.length, lie->linktype, &segment);
		if (verdict != lie->verdict)
			fail_msg("%s: verdict %d", lie->what, verdict);
		if (verdict == SEGMENT_OK && segment.length != lie->length)
			fail_msg("%s: %u bytes", lie->what, segment.length);
	}
}

/* A first fragment that ends within the TCP header is of no use, but no mistake either. */
static void tiny_fragments(void **state)
{
	struct segment segment;
	struct bytes frame;

	(void)state;
	for (uint8_t n = 28; n <= 60; n++) {
		make_frame(&links[8], &frame);
		frame.bytes[3] = n;
		frame.bytes[6] = 0x20;
		assert_int_equal(decode(frame.bytes, n, n, 101, &segment),
				 n < 60 ? SEGMENT_FRAGMENT : SEGMENT_OK);
	}
}

struct chain {
	const char *what;
	uint8_t next;
	uint32_t length;
	uint8_t bytes[40];
	enum segment_verdict verdict;
};

/* clang-format off */
static const struct chain chains[] = {
	{"hop-by-hop", 0, 8, {6, 0, 1, 4}, SEGMENT_OK},
	{"routing of 24 bytes", 43, 24, {6, 2}, SEGMENT_OK},
	{"destination, twice", 60, 16, {60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4}, SEGMENT_OK},
	{"authentication of 12 bytes", 51, 12, {6, 1}, SEGMENT_OK},
	{"first fragment", 44, 8, {6, 0, 0, 1}, SEGMENT_OK},
	{"atomic fragment", 44, 8, {6, 0, 0, 0}, SEGMENT_OK},
	{"second fragment", 44, 8, {6, 0, 0, 9}, SEGMENT_FRAGMENT},
	{"last fragment", 44, 8, {6, 0, 4, 0}, SEGMENT_FRAGMENT},
	{"second fragment of UDP", 44, 8, {17, 0, 0, 9}, SEGMENT_NOT_TCP},
	{"hop-by-hop, routing, fragment, authentication", 0, 36,
	 {43, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 1, 0, 0, 0, 0, 6, 1},
	 SEGMENT_OK},
	{"UDP behind hop-by-hop", 0, 8, {17, 0}, SEGMENT_NOT_TCP},
	{"longer than the packet", 0, 8, {6, 255}, SEGMENT_MALFORMED},
};
/* clang-format on */

static void extension_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(chains); i++) {
		const struct chain *chain = &chains[i];
		uint32_t headers = 40 + chain->length + 20;
		struct bytes frame = {0};
		struct segment segment;

		put_ipv6(&frame, chain->next, chain->bytes, chain->length, 20 + PAYLOAD);
		put_tcp(&frame, FLAG_ACK, NULL, 0);
		for (uint32_t n = 0; n <= frame.length; n++) {
			enum segment_verdict verdict, due = chain->verdict;

			verdict = decode(frame.bytes, n, frame.length, 229, &segment);
			if (n < headers && due == SEGMENT_OK)
				due = SEGMENT_SHORT;
			if (n < headers && verdict == SEGMENT_SHORT)
				continue;
			if (verdict != due)
				fail_msg("%s, %u bytes: verdict %d", chain->what, n, verdict);
		}
		if (chain->verdict != SEGMENT_OK)
			continue;
		assert_int_equal(segment.ip_header_length, 40 + chain->length);
		assert_int_equal(segment.length, PAYLOAD);
		assert_int_equal(segment.source.port, 12345);
	}
}

/* Extension headers of more than 255 bytes together. */
static void long_chain(void **state)
{
	uint8_t extensions[320] = {0};
	struct bytes frame = {0};
	struct segment segment;

	(void)state;
	for (size_t i = 0; i < sizeof(extensions); i += 8)
		extensions[i] = i + 8 < sizeof(extensions) ? 60 : 6;
	put_ipv6(&frame, 60, extensions, sizeof(extensions), 20 + PAYLOAD);
	put_tcp(&frame, FLAG_ACK, NULL, 0);
	assert_int_equal(decode(frame.bytes, frame.length, frame.length, 229, &segment),
			 SEGMENT_OK);
	assert_int_equal(segment.ip_header_length, 360);
}

struct tcp_options {
	const char *what;
	uint8_t flags;
	uint8_t length;
	uint8_t bytes[20];
	int window_scale;
	bool has_timestamps;
};

/* clang-format off */
static const struct tcp_options option_cases[] = {
	{"none", FLAG_SYN, 0, {0}, -1, false},
	{"as Linux sends them", FLAG_SYN, 20,
	 {2, 4, 0xff, 0xd7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7}, 7, true},
	{"scale 0", FLAG_SYN | FLAG_ACK, 4, {3, 3, 0, 1}, 0, false},
	{"scale outside of a SYN", FLAG_ACK, 4, {3, 3, 7, 1}, -1, false},
	{"scale of a wrong length", FLAG_SYN, 4, {3, 4, 7, 7}, -1, false},
	{"scale behind the end of options", FLAG_SYN, 4, {0, 3, 3, 7}, -1, false},
	{"scale cut by the header", FLAG_SYN, 4, {1, 1, 3, 3}, -1, false},
	{"kind without length", FLAG_SYN, 4, {1, 1, 1, 3}, -1, false},
	{"timestamps, then nonsense", FLAG_SYN, 12, {8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1}, -1, true},
};
/* clang-format on */

static void options(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(option_cases); i++) {
		const struct tcp_options *option = &option_cases[i];
		struct bytes frame = {0};
		struct segment segment;

		put_ipv4(&frame, 0, (uint16_t)(20 + option->length + PAYLOAD));
		put_tcp(&frame, option->flags, option->bytes, option->length);
		assert_int_equal(decode(frame.bytes, frame.length, frame.length, 101, &segment),
				 SEGMENT_OK);
		if (segment.window_scale != option->window_scale ||
		    segment.has_timestamps != option->has_timestamps)
			fail_msg("%s: scale %d, timestamps %d", option->what, segment.window_scale,
				 segment.has_timestamps);
	}
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Random bytes, and whole frames with some bytes changed, which come further. */
static void random_frames(void **state)
{
	uint64_t seed = 0x68616c666f70656e;
	int decoded = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		const struct link *link = &links[next_random(&seed) % array_length(links)];
		uint64_t wire = 0;
		struct bytes frame;
		struct segment segment;

		make_frame(link, &frame);
		if (i % 4 == 0) {
			frame.length = (uint32_t)(next_random(&seed) % 128);
			for (uint32_t n = link->length; n < frame.length; n++)
				frame.bytes[n] = (uint8_t)next_random(&seed);
		}
		for (uint64_t n = next_random(&seed) % 4; n && frame.length; n--)
			frame.bytes[next_random(&seed) % frame.length] =
				(uint8_t)next_random(&seed);
		if (i % 3 == 0)
			frame.length = (uint32_t)(next_random(&seed) % (frame.length + 1));
		wire = i % 5 == 0 ? next_random(&seed) & UINT32_MAX : frame.length;
		if (decode(frame.bytes, frame.length, (uint32_t)wire, link->linktype, &segment))
			continue;
		decoded++;
		wire = wire > frame.length ? wire : frame.length;
		assert_true(segment.ip_header_length >= 20 && segment.tcp_header_length >= 20);
		assert_true(segment.ip_header_length + 20 <= frame.length);
		assert_true((uint64_t)segment.ip_header_length + segment.tcp_header_length +
				    segment.length <=
			    wire);
	}
	assert_true(decoded > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_and_cut),
		cmocka_unit_test(other_layers),
		cmocka_unit_test(lying_lengths),
		cmocka_unit_test(tiny_fragments),
		cmocka_unit_test(extension_headers),
		cmocka_unit_test(long_chain),
		cmocka_unit_test(options),
		cmocka_unit_test(random_frames),
	};

	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}

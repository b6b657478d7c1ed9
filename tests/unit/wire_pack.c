/* What is packed is unpacked as it was, however it comes; and what is none of ours is noticed. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest/wire_pack.h"

struct text {
	char *bytes;
	size_t length;
};

static void append(void *data, const char *bytes, size_t length)
{
	struct text *text = data;

	text->bytes = realloc(text->bytes, text->length + length + 1);
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

/* Lines like those of plays: more than the window of 64 KiB has room for, several times. */
static struct text lines(void)
{
	struct text text = {0};
	char line[160];

	for (int i = 0; i < 5000; i++) {
		int length = snprintf(line, sizeof(line),
				      "L\t%d\t{\"at\":%d,\"event\":\"witness\",\"due\":%d}\n",
				      i * 7 % 344, i * 12345, i * i);

		append(&text, line, (size_t)length);
	}
	return text;
}

/* A block ends behind every so many bytes of text, and where it is full. */
static struct text pack(const struct text *text, size_t each)
{
	struct wire_packer *packer = wire_packer_new();
	struct text wire = {0};
	char block[WIRE_BLOCK_LIMIT];

	for (size_t at = 0; at < text->length;) {
		size_t length = text->length - at < each ? text->length - at : each;

		at += wire_packer_add(packer, text->bytes + at, length);
		append(&wire, block, wire_packer_end(packer, block));
	}
	assert_int_equal(wire_packer_end(packer, block), 0);
	wire_packer_free(packer);
	return wire;
}

static int unpack(const struct text *wire, size_t each, struct text *ret_text)
{
	struct wire_unpacker *unpacker = wire_unpacker_new();
	int error = 0;

	*ret_text = (struct text){0};
	for (size_t at = 0; !error && at < wire->length; at += each)
		error = wire_unpacker_take(unpacker, wire->bytes + at,
					   wire->length - at < each ? wire->length - at : each,
					   append, ret_text);
	wire_unpacker_free(unpacker);
	return error;
}

static void assert_unpacks(const struct text *wire, size_t each, const struct text *text)
{
	struct text again;

	assert_int_equal(unpack(wire, each, &again), 0);
	assert_int_equal(again.length, text->length);
	assert_memory_equal(again.bytes, text->bytes, text->length);
	free(again.bytes);
}

static void text_comes_out_as_it_went_in(void **state)
{
	static const size_t packed[] = {1000000, WIRE_BLOCK, 777, 60}, taken[] = {1000000, 4096, 1};
	struct text text = lines();

	(void)state;
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		struct text wire = pack(&text, packed[i]);

		/* A head and a reference or two stand for a line alone. */
		assert_true(wire.length < text.length / (packed[i] < 100 ? 1 : 2));
		for (size_t j = 0; j < sizeof(taken) / sizeof(taken[0]); j++)
			assert_unpacks(&wire, taken[j], &text);
		free(wire.bytes);
	}
	free(text.bytes);
}

/* A block of noise is longer than its text. */
static void noise_has_room(void **state)
{
	struct text text = {0}, wire;
	uint32_t noise = 1;

	(void)state;
	for (int i = 0; i < 3 * WIRE_BLOCK; i++) {
		noise = noise * 1664525 + 1013904223;
		append(&text, &(const char){(char)(noise >> 24)}, 1);
	}
	wire = pack(&text, WIRE_BLOCK);
	assert_true(wire.length > text.length);
	assert_unpacks(&wire, 1000, &text);
	free(text.bytes);
	free(wire.bytes);
}

static void text_between_blocks_stands_for_itself(void **state)
{
	struct text text = {0}, wire, whole = {0}, want = {0};

	(void)state;
	append(&text, "packed\n", 7);
	wire = pack(&text, 100);
	append(&whole, "K\tplain\n", 8);
	append(&whole, wire.bytes, wire.length);
	append(&whole, "Z\t1\n", 4);
	append(&want, "K\tplain\npacked\nZ\t1\n", 19);
	for (size_t each = 1; each <= whole.length; each++)
		assert_unpacks(&whole, each, &want);
	free(want.bytes);
	free(text.bytes);
	free(wire.bytes);
	free(whole.bytes);
}

/* Whatever byte is changed: it is noticed, or text comes, for which the wire has a sum. */
static void a_changed_byte_does_no_harm(void **state)
{
	struct text text = lines(), wire, again;
	int noticed = 0, other = 0;

	(void)state;
	text.length = 3000;
	wire = pack(&text, 1000);
	for (size_t i = 0; i < wire.length; i++) {
		for (int change = 1; change < 256; change += 50) {
			wire.bytes[i] = (char)(wire.bytes[i] ^ change);
			if (unpack(&wire, wire.length, &again))
				noticed++;
			else if (again.length != text.length ||
				 memcmp(again.bytes, text.bytes, text.length))
				other++;
			free(again.bytes);
			wire.bytes[i] = (char)(wire.bytes[i] ^ change);
		}
	}
	assert_true(noticed > 0);
	assert_true(other > 0);
	free(text.bytes);
	free(wire.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_out_as_it_went_in),
		cmocka_unit_test(noise_has_room),
		cmocka_unit_test(text_between_blocks_stands_for_itself),
		cmocka_unit_test(a_changed_byte_does_no_harm),
	};

	return cmocka_run_group_tests_name("wire_pack", tests, NULL, NULL);
}

#include "guest/wire_pack.h"

#include <errno.h>
#include <lz4.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Both sides keep the last text in a ring of the same size, each block at the same place: then LZ4
 * asks for no more (lz4.h, LZ4_decompress_safe_continue, synchronized mode).
 */
#define RING_SIZE (65536 + 2 * WIRE_BLOCK)

struct wire_packer {
	LZ4_stream_t stream;
	char ring[RING_SIZE];
	size_t begin, length; /* of the block at hand */
};

struct wire_unpacker {
	LZ4_streamDecode_t stream;
	char ring[RING_SIZE];
	size_t begin;
	char block[WIRE_BLOCK_LIMIT]; /* as much of one as has come */
	size_t length;
};

static size_t next_begin(size_t begin, size_t length)
{
	begin += length;
	return begin + WIRE_BLOCK > RING_SIZE ? 0 : begin;
}

struct wire_packer *wire_packer_new(void)
{
	struct wire_packer *packer = calloc(1, sizeof(*packer));

	if (packer)
		LZ4_initStream(&packer->stream, sizeof(packer->stream));
	return packer;
}

void wire_packer_free(struct wire_packer *packer)
{
	free(packer);
}

size_t wire_packer_add(struct wire_packer *packer, const char *text, size_t length)
{
	size_t room = WIRE_BLOCK - packer->length;

	length = length < room ? length : room;
	memcpy(packer->ring + packer->begin + packer->length, text, length);
	packer->length += length;
	return length;
}

size_t wire_packer_end(struct wire_packer *packer, char ret_block[static WIRE_BLOCK_LIMIT])
{
	const char *text = packer->ring + packer->begin;
	size_t length = packer->length, packed;

	if (!length)
		return 0;
	packed = (size_t)LZ4_compress_fast_continue(&packer->stream, text,
						    ret_block + WIRE_BLOCK_HEAD, (int)length,
						    WIRE_BLOCK_LIMIT - WIRE_BLOCK_HEAD, 1);
	ret_block[0] = 0;
	ret_block[1] = (char)(length & 0xff);
	ret_block[2] = (char)(length >> 8);
	ret_block[3] = (char)(packed & 0xff);
	ret_block[4] = (char)(packed >> 8);
	packer->begin = next_begin(packer->begin, length);
	packer->length = 0;
	return WIRE_BLOCK_HEAD + packed;
}

struct wire_unpacker *wire_unpacker_new(void)
{
	return calloc(1, sizeof(struct wire_unpacker));
}

void wire_unpacker_free(struct wire_unpacker *unpacker)
{
	free(unpacker);
}

static size_t number(const char *bytes)
{
	return (size_t)(uint8_t)bytes[0] | (size_t)(uint8_t)bytes[1] << 8;
}

/* How many bytes the block at hand has, as far as that is known. */
static size_t block_size(const struct wire_unpacker *unpacker)
{
	return unpacker->length < WIRE_BLOCK_HEAD ? WIRE_BLOCK_HEAD
						  : WIRE_BLOCK_HEAD + number(unpacker->block + 3);
}

static int unpack(struct wire_unpacker *unpacker,
		  void (*take)(void *data, const char *text, size_t length), void *data)
{
	size_t length = number(unpacker->block + 1);
	char *text = unpacker->ring + unpacker->begin;

	if (length > WIRE_BLOCK ||
	    LZ4_decompress_safe_continue(&unpacker->stream, unpacker->block + WIRE_BLOCK_HEAD, text,
					 (int)(unpacker->length - WIRE_BLOCK_HEAD),
					 WIRE_BLOCK) != (int)length)
		return -EBADMSG;
	take(data, text, length);
	unpacker->begin = next_begin(unpacker->begin, length);
	unpacker->length = 0;
	return 0;
}

int wire_unpacker_take(struct wire_unpacker *unpacker, const char *bytes, size_t length,
		       void (*take)(void *data, const char *text, size_t length), void *data)
{
	const char *end = bytes + length;

	while (bytes < end) {
		size_t count = (size_t)(end - bytes);

		if (!unpacker->length && *bytes) {
			const char *block = memchr(bytes, 0, count);

			count = block ? (size_t)(block - bytes) : count;
			take(data, bytes, count);
		} else {
			size_t missing = block_size(unpacker) - unpacker->length;

			count = count < missing ? count : missing;
			if (unpacker->length + count > WIRE_BLOCK_LIMIT)
				return -EBADMSG;
			memcpy(unpacker->block + unpacker->length, bytes, count);
			unpacker->length += count;
			if (unpacker->length >= WIRE_BLOCK_HEAD &&
			    unpacker->length == block_size(unpacker) &&
			    unpack(unpacker, take, data))
				return -EBADMSG;
		}
		bytes += count;
	}
	return 0;
}

#include "capture/pcapng.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Block types, section 4, and option codes of draft-ietf-opsawg-pcapng. */
enum {
	BLOCK_INTERFACE = 0x00000001,
	BLOCK_PACKET = 0x00000006,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum {
	OPTION_COMMENT = 1,
	OPTION_SECTION_HARDWARE = 2,
	OPTION_INTERFACE_NAME = 2,
	OPTION_INTERFACE_TSRESOL = 9,
};

#define BYTE_ORDER_MAGIC    0x1a2b3c4dU
#define NANOSECONDS	    9 /* if_tsresol: 10^-9 s */
#define OPTION_LENGTH_MAX   UINT16_MAX
#define PACKET_LENGTH_MAX   (16U << 20) /* readers refuse larger blocks: libpcap at 16 MiB */
#define BLOCK_FRAME_LENGTH  12		/* type, length, and length again */
#define OPTION_END_LENGTH   4
#define PACKET_FIXED_LENGTH 20

/* Fields are in the writer's byte order; the section header's magic tells the reader which. */
struct option {
	uint16_t code;
	const void *bytes;
	uint16_t length;
};

static uint32_t padded(uint32_t length)
{
	return (length + 3) & ~3U;
}

static struct option text_option(uint16_t code, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	/* A longer text is cut in front of a character of UTF-8, not within. */
	if (length > OPTION_LENGTH_MAX) {
		length = OPTION_LENGTH_MAX;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	return (struct option){code, text, (uint16_t)length};
}

static int write_bytes(FILE *stream, const void *bytes, size_t length)
{
	errno = 0;
	if (length && fwrite(bytes, length, 1, stream) != 1)
		return errno ? -errno : -EIO;
	return 0;
}

static int write_padded(FILE *stream, const void *bytes, uint32_t length)
{
	static const uint8_t zeros[3];
	int error = write_bytes(stream, bytes, length);

	return error ? error : write_bytes(stream, zeros, padded(length) - length);
}

/* An option without a value is left out; so is the end where there is no option. */
static uint32_t options_length(const struct option *options, size_t count)
{
	uint32_t length = 0;

	for (size_t i = 0; i < count; i++)
		length += options[i].length ? 4 + padded(options[i].length) : 0;
	return length ? length + OPTION_END_LENGTH : 0;
}

static int write_options(FILE *stream, const struct option *options, size_t count)
{
	static const uint16_t end[2];
	int error = 0;

	if (!options_length(options, count))
		return 0;
	for (size_t i = 0; i < count && !error; i++) {
		uint16_t header[2] = {options[i].code, options[i].length};

		if (!options[i].length)
			continue;
		error = write_bytes(stream, header, sizeof(header));
		if (!error)
			error = write_padded(stream, options[i].bytes, options[i].length);
	}
	return error ? error : write_bytes(stream, end, sizeof(end));
}

struct block {
	uint32_t type;
	const void *fixed;
	uint32_t fixed_length; /* a multiple of four */
	const void *data;
	uint32_t data_length;
	const struct option *options;
	size_t option_count;
};

static int write_block(FILE *stream, const struct block *block)
{
	uint32_t length = BLOCK_FRAME_LENGTH + block->fixed_length + padded(block->data_length) +
			  options_length(block->options, block->option_count);
	uint32_t header[2] = {block->type, length};
	int error;

	error = write_bytes(stream, header, sizeof(header));
	if (!error)
		error = write_bytes(stream, block->fixed, block->fixed_length);
	if (!error)
		error = write_padded(stream, block->data, block->data_length);
	if (!error)
		error = write_options(stream, block->options, block->option_count);
	return error ? error : write_bytes(stream, &length, sizeof(length));
}

static int write_section(FILE *stream, const char *hardware)
{
	const struct option option = text_option(OPTION_SECTION_HARDWARE, hardware);
	struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t length[2];
	} fixed = {BYTE_ORDER_MAGIC, 1, 0, {UINT32_MAX, UINT32_MAX}}; /* length: not given */

	return write_block(stream, &(struct block){.type = BLOCK_SECTION,
						   .fixed = &fixed,
						   .fixed_length = sizeof(fixed),
						   .options = &option,
						   .option_count = 1});
}

int pcapng_write_header(FILE *stream, const char *interface, int linktype, uint32_t snaplen,
			const char *hardware)
{
	static const uint8_t resolution = NANOSECONDS;
	const struct option options[] = {
		text_option(OPTION_INTERFACE_NAME, interface),
		{OPTION_INTERFACE_TSRESOL, &resolution, sizeof(resolution)},
	};
	struct {
		uint16_t linktype, reserved;
		uint32_t snaplen;
	} fixed = {(uint16_t)linktype, 0, snaplen};
	int error;

	if (linktype < 0 || linktype > UINT16_MAX)
		return -EINVAL;
	error = write_section(stream, hardware);
	if (error)
		return error;
	return write_block(stream, &(struct block){.type = BLOCK_INTERFACE,
						   .fixed = &fixed,
						   .fixed_length = sizeof(fixed),
						   .options = options,
						   .option_count = 2});
}

int pcapng_write_packet(FILE *stream, int64_t stamp, const uint8_t *bytes, uint32_t captured,
			uint32_t wire_length, const char *comment)
{
	const struct option option = text_option(OPTION_COMMENT, comment);
	uint32_t fixed[PACKET_FIXED_LENGTH / sizeof(uint32_t)] = {
		0, /* the only interface */
		(uint32_t)((uint64_t)stamp >> 32),
		(uint32_t)stamp,
		captured,
		wire_length,
	};

	if (stamp < 0 || captured > PACKET_LENGTH_MAX - UINT16_MAX - 64)
		return -EINVAL;
	return write_block(stream, &(struct block){.type = BLOCK_PACKET,
						   .fixed = fixed,
						   .fixed_length = sizeof(fixed),
						   .data = bytes,
						   .data_length = captured,
						   .options = &option,
						   .option_count = 1});
}

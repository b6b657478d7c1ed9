/*
 * What goes through the wire, packed: lines that look like each other take a fifth of the bytes. A
 * block is, each number with its low byte first:
 *
 *     1 byte     0, which no line begins with
 *     2 bytes    how long its text is, at most WIRE_BLOCK
 *     2 bytes    how long it is packed
 *     …          the text, as an LZ4 block that refers to the text of the blocks before
 *
 * Text that is in no block stands for itself.
 */
#ifndef HALFOPEN_GUEST_WIRE_PACK_H
#define HALFOPEN_GUEST_WIRE_PACK_H

#include <stdbool.h>
#include <stddef.h>

#define WIRE_BLOCK	16384
#define WIRE_BLOCK_HEAD 5
/* Of a whole block, as LZ4 says of noise (lz4.h, LZ4_COMPRESSBOUND). */
#define WIRE_BLOCK_LIMIT (WIRE_BLOCK_HEAD + WIRE_BLOCK + WIRE_BLOCK / 255 + 16)

/* Takes text and makes blocks of it. */
struct wire_packer;

/* Returns NULL where there is no memory. wire_packer_free() takes NULL as well. */
struct wire_packer *wire_packer_new(void);
void wire_packer_free(struct wire_packer *packer);

/* Adds text, as much as there is room for in the block at hand, and returns how much that was. */
size_t wire_packer_add(struct wire_packer *packer, const char *text, size_t length);

/* Ends the block at hand, and returns how many bytes it has: 0 where it has no text. */
size_t wire_packer_end(struct wire_packer *packer, char ret_block[static WIRE_BLOCK_LIMIT]);

/* Takes what went through the wire, in pieces of any size, and gives back the text. */
struct wire_unpacker;

struct wire_unpacker *wire_unpacker_new(void);
void wire_unpacker_free(struct wire_unpacker *unpacker);

/*
 * Hands over the text of a piece. Returns 0, or -EBADMSG where a block is none that a packer made;
 * nothing can be understood after that.
 */
int wire_unpacker_take(struct wire_unpacker *unpacker, const char *bytes, size_t length,
		       void (*take)(void *data, const char *text, size_t length), void *data);

#endif

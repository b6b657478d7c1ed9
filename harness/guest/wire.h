/*
 * What the guest says to the host, line by line, through a port of its own that takes one byte
 * after the other (QEMU's isa-debugcon): nothing of it can be lost, and no driver is in between.
 *
 *     K \t EVENT           the kernel, as an event's JSON; the first line
 *     B \t N               play N began
 *     L \t N \t EVENT      an event of play N
 *     E \t N \t TROUBLE    play N ended; empty, or why its timeline may not be whole
 *     X \t TROUBLE         the guest cannot go on; the last line
 *     Z \t SUM             all is done; the last line. SUM, in hexadecimal, is wire_sum() over
 *                          all lines before, from 0
 *
 * A stream without one of the last two is not whole, and one with another sum is garbled.
 *
 * Each byte costs the host a system call, so what was said since the guest last had nothing to do
 * comes packed, as a block: see wire_pack.h.
 */
#ifndef HALFOPEN_GUEST_WIRE_H
#define HALFOPEN_GUEST_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_KERNEL 'K'
#define WIRE_BEGAN  'B'
#define WIRE_LINE   'L'
#define WIRE_ENDED  'E'
#define WIRE_UNABLE 'X'
#define WIRE_DONE   'Z'

#define WIRE_PORT 0xe9 /* of isa-debugcon */
#define EXIT_PORT 0xf4 /* of isa-debug-exit: writing it ends QEMU */

/* Where the initramfs has what is to be played, and modules in the order in which to load them. */
#define PLAN_FILE      "plan.json"
#define MODULES_FOLDER "modules"

/* The first argument of the guest's first process. */
#define GUEST_ARGUMENT "guest"

/* A sum over bytes on top of that of the bytes before; also of a line, its end included. */
static inline uint64_t wire_sum(uint64_t sum, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		sum = (sum + (unsigned char)bytes[i] + 1) * 0x100000001b3;
	return sum;
}

#endif

/*
 * What the guest says to the host, line by line, through a port of its own that takes one byte
 * after the other (QEMU's isa-debugcon): nothing of it can be lost, and no driver is in between.
 *
 *     K \t EVENT           the kernel, as an event's JSON; the first line
 *     B \t N               play N began
 *     L \t N \t EVENT      an event of play N
 *     E \t N \t TROUBLE    play N ended; empty, or why its timeline may not be whole
 *     X \t TROUBLE         the guest cannot go on; the last line
 *     Z                    all is done; the last line
 *
 * A stream without one of the last two is not whole.
 */
#ifndef HALFOPEN_GUEST_WIRE_H
#define HALFOPEN_GUEST_WIRE_H

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

#endif

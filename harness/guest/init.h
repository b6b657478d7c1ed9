/* The first process of a guest. */
#ifndef HALFOPEN_GUEST_INIT_H
#define HALFOPEN_GUEST_INIT_H

#include <stdbool.h>

/* Whether this is it: called with the arguments of main(). */
bool guest_is_init(int argc, char **argv);

/* Plays what the initramfs says and ends the machine. */
void guest_init(void) __attribute__((noreturn));

#endif

/* Pseudo-random positions from a seed, the same on every machine. */
#ifndef HALFOPEN_BASE_PATTERN_H
#define HALFOPEN_BASE_PATTERN_H

#include <stdint.h>

#define PATTERN_LENGTH 1024

/* Writes the numbers 0 to PATTERN_LENGTH - 1 in an order that the seed decides. */
void pattern_draw(uint64_t seed, uint32_t positions[static PATTERN_LENGTH]);

#endif

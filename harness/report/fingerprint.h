/*
 * What a scenario asks, as a number of 64 bits: two results are of the same scenario where it is
 * equal. Titles, comments, the place of the file and the order of keys do not change it.
 */
#ifndef HALFOPEN_REPORT_FINGERPRINT_H
#define HALFOPEN_REPORT_FINGERPRINT_H

#include <stdint.h>

#include "scenario/scenario.h"

/* Sysctls that the file does not set itself (their line is 0) are circumstances: left out. */
uint64_t fingerprint_scenario(const struct scenario *scenario);

/* Adds a scenario to the fingerprint of a suite, which starts as 0; the order does not matter. */
uint64_t fingerprint_add(uint64_t suite, const char *id, uint64_t scenario);

#endif

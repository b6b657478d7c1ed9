/* Durations and points in time: int64_t nanoseconds everywhere, named without a unit. */
#ifndef HALFOPEN_BASE_DURATION_H
#define HALFOPEN_BASE_DURATION_H

#include <stdint.h>

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define SECOND	    INT64_C(1000000000)
#define MINUTE	    (60 * SECOND)
#define HOUR	    (60 * MINUTE)
#define DAY	    (24 * HOUR)

/* Room for any text that duration_format() writes. */
#define DURATION_TEXT_SIZE 40

/*
 * Reads "30s", "200ms", "1.5s", "2h11m15s": one or more numbers, each with a unit of
 * d, h, m, s, ms, us or ns, largest first. Returns 0, -EINVAL where it is not a duration (a number
 * without a unit is not one, except 0), or -ERANGE where it is larger than int64_t holds.
 */
int duration_parse(const char *text, int64_t *ret_duration);

/*
 * Writes seconds with millisecond precision for people ("3.072 s", "0.204 s"), microseconds where
 * it is below a millisecond ("97 us"), hours and minutes where it is above two minutes
 * ("2 h 11 m 15.000 s"). Returns the buffer.
 */
const char *duration_format(char buffer[static DURATION_TEXT_SIZE], int64_t duration);

#endif

/* EXPERIMENTS.md, section 3: zero window. */
#ifndef TESTS_MEASURED_WINDOW_H
#define TESTS_MEASURED_WINDOW_H

#include "data.h"

/*
 * While the receive buffer is filled, delayed ACKs make the measured round trip some
 * milliseconds long. One window probe is answered before the rule is in force.
 */
#define FULL	  .start = START_FULL, .rtt = MS(12)
#define FULL_DROP .steps = {SEND(0, 100000), DROP(MS(300))}, FULL, FROM_LATE_RULE
#define FROM_LATE_RULE                                                                             \
	.zero = {MS(204), MS(400)},                                                                \
	.why = "one window probe passes, 0.2 s after all is full; up to 0.4 s a rule takes where " \
	       "many namespaces run, as in the long runs (section 17)"

static const struct row window_rows[] = {
	{37,
	 "zero window, then silence",
	 {0},
	 FULL_DROP,
	 .measures = {GAP(WINDOW_PROBE, 2, ".43"), GAP(WINDOW_PROBE, 3, ".87"),
		      GAP(WINDOW_PROBE, 4, "1.7"), GAP(WINDOW_PROBE, 5, "3.5"),
		      GAP(WINDOW_PROBE, 6, "6.9"), GAP(WINDOW_PROBE, 7, "13.6"),
		      GAP(WINDOW_PROBE, 8, "28"), GAP(WINDOW_PROBE, 9, "55"),
		      GAP(WINDOW_PROBE, 10, "108"), GAP(WINDOW_PROBE, 11, "120.8"),
		      TOLD(CLIENT, "1064.5", ETIMEDOUT)}},
	{37,
	 "retries2 5",
	 {0},
	 RETRIES2("5"),
	 FULL_DROP,
	 .counts = {{DUE_RST, END_CLIENT, 0}},
	 DEAD("20.2")},
	{38,
	 "answering: for ever",
	 {0},
	 RETRIES2("3"),
	 .steps = {SEND(0, 100000)},
	 FULL,
	 NO_ZERO,
	 .measures = {GAP(WINDOW_PROBE, 6, "1.70"), GAP(WINDOW_PROBE, 20, "1.70")},
	 .alive = 62},
	{39,
	 "answering, user timeout 5 s",
	 {UTO(5000)},
	 .steps = {SEND(0, 100000)},
	 FULL,
	 NO_ZERO,
	 .measures = {MEASURE(ERROR, CLIENT, 1, "5.02", ETIMEDOUT,
			      {DUE_WINDOW_PROBE, END_CLIENT, 1})}},
	{39, "silent, user timeout 5 s", {UTO(5000)}, FULL_DROP, DEAD("4.87")},
	{39,
	 "silent, user timeout 30 s, keepalive",
	 {KA(1, 11, 3), UTO(30000)},
	 FULL_DROP,
	 DEAD("29.96")},
	{40,
	 "keepalive does not help",
	 {KA(1, 1, 3)},
	 RETRIES2("5"),
	 FULL_DROP,
	 .counts = {{DUE_PROBE, END_CLIENT, 0}},
	 DEAD("20.2")},
	{41,
	 "rto_max 1 s",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "5"}, {"net.ipv4.tcp_rto_max_ms", "1000"}},
	 FULL_DROP,
	 DEAD("5.25")},
	{42,
	 "the reader goes on after 5 s",
	 {0},
	 .steps = {SEND(0, 1000), CALL(SECONDS(5), END_SERVER, MODEL_READ, 0)},
	 FULL,
	 .why = "counted from when it stopped reading",
	 .measures = {CLIENT(DATA, 1, "5")},
	 .alive = 600},
};

static const struct untimed window_untimed[] = {
	{43,
	 "no moment: how many answers the limit of 500 ms hides, which unit/model_observed.c has"},
};

#endif

/*
 * What the seeds measured themselves. Seed 2 (002, the keepalive article) has the stamps of
 * tcpdump; its kernel is older than the wheel's granules, so that its timers are hardly late, and
 * never early. HZ=1000 has the smallest windows. Seed 1 (001, netstat --timer) samples what is left
 * of a timer, which is never more than it was armed for. Seeds 0 and 3 measured nothing.
 */
#ifndef TESTS_MEASURED_SEEDS_H
#define TESTS_MEASURED_SEEDS_H

#include "row.h"

static const struct row seed_rows[] = {
	{2,
	 "seed 2, section 4: 17:16:22.217222, 17:16:52.218130, 17:17:22.218192",
	 {KA(30, 3, 3)},
	 .hz = 1000,
	 .steps = {DROP(SECONDS(100))},
	 NO_ZERO,
	 .measures = {GAP(PROBE, 2, "30.000908"), GAP(PROBE, 3, "30.000062")}},
	{2,
	 "seed 2, section 5: 18:29:22.307203, :25.307994, :28.308245, reset :31.309769",
	 {KA(30, 3, 3)},
	 .hz = 1000,
	 .steps = {DROP(0)},
	 NO_ZERO,
	 .measures = {GAP(PROBE, 2, "3.000791"), GAP(PROBE, 3, "3.000251"),
		      SINCE(RST, 1, "3.001524", PROBE, 3)},
	 .counts = {{DUE_PROBE, END_CLIENT, 3}}},
	{4,
	 "seed 1, port 1: the counter, 0 to 4, then gone",
	 {KA(30, 10, 4)},
	 .hz = 1000,
	 .steps = {DROP(0)},
	 NO_ZERO,
	 .measures = {TOLD(CLIENT, NULL, ETIMEDOUT)},
	 .counts = {{DUE_PROBE, END_CLIENT, 4}}},
	{27,
	 "seed 1, port 2: data when two probes are unanswered; the counter stays",
	 {KA(30, 10, 4)},
	 .hz = 1000,
	 .sysctl = {{"net.ipv4.tcp_retries2", "255"}, {"net.ipv4.tcp_rto_max_ms", "3000"}},
	 .steps = {DROP(0), SEND(SECONDS(46), 210)},
	 NO_ZERO,
	 .measures = {TOLD(CLIENT, NULL, ETIMEDOUT)},
	 .counts = {{DUE_PROBE, END_CLIENT, 2}}},
};

/* Seed 1, port 1, line by line: what was left of the timer, in s, and its counter. */
struct sample {
	double left;
	int counter;
};

static const struct sample seed_samples[] = {
	{1.92, 0}, {0.71, 0}, {9.46, 1}, {8.30, 1}, {7.14, 1}, {5.98, 1}, {4.82, 1}, {3.66, 1},
	{2.50, 1}, {1.33, 1}, {0.17, 1}, {9.01, 2}, {7.75, 2}, {6.47, 2}, {5.29, 2}, {4.08, 2},
	{2.89, 2}, {1.73, 2}, {0.54, 2}, {9.38, 3}, {8.23, 3}, {7.08, 3}, {5.93, 3}, {4.76, 3},
	{3.62, 3}, {2.48, 3}, {1.32, 3}, {0.13, 3}, {8.98, 4}, {7.78, 4}, {6.62, 4}, {5.45, 4},
	{4.29, 4}, {3.14, 4}, {1.99, 4}, {0.85, 4},
};

#endif

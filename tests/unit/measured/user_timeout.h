/* EXPERIMENTS.md, section 6: TCP_USER_TIMEOUT and keepalive. */
#ifndef TESTS_MEASURED_USER_TIMEOUT_H
#define TESTS_MEASURED_USER_TIMEOUT_H

#include "data.h"

#define RST_AT(s)     CLIENT(RST, 1, s), TOLD(CLIENT, s, ETIMEDOUT)
#define SILENCE	      .steps = {DROP(0)}, FROM_RULE
#define PUBLISHED     .steps = {DROP(0)}, FROM_SEGMENT
#define PROBES(n)     .counts = {{DUE_PROBE, END_CLIENT, n}}
#define ENDS(n, s)    PROBES(n), .measures = {RST_AT(s)}
#define OVERRIDES(ms) {KA(1, 1, 3), UTO(ms)}, SILENCE

static const struct row user_timeout_rows[] = {
	{65,
	 "test-idle.py",
	 {KA(1, 11, 111), UTO(33500)},
	 SILENCE,
	 PROBES(3),
	 .measures = {CLIENT(PROBE, 1, "1"), CLIENT(PROBE, 2, "12.1"), CLIENT(PROBE, 3, "23.1"),
		      RST_AT("34.2")}},
	{66,
	 "5 s",
	 {KA(1, 11, 3), UTO(5000)},
	 SILENCE,
	 PROBES(1),
	 .measures = {CLIENT(PROBE, 1, "1.0"), RST_AT("12.15")}},
	{66, "as it was published", {KA(1, 11, 3), UTO(5000)}, PUBLISHED, ENDS(1, "12.233")},
	{67,
	 "12.5 s",
	 {KA(1, 11, 3), UTO(12500)},
	 SILENCE,
	 PROBES(2),
	 .measures = {CLIENT(PROBE, 1, "1.0"), CLIENT(PROBE, 2, "12.15"), RST_AT("23.16")}},
	{67, "as it was published", {KA(1, 11, 3), UTO(12500)}, PUBLISHED, ENDS(2, "23.102")},
	{68, "30 s", {KA(1, 11, 3), UTO(30000)}, SILENCE, ENDS(3, "34.16")},
	{68, "60 s", {KA(1, 11, 3), UTO(60000)}, SILENCE, ENDS(6, "67.19")},
	{68,
	 "published as 30 s, a run of 60 s",
	 {KA(1, 11, 3), UTO(60000)},
	 PUBLISHED,
	 ENDS(6, "67.235")},
	{69, "the count is overridden", OVERRIDES(10000), ENDS(9, "10.2")},
	{71, "alone on an idle socket: nothing in 20 s", {UTO(5000)}, SILENCE, .quiet = 20},
	{72, "2.5 s", OVERRIDES(2500), ENDS(2, "3.04")},
	{72, "3 s", OVERRIDES(3000), ENDS(2, "3.04")},
	{72, "3.5 s", OVERRIDES(3500), ENDS(3, "4.05")},
	{72, "4.1 s", OVERRIDES(4100), ENDS(3, "4.09")},
	{72, "4.2 s", OVERRIDES(4200), ENDS(4, "5.07")},
	{72, "5 s", OVERRIDES(5000), ENDS(4, "5.07")},
	{74,
	 "set at 4.5 s",
	 {KA(1, 1, 9)},
	 .steps = {DROP(0), OPTION(MS(4500), END_CLIENT, OPTION_USER_TIMEOUT, 3 * SECOND)},
	 FROM_RULE,
	 .measures = {RST_AT("5.0")}},
	{75,
	 "data restarts the clock",
	 {KA(1, 1, 3), UTO(10000)},
	 .steps = {DROP(0), SEND(MS(2500), 5)},
	 FROM_RULE,
	 DEAD("13.06")},
	{75,
	 "without user timeout",
	 {KA(1, 1, 3)},
	 RETRIES2("5"),
	 .steps = {DROP(0), SEND(MS(2500), 5)},
	 FROM_RULE,
	 DEAD("16.1")},
};

static const struct untimed user_timeout_untimed[] = {
	{76, "a reference to section 11"},
};

#endif

/* EXPERIMENTS.md, section 7: a peer without state, resets. */
#ifndef TESTS_MEASURED_REBOOT_H
#define TESTS_MEASURED_REBOOT_H

#include "row.h"

#define VANISH(at) CALL(at, END_SERVER, MODEL_VANISH, 0)

static const struct row reboot_rows[] = {
	{77,
	 "the first probe is answered by a reset",
	 {KA(2, 1, 3)},
	 .steps = {VANISH(MS(200))},
	 .zero = {MS(200), MS(200)},
	 .why = "the row says both: the probe of 2 s came 1.8 s behind the fault",
	 .counts = {{DUE_PROBE, END_CLIENT, 1}},
	 .measures = {SERVER(RST, 1, "1.8"), TOLD(CLIENT, "1.8", ECONNRESET)}},
	{78, "no keepalive: unaware for 10 s", {0}, .steps = {VANISH(0)}, NO_ZERO, .quiet = 10},
	{78,
	 "then send",
	 {0},
	 .steps = {VANISH(0), SEND(SECONDS(10), 5)},
	 .why = "counted from the fault; the step itself says when is sent",
	 .measures = {SERVER(RST, 1, "10"), TOLD(CLIENT, "10", ECONNRESET)}},
	{80,
	 "the half-open side sends data",
	 {0},
	 .steps = {VANISH(0), SEND(SECONDS(1), 5)},
	 NO_ZERO,
	 .measures = {SERVER(RST, 1, NULL), TOLD(CLIENT, NULL, ECONNRESET)}},
	{81,
	 "drop, reboot, heal after two probes",
	 {KA(1, 1, 5)},
	 .steps = {DROP(0), VANISH(MS(10)), HEAL(MS(2500))},
	 .zero = {0, SECOND},
	 .why = "the fault came before the two probes that it swallowed: within the idle second",
	 .counts = {{DUE_PROBE, END_CLIENT, 3}},
	 .measures = {SERVER(RST, 1, "2.56"), TOLD(CLIENT, "2.56", ECONNRESET)}},
	{82,
	 "a killed program: FIN at once",
	 {0},
	 .steps = {CALL(SECONDS(1), END_SERVER, MODEL_CLOSE, 0)},
	 .zero = {SECOND, SECOND},
	 .why = "counted from the signal",
	 .measures = {SERVER(FIN, 1, "0")}},
	{83,
	 "SOCK_DESTROY",
	 {0},
	 .steps = {CALL(SECONDS(1), END_CLIENT, MODEL_DESTROY, 0)},
	 NO_ZERO,
	 .measures = {TOLD(CLIENT, NULL, ECONNABORTED), CLIENT(RST, 1, NULL),
		      TOLD(SERVER, NULL, ECONNRESET)}},
	{85,
	 "rejected with a reset",
	 {KA(1, 1, 3)},
	 .steps = {PATH(0, END_SERVER, PATH_REJECT_RESET)},
	 FROM_RULE,
	 .counts = {{DUE_PROBE, END_CLIENT, 1}},
	 .measures = {TOLD(CLIENT, "1.0", ECONNRESET)}},
};

#endif

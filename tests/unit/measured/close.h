/* EXPERIMENTS.md, section 5: closing, orphans. */
#ifndef TESTS_MEASURED_CLOSE_H
#define TESTS_MEASURED_CLOSE_H

#include "window.h"

#define CLOSE(at)	  CALL(at, END_CLIENT, MODEL_CLOSE, 0)
#define ORPHAN_RETRIES(n) .sysctl = {{"net.ipv4.tcp_orphan_retries", n}}
#define GONE(s)		  .measures = {CLIENT(STATE, 1, s)}
#define FROM_CLOSE	  .why = "counted from close()"
#define DARK		  .steps = {DROP(0), CLOSE(0)}, FROM_CLOSE
#define FROM_FULL                                                                                  \
	.zero = {0, MS(400)},                                                                      \
	.why = "close() comes behind the filling, as the rules of section 3 do (section 17)"

static const struct row close_rows[] = {
	{57, "orphan_retries 0 means 8", {0}, DARK, GONE("107.1")},
	{57,
	 "with data",
	 {0},
	 .steps = {DROP(0), SEND(0, 17), CLOSE(0)},
	 FROM_CLOSE,
	 .counts = {{DUE_RST, END_CLIENT, 0}},
	 GONE("107.1")},
	{57, "orphan_retries 2", {0}, ORPHAN_RETRIES("2"), DARK, GONE("3.4")},
	{57,
	 "LAST-ACK, orphan_retries 3",
	 {0},
	 ORPHAN_RETRIES("3"),
	 .steps = {CALL(0, END_SERVER, MODEL_SHUTDOWN, 0), DROP(MS(10)), CLOSE(MS(10))},
	 .zero = {MS(10), MS(10)},
	 FROM_CLOSE,
	 GONE("6.9")},
	{58,
	 "user timeout 3 s",
	 {UTO(3000)},
	 DARK,
	 .counts = {{DUE_RETRANSMISSION, END_CLIENT, 5}},
	 GONE("3.44")},
	{59,
	 "tcp_fin_timeout 5",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_fin_timeout", "5"}},
	 .steps = {CLOSE(0)},
	 FROM_CLOSE,
	 GONE("5.3")},
	{59, "tcp_fin_timeout 60", {0}, .steps = {CLOSE(0)}, FROM_CLOSE, GONE("60.3")},
	{59,
	 "TCP_LINGER2 3",
	 {.linger2 = 3 * SECOND},
	 .steps = {CLOSE(0)},
	 FROM_CLOSE,
	 GONE("3.2")},
	{61,
	 "CLOSE-WAIT has no timer: for ever",
	 {0},
	 .steps = {CALL(0, END_SERVER, MODEL_SHUTDOWN, 0), DROP(MS(10))},
	 NO_ZERO,
	 .quiet = 30},
	{61,
	 "TIME-WAIT",
	 {0},
	 .steps = {CLOSE(0), CALL(MS(10), END_SERVER, MODEL_CLOSE, 0)},
	 .zero = {MS(10), MS(10)},
	 .why = "counted from the second close()",
	 GONE("60.1")},
	{62,
	 "zero-window orphan, the peer answers",
	 {0},
	 .steps = {SEND(0, 100000), CLOSE(0)},
	 FULL,
	 FROM_FULL,
	 GONE("339")},
	{62,
	 "with user timeout 5 s",
	 {UTO(5000)},
	 .steps = {SEND(0, 100000), CLOSE(0)},
	 FULL,
	 FROM_FULL,
	 GONE("5.1")},
	{63,
	 "SO_LINGER 0, the reset lost",
	 {0},
	 .steps = {DROP(0), CALL(0, END_CLIENT, MODEL_ABORT, 0), HEAL(SECONDS(1)),
		   CALL(SECONDS(2), END_SERVER, MODEL_SEND, 5)},
	 NO_ZERO,
	 .measures = {CLIENT(RST, 2, NULL), TOLD(SERVER, NULL, ECONNRESET)}},
	{64,
	 "close() during the outage",
	 {KA(1, 1, 3)},
	 ORPHAN_RETRIES("2"),
	 .steps = {DROP(0), CLOSE(MS(1500))},
	 .zero = {MS(1500), MS(1500)},
	 FROM_CLOSE,
	 GONE("3.5")},
};

#endif

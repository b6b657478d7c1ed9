/*
 * What was measured on Linux 6.18, HZ=250, lies inside the model's windows: the numbers of
 * EXPERIMENTS.md, sections 1 to 7, each with the number of its experiment there.
 *
 * Rows with "fault" were timed from the moment at which the drop rule was seen in force, which is
 * up to half a second behind the last segment received. Others start with the call that sends.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>

#include "base/array.h"
#include "model_play.h"

#define FAULT_DELAY (500 * MILLISECOND)
#define ROUNDING    (6 * MILLISECOND)	/* of two decimals */
#define POLLED	    (250 * MILLISECOND) /* where the end of a socket was looked for now and then */
#define LATE	    (50 * MILLISECOND)	/* until the measuring program noticed */
#define MS(n)	    ((n)*MILLISECOND)
#define SECONDS(n)  ((int64_t)((n)*1000000) * MICROSECOND)
#define KA(i, v, n) .keepalive = true, .idle = (i)*SECOND, .interval = (v)*SECOND, .count = (n)
#define UTO(ms)	    .user_timeout = (ms)*MILLISECOND
#define MEASURES    12
#define STEPS	    8
#define CLIENT(k, n, s, e)                                                                         \
	{                                                                                          \
		DUE_##k, END_CLIENT, n, s, e                                                       \
	}
#define SERVER(k, n, s, e)                                                                         \
	{                                                                                          \
		DUE_##k, END_SERVER, n, s, e                                                       \
	}

enum start { START_ESTABLISHED, START_CLOSED, START_FULL };

struct measure {
	enum due_kind kind;
	enum end end;
	int nth;
	double seconds; /* negative: not measured, only what it is */
	int error;
};

struct row {
	int experiment;
	const char *what;
	struct end_settings client, server;
	const char *sysctl[4][2];
	struct act_step steps[STEPS];
	enum start start;
	bool fault;
	int64_t rtt; /* with the delayed ACKs of the setup; 0: loopback */
	struct measure measures[MEASURES];
	int retransmissions; /* of the client's data or FIN, tail loss probes included; 0: not told
			      */
	int probes;	     /* of the client; 0: not told */
};

static void start(struct model *model, const struct row *row)
{
	struct settings settings = settings_default(250);

	settings.sysctl.bbr = true;
	for (size_t i = 0; i < array_length(row->sysctl) && row->sysctl[i][0]; i++)
		assert_int_equal(settings_sysctl(&settings, row->sysctl[i][0], row->sysctl[i][1]),
				 0);
	settings.client = row->client;
	settings.server = row->server;
	if (row->rtt)
		settings.rtt.latest = row->rtt;
	if (row->start == START_CLOSED)
		model_start(model, &settings);
	else
		model_start_established(model, &settings, window_at(0));
	if (row->start == START_FULL) {
		model->client.peer_window = 0;
		model->server.window_shut = true;
	}
}

static void check_measure(const struct row *row, const struct measure *measure,
			  const struct trace *early, const struct trace *late)
{
	const struct due *first = find(early, measure->kind, measure->end, measure->nth);
	const struct due *last = find(late, measure->kind, measure->end, measure->nth);
	int64_t seen = SECONDS(measure->seconds);

	if (!first || !last)
		fail_msg("experiment %d, %s: kind %d, number %d never came", row->experiment,
			 row->what, measure->kind, measure->nth);
	assert_int_equal(last->error, measure->error);
	if (measure->seconds < 0)
		return;
	if (seen < first->at.earliest - ROUNDING - (row->fault ? FAULT_DELAY : 0) ||
	    seen > last->at.latest + (measure->kind == DUE_STATE ? POLLED : LATE))
		fail_msg("experiment %d, %s: kind %d, number %d at %.3f s, due %.3f to %.3f s",
			 row->experiment, row->what, measure->kind, measure->nth, measure->seconds,
			 (double)first->at.earliest / 1e9, (double)last->at.latest / 1e9);
}

/* A count that two choices of the windows leave open may be either. */
static void check_count(const struct row *row, int expected, int fewest, int most)
{
	if (expected && (expected < fewest || expected > most))
		fail_msg("experiment %d, %s: %d expected, %d to %d due", row->experiment, row->what,
			 expected, fewest, most);
}

static int sent_again(const struct trace *trace)
{
	return count_of_kind(trace, DUE_RETRANSMISSION, END_CLIENT) +
	       count_of_kind(trace, DUE_LOSS_PROBE, END_CLIENT);
}

static void check_row(const struct row *row)
{
	static struct trace early, late;
	struct model model;

	start(&model, row);
	play(&model, row->steps, 1200 * SECOND, CHOOSE_END, &early);
	start(&model, row);
	play(&model, row->steps, 1200 * SECOND, CHOOSE_ON, &late);
	for (size_t i = 0; i < MEASURES && row->measures[i].kind != DUE_NONE; i++)
		check_measure(row, &row->measures[i], &early, &late);
	check_count(row, row->retransmissions, sent_again(&early), sent_again(&late));
	check_count(row, row->probes, count_of_kind(&early, DUE_PROBE, END_CLIENT),
		    count_of_kind(&late, DUE_PROBE, END_CLIENT));
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(&rows[i]);
}

static const struct row idle_rows[] = {
	{1,
	 "basic death",
	 {KA(1, 1, 3)},
	 .steps = {DROP(0)},
	 .fault = true,
	 .probes = 3,
	 .measures = {CLIENT(PROBE, 1, 1.0, 0), CLIENT(PROBE, 2, 2.02, 0),
		      CLIENT(PROBE, 3, 3.04, 0), CLIENT(RST, 1, 4.02, 0),
		      CLIENT(ERROR, 1, 4.02, ETIMEDOUT)}},
	{2,
	 "article, sysctls 30/3/3, then drop",
	 {.keepalive = true},
	 .sysctl = {{"net.ipv4.tcp_keepalive_time", "30"},
		    {"net.ipv4.tcp_keepalive_intvl", "3"},
		    {"net.ipv4.tcp_keepalive_probes", "3"}},
	 .steps = {DROP(MS(10))},
	 .fault = true,
	 .probes = 3,
	 .measures = {CLIENT(PROBE, 1, 30.72, 0), CLIENT(RST, 1, 39.94, 0),
		      CLIENT(ERROR, 1, 39.94, ETIMEDOUT)}},
	{4,
	 "seed 1, port 1",
	 {KA(30, 10, 4)},
	 .steps = {DROP(0)},
	 .probes = 4,
	 .measures = {CLIENT(ERROR, 1, 71.9, ETIMEDOUT)}},
	{5,
	 "nine probes",
	 {KA(1, 1, 9)},
	 .steps = {DROP(0)},
	 .fault = true,
	 .probes = 9,
	 .measures = {CLIENT(RST, 1, 10.19, 0)}},
	{7,
	 "healthy: the idle time, not the interval",
	 {KA(2, 1, 3)},
	 .steps = {DROP(SECONDS(7))},
	 .measures = {CLIENT(PROBE, 1, 2.02, 0), SERVER(ACK, 1, 2.02, 0), CLIENT(PROBE, 2, 4.04, 0),
		      CLIENT(PROBE, 3, 6.06, 0)}},
	{8,
	 "interval above idle",
	 {KA(1, 5, 2)},
	 .steps = {DROP(0)},
	 .fault = true,
	 .probes = 2,
	 .measures = {CLIENT(PROBE, 1, 1, 0), CLIENT(PROBE, 2, 6, 0), CLIENT(RST, 1, 11.1, 0)}},
	{8,
	 "idle ESTAB is forever",
	 {KA(5, 3, 3)},
	 .steps = {DROP(0)},
	 .probes = 3,
	 .measures = {CLIENT(PROBE, 1, 5.083, 0), CLIENT(PROBE, 2, 8.155, 0),
		      CLIENT(PROBE, 3, 11.231, 0), CLIENT(RST, 1, 14.299, 0)}},
	{9,
	 "one probe",
	 {KA(1, 1, 1)},
	 .steps = {DROP(0)},
	 .fault = true,
	 .probes = 1,
	 .measures = {CLIENT(PROBE, 1, 1, 0), CLIENT(RST, 1, 2, 0)}},
	{12,
	 "TCP_KEEPIDLE arms at once",
	 {KA(10, 1, 3)},
	 .steps = {OPTION(SECOND, END_CLIENT, OPTION_IDLE, 3 * SECOND)},
	 .measures = {CLIENT(PROBE, 1, 3.0, 0)}},
	{12,
	 "the sysctl does not",
	 {.keepalive = true},
	 .sysctl = {{"net.ipv4.tcp_keepalive_time", "10"}},
	 .steps = {SYSCTL(SECOND, "net.ipv4.tcp_keepalive_time", "3")},
	 .measures = {CLIENT(PROBE, 1, 10.2, 0)}},
	{12,
	 "the sysctl is read at the expiry",
	 {.keepalive = true},
	 .sysctl = {{"net.ipv4.tcp_keepalive_time", "3"}},
	 .steps = {SYSCTL(SECOND, "net.ipv4.tcp_keepalive_time", "8")},
	 .measures = {CLIENT(PROBE, 1, 8.13, 0)}},
	{14,
	 "activity postpones",
	 {KA(3, 1, 3)},
	 .steps = {SEND(SECONDS(2), 5), CALL(SECONDS(4), END_SERVER, MODEL_SEND, 5)},
	 .measures = {CLIENT(PROBE, 1, 7.0, 0)}},
	{15,
	 "only the replies are dropped",
	 {KA(1, 1, 3)},
	 .steps = {DROP_TO(0, END_CLIENT)},
	 .fault = true,
	 .probes = 3,
	 .measures = {CLIENT(RST, 1, 4.05, 0), CLIENT(ERROR, 1, 4.05, ETIMEDOUT),
		      SERVER(ERROR, 1, 4.05, ECONNRESET)}},
	{16,
	 "both probe",
	 {KA(1, 1, 2)},
	 {KA(2, 1, 3)},
	 .steps = {DROP(0)},
	 .fault = true,
	 .measures = {CLIENT(ERROR, 1, 3.03, ETIMEDOUT), SERVER(ERROR, 1, 5.05, ETIMEDOUT)}},
	{19,
	 "in CLOSE-WAIT",
	 {KA(1, 1, 3)},
	 .steps = {CALL(0, END_SERVER, MODEL_SHUTDOWN, 0), DROP(MS(10))},
	 .fault = true,
	 .measures = {CLIENT(RST, 1, 3.9, 0)}},
	{19,
	 "in FIN-WAIT-2",
	 {KA(1, 1, 3)},
	 .steps = {CALL(0, END_CLIENT, MODEL_SHUTDOWN, 0), DROP(MS(10))},
	 .fault = true,
	 .measures = {CLIENT(RST, 1, 3.98, 0), CLIENT(ERROR, 1, 3.98, ETIMEDOUT)}},
};

static void test_idle(void **state)
{
	(void)state;
	check_rows(idle_rows, array_length(idle_rows));
}

#define RETRIES2(n) .sysctl = {{"net.ipv4.tcp_retries2", n}}
#define DEAD(s)	    .measures = {CLIENT(ERROR, 1, s, ETIMEDOUT)}
#define DROP_SEND   .steps = {DROP(0), SEND(0, 17)}

static const struct row data_rows[] = {
	{24, "busy ESTAB is not forever", {0}, DROP_SEND, .retransmissions = 16, DEAD(939.6)},
	{25, "retries2 0", {0}, RETRIES2("0"), DROP_SEND, .retransmissions = 2, DEAD(0.84)},
	{25, "retries2 3", {0}, RETRIES2("3"), DROP_SEND, .retransmissions = 5, DEAD(6.73)},
	{25, "retries2 5", {0}, RETRIES2("5"), DROP_SEND, .retransmissions = 6, DEAD(13.41)},
	{25, "retries2 8", {0}, RETRIES2("8"), DROP_SEND, .retransmissions = 9, DEAD(108.1)},
	{26, "keepalive does not help", {KA(1, 1, 3)}, RETRIES2("5"), DROP_SEND, DEAD(13.4)},
	{27,
	 "seed 1, port 2: rto_max 3 s, retries2 255",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "255"}, {"net.ipv4.tcp_rto_max_ms", "3000"}},
	 DROP_SEND,
	 .retransmissions = 251,
	 DEAD(762)},
	{28, "user timeout 5 s", {UTO(5000)}, DROP_SEND, DEAD(5.46)},
	{28, "user timeout 41 s", {UTO(41000)}, DROP_SEND, DEAD(41.55)},
	{28, "user timeout 0.5 s", {UTO(500)}, DROP_SEND, DEAD(0.92)},
	{28,
	 "without tail loss probe",
	 {UTO(5000)},
	 .sysctl = {{"net.ipv4.tcp_early_retrans", "0"}},
	 DROP_SEND,
	 DEAD(5.29)},
	{29,
	 "idle 6 s, then send",
	 {UTO(3000)},
	 .steps = {DROP(0), SEND(SECONDS(6), 5)},
	 DEAD(9.42)},
	{30,
	 "rto_max 1 s",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "8"}, {"net.ipv4.tcp_rto_max_ms", "1000"}},
	 DROP_SEND,
	 DEAD(7.84)},
	{30,
	 "rto_min 5 ms",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "3"}, {"net.ipv4.tcp_rto_min_us", "5000"}},
	 DROP_SEND,
	 .rtt = MS(3),
	 .retransmissions = 8,
	 DEAD(3.19)},
	{31,
	 "healed at 5 s",
	 {0},
	 .steps = {DROP(0), SEND(0, 17), HEAL(SECONDS(5))},
	 .measures = {SERVER(ACK, 1, 6.76, 0)}},
	{32,
	 "thin, reno",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "8"},
		    {"net.ipv4.tcp_thin_linear_timeouts", "1"},
		    {"net.ipv4.tcp_congestion_control", "reno"}},
	 DROP_SEND,
	 DEAD(109.4)},
	{32,
	 "thin, bbr",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "8"},
		    {"net.ipv4.tcp_thin_linear_timeouts", "1"},
		    {"net.ipv4.tcp_congestion_control", "bbr"}},
	 DROP_SEND,
	 DEAD(108.1)},
	{33,
	 "dropped in its own output hook",
	 {0},
	 RETRIES2("5"),
	 .steps = {PATH(0, END_SERVER, PATH_DROP_AT_SENDER), SEND(0, 17)},
	 DEAD(13.2)},
	{34,
	 "blocking send of much, user timeout 4 s",
	 {UTO(4000)},
	 .steps = {DROP(0), SEND(0, 1000000)},
	 DEAD(4.26)},
};

static void test_data(void **state)
{
	(void)state;
	check_rows(data_rows, array_length(data_rows));
}

/*
 * While the receive buffer is filled, delayed ACKs make the measured round trip some
 * milliseconds long. One window probe was answered before the rule was in force.
 */
#define FULL	  .start = START_FULL, .rtt = MS(12)
#define FULL_DROP .steps = {SEND(0, 100000), DROP(MS(300))}, FULL, .fault = true

static const struct row window_rows[] = {
	{37, "zero window, then silence", {0}, FULL_DROP, DEAD(1064.5)},
	{37, "retries2 5", {0}, RETRIES2("5"), FULL_DROP, DEAD(20.2)},
	{39,
	 "answering, user timeout 5 s",
	 {UTO(5000)},
	 .steps = {SEND(0, 100000)},
	 FULL,
	 DEAD(5.24)},
	{39, "silent, user timeout 5 s", {UTO(5000)}, FULL_DROP, DEAD(4.87)},
	{39,
	 "silent, user timeout 30 s, keepalive",
	 {KA(1, 11, 3), UTO(30000)},
	 FULL_DROP,
	 DEAD(29.96)},
	{40, "keepalive does not help", {KA(1, 1, 3)}, RETRIES2("5"), FULL_DROP, DEAD(20.2)},
	{41,
	 "rto_max 1 s",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_retries2", "5"}, {"net.ipv4.tcp_rto_max_ms", "1000"}},
	 FULL_DROP,
	 DEAD(5.25)},
};

static void test_window(void **state)
{
	(void)state;
	check_rows(window_rows, array_length(window_rows));
}

/* Timed from connect(). */
#define CONNECT	  CALL(0, END_CLIENT, MODEL_CONNECT, 0)
#define BLACKHOLE .steps = {DROP_TO(0, END_SERVER), CONNECT}, .start = START_CLOSED

static const struct row connect_rows[] = {
	{44,
	 "defaults",
	 {0},
	 BLACKHOLE,
	 .measures = {CLIENT(SYN, 1, 0, 0), CLIENT(SYN, 2, 1.02, 0), CLIENT(SYN, 6, 5.1, 0),
		      CLIENT(SYN, 8, 11.2, 0), CLIENT(SYN, 9, 19.5, 0), CLIENT(SYN, 10, 35.6, 0),
		      CLIENT(SYN, 11, 69.4, 0), CLIENT(ERROR, 1, 134.97, ETIMEDOUT)}},
	{44,
	 "no linear time-outs",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_syn_linear_timeouts", "0"}},
	 BLACKHOLE,
	 DEAD(130.8)},
	{46,
	 "user timeout 5 s",
	 {UTO(5000)},
	 BLACKHOLE,
	 .measures = {CLIENT(SYN, 5, 4.1, 0), CLIENT(ERROR, 1, 5.01, ETIMEDOUT)}},
	{47,
	 "user timeout 0.2 s",
	 {UTO(200)},
	 .sysctl = {{"net.ipv4.tcp_syn_linear_timeouts", "0"}},
	 BLACKHOLE,
	 .measures = {CLIENT(SYN, 2, 1.02, 0), CLIENT(ERROR, 1, -1, ETIMEDOUT)}},
	{47,
	 "user timeout 3.5 s",
	 {UTO(3500)},
	 .sysctl = {{"net.ipv4.tcp_syn_linear_timeouts", "0"}},
	 BLACKHOLE,
	 .measures = {CLIENT(SYN, 3, 3.1, 0), CLIENT(ERROR, 1, -1, ETIMEDOUT)}},
	{49,
	 "keepalive ignored",
	 {KA(1, 1, 1)},
	 .sysctl = {{"net.ipv4.tcp_syn_retries", "3"}},
	 BLACKHOLE,
	 DEAD(19.4)},
	{50,
	 "healed at 2.5 s",
	 {0},
	 .steps = {DROP_TO(0, END_SERVER), CONNECT, HEAL(MS(2500))},
	 .start = START_CLOSED,
	 .measures = {CLIENT(SYN, 4, 3.08, 0), SERVER(SYN_ACK, 1, 3.08, 0),
		      CLIENT(ACK, 1, 3.08, 0)}},
	{51,
	 "rejected with a reset",
	 {0},
	 .steps = {PATH(0, END_SERVER, PATH_REJECT_RESET), CONNECT},
	 .start = START_CLOSED,
	 .measures = {CLIENT(ERROR, 1, 0, ECONNREFUSED)}},
	{51,
	 "rejected, port unreachable",
	 {0},
	 .steps = {PATH(0, END_SERVER, PATH_REJECT_PORT), CONNECT},
	 .start = START_CLOSED,
	 .measures = {CLIENT(ERROR, 1, 0, ECONNREFUSED)}},
	{51,
	 "rejected, host unreachable",
	 {0},
	 .steps = {PATH(0, END_SERVER, PATH_REJECT_HOST), CONNECT},
	 .start = START_CLOSED,
	 .measures = {CLIENT(ERROR, 1, 0, EHOSTUNREACH)}},
	{52,
	 "SYN-ACK lost, the client silent",
	 {0},
	 .server = {UTO(1000), KA(1, 1, 1)},
	 .steps = {CONNECT, DROP_TO(0, END_CLIENT), CALL(MS(10), END_CLIENT, MODEL_VANISH, 0)},
	 .start = START_CLOSED,
	 .measures = {SERVER(SYN_ACK, 2, 1.02, 0), SERVER(SYN_ACK, 4, 7.2, 0),
		      SERVER(SYN_ACK, 5, 15.3, 0), SERVER(SYN_ACK, 6, 31.4, 0),
		      SERVER(STATE, 1, 65.4, 0)}},
	{52,
	 "two retries",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_synack_retries", "2"}},
	 .steps = {CONNECT, DROP_TO(0, END_CLIENT), CALL(MS(10), END_CLIENT, MODEL_VANISH, 0)},
	 .start = START_CLOSED,
	 .measures = {SERVER(STATE, 1, 7.2, 0)}},
	{52,
	 "TCP_SYNCNT 1 on the listener",
	 {0},
	 .server = {.syn_count = 1},
	 .steps = {CONNECT, DROP_TO(0, END_CLIENT), CALL(MS(10), END_CLIENT, MODEL_VANISH, 0)},
	 .start = START_CLOSED,
	 .measures = {SERVER(STATE, 1, 3.2, 0)}},
	{54,
	 "TCP_DEFER_ACCEPT 3",
	 {0},
	 .server = {.defer_accept = 3 * SECOND},
	 .steps = {CONNECT},
	 .start = START_CLOSED,
	 .measures = {SERVER(SYN_ACK, 2, 3.03, 0), CLIENT(ACK, 2, 3.03, 0)}},
};

static void test_connect(void **state)
{
	(void)state;
	check_rows(connect_rows, array_length(connect_rows));
}

#define CLOSE(at)	  CALL(at, END_CLIENT, MODEL_CLOSE, 0)
#define ORPHAN_RETRIES(n) .sysctl = {{"net.ipv4.tcp_orphan_retries", n}}
#define GONE(s)		  .measures = {CLIENT(STATE, 1, s, 0)}

static const struct row close_rows[] = {
	{57, "orphan_retries 0 means 8", {0}, .steps = {DROP(0), CLOSE(0)}, GONE(107.1)},
	{57, "with data", {0}, .steps = {DROP(0), SEND(0, 17), CLOSE(0)}, GONE(107.1)},
	{57, "orphan_retries 2", {0}, ORPHAN_RETRIES("2"), .steps = {DROP(0), CLOSE(0)}, GONE(3.4)},
	{57,
	 "LAST-ACK, orphan_retries 3",
	 {0},
	 ORPHAN_RETRIES("3"),
	 .steps = {CALL(0, END_SERVER, MODEL_SHUTDOWN, 0), DROP(MS(10)), CLOSE(MS(10))},
	 GONE(6.9)},
	{58,
	 "user timeout 3 s",
	 {UTO(3000)},
	 .steps = {DROP(0), CLOSE(0)},
	 .retransmissions = 5,
	 GONE(3.44)},
	{59,
	 "tcp_fin_timeout 5",
	 {0},
	 .sysctl = {{"net.ipv4.tcp_fin_timeout", "5"}},
	 .steps = {CLOSE(0)},
	 GONE(5.3)},
	{59, "tcp_fin_timeout 60", {0}, .steps = {CLOSE(0)}, GONE(60.3)},
	{59, "TCP_LINGER2 3", {.linger2 = 3 * SECOND}, .steps = {CLOSE(0)}, GONE(3.2)},
	{61,
	 "TIME-WAIT",
	 {0},
	 .steps = {CLOSE(0), CALL(MS(10), END_SERVER, MODEL_CLOSE, 0)},
	 GONE(60.1)},
	{62,
	 "zero-window orphan, the peer answers",
	 {0},
	 .steps = {SEND(0, 100000), CLOSE(0)},
	 FULL,
	 GONE(339)},
	{62,
	 "with user timeout 5 s",
	 {UTO(5000)},
	 .steps = {SEND(0, 100000), CLOSE(0)},
	 FULL,
	 .fault = true,
	 GONE(5.1)},
	{64,
	 "close() during the outage",
	 {KA(1, 1, 3)},
	 ORPHAN_RETRIES("2"),
	 .steps = {DROP(0), CLOSE(MS(1500))},
	 GONE(5.0)},
};

static void test_close(void **state)
{
	(void)state;
	check_rows(close_rows, array_length(close_rows));
}

#define RST_AT(s) .measures = {CLIENT(RST, 1, s, 0), CLIENT(ERROR, 1, s, ETIMEDOUT)}
#define SILENCE	  .steps = {DROP(0)}, .fault = true

static const struct row user_timeout_rows[] = {
	{65,
	 "test-idle.py",
	 {KA(1, 11, 111), UTO(33500)},
	 SILENCE,
	 .probes = 3,
	 .measures = {CLIENT(PROBE, 1, 1, 0), CLIENT(PROBE, 2, 12.1, 0), CLIENT(PROBE, 3, 23.1, 0),
		      CLIENT(RST, 1, 34.2, 0)}},
	{66, "5 s", {KA(1, 11, 3), UTO(5000)}, SILENCE, .probes = 1, RST_AT(12.15)},
	{67, "12.5 s", {KA(1, 11, 3), UTO(12500)}, SILENCE, .probes = 2, RST_AT(23.16)},
	{68, "30 s", {KA(1, 11, 3), UTO(30000)}, SILENCE, .probes = 3, RST_AT(34.16)},
	{68, "60 s", {KA(1, 11, 3), UTO(60000)}, SILENCE, .probes = 6, RST_AT(67.19)},
	{69,
	 "the count is overridden",
	 {KA(1, 1, 3), UTO(10000)},
	 SILENCE,
	 .probes = 9,
	 RST_AT(10.2)},
	{72, "2.5 s", {KA(1, 1, 3), UTO(2500)}, SILENCE, .probes = 2, RST_AT(3.04)},
	{72, "3 s", {KA(1, 1, 3), UTO(3000)}, SILENCE, .probes = 2, RST_AT(3.04)},
	{72, "3.5 s", {KA(1, 1, 3), UTO(3500)}, SILENCE, .probes = 3, RST_AT(4.05)},
	{72, "4.1 s", {KA(1, 1, 3), UTO(4100)}, SILENCE, .probes = 3, RST_AT(4.09)},
	{72, "4.2 s", {KA(1, 1, 3), UTO(4200)}, SILENCE, .probes = 4, RST_AT(5.07)},
	{72, "5 s", {KA(1, 1, 3), UTO(5000)}, SILENCE, .probes = 4, RST_AT(5.07)},
	{74,
	 "set at 4.5 s",
	 {KA(1, 1, 9)},
	 .steps = {DROP(0), OPTION(MS(4500), END_CLIENT, OPTION_USER_TIMEOUT, 3 * SECOND)},
	 .fault = true,
	 RST_AT(5.0)},
	{75,
	 "data restarts the clock",
	 {KA(1, 1, 3), UTO(10000)},
	 .steps = {DROP(0), SEND(MS(2500), 5)},
	 .fault = true,
	 DEAD(13.06)},
	{75,
	 "without user timeout",
	 {KA(1, 1, 3)},
	 RETRIES2("5"),
	 .steps = {DROP(0), SEND(MS(2500), 5)},
	 .fault = true,
	 DEAD(16.1)},
};

static void test_user_timeout(void **state)
{
	(void)state;
	check_rows(user_timeout_rows, array_length(user_timeout_rows));
}

#define VANISH(at) CALL(at, END_SERVER, MODEL_VANISH, 0)

static const struct row reboot_rows[] = {
	{77,
	 "the first probe is answered by a reset",
	 {KA(2, 1, 3)},
	 .steps = {VANISH(MS(10))},
	 .fault = true,
	 .probes = 1,
	 .measures = {SERVER(RST, 1, 1.8, 0), CLIENT(ERROR, 1, 1.8, ECONNRESET)}},
	{78,
	 "no keepalive, send after 10 s",
	 {0},
	 .steps = {VANISH(0), SEND(SECONDS(10), 5)},
	 .measures = {SERVER(RST, 1, 10, 0), CLIENT(ERROR, 1, 10, ECONNRESET)}},
	{81,
	 "drop, reboot, heal after two probes",
	 {KA(1, 1, 5)},
	 .steps = {DROP(0), VANISH(MS(10)), HEAL(MS(2500))},
	 .fault = true,
	 .probes = 3,
	 .measures = {SERVER(RST, 1, 2.56, 0), CLIENT(ERROR, 1, 2.56, ECONNRESET)}},
	{85,
	 "rejected with a reset",
	 {KA(1, 1, 3)},
	 .steps = {PATH(0, END_SERVER, PATH_REJECT_RESET)},
	 .fault = true,
	 .probes = 1,
	 .measures = {CLIENT(ERROR, 1, 1.0, ECONNRESET)}},
};

static void test_reboot(void **state)
{
	(void)state;
	check_rows(reboot_rows, array_length(reboot_rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle),   cmocka_unit_test(test_data),
		cmocka_unit_test(test_window), cmocka_unit_test(test_connect),
		cmocka_unit_test(test_close),  cmocka_unit_test(test_user_timeout),
		cmocka_unit_test(test_reboot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

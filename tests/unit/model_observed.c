/*
 * The model told what was seen, one segment after the other: each next one lies in the window
 * that the ones before it leave. Times were captured on Linux 6.18, HZ=250, in ms, or are the gaps
 * of EXPERIMENTS.md.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "model_play.h"

#define ROUNDING MILLISECOND

static const struct due *due_of(struct due *list, const struct model *model, enum due_kind kind,
				enum end end)
{
	size_t count = model_next(model, list);

	for (size_t i = 0; i < count; i++)
		if (list[i].kind == kind && list[i].end == end)
			return &list[i];
	return NULL;
}

static void assert_due(const struct model *model, enum due_kind kind, enum end end, int64_t at,
		       int64_t rounding)
{
	struct due list[MODEL_DUE_LIMIT];
	const struct due *due = due_of(list, model, kind, end);

	if (!due)
		fail_msg("kind %d is not due at %.3f", kind, (double)at / 1e9);
	if (at < due->at.earliest - rounding || at > due->at.latest + rounding)
		fail_msg("kind %d at %.3f, due %.3f to %.3f", kind, (double)at / 1e9,
			 (double)due->at.earliest / 1e9, (double)due->at.latest / 1e9);
}

static void assert_not_due(const struct model *model, enum due_kind kind, enum end end)
{
	struct due list[MODEL_DUE_LIMIT];

	assert_null(due_of(list, model, kind, end));
}

static void see(struct model *model, enum end sender, enum segment_role role, int64_t at)
{
	const struct model_end *end = sender == END_SERVER ? &model->server : &model->client;
	struct model_segment segment = {
		.role = role,
		.flags = FLAG_ACK,
		.seq = end->snd_nxt - (role == ROLE_PROBE || role == ROLE_WINDOW_PROBE),
		.ack = end->rcv_nxt,
		.window = end->window_shut ? 0 : 65536,
	};

	if (role == ROLE_RETRANSMISSION)
		segment.seq = end->snd_una;
	if (role == ROLE_DATA || role == ROLE_RETRANSMISSION)
		segment.length = 5;
	if (role == ROLE_RST)
		segment.flags |= FLAG_RST;
	model_segment(model, sender, &segment, window_at(at), model_lost(model, other_end(sender)));
}

static void drop(struct model *model)
{
	model_path(model, END_CLIENT, PATH_DROP);
	model_path(model, END_SERVER, PATH_DROP);
}

/* Experiment 8: KA 5/3/3 with an answer at 0; the reset, ETIMEDOUT at once, then nothing. */
static void test_keepalive(void **state)
{
	static const int64_t probes[] = {5083, 8155, 11231};
	struct settings settings = settings_default(250);
	struct model model;

	(void)state;
	settings.client = (struct end_settings){
		.keepalive = true, .idle = 5 * SECOND, .interval = 3 * SECOND, .count = 3};
	model_start_established(&model, &settings, window_at(0));
	drop(&model);
	for (size_t i = 0; i < array_length(probes); i++) {
		assert_due(&model, DUE_PROBE, END_CLIENT, probes[i] * MILLISECOND, 0);
		assert_not_due(&model, DUE_RST, END_CLIENT);
		see(&model, END_CLIENT, ROLE_PROBE, probes[i] * MILLISECOND);
	}
	assert_not_due(&model, DUE_PROBE, END_CLIENT);
	assert_due(&model, DUE_RST, END_CLIENT, 14299 * MILLISECOND, 0);
	see(&model, END_CLIENT, ROLE_RST, 14299 * MILLISECOND);
	assert_due(&model, DUE_ERROR, END_CLIENT, 14299 * MILLISECOND, 0);
	assert_int_equal(model_call_error(&model, END_CLIENT, CALL_RECV), ETIMEDOUT);
	model_call(&model, END_CLIENT, MODEL_TOLD, 0, window_at(14300 * MILLISECOND));
	assert_int_equal(model_call_error(&model, END_CLIENT, CALL_RECV), 0);
	assert_int_equal(model_call_error(&model, END_CLIENT, CALL_SEND), EPIPE);
	assert_int_equal(model.client.state, STATE_CLOSED);
	assert_int_equal(model.server.state, STATE_ESTABLISHED);
}

/*
 * An answered probe: the next one idle after the answer, through a timer of the interval and one of
 * the rest; so late by the rest's granule, not by that of the idle time.
 */
static void test_answered(void **state)
{
	struct settings settings = settings_default(250);
	struct due list[MODEL_DUE_LIMIT];
	const struct due *due;
	struct model model;

	(void)state;
	settings.client = (struct end_settings){
		.keepalive = true, .idle = 20 * SECOND, .interval = 17 * SECOND, .count = 3};
	model_start_established(&model, &settings, window_at(0));
	see(&model, END_CLIENT, ROLE_PROBE, 20480 * MILLISECOND);
	assert_due(&model, DUE_ACK, END_SERVER, 20480 * MILLISECOND, 0);
	see(&model, END_SERVER, ROLE_PROBE_REPLY, 20480 * MILLISECOND);
	assert_not_due(&model, DUE_ACK, END_SERVER);
	due = due_of(list, &model, DUE_PROBE, END_CLIENT);
	assert_int_equal(due->ordinal, 1);
	assert_int_equal(due->at.earliest, 40480 * MILLISECOND);
	/* At most 3 s are left: 256 ms and two jiffies late, not 2048 ms. */
	assert_int_equal(due->at.latest, 40744 * MILLISECOND);
}

/* Captured: both ends probe at the same moment and answer each other. */
static void test_crossing(void **state)
{
	struct settings settings = settings_default(250);
	struct model model;

	(void)state;
	settings.client = settings.server = (struct end_settings){
		.keepalive = true, .idle = 2 * SECOND, .interval = SECOND, .count = 3};
	model_start_established(&model, &settings, window_at(0));
	see(&model, END_SERVER, ROLE_PROBE, 2006 * MILLISECOND);
	see(&model, END_CLIENT, ROLE_PROBE, 2006 * MILLISECOND);
	assert_due(&model, DUE_ACK, END_CLIENT, 2006 * MILLISECOND, 0);
	assert_due(&model, DUE_ACK, END_SERVER, 2006 * MILLISECOND, 0);
	see(&model, END_CLIENT, ROLE_PROBE_REPLY, 2006 * MILLISECOND);
	assert_due(&model, DUE_ACK, END_SERVER, 2006 * MILLISECOND, 0);
	/* A second one within tcp_invalid_ratelimit is not answered (43). */
	see(&model, END_SERVER, ROLE_PROBE_REPLY, 2006 * MILLISECOND);
	see(&model, END_SERVER, ROLE_PROBE, 2400 * MILLISECOND);
	assert_not_due(&model, DUE_ACK, END_CLIENT);
	see(&model, END_SERVER, ROLE_PROBE, 2507 * MILLISECOND);
	assert_due(&model, DUE_ACK, END_CLIENT, 2507 * MILLISECOND, 0);
}

/*
 * Captured: TCP_KEEPIDLE set again to what it was, with 208 ms left: the pending timer expires in
 * the same jiffy, so it stays in the coarser bucket of its second and comes 28 ms late.
 */
static void test_same_expiry(void **state)
{
	struct settings settings = settings_default(250);
	struct model model;

	(void)state;
	settings.client = (struct end_settings){
		.keepalive = true, .idle = SECOND, .interval = SECOND, .count = 1};
	model_start_established(&model, &settings, window_at(0));
	see(&model, END_CLIENT, ROLE_PROBE, 1008040 * MICROSECOND);
	see(&model, END_SERVER, ROLE_PROBE_REPLY, 1008171 * MICROSECOND);
	model_option(&model, END_CLIENT, OPTION_IDLE, SECOND, window_at(1800068 * MICROSECOND));
	assert_due(&model, DUE_PROBE, END_CLIENT, 2036103 * MICROSECOND, 0);
}

/* Experiment 24: the tail loss probe, then the gaps up to rto_max; in the end ETIMEDOUT. */
static void test_retransmission(void **state)
{
	static const int64_t gaps[] = {206,  208,   424,   832,	  1664,	  3328,
				       6656, 13312, 28000, 53248, 106496, 120832};
	struct settings settings = settings_default(250);
	struct model model;
	int64_t at = 0;

	(void)state;
	model_start_established(&model, &settings, window_at(0));
	drop(&model);
	see(&model, END_CLIENT, ROLE_DATA, 0);
	for (size_t i = 0; i < array_length(gaps); i++) {
		at += gaps[i] * MILLISECOND;
		assert_due(&model, i ? DUE_RETRANSMISSION : DUE_LOSS_PROBE, END_CLIENT, at,
			   ROUNDING);
		assert_not_due(&model, DUE_ERROR, END_CLIENT);
		see(&model, END_CLIENT, ROLE_RETRANSMISSION, at);
	}
	for (int i = 0; i < 4; i++) {
		at += 120832 * MILLISECOND;
		assert_due(&model, DUE_RETRANSMISSION, END_CLIENT, at, 0);
		see(&model, END_CLIENT, ROLE_RETRANSMISSION, at);
	}
	at += 120832 * MILLISECOND;
	assert_not_due(&model, DUE_RETRANSMISSION, END_CLIENT);
	assert_due(&model, DUE_ERROR, END_CLIENT, at, 0);
	model_call(&model, END_CLIENT, MODEL_TOLD, 0, window_at(at));
	assert_int_equal(model.client.state, STATE_CLOSED);
}

/*
 * Experiment 37: gaps of window probes. The second segment's ACK was delayed by 40 ms, which
 * makes the time-out 208 ms: that is measured from what was seen, not set.
 */
static void test_window_probes(void **state)
{
	static const int64_t gaps[] = {424,   848,   1696,  3392,   6912,
				       13568, 28672, 55296, 108544, 120832};
	struct settings settings = settings_default(250);
	struct model model;
	int64_t at = 40 * MILLISECOND;

	(void)state;
	model_start_established(&model, &settings, window_at(0));
	model_call(&model, END_CLIENT, MODEL_SEND, 100000, window_at(0));
	see(&model, END_CLIENT, ROLE_DATA, 0);
	see(&model, END_SERVER, ROLE_ACK, MICROSECOND);
	see(&model, END_CLIENT, ROLE_DATA, 2 * MICROSECOND);
	model.server.window_shut = true;
	see(&model, END_SERVER, ROLE_ACK, at);
	at += 212 * MILLISECOND;
	assert_due(&model, DUE_WINDOW_PROBE, END_CLIENT, at, 0);
	drop(&model);
	see(&model, END_CLIENT, ROLE_WINDOW_PROBE, at);
	for (size_t i = 0; i < array_length(gaps); i++) {
		at += gaps[i] * MILLISECOND;
		assert_due(&model, DUE_WINDOW_PROBE, END_CLIENT, at, 0);
		see(&model, END_CLIENT, ROLE_WINDOW_PROBE, at);
	}
}

/* Every second probe lost, KA 1/1/2: survives (89); data between probes saves it too (88). */
static void test_recovery(void **state)
{
	struct settings settings = settings_default(250);
	struct model model;
	int64_t at = 0;

	(void)state;
	settings.client = (struct end_settings){
		.keepalive = true, .idle = SECOND, .interval = SECOND, .count = 2};
	model_start_established(&model, &settings, window_at(0));
	for (int i = 0; i < 8; i++) {
		at += 1024 * MILLISECOND;
		assert_due(&model, DUE_PROBE, END_CLIENT, at, 0);
		assert_not_due(&model, DUE_RST, END_CLIENT);
		model_path(&model, END_SERVER, i % 2 ? PATH_OPEN : PATH_DROP);
		see(&model, END_CLIENT, ROLE_PROBE, at);
		if (i % 2)
			see(&model, END_SERVER, ROLE_PROBE_REPLY, at);
	}
	model_path(&model, END_SERVER, PATH_DROP);
	at += 1024 * MILLISECOND;
	see(&model, END_CLIENT, ROLE_PROBE, at);
	see(&model, END_SERVER, ROLE_DATA, at + 500 * MILLISECOND);
	assert_due(&model, DUE_PROBE, END_CLIENT, at + 1510 * MILLISECOND, 0);
	assert_not_due(&model, DUE_RST, END_CLIENT);
}

/* Seen on 6.18, both CPUs busy: the timer was put back by what was left, rounded up once more. */
static void a_fin_behind_a_loss_probe(void **state)
{
	struct settings settings = settings_default(250);
	struct model model;

	(void)state;
	model_start_established(&model, &settings, window_at(0));
	drop(&model);
	see(&model, END_CLIENT, ROLE_DATA, 117029 * MICROSECOND);
	see(&model, END_CLIENT, ROLE_RETRANSMISSION, 321727 * MICROSECOND);
	model_call(&model, END_CLIENT, MODEL_SHUTDOWN, 0, window_at(398512 * MICROSECOND));
	see(&model, END_CLIENT, ROLE_FIN, 398521 * MICROSECOND);
	assert_due(&model, DUE_RETRANSMISSION, END_CLIENT, 537734 * MICROSECOND, 0);
}

/* Nothing is due without SO_KEEPALIVE (10, 71); off and on again starts anew (20). */
static void test_switch(void **state)
{
	struct settings settings = settings_default(250);
	struct due list[MODEL_DUE_LIMIT];
	struct model model;

	(void)state;
	settings.client = (struct end_settings){
		.idle = SECOND, .interval = SECOND, .count = 2, .user_timeout = 5 * SECOND};
	model_start_established(&model, &settings, window_at(0));
	drop(&model);
	assert_int_equal(model_next(&model, list), 0);
	model_option(&model, END_CLIENT, OPTION_KEEPALIVE, 1, window_at(10 * SECOND));
	assert_due(&model, DUE_PROBE, END_CLIENT, 11020 * MILLISECOND, 0);
	see(&model, END_CLIENT, ROLE_PROBE, 11020 * MILLISECOND);
	model_option(&model, END_CLIENT, OPTION_KEEPALIVE, 0, window_at(11500 * MILLISECOND));
	assert_int_equal(model_next(&model, list), 0);
	model_option(&model, END_CLIENT, OPTION_KEEPALIVE, 1, window_at(12 * SECOND));
	assert_due(&model, DUE_RST, END_CLIENT, 13020 * MILLISECOND, 0);
}

/* Experiment 38: a closed window whose peer answers is probed for ever, retries2 caps the wait. */
static void test_window_answered(void **state)
{
	static struct trace trace;
	struct settings settings = settings_default(250);
	const struct act_step steps[] = {SEND(0, 100000), {0}};
	struct model model;
	const struct due *last;

	(void)state;
	settings.sysctl.retries2 = 3;
	settings.rtt = (struct window){4 * MILLISECOND, 8 * MILLISECOND};
	model_start_established(&model, &settings, window_at(0));
	model.client.peer_window = 0;
	model.server.window_shut = true;
	play(&model, steps, 62 * SECOND, CHOOSE_ON, &trace);
	assert_null(find(&trace, DUE_ERROR, END_CLIENT, 1));
	last = find(&trace, DUE_WINDOW_PROBE, END_CLIENT, -1);
	assert_int_equal(last->ordinal, 1);
	assert_int_equal(
		window_distance(wheel_window(&settings.wheel, last->wait), 1700 * MILLISECOND), 0);
}

static void test_settings(void **state)
{
	struct settings settings = settings_default(250);

	(void)state;
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_keepalive_time", "30\n"), 0);
	assert_int_equal(settings.sysctl.keepalive_time, 30 * SECOND);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_rto_max_ms", "3000"), 0);
	assert_int_equal(settings.sysctl.rto_max, 3 * SECOND);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_rto_max_ms", ""), 0);
	assert_int_equal(settings.sysctl.rto_max, 120 * SECOND);
	assert_false(settings.feature.rto_max);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_syn_linear_timeouts", ""), 0);
	assert_int_equal(settings.sysctl.syn_linear_timeouts, 0);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_retries2", "5x"), -EINVAL);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_retries2", "99999999999"),
			 -EINVAL);
	assert_int_equal(settings.sysctl.retries2, 15);
	assert_int_equal(settings_sysctl(&settings, "net.core.somaxconn", "1"), -ENOENT);
	assert_int_equal(settings_sysctl(&settings, "net.ipv4.tcp_congestion_control", "bbr"), 0);
	assert_true(settings.sysctl.bbr);
}

static void sysctls_of_one_end(void **state)
{
	struct settings settings = settings_default(250);

	(void)state;
	settings_end_sysctl(&settings, END_SERVER, "net.ipv4.tcp_keepalive_time", "30");
	assert_int_equal(settings_sysctls(&settings, END_CLIENT)->keepalive_time, 7200 * SECOND);
	assert_int_equal(settings_sysctls(&settings, END_SERVER)->keepalive_time, 30 * SECOND);
	settings_sysctl(&settings, "net.ipv4.tcp_keepalive_time", "60");
	assert_int_equal(settings_sysctls(&settings, END_CLIENT)->keepalive_time, 60 * SECOND);
	assert_int_equal(settings_sysctls(&settings, END_SERVER)->keepalive_time, 60 * SECOND);
	settings_end_sysctl(&settings, END_CLIENT, "net.ipv4.tcp_retries2", "3");
	assert_int_equal(settings_sysctls(&settings, END_CLIENT)->retries2, 3);
	assert_int_equal(settings_sysctls(&settings, END_SERVER)->retries2, 15);
}

/* Every rule says what it is, how it is computed and where the kernel has it. */
static void test_rules(void **state)
{
	(void)state;
	for (enum rule rule = RULE_NONE + 1; rule < RULE_LIMIT; rule++) {
		const struct rule_text *text = rule_text(rule);

		assert_non_null(text->name);
		assert_true(strlen(text->name) > 2);
		assert_true(strlen(text->formula) > 5);
		assert_non_null(strstr(text->source, ".c, "));
		assert_non_null(text->since);
	}
	assert_non_null(rule_text(RULE_LIMIT)->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_crossing),
		cmocka_unit_test(test_same_expiry),
		cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_window_probes),
		cmocka_unit_test(test_recovery),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_window_answered),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(sysctls_of_one_end),
		cmocka_unit_test(a_fin_behind_a_loss_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

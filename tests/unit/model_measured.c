/*
 * What was measured lies inside the model's windows: the tables of tests/unit/measured, each row
 * with the number of its experiment in EXPERIMENTS.md. All M rows are from Linux 6.18, HZ=250.
 *
 * Each row is played twice, with the earliest and the latest that the windows leave open. A number
 * is as exact as it is written, and nothing is added to that but for what has no segment: that a
 * socket is gone was looked for now and then, which is seen up to LOOK later.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/array.h"
#include "measured/close.h"
#include "measured/connect.h"
#include "measured/data.h"
#include "measured/idle.h"
#include "measured/reboot.h"
#include "measured/seeds.h"
#include "measured/user_timeout.h"
#include "measured/window.h"

/* The document gives the end of a socket in tenths of a second: it was looked for that often. */
#define LOOK MS(100)

/* How long a row is played; the longest, 37, ends after 1065 s. */
#define PLAYED (1200 * SECOND)

static void start(struct model *model, const struct row *row)
{
	struct settings settings = settings_default(row->hz ? row->hz : 250);

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

/* Half a unit of the last digit that is written. */
static int64_t precision(const char *number)
{
	const char *point = strchr(number, '.');
	int64_t unit = SECOND;

	for (const char *digit = point ? point + 1 : ""; *digit; digit++)
		unit /= 10;
	return unit / 2;
}

static struct window written(const char *number)
{
	int64_t middle = SECONDS(strtod(number, NULL) + 1e-7), half = precision(number);

	return (struct window){middle - half, middle + half};
}

/* When an event is due, over both plays; fails where it never comes. */
static struct window due_at(const struct row *row, const struct which *which, int error,
			    const struct trace *early, const struct trace *late)
{
	const struct due *first = find(early, which->kind, which->end, which->nth);
	const struct due *last = find(late, which->kind, which->end, which->nth);

	if (!first || !last || last->error != error)
		fail_msg("experiment %d, %s: kind %d of end %d, number %d %s", row->experiment,
			 row->what, which->kind, which->end, which->nth,
			 first && last ? "is another error" : "never came");
	return (struct window){first->at.earliest, last->at.latest};
}

/* Where the row's zero can lie, by one measure: nowhere where the model is wrong. */
static void check_measure(const struct row *row, const struct measure *measure,
			  const struct trace *early, const struct trace *late, struct window *zero)
{
	struct window due = due_at(row, &measure->what, measure->error, early, late);
	struct window seen, from = {0, 0};

	if (!measure->seconds)
		return;
	seen = written(measure->seconds);
	if (measure->what.kind == DUE_STATE)
		seen.earliest -= LOOK;
	if (measure->since.kind != DUE_NONE) {
		/* Both from one chain of timers: their widths must not be added up. */
		from = due_at(row, &measure->since, 0, early, late);
		due.earliest -= from.earliest;
		due.latest -= from.latest;
	} else {
		from = *zero;
		zero->earliest = due.earliest - seen.latest > zero->earliest
					 ? due.earliest - seen.latest
					 : zero->earliest;
		zero->latest = due.latest - seen.earliest < zero->latest
				       ? due.latest - seen.earliest
				       : zero->latest;
		due = window_add(due, (struct window){-from.latest, -from.earliest});
	}
	if (seen.earliest > due.latest || seen.latest < due.earliest ||
	    zero->earliest > zero->latest)
		fail_msg("experiment %d, %s: kind %d, number %d at %s s, due %.3f to %.3f s",
			 row->experiment, row->what, measure->what.kind, measure->what.nth,
			 measure->seconds, (double)due.earliest / 1e9, (double)due.latest / 1e9);
}

static int counted(const struct trace *trace, const struct count *count)
{
	int more = count->kind == DUE_RETRANSMISSION
			   ? count_of_kind(trace, DUE_LOSS_PROBE, count->end)
			   : 0;
	int unseen = 0;

	for (size_t i = 0; i < trace->count; i++)
		unseen += trace->list[i].kind == count->kind && trace->list[i].end == count->end &&
			  trace->list[i].unseen;
	return count_of_kind(trace, count->kind, count->end) + more - unseen;
}

/* A count that two choices of the windows leave open may be either. */
static void check_count(const struct row *row, const struct count *count, const struct trace *early,
			const struct trace *late)
{
	int fewest = counted(early, count), most = counted(late, count);

	if (count->count < fewest || count->count > most)
		fail_msg("experiment %d, %s: %d of kind %d expected, %d to %d due", row->experiment,
			 row->what, count->count, count->kind, fewest, most);
}

static bool ends(const struct due *due)
{
	return due->kind == DUE_ERROR || (due->kind == DUE_STATE && due->state == STATE_CLOSED);
}

/* Nothing comes, or nothing ends, before a moment. */
static void check_silence(const struct row *row, const struct trace *trace)
{
	int64_t last_step = 0;

	for (size_t i = 0; i < STEPS && row->steps[i].act != ACT_END; i++)
		last_step = row->steps[i].at;
	for (size_t i = 0; i < trace->count; i++) {
		const struct due *due = &trace->list[i];

		if ((due->at.earliest > last_step && due->wait &&
		     due->at.earliest <= SECONDS(row->quiet)) ||
		    (ends(due) && due->at.earliest < SECONDS(row->alive)))
			fail_msg("experiment %d, %s: kind %d of end %d comes at %.3f s",
				 row->experiment, row->what, due->kind, due->end,
				 (double)due->at.earliest / 1e9);
	}
}

static void check_row(const struct row *row)
{
	static struct trace early, late;
	struct window zero = row->zero;
	struct model model;

	assert_non_null(row->why);
	start(&model, row);
	play(&model, row->steps, PLAYED, CHOOSE_END, &early);
	start(&model, row);
	play(&model, row->steps, PLAYED, CHOOSE_ON, &late);
	for (size_t i = 0; i < MEASURES && row->measures[i].what.kind != DUE_NONE; i++)
		check_measure(row, &row->measures[i], &early, &late, &zero);
	for (size_t i = 0; i < COUNTS && row->counts[i].kind != DUE_NONE; i++)
		check_count(row, &row->counts[i], &early, &late);
	check_silence(row, &early);
	check_silence(row, &late);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(&rows[i]);
}

#define TABLE_TEST(name)                                                                           \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		check_rows(name##_rows, array_length(name##_rows));                                \
	}
TABLE_TEST(idle)
TABLE_TEST(data)
TABLE_TEST(window)
TABLE_TEST(connect)
TABLE_TEST(close)
TABLE_TEST(user_timeout)
TABLE_TEST(reboot)
TABLE_TEST(seed)

/*
 * From one line to the next passed what was taken off the timer; where it expired between them,
 * what passed lies between the shortest and the longest of these. Then it was armed for 10 s, and
 * was as late as is left over.
 */
static void test_seed_samples(void **state)
{
	struct wheel wheel = {.hz = 1000};
	struct window late = wheel_window(&wheel, 10 * SECOND);
	double shortest = 10, longest = 0;

	(void)state;
	for (size_t i = 1; i < array_length(seed_samples); i++) {
		double passed = seed_samples[i - 1].left - seed_samples[i].left;

		if (seed_samples[i].counter != seed_samples[i - 1].counter)
			continue;
		shortest = passed < shortest ? passed : shortest;
		longest = passed > longest ? passed : longest;
	}
	for (size_t i = 1; i < array_length(seed_samples); i++) {
		double over = seed_samples[i].left - seed_samples[i - 1].left;

		if (seed_samples[i].counter == seed_samples[i - 1].counter)
			continue;
		assert_int_equal(seed_samples[i].counter, seed_samples[i - 1].counter + 1);
		assert_true(over + longest >= 10);
		assert_true(SECONDS(over + shortest) <= late.latest);
	}
}

#define TABLE(name)                                                                                \
	{                                                                                          \
		name##_rows, array_length(name##_rows)                                             \
	}
#define UNTIMED(name)                                                                              \
	{                                                                                          \
		name##_untimed, array_length(name##_untimed)                                       \
	}

static bool is_timed(int experiment)
{
	static const struct {
		const struct row *rows;
		size_t count;
	} tables[] = {TABLE(idle),  TABLE(data),	 TABLE(window), TABLE(connect),
		      TABLE(close), TABLE(user_timeout), TABLE(reboot)};

	for (size_t i = 0; i < array_length(tables); i++)
		for (size_t j = 0; j < tables[i].count; j++)
			if (tables[i].rows[j].experiment == experiment)
				return true;
	return false;
}

static bool is_untimed(int experiment)
{
	static const struct {
		const struct untimed *list;
		size_t count;
	} tables[] = {UNTIMED(idle), UNTIMED(data), UNTIMED(window), UNTIMED(connect),
		      UNTIMED(user_timeout)};

	for (size_t i = 0; i < array_length(tables); i++)
		for (size_t j = 0; j < tables[i].count; j++)
			if (tables[i].list[j].experiment == experiment)
				return true;
	return false;
}

/* Each experiment of sections 1 to 7 is in a table, or beside it with the reason why not. */
static void test_all_are_there(void **state)
{
	static const int experiments[] = {
		1,  2,	3,  4,	5,  6,	7,  8,	9,  10, 12, 14, 15, 16, 17, 19, 20, 21, 22,
		23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
		42, 43, 44, 46, 47, 49, 50, 51, 52, 54, 55, 56, 57, 58, 59, 61, 62, 63, 64,
		65, 66, 67, 68, 69, 71, 72, 74, 75, 76, 77, 78, 80, 81, 82, 83, 85,
	};

	(void)state;
	for (size_t i = 0; i < array_length(experiments); i++)
		if (is_timed(experiments[i]) == is_untimed(experiments[i]))
			fail_msg("experiment %d is in no table, or in two", experiments[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle),	     cmocka_unit_test(test_data),
		cmocka_unit_test(test_window),	     cmocka_unit_test(test_connect),
		cmocka_unit_test(test_close),	     cmocka_unit_test(test_user_timeout),
		cmocka_unit_test(test_reboot),	     cmocka_unit_test(test_seed),
		cmocka_unit_test(test_seed_samples), cmocka_unit_test(test_all_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The kernel's tick: texts of /proc/timer_list of several kernels, and this kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "sandbox/kernel.h"

#define HEAD(now) "Timer List Version: v0.10\nHRTIMER_MAX_CLOCK_BASES: 8\nnow at " now " nsecs\n\n"
#define CPU(number, timer, expiry)                                                                 \
	"cpu: " number "\n clock 0:\n  .base:       00000000594124bb\n  .index:      0\n"          \
	"active timers:\n #0: <0000000058f1b419>, " timer ", S:01\n"                               \
	" # expires at " expiry "-" expiry " nsecs [in 771517 to 771517 nsecs]\n"                  \
	" #1: <00000000e793c7fd>, hrtimer_wakeup, S:01\n"                                          \
	" # expires at 950593211827-950593261827 nsecs [in 41983344 to 42033344 nsecs]\n"
#define TICK(last_tick, stopped, jiffies)                                                          \
	"  .expires_next   : 950552000000 nsecs\n  .nohz           : 1\n"                          \
	"  .last_tick      : " last_tick " nsecs\n  .tick_stopped   : " stopped "\n"               \
	"  .idle_jiffies   : 4295129865\n  .last_jiffies   : 4295129866\n"                         \
	"  .next_timer     : 950548000000\n  .idle_expires   : 950548000000 nsecs\n"               \
	"jiffies: " jiffies "\n\n"

struct text_case {
	const char *name, *text;
	int hz;
	int64_t read_by;
	bool found;
	int64_t jiffies, at;
};

static const struct text_case text_cases[] = {
	{"6.18, ticks at multiples of the period",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 250, 950551300000, true, 4295129912, 950548000000},
	{"6.1, ticks between multiples of the period",
	 HEAD("950551228483") CPU("0", "tick_sched_timer", "950551567000")
		 TICK("950363567000", "0", "4295129912"),
	 250, 950551300000, true, 4295129912, 950547567000},
	{"the tick is stopped and its timer far away",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "977777777777")
		 TICK("950364000000", "1", "4295129912"),
	 250, 950551300000, true, 4295129912, 950548000000},
	{"the tick never stopped: its timer counts",
	 HEAD("950551228483") CPU("0", "tick_sched_timer", "950551567000")
		 TICK("0", "0", "4295129912"),
	 250, 950551300000, true, 4295129912, 950547567000},
	{"HZ 1000",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 1000, 950551300000, true, 4295129912, 950551000000},
	{"HZ 300, whose period is rounded down",
	 HEAD("10000000") CPU("0", "tick_nohz_handler", "13333332") TICK("6666666", "0", "77"), 300,
	 10000001, true, 77, 9999999},
	{"the first CPU counts, not the second, which is skewed",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000") TICK(
		 "950364000000", "0", "4295129912") CPU("1", "tick_nohz_handler", "950552111111")
		 TICK("950364111111", "0", "4295129913"),
	 250, 950551300000, true, 4295129912, 950548000000},
	{"a tick while it was read",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 250, 950552000000, false, 0, 0},
	{"read before it was written",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 250, 950551000000, false, 0, 0},
	{"no HZ",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 0, 950551300000, false, 0, 0},
	{"stopped, and it is not known where it stood",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "977777777777")
		 TICK("0", "1", "4295129912"),
	 250, 950551300000, false, 0, 0},
	{"no tick timer at all",
	 HEAD("950551228483") CPU("0", "watchdog_timer_fn", "950552000000")
		 TICK("0", "0", "4295129912"),
	 250, 950551300000, false, 0, 0},
	{"only the second CPU",
	 HEAD("950551228483") CPU("1", "tick_nohz_handler", "950552000000")
		 TICK("950364000000", "0", "4295129912"),
	 250, 950551300000, false, 0, 0},
	{"no jiffies (CONFIG_TICK_ONESHOT off)",
	 HEAD("950551228483") CPU("0", "tick_nohz_handler", "950552000000"), 250, 950551300000,
	 false, 0, 0},
	{"cut", HEAD("9505"), 250, 950551300000, false, 0, 0},
	{"empty", "", 250, 950551300000, false, 0, 0},
};

static void finds_the_phase(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(text_cases); i++) {
		const struct text_case *c = &text_cases[i];
		int64_t jiffies = -1, at = -1;

		if (kernel_phase_in(c->text, c->hz, c->read_by, &jiffies, &at) != c->found)
			fail_msg("%s: found should be %d", c->name, c->found);
		if (c->found && (jiffies != c->jiffies || at != c->at))
			fail_msg("%s: %lld at %lld", c->name, (long long)jiffies, (long long)at);
		if (!c->found && (jiffies != -1 || at != -1))
			fail_msg("%s: written without success", c->name);
	}
}

static void survives_every_cut(void **state)
{
	char text[4096];

	(void)state;
	for (size_t length = strlen(text_cases[0].text); length-- > 0;) {
		int64_t jiffies, at;

		memcpy(text, text_cases[0].text, length);
		text[length] = '\0';
		kernel_phase_in(text, 250, INT64_MAX, &jiffies, &at);
		kernel_phase_in(text, 250, text_cases[0].read_by, &jiffies, &at);
	}
}

static void describes_this_kernel(void **state)
{
	struct kernel kernel, again;

	(void)state;
	assert_int_equal(kernel_describe(&kernel), 0);
	assert_true(strlen(kernel.release) > 0);
	assert_true(kernel.hz >= 24 && kernel.hz <= 1200);
	if (!kernel.phase_known) {
		print_message("phase not known: /proc/timer_list is for root\n");
		assert_int_equal(kernel.jiffies, 0);
		return;
	}
	/* Another pair of the same grid. */
	assert_int_equal(kernel_describe(&again), 0);
	assert_true(again.phase_known);
	assert_int_equal(again.jiffies_at - kernel.jiffies_at,
			 (again.jiffies - kernel.jiffies) * ((SECOND + kernel.hz / 2) / kernel.hz));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_phase),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(describes_this_kernel),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}

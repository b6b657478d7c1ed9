/*
 * What a guest's console says, as Debian's 6.1.0-56-cloud-amd64 and 6.12.117+deb12-cloud-amd64
 * printed it when a module made them: which line is a complaint, and which a panic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "guest/console.h"

static const struct {
	const char *text;
	const char *complaint, *panic; /* words of the line; NULL: none */
} recorded[] = {
	{"[    1.462570] ------------[ cut here ]------------\r\n"
	 "[    1.462576] refcount_t: decrement hit 0; leaking memory.\r\n"
	 "[    1.462621] WARNING: CPU: 0 PID: 82 at lib/refcount.c:31 "
	 "refcount_warn_saturate+0xfb\r\n"
	 "[    1.462637] Modules linked in: trouble(OE+)\r\n",
	 "at lib/refcount.c:31", NULL},
	{"[    1.615916] BUG: scheduling while atomic: busybox/129/0x00000003\r\n"
	 "[    1.615926] Modules linked in: trouble(OE+)\r\n",
	 "BUG: scheduling while atomic", NULL},
	{"[    1.442350] BUG: kernel NULL pointer dereference, address: 0000000000000000\r\n"
	 "[    1.442358] #PF: supervisor write access in kernel mode\r\n"
	 "[    1.442389] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n",
	 "BUG: kernel NULL pointer", NULL},
	{"[    1.615996] Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n", "Oops: Oops: 0002", NULL},
	{"[    1.641391] list_add double add: new=ffffc900005d3cd8, prev=ffffc900005d3cc8.\r\n"
	 "[    1.641452] ------------[ cut here ]------------\r\n"
	 "[    1.641459] kernel BUG at lib/list_debug.c:35!\r\n"
	 "[    1.641468] Oops: invalid opcode: 0000 [#1] PREEMPT SMP NOPTI\r\n",
	 "kernel BUG at lib/list_debug.c:35!", NULL},
	{"[    1.450832] invalid opcode: 0000 [#1] PREEMPT SMP NOPTI\r\n", "invalid opcode", NULL},
	{"[    1.450564] general protection fault, probably for non-canonical address "
	 "0xdead000000000100: 0000 [#1] PREEMPT SMP NOPTI\r\n",
	 "general protection fault", NULL},
	{"[    1.619959] Oops: general protection fault, probably for non-canonical address\r\n",
	 "Oops: general protection fault", NULL},
	{"[  207.760925] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [busybox:84]\r\n",
	 "BUG: soft lockup", NULL},
	{"[   10.532475] INFO: task busybox:83 blocked for more than 5 seconds.\r\n"
	 "[   10.532484]       Tainted: G           OE      6.1.0-56-cloud-amd64 #1\r\n",
	 "INFO: task busybox:83 blocked", NULL},
	{"[    2.757092] Out of memory: Killed process 85 (busybox) total-vm:196480kB\r\n",
	 "Out of memory: Killed process 85", NULL},
	{"[    1.647462] Kernel panic - not syncing: out of patience\r\n"
	 "[    1.647471] CPU: 0 UID: 0 PID: 129 Comm: busybox Tainted: G           OE\r\n"
	 "[    1.647509] Call Trace:\r\n",
	 NULL, "Kernel panic - not syncing: out of patience"},
	{"[    1.442389] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n"
	 "[    1.443100] Kernel panic - not syncing: Fatal exception\r\n",
	 "Oops: 0002", "Fatal exception"},
	/* With CONFIG_PRINTK_CALLER. */
	{"[    1.462621][   T82] WARNING: CPU: 0 PID: 82 at lib/refcount.c:31\r\n",
	 "WARNING: ", NULL},
	/* What healthy ones say when they boot, and what only looks like it. */
	{"[    0.250023] Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on\r\n"
	 "[    1.005395] amd_pstate: the _CPC object is not present in SBIOS or ACPI disabled\r\n"
	 "[   43.013661] CE: hpet increased min_delta_ns to 5000 nsec\r\n"
	 "[    1.438140] trouble: loading out-of-tree module taints kernel.\r\n"
	 "[    1.449537] reboot: Restarting system\r\n"
	 "[    1.449537 reboot: BUG: not behind a stamp\r\n",
	 NULL, NULL},
};

static void same(const char *seen, const char *words)
{
	if (!words)
		assert_string_equal(seen, "");
	else if (!strstr(seen, words))
		fail_msg("'%s' has no '%s'", seen, words);
}

static void test_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(recorded); i++) {
		const char *text = recorded[i].text;
		struct console whole = {0}, bytewise = {0};

		console_take(&whole, text, strlen(text));
		for (const char *byte = text; *byte; byte++)
			console_take(&bytewise, byte, 1);
		same(whole.complaint, recorded[i].complaint);
		same(whole.panic, recorded[i].panic);
		assert_memory_equal(&whole, &bytewise, sizeof(whole));
	}
}

/* The last lines, the oldest first; what is not printable, or too long, does no harm. */
static void test_last_lines(void **state)
{
	struct console console = {0};
	char line[32], longest[2 * CONSOLE_WIDTH];

	(void)state;
	assert_null(console_line(&console, 0));
	for (int i = 0; i < 3 * CONSOLE_LINES; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		console_take(&console, line, strlen(line));
	}
	for (size_t i = 0; i < CONSOLE_LINES - 1; i++) {
		snprintf(line, sizeof(line), "line %zu", 2 * CONSOLE_LINES + 1 + i);
		assert_string_equal(console_line(&console, i), line);
	}
	assert_null(console_line(&console, CONSOLE_LINES - 1));
	memset(longest, '\x1b', sizeof(longest));
	longest[sizeof(longest) - 1] = '\n';
	console_take(&console, longest, sizeof(longest));
	assert_int_equal(strlen(console_line(&console, CONSOLE_LINES - 2)), CONSOLE_WIDTH - 1);
	assert_int_equal(console_line(&console, CONSOLE_LINES - 2)[0], '?');
}

/* What follows a panic is a stack, which would push out what led to it. */
static void test_nothing_behind_a_panic(void **state)
{
	static const char text[] = "the cause\nKernel panic - not syncing: x\nCall Trace:\n";
	struct console console = {0};

	(void)state;
	console_take(&console, text, strlen(text));
	assert_string_equal(console_line(&console, 0), "the cause");
	assert_string_equal(console_line(&console, 1), "Kernel panic - not syncing: x");
	assert_null(console_line(&console, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_last_lines),
		cmocka_unit_test(test_nothing_behind_a_panic),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}

/*
 * Theory of operation. With high resolution timers or NO_HZ, jiffies is no count of interrupts but
 * a function of CLOCK_MONOTONIC: it grows by one at every moment of a grid with period TICK_NSEC,
 * also across idle times (kernel/time/tick-sched.c, tick_do_update_jiffies64). The timers that
 * drive the ticks expire on the same grid, on CPU 0 without skew (tick_setup_sched_timer,
 * skew_tick). /proc/timer_list tells such an expiry, so the grid is known to the nanosecond;
 * since 6.4 it is at multiples of TICK_NSEC (tick_setup_device), before that anywhere.
 *
 * What is left is which number a moment of the grid has. The text begins with the time ("now at")
 * and has the value of jiffies some microseconds later: if no tick lies between both, the value
 * belongs to the tick before both. It can be too small, never too large: where the CPU that
 * updates jiffies is held up (a virtual machine's CPU that the host took away) it catches up
 * later. So the largest of a few readings is right.
 */
#define _GNU_SOURCE
#include "sandbox/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "sandbox/proc.h"

#define TIMER_LIST	 "/proc/timer_list"
#define JIFFIES_LINE	 "\njiffies: "
#define READINGS_WANTED	 5
#define READINGS_ALLOWED 30

/* TICK_NSEC of include/linux/jiffies.h, rounded as there. */
static int64_t tick_length(int hz)
{
	return (SECOND + hz / 2) / hz;
}

/* Reads the number that stands behind the first label in [text, end); blanks and ':' between. */
static bool number_behind(const char *text, const char *end, const char *label, int64_t *ret_number)
{
	const char *found = memmem(text, (size_t)(end - text), label, strlen(label));
	char *number_end;
	long long number;

	if (!found)
		return false;
	found += strlen(label);
	found += strspn(found, " :");
	if (*found < '0' || *found > '9')
		return false;
	errno = 0;
	number = strtoll(found, &number_end, 10);
	/* A number at the text's end may be cut. */
	if (errno || *number_end == '\0')
		return false;
	*ret_number = number;
	return true;
}

/*
 * A moment of the grid. While the tick runs, its timer's next expiry is one. While it is stopped,
 * the timer may stand anywhere, and last_tick is where it stood before
 * (kernel/time/tick-sched.c, tick_nohz_stop_tick); 0 where it never stopped. The timer's function
 * is tick_sched_timer until 6.7, tick_nohz_handler since.
 */
static bool grid_moment(const char *cpu, const char *end, int64_t *ret_moment)
{
	static const char *const functions[] = {"tick_nohz_handler", "tick_sched_timer"};
	int64_t stopped = 0;

	if (number_behind(cpu, end, "\n  .last_tick ", ret_moment) && *ret_moment > 0)
		return true;
	if (number_behind(cpu, end, "\n  .tick_stopped ", &stopped) && stopped)
		return false;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		const char *timer =
			memmem(cpu, (size_t)(end - cpu), functions[i], strlen(functions[i]));

		if (timer && number_behind(timer, end, "# expires at ", ret_moment))
			return *ret_moment > 0;
	}
	return false;
}

/* The last moment of the grid that is not behind the given one; rounds down before grid, too. */
static int64_t tick_before(int64_t grid, int64_t moment, int64_t tick)
{
	int64_t into = (moment - grid) % tick;

	return moment - (into < 0 ? into + tick : into);
}

bool kernel_phase_in(const char *timer_list, int hz, int64_t read_by, int64_t *ret_jiffies,
		     int64_t *ret_at)
{
	const char *end = timer_list + strlen(timer_list), *cpu, *next_cpu;
	int64_t now, grid, jiffies, at;

	if (hz <= 0 || !number_behind(timer_list, end, "\nnow at ", &now) || read_by < now)
		return false;
	cpu = strstr(timer_list, "\ncpu: 0\n");
	if (!cpu)
		return false;
	next_cpu = strstr(cpu + 1, "\ncpu: ");
	if (next_cpu)
		end = next_cpu;
	if (!grid_moment(cpu, end, &grid) || !number_behind(cpu, end, JIFFIES_LINE, &jiffies))
		return false;
	at = tick_before(grid, now, tick_length(hz));
	if (tick_before(grid, read_by, tick_length(hz)) != at)
		return false;
	*ret_jiffies = jiffies;
	*ret_at = at;
	return true;
}

/* Reads the list once. Returns 0, -EAGAIN where a tick came between, or what open() said. */
static int read_phase(int hz, int64_t *ret_jiffies, int64_t *ret_at)
{
	cleanup_free char *text = NULL;
	int64_t before = clock_now(), after, now;
	int result = proc_read(TIMER_LIST, JIFFIES_LINE, &text);

	if (result < 0)
		return result;
	after = clock_now();
	/* In a time namespace (time_namespaces(7)) the clock is not the kernel's. */
	if (!number_behind(text, text + strlen(text), "\nnow at ", &now) || now < before ||
	    now > after)
		return -EXDEV;
	return kernel_phase_in(text, hz, after, ret_jiffies, ret_at) ? 0 : -EAGAIN;
}

static void find_phase(struct kernel *kernel)
{
	const int64_t tick = tick_length(kernel->hz);
	int good = 0;

	for (int i = 0; i < READINGS_ALLOWED && good < READINGS_WANTED; i++) {
		/* Another moment of the tick each time. */
		const struct timespec pause = {.tv_nsec = tick * 7 / 10};
		int64_t jiffies, at;
		int result = read_phase(kernel->hz, &jiffies, &at);

		if (result < 0 && result != -EAGAIN)
			return;
		if (result == 0 &&
		    (good == 0 || jiffies - kernel->jiffies > (at - kernel->jiffies_at) / tick)) {
			kernel->jiffies = jiffies;
			kernel->jiffies_at = at;
		}
		good += result == 0;
		nanosleep(&pause, NULL);
	}
	kernel->phase_known = good == READINGS_WANTED;
}

int kernel_describe(struct kernel *ret_kernel)
{
	struct kernel kernel = {0};
	struct timespec resolution;
	struct utsname name;

	if (uname(&name) < 0 || clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) < 0)
		return -errno;
	if (resolution.tv_sec != 0 || resolution.tv_nsec <= 0)
		return -ERANGE;
	memcpy(kernel.release, name.release, sizeof(kernel.release));
	kernel.hz = (int)((SECOND + resolution.tv_nsec / 2) / resolution.tv_nsec);
	find_phase(&kernel);
	if (!kernel.phase_known)
		kernel.jiffies = kernel.jiffies_at = 0;
	*ret_kernel = kernel;
	return 0;
}

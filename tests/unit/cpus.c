/* A CPU that does not run is noticed by who visits it, and nobody stays where they were sent. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/duration.h"
#include "sandbox/cpus.h"

#define HELD (200 * MILLISECOND)

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

static void goes_everywhere_again(void **state)
{
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_true(cpus_visit() >= 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
}

struct holder {
	pthread_barrier_t begun;
	int cpu;
	bool alone; /* nobody else gets the CPU */
};

/* Keeps everybody else off a CPU, as one does that its hypervisor has stopped. */
static void *hold(void *data)
{
	const struct sched_param priority = {.sched_priority = 1};
	struct holder *holder = data;
	int64_t until;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(holder->cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	holder->alone = sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
	pthread_barrier_wait(&holder->begun);
	until = now() + HELD;
	while (holder->alone && now() < until)
		;
	return NULL;
}

static void a_held_cpu_is_noticed(void **state)
{
	struct holder holder = {.cpu = -1};
	int64_t longest;
	cpu_set_t allowed;
	pthread_t thread;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		holder.cpu = CPU_ISSET(cpu, &allowed) ? cpu : holder.cpu;
	if (CPU_COUNT(&allowed) < 2)
		skip();
	pthread_barrier_init(&holder.begun, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, hold, &holder), 0);
	pthread_barrier_wait(&holder.begun);
	longest = cpus_visit();
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&holder.begun);
	if (!holder.alone)
		skip(); /* only root may */
	assert_true(longest >= HELD / 4);
}

/* Up to date while less than a tick has passed since the last count that is known. */
static void jiffies_that_are_late(void **state)
{
	static const struct {
		struct jiffies_reading before, after; /* in us */
		int64_t late_us;
	} rows[] = {
		{{4000, 4100}, {4000, 7900}, 0},
		{{4000, 4100}, {8000, 8050}, 50},     /* one was counted between, in time or not */
		{{4000, 8800}, {4000, 8800}, 800},    /* none was, and it should have been */
		{{4000, 4100}, {8000, 8800}, 800},    /* late by so much, or less */
		{{4000, 4100}, {32000, 33000}, 4000}, /* not so long unseen */
		{{4000, 4100}, {20000, 33000}, 9000},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct jiffies_reading before = rows[i].before, after = rows[i].after;

		assert_int_equal(jiffies_lateness(before, after, 4000), rows[i].late_us);
	}
}

static void what_was_stolen(void **state)
{
	static const struct {
		const char *text;
		int64_t stolen;
	} rows[] = {
		{"cpu  534801 158 125399 370221 2428 0 2658 12195 0 0\ncpu0 1 2 3\n",
		 121950 * MILLISECOND},
		{"cpu  534801 158 125399 370221 2428 0 2658 0 0 0\n", 0},
		{"cpu  534801 158 125399 370221\n", 0}, /* before 2.6.11 */
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		int fd = memfd_create("stat", MFD_CLOEXEC);

		assert_int_equal(write(fd, rows[i].text, strlen(rows[i].text)),
				 strlen(rows[i].text));
		assert_int_equal(cpus_stolen(fd), rows[i].stolen);
		close(fd);
	}
	assert_int_equal(cpus_stolen(-1), 0);
}

static void jiffies_of_this_machine(void **state)
{
	struct jiffies_reading before = jiffies_read(), after = jiffies_read();

	(void)state;
	assert_true(before.counted <= before.at && before.counted <= after.counted);
	assert_int_equal(jiffies_lateness(before, after, HOUR), 0);
	assert_true(jiffies_lateness(before, after, -HOUR) >= HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_everywhere_again),   cmocka_unit_test(a_held_cpu_is_noticed),
		cmocka_unit_test(what_was_stolen),	   cmocka_unit_test(jiffies_that_are_late),
		cmocka_unit_test(jiffies_of_this_machine),
	};

	return cmocka_run_group_tests_name("cpus", tests, NULL, NULL);
}

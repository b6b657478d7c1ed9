#define _GNU_SOURCE
#include "guest/guest.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/line_reader.h"
#include "guest/cache.h"
#include "guest/image.h"
#include "guest/initramfs.h"
#include "guest/machine.h"
#include "guest/vmlinux.h"
#include "guest/wire_pack.h"
#include "guest/wire_reader.h"

/* The kernel, the program and the initramfs. */
#define MEMORY_MB    240
#define MEMORY_LIMIT 2800 /* above that a PC has a hole */

/*
 * How long what the guest says may gather before it is read, in ms. It comes byte by byte: a reader
 * that waits for each is woken for each, and QEMU has to wake it.
 */
#define GATHER 20

struct guest {
	const struct guest_plan *plan;
	struct guest_report *report;
	struct machine machine;
	struct wire_unpacker *unpacker; /* of the wire; behind it */
	struct line_reader lines;
	struct wire_reader wire;
	int epoll, signals, timer;
	int64_t began, deadline, silence;
	bool gathers;	 /* what it says is not waited for */
	bool timed_out;	 /* by deadline */
	bool was_silent; /* for too long */
	int signal;
};

__attribute__((format(printf, 2, 3))) static void trouble(struct guest *guest, const char *format,
							  ...)
{
	va_list arguments;

	if (guest->report->trouble[0])
		return; /* the first one is the cause */
	va_start(arguments, format);
	vsnprintf(guest->report->trouble, sizeof(guest->report->trouble), format, arguments);
	va_end(arguments);
}

/* At the next moment at which to lose patience. */
static void arm(const struct guest *guest)
{
	int64_t next = clock_now() + guest->silence;
	struct itimerspec time;

	if (next > guest->deadline)
		next = guest->deadline;
	time = (struct itimerspec){.it_value = clock_timespec(next)};
	timerfd_settime(guest->timer, TFD_TIMER_ABSTIME, &time, NULL);
}

static void read_console(struct guest *guest)
{
	char bytes[4096];
	ssize_t got = read(guest->machine.console, bytes, sizeof(bytes));

	if (got > 0)
		console_take(&guest->report->console, bytes, (size_t)got);
	else if (got == 0)
		epoll_ctl(guest->epoll, EPOLL_CTL_DEL, guest->machine.console, NULL);
}

/* Whether we wait for what the guest says, or let it gather in the pipe. */
static void await_wire(struct guest *guest, bool await)
{
	struct epoll_event event = {.events = await ? EPOLLIN : 0, .data.fd = guest->machine.wire};

	guest->gathers = !await;
	epoll_ctl(guest->epoll, EPOLL_CTL_MOD, guest->machine.wire, &event);
}

/* Text that came through the wire. */
static void take_text(void *data, const char *text, size_t length)
{
	struct guest *guest = data;
	int error = line_reader_add(&guest->lines, text, length, wire_reader_take, &guest->wire);

	if (error)
		trouble(guest, "what the guest says cannot be read: %s", strerror(-error));
}

/* Returns whether more may come. */
static bool read_wire(struct guest *guest)
{
	char bytes[65536];
	ssize_t got = read(guest->machine.wire, bytes, sizeof(bytes));

	if (got < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return true;
		trouble(guest, "what the guest says cannot be read: %s", strerror(errno));
		return false;
	}
	if (wire_unpacker_take(guest->unpacker, bytes, (size_t)got, take_text, guest)) {
		trouble(guest, "what the guest says is garbled");
		return false;
	}
	return got > 0;
}

static void handle(struct guest *guest, int fd)
{
	struct signalfd_siginfo info;

	if (fd == guest->machine.console) {
		read_console(guest);
	} else if (fd == guest->machine.wire) {
		arm(guest);
		await_wire(guest, false);
		if (!read_wire(guest))
			epoll_ctl(guest->epoll, EPOLL_CTL_DEL, fd, NULL);
	} else if (fd == guest->signals) {
		if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
			guest->signal = (int)info.ssi_signo;
	} else if (fd == guest->timer) {
		guest->timed_out = clock_now() >= guest->deadline;
		guest->was_silent = !guest->timed_out;
	}
}

/* Until the guest is done, QEMU has ended, or we have lost patience. */
static void loop(struct guest *guest)
{
	bool ended = false;

	arm(guest);
	while (!guest->wire.done && !guest->signal && !guest->wire.error && !guest->timed_out &&
	       !guest->was_silent && !guest->report->trouble[0] && !ended) {
		struct epoll_event ready[8];
		int count = epoll_wait(guest->epoll, ready, 8, guest->gathers ? GATHER : -1);

		if (guest->gathers)
			await_wire(guest, true);
		for (int i = 0; i < count; i++) {
			if (ready[i].data.fd == guest->machine.pidfd)
				ended = true;
			else
				handle(guest, ready[i].data.fd);
		}
	}
	/* What was written before the end, and we have not read. */
	while (ended && read_wire(guest))
		;
	for (size_t before = SIZE_MAX; ended && before != guest->report->console.count;) {
		before = guest->report->console.count;
		read_console(guest);
	}
}

/* Why it is over, where the guest did not say that it is done. status is that of wait(). */
static void explain(struct guest *guest, int status)
{
	const struct console *console = &guest->report->console;
	const char *what = guest->wire.kernel.hz ? "the guest hangs" : "the kernel did not boot";

	if (guest->timed_out)
		trouble(guest, "%s: not done after %" PRId64 " s of real time", what,
			(guest->deadline - guest->began) / SECOND);
	else if (guest->was_silent)
		trouble(guest, "%s: not a word for %" PRId64 " s of real time", what,
			guest->silence / SECOND);
	else if (console->panic[0])
		trouble(guest, "the guest's kernel has panicked: %s", console->panic);
	else if (WIFSIGNALED(status))
		trouble(guest, "QEMU was ended by SIG%s before the guest was done",
			sigabbrev_np(WTERMSIG(status)));
	else if (!guest->wire.kernel.hz)
		trouble(guest, "the kernel did not boot: QEMU ended with %d", WEXITSTATUS(status));
	else
		trouble(guest, "what the guest says is not whole: QEMU ended with %d before",
			WEXITSTATUS(status));
}

static int watch(struct guest *guest, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(guest->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int set_up(struct guest *guest, sigset_t *ret_mask)
{
	sigset_t signals;
	int error = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, ret_mask);
	guest->epoll = epoll_create1(EPOLL_CLOEXEC);
	guest->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	guest->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (guest->epoll < 0 || guest->signals < 0 || guest->timer < 0)
		return -errno;
	for (size_t i = 0; !error && i < 5; i++)
		error = watch(guest,
			      (const int[]){guest->signals, guest->timer, guest->machine.console,
					    guest->machine.wire, guest->machine.pidfd}[i]);
	return error;
}

static int boot(struct guest *guest, const struct guest_options *options)
{
	cleanup_free char *cache = cache_folder(), *vmlinux = NULL;
	cleanup_fd int initramfs = -1;
	struct guest_image image = {0};
	struct machine_options machine = {
		.virtual_time = guest->plan->virtual_time,
		.append = options->append,
	};
	int result = guest_image_find(options->image, options->modules, cache, &image,
				      guest->report->trouble);

	if (!result)
		result = initramfs_make(guest->plan, image.modules, cache, &initramfs,
					guest->report->trouble);
	guest->report->has_modules = image.modules;
	if (!result)
		vmlinux = vmlinux_of(image.kernel, cache);
	machine.kernel = vmlinux ? vmlinux : image.kernel;
	machine.initramfs = initramfs;
	machine.memory_mb = MEMORY_MB + PLAY_MEMORY_MB * (int)guest->plan->count;
	if (machine.memory_mb > MEMORY_LIMIT)
		machine.memory_mb = MEMORY_LIMIT;
	if (!result)
		result = machine_start(&machine, &guest->machine, guest->report->trouble);
	guest_image_free(&image);
	return result;
}

static void play(struct guest *guest)
{
	sigset_t mask;
	int error = set_up(guest, &mask);

	if (error)
		trouble(guest, "epoll, signalfd or timerfd: %s", strerror(-error));
	else
		loop(guest);
	if (guest->wire.trouble[0])
		trouble(guest, "%s", guest->wire.trouble);
	if (!guest->wire.done && !guest->signal && !guest->wire.error)
		explain(guest, machine_end(&guest->machine));
	else
		machine_end(&guest->machine);
	if (guest->report->console.complaint[0])
		trouble(guest, "the guest's kernel complains: %s",
			guest->report->console.complaint);
	for (size_t i = 0; i < 3; i++) {
		int fd = (const int[]){guest->epoll, guest->signals, guest->timer}[i];

		if (fd >= 0)
			close(fd);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

int guest_run(const struct guest_options *options, const struct guest_plan *plan,
	      const struct suite_sink *sink, struct guest_report *ret_report, int *ret_signal)
{
	struct guest guest = {
		.plan = plan,
		.report = ret_report,
		.machine = {.pidfd = -1, .console = -1, .wire = -1},
		.unpacker = wire_unpacker_new(),
		.wire = wire_reader_start(plan->count, sink),
		.epoll = -1,
		.signals = -1,
		.timer = -1,
		.began = clock_now(),
		.deadline = clock_now() + options->timeout,
		.silence = options->silence,
	};

	*ret_report = (struct guest_report){0};
	if (!guest.unpacker)
		trouble(&guest, "out of memory");
	else if (boot(&guest, options) == 0)
		play(&guest);
	ret_report->kernel = guest.wire.kernel;
	if (!guest.signal && !guest.wire.error)
		wire_reader_end(&guest.wire, ret_report->trouble);
	wire_unpacker_free(guest.unpacker);
	line_reader_free(&guest.lines);
	wire_reader_free(&guest.wire);
	*ret_signal = guest.signal;
	return guest.signal ? -EINTR : guest.wire.error;
}

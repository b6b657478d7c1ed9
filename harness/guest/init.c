/*
 * Theory of operation. The kernel starts this as its only program. It mounts what a program
 * expects, loads the modules that were packed, and plays, as a suite, what the plan says; each line
 * that the suite hands over goes to the host at once. Between events nothing of ours runs, so that
 * virtual time can jump. If anything at all goes wrong, a last line says what, and the machine
 * ends.
 */
#define _GNU_SOURCE
#include "guest/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "guest/module_load.h"
#include "guest/plan.h"
#include "guest/port.h"
#include "guest/wire.h"
#include "guest/wire_pack.h"
#include "suite/phase.h"
#include "timeline/event.h"

/* How much longer than its bound a play can take in guest time before we say that it hangs. */
#define DEADLINE_MARGIN (120 * SECOND)

/*
 * On one CPU the beginning of one play would hold up the others, and timers that are armed within
 * one granule fire in one jiffy, one after the other. In virtual time it costs nothing to begin
 * apart, once all processes are there.
 */
#define START_APART (200 * MILLISECOND)
#define FORK_TIME   (20 * MILLISECOND)

bool guest_is_init(int argc, char **argv)
{
	/* The last one: words that the kernel does not know come before it. */
	return getpid() == 1 && argc >= 2 && strcmp(argv[argc - 1], GUEST_ARGUMENT) == 0 &&
	       access("/" PLAN_FILE, R_OK) == 0;
}

/* Of all that was said. */
static uint64_t said;
/* What was said, and is not sent yet. */
static struct wire_packer *packer;

static void send_said(void)
{
	char block[WIRE_BLOCK_LIMIT];

	port_write(WIRE_PORT, block, wire_packer_end(packer, block));
}

static void say_bytes(const char *bytes, size_t length)
{
	said = wire_sum(said, bytes, length);
	for (size_t added; length; bytes += added, length -= added) {
		added = wire_packer_add(packer, bytes, length);
		if (!added)
			send_said();
	}
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		text = NULL;
	else
		say_bytes(text, (size_t)length);
}

__attribute__((noreturn)) static void end_machine(void)
{
	if (packer)
		send_said();
	port_write_byte(EXIT_PORT, 0);
	/* Where there is no such device: QEMU was told not to start again. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *format, ...)
{
	char message[GUEST_ERROR_SIZE + 64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	fprintf(stderr, "halfopen: %s\n", message);
	say("%c\t%s\n", WIRE_UNABLE, message);
	end_machine();
}

static void mount_all(void)
{
	static const struct {
		const char *type, *folder;
	} mounts[] = {
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].folder, 0755);
		/* EBUSY: the kernel has mounted devtmpfs itself (CONFIG_DEVTMPFS_MOUNT). */
		if (mount(mounts[i].type, mounts[i].folder, mounts[i].type, 0, NULL) &&
		    errno != EBUSY)
			give_up("the guest's kernel cannot mount %s: %s", mounts[i].type,
				strerrorname_np(errno));
	}
}

static void load_modules(void)
{
	cleanup_free char *name = NULL;
	int error = modules_load("/" MODULES_FOLDER, &name);

	/* Its name begins with a number, for the order. */
	if (error)
		give_up("the guest's kernel does not take the module %s: %s%s",
			name ? name + 3 : "", strerrorname_np(-error),
			error == -ENOEXEC ? ", so it is of another kernel" : "");
}

/*
 * What a kernel does every second or so, and nobody here needs: each time ends a jump of virtual
 * time. Whichever is missing does not do it.
 */
static void calm_down(void)
{
	static const struct {
		const char *path, *value;
	} settings[] = {
		{"/proc/sys/vm/stat_interval", "1000000"},
		{"/proc/sys/vm/dirty_writeback_centisecs", "0"},
		{"/proc/sys/vm/compaction_proactiveness", "0"},
		{"/proc/sys/kernel/watchdog", "0"},
		{"/proc/sys/kernel/hung_task_timeout_secs", "0"},
		{"/sys/kernel/mm/transparent_hugepage/enabled", "never"},
		/* kernel/sched/deadline.c, since 6.12: a timer a second after whoever ran. */
		{"/sys/kernel/debug/sched/fair_server/cpu0/runtime", "0"},
		/* nf_conntrack_core.c looks at all of them once a minute: as few as there can be.
		 */
		{"/proc/sys/net/netfilter/nf_conntrack_buckets", "512"},
		/* net/core/neighbour.c, neigh_managed_work(), since 5.16: for neighbours that
		 * somebody asked to be kept up; nobody does, and so it need not look for them. */
		{"/proc/sys/net/ipv4/neigh/default/interval_probe_time_ms", "2147483647"},
		{"/proc/sys/net/ipv6/neigh/default/interval_probe_time_ms", "2147483647"},
	};

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		cleanup_fd int fd = open(settings[i].path, O_WRONLY | O_CLOEXEC);

		if (fd >= 0 && write(fd, settings[i].value, strlen(settings[i].value)) < 0)
			continue; /* as good as missing */
	}
}

/*
 * Where a softirq would keep a program waiting, the kernel leaves the rest to ksoftirqd
 * (kernel/softirq.c, need_resched), which is scheduled as everybody is: on this one CPU timers
 * would fire late, and segments be captured late, while others run.
 */
static void hurry_softirqs(void)
{
	const struct sched_param priority = {.sched_priority = 50};
	DIR *processes = opendir("/proc");

	for (struct dirent *entry; processes && (entry = readdir(processes));) {
		char path[64], name[32] = "";
		cleanup_fd int fd = -1;

		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, name, sizeof(name) - 1) > 0 &&
		    strncmp(name, "ksoftirqd/", 10) == 0)
			sched_setscheduler(atoi(entry->d_name), SCHED_FIFO, &priority);
	}
	if (processes)
		closedir(processes);
}

static void tell_kernel(const struct kernel *kernel)
{
	struct event event = {.kind = EVENT_KERNEL,
			      .kernel = {.release = (char *)kernel->release,
					 .hz = kernel->hz,
					 .clock = kernel->is_virtual ? CLOCK_VIRTUAL : CLOCK_REAL,
					 .jiffies = kernel->jiffies,
					 .jiffies_at = kernel->jiffies_at}};
	cleanup_free char *line = event_to_json(&event);

	say("%c\t%s\n", WIRE_KERNEL, line);
	send_said();
}

static void began(void *data, size_t index)
{
	(void)data;
	say("%c\t%zu\n", WIRE_BEGAN, index);
}

static void take_line(void *data, size_t index, const char *line, size_t length)
{
	(void)data;
	say("%c\t%zu\t", WIRE_LINE, index);
	say_bytes(line, length);
	say_bytes("\n", 1);
}

static int ended(void *data, size_t index, const char *trouble)
{
	(void)data;
	say("%c\t%zu\t%s\n", WIRE_ENDED, index, trouble ? trouble : "");
	return 0;
}

static void idle(void *data)
{
	(void)data;
	send_said();
}

/*
 * A signal at the latest moment at which all can be over; the suite ends by it. In guest time, so
 * that a play that hangs in virtual time does not run through years.
 */
static void set_deadline(int64_t delay)
{
	struct itimerspec time = {.it_value = clock_timespec(delay)};
	struct sigevent signal_event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGHUP};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &signal_event, &timer) ||
	    timer_settime(timer, 0, &time, NULL))
		give_up("timer_create: %s", strerrorname_np(errno));
}

/*
 * Where one play goes on for so long, what is over is cleared away. A place has work of its own,
 * every two minutes where it has IPv6 (net/ipv6/addrconf.c, addrconf_verify_work()) and every five
 * for each device (net/core/neighbour.c, neigh_periodic_work()), counted on 6.12: 112 places beside
 * 49.7 days were half of all instructions. That is more than it costs to take them down.
 */
#define STAY_LIMIT (100 * HOUR)

/* Whether all plays have room at the same time. */
static bool has_memory(size_t plays)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 &&
	       (uint64_t)info.freeram * info.mem_unit >= (uint64_t)plays * PLAY_MEMORY_MB << 20;
}

static void play_all(const struct guest_plan *plan, const struct kernel *kernel)
{
	const struct suite_sink sink = {began, take_line, ended, idle, NULL};
	cleanup_free int64_t *delays = calloc(plan->count + 1, sizeof(*delays));
	struct suite_plan suite = {
		.list = plan->list,
		.count = plan->count,
		.jobs = plan->jobs,
		.kernel = kernel,
		.delays = delays,
		.began = clock_now() + (plan->virtual_time ? (int64_t)plan->count * FORK_TIME : 0),
	};
	const int64_t apart = plan->virtual_time ? START_APART : 0;
	int64_t latest = 0, rounds = (int64_t)((plan->count + plan->jobs - 1) / plan->jobs);
	int by_signal = 0, error;

	for (size_t i = 0; i < plan->count; i++) {
		int64_t due;

		delays[i] = phase_delay(plan->list[i], kernel->hz, plan->phases[i]) +
			    (int64_t)i * apart;
		due = delays[i] + default_bound(plan->list[i], kernel->hz);
		latest = due > latest ? due : latest;
	}
	suite.stay = latest < STAY_LIMIT && has_memory(plan->count);
	set_deadline(rounds * (latest + DEADLINE_MARGIN));
	error = suite_play(&suite, &sink, &by_signal);
	if (by_signal)
		give_up("the plays were not over at the latest moment at which they can be");
	if (error)
		give_up("playing in the guest: %s", strerror(-error));
}

void guest_init(void)
{
	const struct rlimit files = {65536, 65536};
	char message[GUEST_ERROR_SIZE];
	struct unpacked_plan plan;
	struct kernel kernel;
	int error = port_open();

	if (error) {
		fprintf(stderr, "halfopen: ioperm: %s; needs CONFIG_X86_IOPL_IOPERM\n",
			strerrorname_np(-error));
		end_machine();
	}
	packer = wire_packer_new();
	if (!packer)
		end_machine();
	mount_all();
	setrlimit(RLIMIT_NOFILE, &files);
	load_modules();
	calm_down();
	hurry_softirqs();
	error = guest_plan_unpack("", &plan, message);
	if (error)
		give_up("%s", message);
	error = kernel_describe(&kernel);
	if (error)
		give_up("uname or clock_getres: %s", strerrorname_np(-error));
	softirqs_open(&kernel.softirqs);
	kernel.is_virtual = plan.plan.virtual_time;
	tell_kernel(&kernel);
	play_all(&plan.plan, &kernel);
	say("%c\t%" PRIx64 "\n", WIRE_DONE, said);
	end_machine();
}

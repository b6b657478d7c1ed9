#define _GNU_SOURCE
#include "guest/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/wire.h"

#define QEMU "qemu-system-x86_64"

/* Descriptors that QEMU finds below /proc/self/fd. */
#define FD_INITRAMFS 3
#define FD_CONSOLE   4
#define FD_WIRE	     5

/* So that the guest seldom waits for us, nor we for each of its bytes. */
#define WIRE_PIPE_SIZE (1 << 20)

#define TEXT(x)	 #x
#define VALUE(x) TEXT(x)

/*
 * tsc=reliable and nowatchdog: no look at the clock twice a second. nolapic_timer: no calibration
 * loop at boot, and timers from the HPET; only good with one CPU. psi=0, cgroup_disable=memory: no
 * statistics every two seconds. loglevel=5: warnings too. oops: nothing that follows one is worth a
 * verdict. panic=-1 restarts at once, and -no-reboot makes an end of that. cryptomgr.notests: no
 * self-tests of ciphers that nobody uses, nearly half of all that Debian's 6.12 did at boot;
 * jent_mod_init, trace_eval_init: nor a noise source, nor names for traces. A kernel that has not
 * one of these words or functions boots as well.
 */
#define KERNEL_WORDS                                                                               \
	"console=ttyS0 panic=-1 oops=panic nokaslr tsc=reliable nowatchdog nolapic_timer "         \
	"psi=0 cgroup_disable=memory loglevel=5 transparent_hugepage=never "                       \
	"cryptomgr.notests initcall_blacklist=jent_mod_init,trace_eval_init"

struct argument_list {
	const char **list;
	size_t count;
};

static void add(struct argument_list *arguments, const char *argument)
{
	*array_push(arguments->list, arguments->count) = argument;
}

static void add_all(struct argument_list *arguments, const char *const *more, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(arguments, more[i]);
}

/* One instruction is one nanosecond; where the guest sleeps, its clock jumps to the next timer. */
static const char *const virtual_time[] = {"-icount", "shift=0,sleep=off"};

static const char *const fixed[] = {
	"-nodefaults",
	"-no-user-config",
	"-display",
	"none",
	"-no-reboot",
	"-M",
	"q35",
	"-accel",
	"tcg,thread=single",
	"-cpu",
	/* Random numbers from the start: else the kernel spins until it has gathered some. */
	"qemu64,+rdrand",
	"-smp",
	"1",
	/* The same each time. */
	"-rtc",
	"base=2024-01-01T00:00:00,clock=vm",
	"-seed",
	"1",
	"-chardev",
	"file,id=console,path=/proc/self/fd/" VALUE(FD_CONSOLE),
	"-serial",
	"chardev:console",
	"-chardev",
	"file,id=wire,path=/proc/self/fd/" VALUE(FD_WIRE),
	"-device",
	"isa-debugcon,chardev=wire,iobase=" VALUE(WIRE_PORT),
	"-device",
	"isa-debug-exit,iosize=0x04,iobase=" VALUE(EXIT_PORT),
	"-initrd",
	"/proc/self/fd/" VALUE(FD_INITRAMFS),
};

/* Puts the descriptors where QEMU is told that they are. */
static int place(int initramfs, int console, int wire)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(console, STDOUT_FILENO) < 0 ||
	    dup2(console, STDERR_FILENO) < 0)
		return -errno;
	initramfs = fcntl(initramfs, F_DUPFD, FD_WIRE + 1);
	console = fcntl(console, F_DUPFD, FD_WIRE + 1);
	wire = fcntl(wire, F_DUPFD, FD_WIRE + 1);
	if (dup2(initramfs, FD_INITRAMFS) < 0 || dup2(console, FD_CONSOLE) < 0 ||
	    dup2(wire, FD_WIRE) < 0)
		return -errno;
	close_range(FD_WIRE + 1, ~0U, 0);
	return 0;
}

__attribute__((noreturn)) static void child(const char *program, const char **arguments,
					    pid_t parent, int initramfs, int console, int wire)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A Ctrl-C is for us, who then end it. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && place(initramfs, console, wire) == 0)
		execv(program, (char *const *)arguments);
	_exit(127);
}

/* Finds QEMU in PATH, so that we can say that it is not there. */
static char *find_qemu(void)
{
	const char *path = getenv("PATH");
	cleanup_free char *copy = strdup(path ? path : "/usr/bin:/bin");
	char *rest = copy, *folder;

	while ((folder = strsep(&rest, ":"))) {
		char *program = NULL;

		if (asprintf(&program, "%s/" QEMU, *folder ? folder : ".") < 0)
			return NULL;
		if (access(program, X_OK) == 0)
			return program;
		free(program);
	}
	return NULL;
}

static int start(const char *program, const struct machine_options *options,
		 struct machine *ret_machine)
{
	cleanup_free char *words = NULL;
	cleanup_fd int console = -1, wire = -1;
	struct argument_list arguments = {0};
	struct machine machine = {.pidfd = -1, .console = -1, .wire = -1};
	char memory[24];
	int ends[2];
	pid_t parent = getpid();

	if (asprintf(&words, KERNEL_WORDS " %s -- " GUEST_ARGUMENT,
		     options->append ? options->append : "") < 0)
		return -ENOMEM;
	snprintf(memory, sizeof(memory), "%dM", options->memory_mb);
	add(&arguments, program);
	add_all(&arguments, fixed, array_length(fixed));
	if (options->virtual_time)
		add_all(&arguments, virtual_time, array_length(virtual_time));
	add_all(&arguments,
		(const char *const[]){"-m", memory, "-kernel", options->kernel, "-append", words,
				      NULL},
		7);
	if (pipe2(ends, O_CLOEXEC) == 0) {
		machine.console = ends[0];
		console = ends[1];
	}
	if (pipe2(ends, O_CLOEXEC) == 0) {
		machine.wire = ends[0];
		wire = ends[1];
		fcntl(wire, F_SETPIPE_SZ, WIRE_PIPE_SIZE);
	}
	if (console >= 0 && wire >= 0)
		machine.pid = fork();
	if (machine.pid == 0 && wire >= 0)
		child(program, arguments.list, parent, options->initramfs, console, wire);
	free(arguments.list);
	if (machine.pid > 0)
		machine.pidfd = (int)syscall(SYS_pidfd_open, machine.pid, 0);
	*ret_machine = machine;
	return machine.pidfd < 0 ? -errno : 0;
}

int machine_start(const struct machine_options *options, struct machine *ret_machine,
		  char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *program = find_qemu();
	int result;

	if (!program) {
		snprintf(error, GUEST_ERROR_SIZE,
			 QEMU " is not in PATH; on Debian: apt-get install --no-install-recommends "
			      "qemu-system-x86");
		return -ENOENT;
	}
	result = start(program, options, ret_machine);
	if (result) {
		machine_end(ret_machine);
		snprintf(error, GUEST_ERROR_SIZE, "starting " QEMU ": %s", strerror(-result));
	}
	return result;
}

int machine_end(struct machine *machine)
{
	int status = 0;

	if (machine->pid > 0) {
		kill(machine->pid, SIGKILL);
		while (waitpid(machine->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	for (size_t i = 0; i < 3; i++) {
		int fd = (const int[]){machine->pidfd, machine->console, machine->wire}[i];

		if (fd >= 0)
			close(fd);
	}
	*machine = (struct machine){.pidfd = -1, .console = -1, .wire = -1};
	return status;
}

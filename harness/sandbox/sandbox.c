#define _GNU_SOURCE
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "sandbox/link.h"
#include "sandbox/refusal.h"

static int refuse(char error[static SANDBOX_ERROR_SIZE], const char *step, int result)
{
	const struct refusal_switches switches = refusal_switches_read();

	refusal_explain(error, SANDBOX_ERROR_SIZE, step, -result, &switches);
	return result;
}

static int write_file(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/*
 * A process without privilege may map one id, its own effective one, and groups only after
 * setgroups is denied (kernel/user_namespace.c, new_idmap_permitted; since 3.19).
 */
static int map_to_root(uid_t user, gid_t group, const char **ret_step)
{
	char user_map[32], group_map[32];
	int result;

	snprintf(user_map, sizeof(user_map), "0 %u 1\n", (unsigned int)user);
	snprintf(group_map, sizeof(group_map), "0 %u 1\n", (unsigned int)group);
	*ret_step = "deny setgroups in a new user namespace";
	result = write_file("/proc/self/setgroups", "deny");
	if (result < 0)
		return result;
	*ret_step = "map the user into a new user namespace";
	result = write_file("/proc/self/uid_map", user_map);
	if (result < 0)
		return result;
	*ret_step = "map the group into a new user namespace";
	return write_file("/proc/self/gid_map", group_map);
}

int sandbox_enter(char error[static SANDBOX_ERROR_SIZE])
{
	/* Before unshare(): in a namespace without a map every id reads as 65534. */
	const uid_t user = geteuid();
	const gid_t group = getegid();
	const char *step;
	int result;

	/*
	 * Asking the kernel is the only sure test for CAP_SYS_ADMIN: root in a container has the
	 * id without it, and then needs a user namespace like everybody else.
	 */
	if (unshare(CLONE_NEWNET) < 0) {
		if (errno != EPERM)
			return refuse(error, "make a network namespace", -errno);
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			return refuse(error, "make a user and a network namespace", -errno);
		result = map_to_root(user, group, &step);
		if (result < 0)
			return refuse(error, step, result);
	}
	result = link_set_up("lo", 1);
	return result < 0 ? refuse(error, "bring loopback up in a new network namespace", result)
			  : 0;
}

struct probe_report {
	int result;
	char error[SANDBOX_ERROR_SIZE];
};

static void __attribute__((noreturn)) probe_in_child(int fd)
{
	struct probe_report report = {0};

	report.result = sandbox_enter(report.error);
	/* Below PIPE_BUF, so written as a whole or not at all. */
	_exit(write(fd, &report, sizeof(report)) != (ssize_t)sizeof(report));
}

int sandbox_probe(char error[static SANDBOX_ERROR_SIZE])
{
	struct probe_report report = {0};
	cleanup_fd int read_end = -1, write_end = -1;
	ssize_t received;
	int ends[2], status = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return refuse(error, "open a pipe to ask for namespaces", -errno);
	read_end = ends[0];
	write_end = ends[1];
	child = fork();
	if (child < 0)
		return refuse(error, "start a process to ask for namespaces", -errno);
	if (child == 0)
		probe_in_child(write_end);
	close(steal_fd(&write_end));
	do
		received = read(read_end, &report, sizeof(report));
	while (received < 0 && errno == EINTR);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (received == (ssize_t)sizeof(report)) {
		report.error[SANDBOX_ERROR_SIZE - 1] = '\0';
		if (report.result < 0)
			memcpy(error, report.error, sizeof(report.error));
		return report.result;
	}
	/* SIGSYS is how a seccomp filter kills. */
	snprintf(error, SANDBOX_ERROR_SIZE,
		 "cannot make namespaces: the process that tried was ended by signal %d%s",
		 WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		 WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? ", by a seccomp filter" : "");
	return -EPERM;
}

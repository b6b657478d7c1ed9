/* The sandbox: nothing outside changes, everything inside works, refusals are explained. */
#define _GNU_SOURCE
#include "tests/unit/sandbox_trial.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sandbox/counters.h"
#include "sandbox/firewall.h"
#include "sandbox/kernel.h"
#include "sandbox/link.h"
#include "sandbox/refusal.h"
#include "sandbox/socket_diag.h"
#include "sandbox/sysctl.h"

#define KEEPALIVE_TIME "net.ipv4.tcp_keepalive_time"

static void check_keepalive_time(const char *expected)
{
	char value[32];

	CHECK_EQUAL(sysctl_read(KEEPALIVE_TIME, value, sizeof(value)), 0);
	CHECK(strcmp(value, expected) == 0);
}

/* Runs a part of a trial in a process of its own. */
static void run_apart(void (*part)(void))
{
	int status;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		part();
		_exit(EXIT_SUCCESS);
	}
	CHECK(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP)
		_exit(EXIT_SKIP);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void change_inside(void)
{
	enter_sandbox();
	CHECK_EQUAL(sysctl_write(KEEPALIVE_TIME, "77"), 0);
	check_keepalive_time("77");
}

static void leaves_the_outside_alone(void)
{
	char before[32];

	CHECK_EQUAL(sysctl_read(KEEPALIVE_TIME, before, sizeof(before)), 0);
	run_apart(change_inside);
	check_keepalive_time(before);
}

static void see_default(void)
{
	enter_sandbox();
	check_keepalive_time("7200");
	CHECK_EQUAL(sysctl_write(KEEPALIVE_TIME, "77"), 0);
}

/* A sandbox inside a sandbox: the inner one begins with the kernel's defaults. */
static void begins_with_defaults(void)
{
	enter_sandbox();
	CHECK_EQUAL(sysctl_write(KEEPALIVE_TIME, "1234"), 0);
	run_apart(see_default);
	check_keepalive_time("1234");
}

static void refuses_wrong_sysctls(void)
{
	static const char *const names[] = {
		"",
		".",
		"net",
		"net..ipv4",
		"net.ipv4.",
		".net.ipv4.tcp_sack",
		"net.//.net.ipv4.tcp_sack",
		"net./.ipv4.tcp_sack",
		"net.ipv4.no_such_sysctl",
	};
	char value[64];

	enter_sandbox();
	for (size_t i = 0; i < array_length(names); i++)
		CHECK(sysctl_read(names[i], value, sizeof(value)) < 0);
	CHECK_EQUAL(sysctl_read("net.ipv4.no_such_sysctl", value, sizeof(value)), -ENOENT);
	CHECK_EQUAL(sysctl_write("net.ipv4.no_such_sysctl", "1"), -ENOENT);
	CHECK_EQUAL(sysctl_write(KEEPALIVE_TIME, "often"), -EINVAL);
	CHECK_EQUAL(sysctl_write("kernel.hostname", "elsewhere"), -EPERM);
	CHECK_EQUAL(sysctl_read(KEEPALIVE_TIME, value, 4), -EOVERFLOW);
	CHECK_EQUAL(sysctl_read("net.ipv4.tcp_rmem", value, sizeof(value)), 0);
	CHECK(strchr(value, ' ') && !strpbrk(value, "\t\n"));
	CHECK_EQUAL(sysctl_read("net.ipv4.conf.lo.forwarding", value, sizeof(value)), 0);
}

static void has_loopback_of(int family)
{
	struct connection connection = connect_over(family);
	char byte;

	CHECK(write(connection.client, "x", 1) == 1);
	CHECK(readable_within(connection.server, 1000));
	CHECK(read(connection.server, &byte, 1) == 1 && byte == 'x');
}

static void has_loopback(void)
{
	enter_sandbox();
	has_loopback_of(4);
}

static void has_loopback_of_ipv6(void)
{
	enter_sandbox();
	has_loopback_of(6);
}

static void sets_links_up_and_down(void)
{
	enter_sandbox();
	CHECK_EQUAL(link_set_up("lo", 0), 0);
	CHECK_EQUAL(link_set_up("lo", 1), 0);
	has_loopback_of(4);
	CHECK_EQUAL(link_set_up("no-such-link", 1), -ENODEV);
	CHECK_EQUAL(link_set_up("a-name-longer-than-any-link-has", 1), -ENODEV);
}

static void use_everything(void)
{
	struct firewall *firewall;
	struct socket_diag *diag;
	struct counters counters;
	struct kernel kernel;
	struct firewall_match match = {.destination = {.port = 80}};
	struct address nowhere = {.family = 4, .port = 1, .bytes = {127, 0, 0, 1}};
	struct socket_status status;
	uint64_t handle, packets, bytes;

	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_drop(firewall, &match, &handle), 0);
	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), 0);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	firewall_close(firewall);
	CHECK_EQUAL(socket_diag_open(&diag), 0);
	CHECK_EQUAL(socket_diag_query(diag, &nowhere, &nowhere, &status), 0);
	socket_diag_close(diag);
	CHECK_EQUAL(counters_read(&counters), 0);
	counters_free(&counters);
	CHECK(backlog_dropped() >= 0);
	CHECK_EQUAL(kernel_describe(&kernel), 0);
	CHECK_EQUAL(link_set_up("no-such-link", 1), -ENODEV);
	firewall_close(NULL);
	socket_diag_close(NULL);
}

static void leaks_no_descriptor(void)
{
	char error[SANDBOX_ERROR_SIZE];
	int before = descriptor_count();

	sandbox_probe(error);
	CHECK_EQUAL(descriptor_count(), before);
	enter_sandbox();
	CHECK_EQUAL(descriptor_count(), before);
	use_everything();
	CHECK_EQUAL(descriptor_count(), before);
}

static void read_namespace(const char *path, char name[static 64])
{
	ssize_t length = readlink(path, name, 63);

	CHECK(length > 0);
	name[length] = '\0';
}

static void probes_without_moving(void)
{
	char error[SANDBOX_ERROR_SIZE] = "", before[64], after[64];
	int probed;

	read_namespace("/proc/self/ns/net", before);
	probed = sandbox_probe(error);
	read_namespace("/proc/self/ns/net", after);
	CHECK(strcmp(before, after) == 0);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	CHECK((probed == 0) == (error[0] == '\0'));
	CHECK_EQUAL(sandbox_enter(error), probed);
	if (probed < 0)
		return;
	read_namespace("/proc/self/ns/net", after);
	CHECK(strcmp(before, after) != 0);
}

/*
 * Limits the namespaces below a user namespace of this process's own: the switches under user are
 * each user namespace's (kernel/ucount.c, set_lookup).
 */
static void limit_own_namespaces(const char *path)
{
	char before[64], after[64];
	int fd;

	read_namespace("/proc/self/ns/user", before);
	if (unshare(CLONE_NEWUSER) < 0)
		skip_trial("no user namespace to limit");
	read_namespace("/proc/self/ns/user", after);
	CHECK(strcmp(before, after) != 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		skip_trial("the limit of a user namespace cannot be written");
	CHECK(write(fd, "0", 1) == 1);
	close(fd);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};

	CHECK(syscall(SYS_capset, &header, none) == 0);
}

static void check_refused(const char *sentence)
{
	char error[SANDBOX_ERROR_SIZE] = "";

	CHECK_EQUAL(sandbox_probe(error), -ENOSPC);
	CHECK(strstr(error, sentence));
	error[0] = '\0';
	CHECK_EQUAL(sandbox_enter(error), -ENOSPC);
	CHECK(strstr(error, sentence));
}

static void names_the_limit_of_network_namespaces(void)
{
	limit_own_namespaces("/proc/sys/user/max_net_namespaces");
	check_refused("sysctl -w user.max_net_namespaces=");
}

static void names_the_limit_of_user_namespaces(void)
{
	limit_own_namespaces("/proc/sys/user/max_user_namespaces");
	drop_capabilities();
	check_refused("sysctl -w user.max_user_namespaces=");
}

static void explains_refusals(void **state)
{
	static const struct {
		int error;
		struct refusal_switches switches;
		const char *part;
	} cases[] = {
		{ENOSPC, {0, 0, -1, -1}, "user.max_user_namespaces is 0"},
		{ENOSPC, {9, 0, -1, -1}, "user.max_net_namespaces is 0"},
		{ENOSPC, {9, 9, -1, -1}, "as many namespaces"},
		{EPERM, {9, 9, 0, 1}, "sysctl -w kernel.unprivileged_userns_clone=1"},
		{EPERM, {9, 9, 1, 1}, "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
		{EACCES, {9, 9, -1, 1}, "kernel.apparmor_restrict_unprivileged_userns is 1"},
		{EPERM, {9, 9, 1, 0}, "seccomp filter"},
		{EPERM, {-1, -1, -1, -1}, "seccomp filter"},
		{EINVAL, {9, 9, 1, 0}, "CONFIG_USER_NS"},
		{EUSERS, {9, 9, 1, 0}, "nested"},
		{EROFS, {9, 9, 1, 0}, "read-only"},
		{ENOMEM, {9, 9, 1, 0}, "ENOMEM"},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		char text[SANDBOX_ERROR_SIZE];

		refusal_explain(text, sizeof(text), "try", cases[i].error, &cases[i].switches);
		if (!strstr(text, cases[i].part) || strncmp(text, "cannot try (", 12) != 0 ||
		    !strstr(text, "way out: "))
			fail_msg("case %zu: %s", i, text);
		assert_true(strlen(text) < sizeof(text) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains_refusals),
		TRIAL(leaves_the_outside_alone),
		TRIAL(begins_with_defaults),
		TRIAL(refuses_wrong_sysctls),
		TRIAL(has_loopback),
		TRIAL(has_loopback_of_ipv6),
		TRIAL(sets_links_up_and_down),
		TRIAL(leaks_no_descriptor),
		TRIAL(probes_without_moving),
		TRIAL(names_the_limit_of_network_namespaces),
		TRIAL(names_the_limit_of_user_namespaces),
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}

/*
 * Trials in a real sandbox, each in a process of its own. A trial that fails says where and ends;
 * one that cannot be made here says why and is skipped.
 */
#ifndef HALFOPEN_TESTS_SANDBOX_TRIAL_H
#define HALFOPEN_TESTS_SANDBOX_TRIAL_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "sandbox/sandbox.h"

#define NOBODY	  65534
#define EXIT_SKIP 77

struct trial {
	void (*body)(void);
	bool as_nobody;
};

/* In a trial's process, where cmocka's asserts would jump back into the parent's test. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s is not so (errno %s)\n", __FILE__, __LINE__,    \
				#condition, strerrorname_np(errno));                               \
			_exit(EXIT_FAILURE);                                                       \
		}                                                                                  \
	} while (0)

#define CHECK_EQUAL(a, b)                                                                          \
	do {                                                                                       \
		const long long a_ = (a), b_ = (b);                                                \
		if (a_ != b_) {                                                                    \
			fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #a,   \
				a_, b_);                                                           \
			_exit(EXIT_FAILURE);                                                       \
		}                                                                                  \
	} while (0)

static inline void __attribute__((noreturn)) skip_trial(const char *reason)
{
	fprintf(stderr, "skipped: %s\n", reason);
	_exit(EXIT_SKIP);
}

static inline void become_nobody(void)
{
	CHECK(setgroups(0, NULL) == 0);
	CHECK(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	CHECK(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	/* A process that changed its ids does not own its /proc/self (kernel/cred.c,
	 * commit_creds), unlike one that an ordinary user started. */
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* A cmocka test; its state is the trial. */
static inline void run_trial(void **state)
{
	const struct trial *trial = *state;
	int status;
	pid_t child;

	if (trial->as_nobody && geteuid() != 0)
		skip(); /* the caller's own trial is the same */
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (trial->as_nobody)
			become_nobody();
		trial->body();
		_exit(EXIT_SUCCESS);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == EXIT_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* A body twice: as the caller, and as an ordinary user where the caller is root. */
#define TRIAL(body_)                                                                               \
	{#body_, run_trial, NULL, NULL, &(struct trial){body_, false}},                            \
	{                                                                                          \
#body_ " as nobody", run_trial, NULL, NULL, &(struct trial)                        \
		{                                                                                  \
			body_, true                                                                \
		}                                                                                  \
	}

static inline void enter_sandbox(void)
{
	char error[SANDBOX_ERROR_SIZE] = "";

	if (sandbox_enter(error) < 0)
		skip_trial(error);
}

static inline int descriptor_count(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	CHECK(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* One TCP connection over loopback, both ends in this process. */
struct connection {
	int listener, client, server;
	struct address listener_address, client_address;
};

static inline struct address bound_address(int fd)
{
	struct sockaddr_storage bound;
	socklen_t length = sizeof(bound);

	CHECK(getsockname(fd, (struct sockaddr *)&bound, &length) == 0);
	return address_from_socket(&bound);
}

/* A listener on 127.0.0.1 or ::1; the kernel chooses the port. */
static inline struct connection listen_on(int family)
{
	const char *text = family == 4 ? "127.0.0.1" : "[::1]";
	struct connection connection = {.client = -1, .server = -1};
	struct sockaddr_storage address;
	struct address any_port;
	socklen_t length;

	CHECK(address_parse(text, &any_port) == 0);
	length = address_to_socket(&any_port, &address);
	connection.listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection.listener < 0 && errno == EAFNOSUPPORT)
		skip_trial("this kernel has no IPv6");
	CHECK(connection.listener >= 0);
	CHECK(bind(connection.listener, (struct sockaddr *)&address, length) == 0);
	CHECK(listen(connection.listener, 8) == 0);
	connection.listener_address = bound_address(connection.listener);
	return connection;
}

/* Connects; returns at once where flags has SOCK_NONBLOCK. */
static inline void connect_client(struct connection *connection, int flags)
{
	struct sockaddr_storage address;
	socklen_t length = address_to_socket(&connection->listener_address, &address);
	int result;

	connection->client = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	CHECK(connection->client >= 0);
	result = connect(connection->client, (struct sockaddr *)&address, length);
	CHECK(result == 0 || ((flags & SOCK_NONBLOCK) && errno == EINPROGRESS));
	connection->client_address = bound_address(connection->client);
}

static inline struct connection connect_over(int family)
{
	struct connection connection = listen_on(family);

	connect_client(&connection, 0);
	connection.server = accept4(connection.listener, NULL, NULL, SOCK_CLOEXEC);
	CHECK(connection.server >= 0);
	return connection;
}

/* Whether a descriptor has something to read before the time is over. */
static inline bool readable_within(int fd, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, timeout_ms) == 1;
}

#endif

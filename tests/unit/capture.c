/*
 * Frames from files, whole and broken, and from a live interface: the loopback of a network
 * namespace of our own, skipped where the kernel forbids user namespaces.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "capture/capture.h"
#include "capture/flow.h"
#include "capture/pcapng.h"
#include "capture/segment.h"

/* A file in the classic format, as a big-endian machine writes it. */
struct classic {
	uint8_t magic[4];
	uint8_t linktype;
	int64_t stamp; /* of the two seconds and a fraction of 1000 below */
	int frame_linktype;
};

static const struct classic classics[] = {
	{{0xa1, 0xb2, 0xc3, 0xd4}, 1, 2 * SECOND + 1000 * MICROSECOND, 1},
	{{0xa1, 0xb2, 0x3c, 0x4d}, 101, 2 * SECOND + 1000, 101},
	{{0xa1, 0xb2, 0x3c, 0x4d}, 113, 2 * SECOND + 1000, 113},
	{{0xa1, 0xb2, 0x3c, 0x4d}, 228, 2 * SECOND + 1000, 228},
};

#define CLASSIC_LENGTH (24 + 16 + 6)

static void make_classic(const struct classic *classic, uint8_t bytes[static CLASSIC_LENGTH])
{
	const uint8_t rest[] = {0, 2,	0, 4, 0, 0, 0, 0,  0,	0,   0,	  0,   0,   0,
				0, 192, 0, 0, 0, 0, 0, 0,  0,	2,   0,	  0,   3,   232,
				0, 0,	0, 6, 0, 0, 0, 60, 'f', 'r', 'a', 'm', 'e', 's'};

	memcpy(bytes, classic->magic, 4);
	memcpy(bytes + 4, rest, sizeof(rest));
	bytes[23] = classic->linktype;
}

static void make_file(char path[static 32], const uint8_t *bytes, size_t length)
{
	cleanup_fd int fd = -1;

	strcpy(path, "/tmp/halfopen-capture-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

static int lowest_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void classic_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(classics); i++) {
		char path[32], error[CAPTURE_ERROR_SIZE] = "";
		uint8_t bytes[CLASSIC_LENGTH];
		struct capture *capture;
		struct frame frame;
		int before = lowest_fd();

		make_classic(&classics[i], bytes);
		make_file(path, bytes, sizeof(bytes));
		if (capture_open_file(path, &capture, error) != 0)
			fail_msg("%s", error);
		assert_int_equal(capture_next(capture, &frame), 1);
		assert_int_equal(frame.number, 1);
		assert_int_equal(frame.stamp, classics[i].stamp);
		assert_int_equal(frame.captured, 6);
		assert_int_equal(frame.wire_length, 60);
		assert_int_equal(frame.linktype, classics[i].frame_linktype);
		assert_memory_equal(frame.bytes, "frames", 6);
		assert_int_equal(capture_next(capture, &frame), 0);
		assert_int_equal(capture_next(capture, &frame), 0);
		capture_close(capture);
		unlink(path);
		assert_int_equal(lowest_fd(), before);
	}
	capture_close(NULL);
}

/* Cut at every byte: an error or an end, with a sentence, and nothing left open. */
static void broken_files(void **state)
{
	uint8_t bytes[CLASSIC_LENGTH];
	int before = lowest_fd();

	(void)state;
	make_classic(&classics[1], bytes);
	for (size_t n = 0; n < sizeof(bytes); n++) {
		char path[32], error[CAPTURE_ERROR_SIZE] = "";
		struct capture *capture = NULL;
		struct frame frame;

		make_file(path, bytes, n);
		if (n < 24) {
			assert_int_equal(capture_open_file(path, &capture, error), -EINVAL);
			assert_null(capture);
			assert_true(strlen(error) > 0);
		} else {
			assert_int_equal(capture_open_file(path, &capture, error), 0);
			assert_int_equal(capture_next(capture, &frame), n == 24 ? 0 : -EIO);
			if (n > 24)
				assert_true(strlen(capture_error(capture)) > 0);
			capture_close(capture);
		}
		unlink(path);
		assert_int_equal(lowest_fd(), before);
	}
}

/* A file may count in whole seconds and state any number of them: stamps saturate. */
static void extreme_stamps(void **state)
{
	const size_t resolution_at = 28 + 28; /* in the interface block, behind the section's */
	char path[32], error[CAPTURE_ERROR_SIZE];
	cleanup_free char *bytes = NULL;
	struct capture *capture;
	struct frame frame;
	size_t size = 0;
	FILE *stream = open_memstream(&bytes, &size);

	(void)state;
	assert_int_equal(pcapng_write_header(stream, "lo", 101, 192, NULL), 0);
	assert_int_equal(pcapng_write_packet(stream, INT64_MAX, NULL, 0, 40, NULL), 0);
	assert_int_equal(pcapng_write_packet(stream, 5, NULL, 0, 40, NULL), 0);
	fclose(stream);
	assert_int_equal(bytes[resolution_at], 9);
	bytes[resolution_at] = 0;
	make_file(path, (const uint8_t *)bytes, size);
	assert_int_equal(capture_open_file(path, &capture, error), 0);
	assert_int_equal(capture_next(capture, &frame), 1);
	assert_true(frame.stamp == INT64_MAX);
	assert_int_equal(capture_next(capture, &frame), 1);
	assert_int_equal(frame.stamp, 5 * SECOND);
	capture_close(capture);
	unlink(path);
}

static void no_such(void **state)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	(void)state;
	assert_int_equal(capture_open_file("/nonexistent/file", &capture, error), -ENOENT);
	assert_string_equal(error, "No such file or directory");
	assert_null(capture);
}

/* The live part runs in a child, since a namespace cannot be left. Its exit status is the verdict.
 */
enum {
	LIVE_OK = 0,
	LIVE_SKIP = 77,
};

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                    \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static int set_loopback(bool up)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0};

	return ioctl(fd, SIOCSIFFLAGS, &request);
}

static int64_t real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/*
 * Opens a connection and sends four bytes; the server, which has not read them, closes first and so
 * resets it (tcp_close() in net/ipv4/tcp.c).
 */
static int make_traffic(struct address *ret_client, struct address *ret_server)
{
	cleanup_fd int listener = socket(AF_INET, SOCK_STREAM, 0);
	cleanup_fd int client = socket(AF_INET, SOCK_STREAM, 0);
	cleanup_fd int server = -1;
	struct sockaddr_in address = {.sin_family = AF_INET};
	struct sockaddr_storage name = {0};
	socklen_t length = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(listener, 1) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	memcpy(&name, &address, sizeof(address));
	*ret_server = address_from_socket(&name);
	CHECK(connect(client, (struct sockaddr *)&address, length) == 0);
	CHECK(getsockname(client, (struct sockaddr *)&address, &length) == 0);
	memcpy(&name, &address, sizeof(address));
	*ret_client = address_from_socket(&name);
	server = accept(listener, NULL, NULL);
	CHECK(server >= 0);
	CHECK(send(client, "ping", 4, 0) == 4);
	return 0;
}

/* Every segment once, in order, stamped while it was made. */
static int check_traffic(struct capture *capture)
{
	static const enum segment_role due[] = {ROLE_SYN,  ROLE_SYN_ACK, ROLE_HANDSHAKE_ACK,
						ROLE_DATA, ROLE_ACK,	 ROLE_RST};
	struct pollfd readable = {.fd = capture_fd(capture), .events = POLLIN};
	int64_t last = real_time(), end;
	struct address client, server;
	struct segment_event event;
	struct segment segment;
	struct frame frame;
	struct flow flow;

	CHECK(make_traffic(&client, &server) == 0);
	end = real_time();
	flow_start(&flow, &client, &server);
	CHECK(poll(&readable, 1, 1000) == 1);
	for (size_t i = 0; i < array_length(due); i++) {
		CHECK(capture_next(capture, &frame) == 1);
		CHECK(frame.linktype == 1);
		CHECK(frame.stamp >= last && frame.stamp <= end);
		last = frame.stamp;
		CHECK(segment_decode(&frame, &segment) == SEGMENT_OK);
		CHECK(flow_classify(&flow, &segment, frame.number, &event) != END_NONE);
		CHECK(event.role == (int)due[i]);
	}
	CHECK(capture_next(capture, &frame) == 0);
	CHECK(capture_dropped(capture) == 0);
	return 0;
}

static int run_live(void)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;
	struct address client, server;
	struct frame frame;
	int status, before;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return LIVE_SKIP;
	CHECK(set_loopback(true) == 0);
	before = lowest_fd();
	status = capture_open_live("lo", "tcp", &capture, error);
	if (status == -ENOPROTOOPT)
		return LIVE_SKIP;
	if (status != 0)
		fprintf(stderr, "%s\n", error);
	CHECK(status == 0);
	CHECK(capture_next(capture, &frame) == 0);
	CHECK(check_traffic(capture) == 0);
	/* The capture outlives a fault that takes the interface down and up again. */
	CHECK(set_loopback(false) == 0);
	CHECK(capture_next(capture, &frame) == 0);
	CHECK(set_loopback(true) == 0);
	CHECK(check_traffic(capture) == 0);
	capture_close(capture);
	CHECK(lowest_fd() == before);

	CHECK(capture_open_live("lo", "udp", &capture, error) == 0);
	CHECK(make_traffic(&client, &server) == 0);
	CHECK(capture_next(capture, &frame) == 0);
	capture_close(capture);
	CHECK(capture_open_live("lo", "no filter", &capture, error) == -EINVAL);
	CHECK(strstr(error, "no filter"));
	CHECK(capture_open_live("nowhere", NULL, &capture, error) == -ENODEV);
	CHECK(strlen(error) > 0);
	CHECK(lowest_fd() == before);
	return LIVE_OK;
}

static void live(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(run_live());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == LIVE_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), LIVE_OK);
}

static void unprivileged(void **state)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;
	pid_t child;
	int status;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(LIVE_SKIP);
		_exit(capture_open_live("lo", NULL, &capture, error) == -EPERM && *error ? LIVE_OK
											 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) == LIVE_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), LIVE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_files),  cmocka_unit_test(broken_files),
		cmocka_unit_test(extreme_stamps), cmocka_unit_test(no_such),
		cmocka_unit_test(live),		  cmocka_unit_test(unprivileged),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}

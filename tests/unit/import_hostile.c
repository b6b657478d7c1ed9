/* Files that are short, lie, or have far too much: one message each, and nothing worse. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/import.h"

#include "capture_file.h"

#define CLIENT "127.0.0.1:22345"
#define SERVER "127.0.0.1:12345"

static int lowest_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* Imports from a path, and checks what holds in any case. Returns whether a timeline came. */
static bool import_from(const char *from, const struct import *import,
			struct timeline *ret_timeline, char **ret_error)
{
	struct timeline timeline = {0};
	char *error = NULL;
	int before = lowest_fd(), result = import_capture(from, import, &timeline, &error);
	int64_t previous = 0;

	assert_int_equal(lowest_fd(), before);
	if (result) {
		assert_true(result < 0);
		assert_non_null(error);
		assert_true(*error && error[strlen(error) - 1] != '\n');
		assert_null(timeline.events);
	} else {
		assert_null(error);
		assert_int_equal(timeline.events[0].kind, EVENT_CAPTURE);
		for_each_event (event, &timeline) {
			assert_true(event->at >= previous);
			previous = event->at;
		}
	}
	*ret_timeline = timeline;
	*ret_error = error;
	return !result;
}

static void expect_error(const char *from, const struct import *import, const char *words)
{
	struct timeline timeline;
	char *error;

	if (import_from(from, import, &timeline, &error))
		fail_msg("no error, but: %s", words);
	if (!strstr(error, words))
		fail_msg("%s; not: %s", error, words);
	free(error);
}

/* A small capture's bytes. */
static size_t make_sample(enum packets_format format, uint8_t *bytes, size_t size)
{
	struct packets packets = begin(format, 113);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	cleanup_file FILE *file = NULL;

	talk_handshake(&talk, 0);
	talk_probe(&talk, SECOND, true);
	talk_probe(&talk, 2 * SECOND, false);
	talk_reset(&talk, 3 * SECOND);
	fclose(packets.stream);
	file = fopen(path, "r");
	return fread(bytes, 1, size, file);
}

static void write_file(const uint8_t *bytes, size_t length)
{
	cleanup_file FILE *file = fopen(path, "w");

	assert_int_equal(fwrite(bytes, 1, length, file), length);
}

static void cut_files(void **state)
{
	const struct import import = {.wanted.server.port = 12345};
	uint8_t bytes[4096];

	(void)state;
	for (enum packets_format format = PACKETS_PCAPNG; format <= PACKETS_NANO; format++) {
		size_t length = make_sample(format, bytes, sizeof(bytes)), ended = 0;

		for (size_t cut = 0; cut < length; cut++) {
			struct timeline timeline;
			char *error;

			write_file(bytes, cut);
			/* Cut between two packets, a file is a shorter file. */
			if (import_from(path, &import, &timeline, &error))
				ended += timeline_first(&timeline, EVENT_END) != NULL;
			timeline_free(&timeline);
			free(error);
		}
		assert_int_equal(ended, 6);
	}
}

static void mutated_files(void **state)
{
	uint8_t bytes[4096], mutated[4096];
	uint64_t seed = 1;
	size_t length = 0;

	(void)state;
	for (int i = 0; i < 6000; i++) {
		const struct import import = {.packet = i % 3, .wanted.server.port = 12345};
		struct timeline timeline;
		char *error;

		if (i % 2000 == 0)
			length = make_sample((enum packets_format)(i / 2000), bytes, sizeof(bytes));
		memcpy(mutated, bytes, length);
		for (int n = 0; n <= i % 4; n++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			mutated[(seed >> 33) % length] = (uint8_t)(seed >> 24);
		}
		write_file(mutated, length);
		import_from(path, &import, &timeline, &error);
		timeline_free(&timeline);
		free(error);
	}
}

static void not_files(void **state)
{
	static const char garbage[] = "this is no capture, whatever its name";
	const struct import import = {.packet = 0};
	char fifo[64];

	(void)state;
	expect_error("/nonexistent", &import, "No such file");
	expect_error("/tmp", &import, "not a regular file");
	snprintf(fifo, sizeof(fifo), "%s.fifo", path);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect_error(fifo, &import, "not a regular file");
	unlink(fifo);
	write_file((const uint8_t *)"", 0);
	expect_error(path, &import, "");
	write_file((const uint8_t *)garbage, sizeof(garbage));
	expect_error(path, &import, "unknown file format");
}

static void nothing_to_judge(void **state)
{
	static const uint8_t arp[60] = {[12] = 0x08, 0x06};
	struct packets packets = begin(PACKETS_PCAPNG, 1);
	struct import import = {.packet = 0};
	struct talk talk = talk_of(&packets, CLIENT, SERVER);

	(void)state;
	fclose(packets.stream);
	expect_error(path, &import, "the capture has no packets");

	packets = begin(PACKETS_PCAPNG, 1);
	packets_write_bytes(&packets, 0, arp, sizeof(arp));
	packets.snaplen = 30;
	talk_handshake(&talk, 0);
	fclose(packets.stream);
	expect_error(path, &import,
		     "no TCP segment among 4 packets: 1 are not IP, 0 not TCP, 0 "
		     "fragments, 3 captured too short, 0 malformed");
	import.packet = 1;
	expect_error(path, &import, "packet 1 is no TCP segment");
	import.packet = 5;
	expect_error(path, &import, "there is no packet 5: the file has 4");

	import.packet = 0;
	packets = begin(PACKETS_PCAPNG, 105);
	packets_write_bytes(&packets, 0, arp, sizeof(arp));
	fclose(packets.stream);
	expect_error(path, &import, "its link type is 105; Ethernet,");
}

/* 54 bytes are the headers without options: enough. */
static void short_packets(void **state)
{
	const struct import import = {.wanted.server.port = 12345};
	struct packets packets = begin(PACKETS_MICRO, 1);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	struct timeline timeline;
	char *error;

	(void)state;
	packets.snaplen = 54;
	talk_handshake(&talk, 0);
	talk_say(&talk, SECOND, END_CLIENT, FLAG_ACK | FLAG_PSH, 0, 100);
	fclose(packets.stream);
	assert_true(import_from(path, &import, &timeline, &error));
	assert_int_equal(timeline.events[5].segment.length, 100);
	timeline_free(&timeline);
}

static void times_of_no_clock(void **state)
{
	const struct import import = {.wanted.server.port = 12345};
	struct packets packets = begin(PACKETS_PCAPNG, 1);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);

	(void)state;
	packets.epoch = INT64_MAX - MINUTE;
	talk_handshake(&talk, 0);
	fclose(packets.stream);
	expect_error(path, &import, "packet 1 has a time that no clock shows");

	packets = begin(PACKETS_PCAPNG, 1);
	packets.epoch = 0;
	talk_handshake(&talk, 0);
	for (int i = 0; i < 10; i++) {
		talk_probe(&talk, INT64_MAX / 2 - MINUTE, true);
		talk_probe(&talk, 0, true);
	}
	fclose(packets.stream);
	expect_error(path, &import, "has a time that no clock shows");
}

/* SYNs to one port, each from another address: far more than are remembered. */
static void write_crowd(struct packets *packets, uint32_t count, uint16_t port)
{
	struct packet packet = {
		.source = {.family = 4, .port = 4000},
		.destination = {.family = 4, .port = port, .bytes = {10, 0, 0, 1}},
		.flags = FLAG_SYN,
	};

	for (uint32_t i = 0; i < count; i++) {
		packet.at = i * MICROSECOND;
		packet.source.bytes[1] = (uint8_t)(i >> 16);
		packet.source.bytes[2] = (uint8_t)(i >> 8);
		packet.source.bytes[3] = (uint8_t)i;
		packets_write(packets, &packet);
	}
}

static void a_crowd_of_connections(void **state)
{
	const struct import import = {.wanted = {packet_address(CLIENT), packet_address(SERVER)}};
	struct packets packets = begin(PACKETS_NANO, 101);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	struct timeline timeline;
	char *error;

	(void)state;
	write_crowd(&packets, 100000, 80);
	fclose(packets.stream);
	expect_error(path, &import,
		     "more than 16384 connections, and none to the scenario's server port");

	packets = begin(PACKETS_NANO, 101);
	write_crowd(&packets, 50000, 80);
	write_crowd(&packets, 50000, 12345);
	talk_handshake(&talk, SECOND);
	fclose(packets.stream);
	assert_true(import_from(path, &import, &timeline, &error));
	assert_int_equal(timeline.events[2].segment.number, 100001);
	timeline_free(&timeline);
}

static void the_same_two_again_and_again(void **state)
{
	struct import import = {.wanted = {packet_address(CLIENT), packet_address(SERVER)}};
	struct packets packets = begin(PACKETS_NANO, 101);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	struct timeline timeline;
	char *error;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		talk.client_next += 100000;
		talk_say(&talk, i * SECOND, END_CLIENT, FLAG_SYN, 0, 0);
		talk_say(&talk, i * SECOND + 1000, END_SERVER, FLAG_RST | FLAG_ACK, 0, 0);
	}
	fclose(packets.stream);
	expect_error(path, &import, "more than 16384 connections between the scenario's ends");
	import.packet = 40000;
	expect_error(path, &import, "more than 16384 connections between the ends of packet 40000");
	import.packet = 2000;
	assert_true(import_from(path, &import, &timeline, &error));
	assert_int_equal(timeline.events[2].segment.number, 1999);
	timeline_free(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_files),
		cmocka_unit_test(mutated_files),
		cmocka_unit_test(not_files),
		cmocka_unit_test(nothing_to_judge),
		cmocka_unit_test(short_packets),
		cmocka_unit_test(times_of_no_clock),
		cmocka_unit_test(a_crowd_of_connections),
		cmocka_unit_test(the_same_two_again_and_again),
	};

	return cmocka_run_group_tests_name("import_hostile", tests, make_path, remove_path);
}

/* Captures as written: byte by byte, and read back by libpcap and by tshark. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "capture/capture.h"
#include "capture/pcapng.h"

/* 127.0.0.1:22345 to 127.0.0.1:12345, ACK, no payload. */
static const uint8_t packet[] = {
	0x45, 0, 0,   0x28, 0,	  0,	0x40, 0,    0x40, 6,	0x3c, 0xce, 127, 0,
	0,    1, 127, 0,    0,	  1,	0x57, 0x49, 0x30, 0x39, 0,    0,    0,	 1,
	0,    0, 0,   2,    0x50, 0x10, 1,    0xf4, 0,	  0,	0,    0,
};

struct written {
	int64_t stamp;
	uint32_t captured, wire_length;
	const char *comment;
};

/* Lengths of every remainder by four, comments too; stamps that need both halves. */
static const struct written packets[] = {
	{1700000000 * SECOND + 123456789, 40, 40, "probe 1 of 3"},
	{1700000000 * SECOND + 999999999, 39, 40, NULL},
	{1700000001 * SECOND, 38, 1500, "reply"},
	{0, 37, 37, ""},
	{1, 0, 40, "x"},
	{INT64_MAX, 40, 40, "an arrow \xe2\x86\x92, \"quotes\""},
};

static void make_file(char path[static 32])
{
	int fd;

	strcpy(path, "/tmp/halfopen-pcapng-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static void write_all(const char *path)
{
	cleanup_file FILE *stream = fopen(path, "wb");

	assert_non_null(stream);
	assert_int_equal(pcapng_write_header(stream, "lo", 101, CAPTURE_SNAPLEN, "6.1.0"), 0);
	for (size_t i = 0; i < array_length(packets); i++)
		assert_int_equal(pcapng_write_packet(stream, packets[i].stamp, packet,
						     packets[i].captured, packets[i].wire_length,
						     packets[i].comment),
				 0);
}

static void read_back(void **state)
{
	char path[32], error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;
	struct frame frame;

	(void)state;
	make_file(path);
	write_all(path);
	if (capture_open_file(path, &capture, error) != 0)
		fail_msg("%s", error);
	assert_int_equal(capture_fd(capture), -1);
	for (size_t i = 0; i < array_length(packets); i++) {
		assert_int_equal(capture_next(capture, &frame), 1);
		assert_int_equal(frame.number, i + 1);
		assert_int_equal(frame.stamp, packets[i].stamp);
		assert_int_equal(frame.captured, packets[i].captured);
		assert_int_equal(frame.wire_length, packets[i].wire_length);
		assert_int_equal(frame.linktype, 101);
		assert_memory_equal(frame.bytes, packet, packets[i].captured);
	}
	assert_int_equal(capture_next(capture, &frame), 0);
	assert_int_equal(capture_dropped(capture), 0);
	capture_close(capture);
	unlink(path);
}

/* What a block is, in this machine's byte order. */
static uint32_t get32(const char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t option16(uint16_t code, uint16_t length)
{
	uint16_t halves[2] = {code, length};

	return get32((const char *)halves);
}

static void blocks(void **state)
{
	cleanup_free char *bytes = NULL;
	const char *at;
	size_t size = 0;
	FILE *stream = open_memstream(&bytes, &size);

	(void)state;
	assert_int_equal(pcapng_write_header(stream, "lo", 101, 192, NULL), 0);
	assert_int_equal(pcapng_write_packet(stream, 0x100000002, packet, 39, 40, "abc"), 0);
	assert_int_equal(pcapng_write_packet(stream, 3, packet, 40, 40, NULL), 0);
	fclose(stream);
	at = bytes;
	assert_int_equal(get32(at), 0x0a0d0d0a);
	assert_int_equal(get32(at + 4), 28); /* no option, so no end of options */
	assert_int_equal(get32(at + 8), 0x1a2b3c4d);
	at += 28;
	assert_int_equal(get32(at), 1);
	assert_int_equal(get32(at + 4), 40);
	assert_int_equal(get32(at + 12), 192);
	assert_int_equal(get32(at + 16), option16(2, 2));
	assert_memory_equal(at + 20, "lo\0", 4);
	assert_int_equal(get32(at + 24), option16(9, 1));
	assert_memory_equal(at + 28, "\x09\0\0", 4);
	assert_int_equal(get32(at + 32), 0);
	assert_int_equal(get32(at + 36), 40);
	at += 40;
	assert_int_equal(get32(at), 6);
	assert_int_equal(get32(at + 4), 84);
	assert_int_equal(get32(at + 12), 1);
	assert_int_equal(get32(at + 16), 2);
	assert_int_equal(get32(at + 20), 39);
	assert_int_equal(get32(at + 24), 40);
	assert_memory_equal(at + 28, packet, 39);
	assert_int_equal(at[28 + 39], 0);
	assert_int_equal(get32(at + 68), option16(1, 3));
	assert_memory_equal(at + 72, "abc", 4);
	assert_int_equal(get32(at + 76), 0);
	assert_int_equal(get32(at + 80), 84);
	at += 84;
	assert_int_equal(get32(at + 4), 72);
	assert_int_equal(at + 72 - bytes, size);
}

/* A comment longer than an option can be is cut, and not within a character. */
static void long_comment(void **state)
{
	cleanup_free char *bytes = NULL, *comment = malloc(70001);
	size_t size = 0;
	FILE *stream = open_memstream(&bytes, &size);

	(void)state;
	assert_non_null(comment);
	memset(comment, 'x', 70000);
	comment[70000] = '\0';
	memcpy(comment + 65533, "\xe2\x86\x92", 3); /* ends one byte too late */
	assert_int_equal(pcapng_write_packet(stream, 0, packet, 0, 0, comment), 0);
	fclose(stream);
	assert_int_equal(get32(bytes + 28), option16(1, 65533));
	assert_int_equal(get32(bytes + 4), size);
}

static void errors(void **state)
{
	cleanup_file FILE *full = fopen("/dev/full", "wb");

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(pcapng_write_header(full, "lo", 101, 192, NULL), -ENOSPC);
	assert_int_equal(pcapng_write_packet(full, 0, packet, 40, 40, NULL), -ENOSPC);
	assert_int_equal(pcapng_write_packet(full, -1, packet, 40, 40, NULL), -EINVAL);
	assert_int_equal(pcapng_write_packet(full, 0, packet, UINT32_MAX, 40, NULL), -EINVAL);
	assert_int_equal(pcapng_write_header(full, "lo", 65536, 192, NULL), -EINVAL);
	assert_int_equal(pcapng_write_header(full, "lo", -1, 192, NULL), -EINVAL);
}

/* The independent reader. */
static void tshark(void **state)
{
	static const char due[] = "1\tprobe 1 of 3\t1700000000.123456789\t22345\n"
				  "2\t\t1700000000.999999999\t22345\n"
				  "3\treply\t1700000001.000000000\t22345\n";
	char path[32], command[160], text[4096] = "";
	FILE *output;

	(void)state;
	if (system("command -v tshark >/dev/null 2>&1") != 0)
		skip();
	make_file(path);
	write_all(path);
	snprintf(command, sizeof(command),
		 "tshark -n -r %s -c 3 -T fields -e frame.number -e frame.comment "
		 "-e frame.time_epoch -e tcp.srcport 2>/dev/null",
		 path);
	output = popen(command, "r");
	assert_non_null(output);
	text[fread(text, 1, sizeof(text) - 1, output)] = '\0';
	assert_int_equal(pclose(output), 0);
	unlink(path);
	assert_string_equal(text, due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_back),	cmocka_unit_test(blocks),
		cmocka_unit_test(long_comment), cmocka_unit_test(errors),
		cmocka_unit_test(tshark),
	};

	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}

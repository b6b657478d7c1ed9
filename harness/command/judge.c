#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "capture/import.h"
#include "command/command.h"
#include "command/options.h"
#include "command/select.h"
#include "judge/outcome.h"
#include "report/terminal.h"
#include "timeline/read.h"

/* Above the timer frequency of any kernel. */
#define HZ_LIMIT 10000

enum { OPTION_VARIANT, OPTION_PACKET, OPTION_HZ, OPTION_VERBOSE };

static const struct option_spec options[] = {
	[OPTION_VARIANT] = {"variant", 0, "NAME", "which variant of the scenario"},
	[OPTION_PACKET] = {"packet", 'p', "N", "the connection of packet N of the capture"},
	[OPTION_HZ] = {"hz", 0, "N", "timer frequency of the kernels in the capture"},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "draw what happened, list every finding"},
	{NULL, 0, NULL, NULL},
};

static const struct command_spec command = {
	"judge",
	"SCENARIO CAPTURE",
	"Judges what happened elsewhere by the expectations of a scenario: SCENARIO is a file, or\n"
	"an id as 'halfopen check' prints it; CAPTURE a timeline that 'halfopen run -o' kept, or "
	"a\n"
	"pcap or pcapng file from anywhere.",
	"In a capture, the connection is the one that fits the scenario's addresses and ports\n"
	"best: all of them, the ports, the server's port; or the only one. Where several fit,\n"
	"they are listed, and --packet chooses. Packets are numbered as Wireshark does it.\n"
	"\n"
	"A capture shows the wire alone. What an application was told, states and timers of\n"
	"sockets, counters, and what is measured from a fault, it cannot answer: that is said\n"
	"and does not count, unless nothing else was asked. What may have happened before or\n"
	"after the capture, or is late by less than the way from there to its sender and back,\n"
	"is inconclusive. Without --hz, the windows hold for timer frequencies of 100, 250, 300\n"
	"and 1000 Hz: as early as any of them allows, and as late.\n"
	"\n"
	"Exit: 0 passed, 1 failed, 2 usage, a bad scenario or a file that cannot be read,\n"
	"125 inconclusive.\n",
	options,
};

struct judging {
	const char *variant;
	struct import import;
	bool verbose;
	struct scenarios scenarios;
	const struct scenario *scenario;
	const char *path; /* of the capture */
};

static bool take_number(const char *name, const char *argument, int64_t limit, int64_t *ret_number)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(argument, &end, 10);
	if (*end || end == argument || errno || number < 1 || number > limit) {
		usage_error(&command, "--%s takes a number from 1 to %lld, not '%s'", name,
			    (long long)limit, argument);
		return false;
	}
	*ret_number = number;
	return true;
}

static bool take(void *data, int option, const char *argument)
{
	struct judging *judging = data;

	switch (option) {
	case OPTION_VARIANT:
		judging->variant = argument;
		return true;
	case OPTION_PACKET:
		return take_number("packet", argument, INT64_MAX, &judging->import.packet);
	case OPTION_HZ:
		return take_number("hz", argument, HZ_LIMIT, &judging->import.hz);
	case OPTION_VERBOSE:
		judging->verbose = true;
		return true;
	}
	return false;
}

__attribute__((format(printf, 2, 3))) static int refuse(const struct judging *judging,
							const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "halfopen judge: %s: ", judging->path);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

enum content {
	CONTENT_TIMELINE,
	CONTENT_CAPTURE,
	CONTENT_COMPRESSED,
	CONTENT_EMPTY,
	CONTENT_OTHER,
};

/* What a file is, by its first bytes. */
static enum content content_of(const uint8_t *bytes, size_t length)
{
	/* pcap in both byte orders, with micro- and nanoseconds, and of old Linux; pcapng. */
	static const uint8_t captures[][4] = {
		{0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
		{0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1},
		{0x0a, 0x0d, 0x0d, 0x0a},
	};
	/* gzip, zstd, xz, bzip2 */
	static const char *const compressed[] = {"\x1f\x8b", "\x28\xb5\x2f\xfd",
						 "\xfd"
						 "7zX",
						 "BZh"};

	if (!length)
		return CONTENT_EMPTY;
	if (bytes[0] == '{')
		return CONTENT_TIMELINE;
	for (size_t i = 0; i < sizeof(captures) / sizeof(captures[0]); i++) {
		if (length >= 4 && memcmp(bytes, captures[i], 4) == 0)
			return CONTENT_CAPTURE;
	}
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++) {
		size_t magic = strlen(compressed[i]);

		if (length >= magic && memcmp(bytes, compressed[i], magic) == 0)
			return CONTENT_COMPRESSED;
	}
	return CONTENT_OTHER;
}

/* Returns the exit code of a complaint, or 0. */
static int find_content(const struct judging *judging, enum content *ret_content)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	cleanup_fd int fd = open(judging->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint8_t bytes[4];
	struct stat status;
	ssize_t length;

	if (fd < 0 || fstat(fd, &status))
		return refuse(judging, "%s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(judging, "is not a regular file");
	length = read(fd, bytes, sizeof(bytes));
	if (length < 0)
		return refuse(judging, "%s", strerror(errno));
	*ret_content = content_of(bytes, (size_t)length);
	return 0;
}

static int read_saved(const struct judging *judging, struct timeline *timeline)
{
	cleanup_free char *error = NULL;

	if (judging->import.hz || judging->import.packet)
		return refuse(judging, "--hz and --packet are for captures; this is a timeline");
	if (timeline_read(judging->path, timeline, &error))
		return refuse(judging, "%s", error ? error : strerror(ENOMEM));
	return 0;
}

static struct address address_of(const struct record *end, enum key key)
{
	return end->value[key].address;
}

static int read_capture(struct judging *judging, struct timeline *timeline)
{
	cleanup_free char *text = NULL;
	int error;

	judging->import.wanted.server = address_of(&judging->scenario->server, KEY_LISTEN);
	judging->import.wanted.client = address_of(&judging->scenario->client, KEY_BIND);
	error = import_capture(judging->path, &judging->import, timeline, &text);
	if (error == -ENOTUNIQ)
		return refuse(judging, "%s\nChoose with --packet N.", text);
	return error ? refuse(judging, "%s", text ? text : strerror(-error)) : 0;
}

static int read_timeline(struct judging *judging, struct timeline *timeline)
{
	enum content content = CONTENT_OTHER;
	int exit_code = find_content(judging, &content);

	if (exit_code)
		return exit_code;
	switch (content) {
	case CONTENT_TIMELINE:
		return read_saved(judging, timeline);
	case CONTENT_CAPTURE:
		return read_capture(judging, timeline);
	case CONTENT_COMPRESSED:
		return refuse(judging, "is compressed: decompress it first");
	case CONTENT_EMPTY:
		return refuse(judging, "the file is empty");
	case CONTENT_OTHER:
		break;
	}
	return refuse(judging, "is neither a saved timeline nor a pcap or pcapng file");
}

/* Which connection of a capture it was: the scenario's ends may be others. */
static void print_connection(const struct judging *judging, const struct timeline *timeline)
{
	const struct event *connection = timeline_first(timeline, EVENT_CONNECTION);
	char client[ADDRESS_TEXT_SIZE], server[ADDRESS_TEXT_SIZE];

	if (timeline_first(timeline, EVENT_CAPTURE) && connection)
		printf("%s: client %s, server %s\n", judging->path,
		       address_format(client, &connection->connection.client),
		       address_format(server, &connection->connection.server));
}

static int judge_timeline(const struct judging *judging, struct outcome *outcome)
{
	const struct timeline *timeline = &outcome->timeline;
	struct terminal terminal = terminal_start(stdout, judging->verbose, 1);
	struct tally tally;

	/* How long it took, for a report, is how long it was observed. */
	outcome->wall = timeline->count ? timeline->events[timeline->count - 1].at : 0;
	judge(judging->scenario, timeline, &outcome->judgement);
	print_connection(judging, timeline);
	terminal_outcome(&terminal, outcome);
	tally = outcomes_tally(outcome, 1);
	return tally_exit_code(&tally);
}

int command_judge(int argc, char **argv)
{
	struct judging judging = {.verbose = false};
	struct outcome outcome = {.wall = 0};
	int exit_code, first = options_parse(&command, argc, argv, take, &judging, &exit_code);

	if (first < 0)
		return exit_code;
	if (argc - first != 2) {
		usage_error(&command, "a scenario and a capture are needed");
		return EXIT_USAGE;
	}
	judging.path = argv[first + 1];
	if (select_scenario(argv[first], judging.variant, &judging.scenarios, &judging.scenario))
		return EXIT_USAGE;
	outcome.scenario = judging.scenario;
	exit_code = read_timeline(&judging, &outcome.timeline);
	if (!exit_code)
		exit_code = judge_timeline(&judging, &outcome);
	outcome_free(&outcome);
	scenarios_free(&judging.scenarios);
	return exit_code;
}

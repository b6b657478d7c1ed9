/* A capture of any link type and format becomes the timeline of the connection that is meant. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/import.h"

#include "capture_file.h"

#define CLIENT "127.0.0.1:22345"
#define SERVER "127.0.0.1:12345"

/* A whole connection: handshake, a probe that is answered, one that is not, a reset. */
static void converse(struct talk *talk, int64_t at)
{
	talk_handshake(talk, at);
	talk_probe(talk, at + 2 * SECOND, true);
	talk_probe(talk, at + 4 * SECOND, false);
	talk_reset(talk, at + 5 * SECOND);
}

static const enum segment_role roles[] = {
	ROLE_SYN,	  ROLE_SYN_ACK, ROLE_HANDSHAKE_ACK, ROLE_PROBE,
	ROLE_PROBE_REPLY, ROLE_PROBE,	ROLE_RST,
};

static const struct event *nth_segment(const struct timeline *timeline, size_t n)
{
	for_each_event (event, timeline) {
		if (event->kind == EVENT_SEGMENT && n-- == 0)
			return event;
	}
	return NULL;
}

static size_t count_segments(const struct timeline *timeline)
{
	size_t count = 0;

	for_each_event (event, timeline)
		count += event->kind == EVENT_SEGMENT;
	return count;
}

/* Imports what was written, and expects it to work. */
static struct timeline import_good(struct packets *packets, const struct import *import)
{
	struct timeline timeline = {0};
	char *error = NULL;

	fclose(packets->stream);
	if (import_capture(path, import, &timeline, &error))
		fail_msg("%s", error);
	return timeline;
}

/* Imports and expects an error with these words. */
static void import_bad(struct packets *packets, const struct import *import, int code,
		       const char *words)
{
	struct timeline timeline = {0};
	char *error = NULL;
	int result;

	fclose(packets->stream);
	result = import_capture(path, import, &timeline, &error);
	if (result != code || !strstr(error, words))
		fail_msg("%d: %s", result, error);
	assert_null(timeline.events);
	free(error);
}

static void check_conversation(const struct timeline *timeline, enum packets_format format)
{
	const struct event *capture = &timeline->events[0], *end;
	int64_t previous = 0;

	assert_int_equal(capture->kind, EVENT_CAPTURE);
	assert_int_equal(capture->capture.server_away, 20 * MICROSECOND);
	assert_int_equal(capture->capture.client_away, 30 * MICROSECOND);
	assert_int_equal(capture->capture.realtime,
			 1700000000 * SECOND + (format == PACKETS_MICRO ? 0 : 123));
	assert_int_equal(count_segments(timeline), array_length(roles));
	for (size_t i = 0; i < array_length(roles); i++) {
		const struct event *event = nth_segment(timeline, i);

		assert_int_equal(event->segment.role, roles[i]);
		assert_true(event->at >= previous);
		previous = event->at;
	}
	assert_int_equal(nth_segment(timeline, 4)->segment.answers,
			 nth_segment(timeline, 3)->segment.number);
	assert_int_equal(previous, 5 * SECOND);
	end = timeline_first(timeline, EVENT_END);
	assert_non_null(end);
	assert_int_equal(end->at, 9 * SECOND);
	assert_null(timeline_first(timeline, EVENT_LOSS));
	assert_null(timeline_first(timeline, EVENT_CLOCK_STEP));
}

static void every_link_and_format(void **state)
{
	static const int linktypes[] = {0, 1, 101, 108, 113, 228, 229, 276};
	const struct import import = {.wanted = {packet_address(CLIENT), packet_address(SERVER)}};

	(void)state;
	for (size_t i = 0; i < array_length(linktypes) * 3 * 2; i++) {
		enum packets_format format = i % 3;
		int linktype = linktypes[i / 6];
		struct packets packets = begin(format, linktype);
		struct talk talk = talk_of(&packets, CLIENT, SERVER), other = talk;
		struct timeline timeline;

		packets.epoch += 123; /* ns: the classic format of microseconds has none */
		packets.copies = i % 6 >= 3;
		if (linktype == 229) {
			talk.client = other.client = packet_address("[fd00::1]:22345");
			talk.server = other.server = packet_address("[fd00::2]:12345");
		}
		if (packets.copies && linktype != 113 && linktype != 276)
			packets.copies = false;
		converse(&talk, 0);
		/* Another connection tells how long the capture went on. */
		other.client.port = 1;
		other.server.port = 2;
		packets.copies = false;
		talk_say(&other, 9 * SECOND, END_CLIENT, FLAG_SYN, 0, 0);
		timeline = import_good(&packets, &import);
		check_conversation(&timeline, format);
		assert_int_equal(timeline.events[0].capture.packets, packets.count);
		timeline_free(&timeline);
	}
}

/* Probes without timestamps over IPv6 have the same bytes each time: only their place tells. */
static void unchanged_probes_are_no_copies(void **state)
{
	const struct import import = {.wanted.server.port = 12345};

	(void)state;
	for (int copies = 0; copies < 2; copies++) {
		for (int linktype = 113; linktype <= 276; linktype += 276 - 113) {
			struct packets packets = begin(PACKETS_PCAPNG, linktype);
			struct talk talk = talk_of(&packets, "[::1]:22345", "[::1]:12345");
			struct timeline timeline;

			packets.copies = copies;
			talk_handshake(&talk, 0);
			for (int64_t i = 1; i <= 30; i++)
				talk_probe(&talk, i * SECOND, false);
			timeline = import_good(&packets, &import);
			assert_int_equal(count_segments(&timeline), 33);
			assert_int_equal(nth_segment(&timeline, 32)->segment.role, ROLE_PROBE);
			timeline_free(&timeline);
		}
	}
}

struct fit {
	const char *ends[4][2];	     /* client and server of each connection in the file */
	const char *client, *server; /* wanted */
	int chosen;		     /* which of them; -1: a choice is needed */
	const char *words;
};

static const struct fit fits[] = {
	/* all that is said */
	{{{CLIENT, SERVER}, {"127.0.0.1:7", SERVER}, {CLIENT, "127.0.0.2:12345"}},
	 CLIENT,
	 SERVER,
	 0,
	 NULL},
	{{{"127.0.0.1:7", SERVER}, {CLIENT, SERVER}}, CLIENT, SERVER, 1, NULL},
	/* the ports, where the addresses are others */
	{{{"10.0.0.1:7", "10.0.0.2:12345"}, {"10.0.0.1:22345", "10.0.0.2:12345"}},
	 CLIENT,
	 SERVER,
	 1,
	 NULL},
	/* the server's port alone */
	{{{"10.0.0.1:7", "10.0.0.2:8"}, {"10.0.0.1:9", "10.0.0.2:12345"}}, CLIENT, SERVER, 1, NULL},
	{{{"10.0.0.1:7", "10.0.0.2:8"}, {"10.0.0.1:9", "10.0.0.2:12345"}},
	 "0.0.0.0",
	 SERVER,
	 1,
	 NULL},
	/* not the other way round: this one connects from that port */
	{{{"10.0.0.1:12345", "10.0.0.2:8"}, {"10.0.0.1:9", "10.0.0.2:12345"}},
	 "0.0.0.0",
	 SERVER,
	 1,
	 NULL},
	/* the only one */
	{{{"10.0.0.1:7", "10.0.0.2:8"}}, CLIENT, SERVER, 0, NULL},
	{{{"10.0.0.1:7", "10.0.0.2:8"}, {"10.0.0.1:9", "10.0.0.2:8"}},
	 CLIENT,
	 SERVER,
	 -1,
	 "2 connections, and none to the scenario's server port; a packet of one of them has to be "
	 "chosen:\n  packet 1: 10.0.0.1:7 to 10.0.0.2:8, 7 packets\n  packet 8: 10.0.0.1:9"},
	{{{"10.0.0.1:7", SERVER}, {"10.0.0.1:9", SERVER}},
	 CLIENT,
	 SERVER,
	 -1,
	 "2 connections to the scenario's server port, none from its client port"},
	{{{"10.0.0.1:22345", SERVER}, {"10.0.0.2:22345", SERVER}},
	 CLIENT,
	 SERVER,
	 -1,
	 "2 connections with the scenario's ports"},
	/* the same ends again: a reset lies between */
	{{{CLIENT, SERVER}, {CLIENT, SERVER}, {CLIENT, SERVER}},
	 CLIENT,
	 SERVER,
	 -1,
	 "3 connections between the scenario's ends; a packet of one of them has to be chosen:\n"
	 "  packet 1: 127.0.0.1:22345 to 127.0.0.1:12345, 7 packets\n  packet 8:"},
};

static size_t write_fit(struct packets *packets, const struct fit *fit)
{
	size_t count = 0;

	for (; count < array_length(fit->ends) && fit->ends[count][0]; count++) {
		struct talk talk = talk_of(packets, fit->ends[count][0], fit->ends[count][1]);

		talk.client_next += (uint32_t)count * 100000;
		converse(&talk, (int64_t)count * MINUTE);
	}
	return count;
}

static void the_best_fit_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(fits); i++) {
		const struct fit *fit = &fits[i];
		struct packets packets = begin(PACKETS_PCAPNG, 1);
		struct import import = {
			.wanted = {packet_address(fit->client), packet_address(fit->server)}};
		const struct connection_event *ends;
		struct timeline timeline;
		size_t count;

		if (strcmp(fit->client, "0.0.0.0") == 0)
			import.wanted.client.family = 0;
		count = write_fit(&packets, fit);
		if (fit->chosen < 0) {
			import_bad(&packets, &import, -ENOTUNIQ, fit->words);
		} else {
			timeline = import_good(&packets, &import);
			ends = &timeline_first(&timeline, EVENT_CONNECTION)->connection;
			assert_int_equal(ends->client.port,
					 packet_address(fit->ends[fit->chosen][0]).port);
			assert_int_equal(nth_segment(&timeline, 0)->segment.number,
					 fit->chosen * 7 + 1);
			assert_int_equal(count_segments(&timeline), 7);
			timeline_free(&timeline);
		}
		/* A packet decides alone: the fifth of each connection, by the server. */
		for (size_t j = 0; j < count; j++) {
			packets = begin(PACKETS_PCAPNG, 1);
			write_fit(&packets, fit);
			import.packet = (int64_t)j * 7 + 5;
			timeline = import_good(&packets, &import);
			assert_int_equal(nth_segment(&timeline, 0)->segment.number, j * 7 + 1);
			assert_int_equal(count_segments(&timeline), 7);
			timeline_free(&timeline);
		}
	}
}

/* Where the handshake is not there, the scenario's port says who is who, else the packet. */
static void ends_without_a_handshake(void **state)
{
	struct import import = {.wanted = {packet_address(CLIENT), packet_address(SERVER)}};
	struct packets packets = begin(PACKETS_PCAPNG, 1);
	struct talk talk = talk_of(&packets, "10.0.0.1:7", "10.0.0.2:12345");
	struct timeline timeline;

	(void)state;
	talk_probe(&talk, 0, true);
	talk_probe(&talk, SECOND, true);
	timeline = import_good(&packets, &import);
	assert_int_equal(nth_segment(&timeline, 0)->end, END_CLIENT);
	assert_int_equal(timeline.events[0].capture.client_away, -1);
	timeline_free(&timeline);

	talk.server.port = 8;
	for (int64_t packet = 0; packet <= 2; packet++) {
		packets = begin(PACKETS_PCAPNG, 1);
		talk_probe(&talk, 0, true);
		talk_probe(&talk, SECOND, true);
		import.packet = packet;
		if (!packet) {
			import_bad(&packets, &import, -ENOTUNIQ, "which end is the client");
			continue;
		}
		timeline = import_good(&packets, &import);
		assert_int_equal(nth_segment(&timeline, 0)->end,
				 packet == 1 ? END_CLIENT : END_SERVER);
		timeline_free(&timeline);
	}
}

/* An end that still has the old connection answers a SYN with a challenge ACK: one story. */
static void a_challenged_syn_begins_nothing(void **state)
{
	const struct import import = {.wanted.server.port = 12345};
	struct packets packets = begin(PACKETS_PCAPNG, 1);
	struct talk talk = talk_of(&packets, CLIENT, SERVER), again;
	struct timeline timeline;

	(void)state;
	talk_handshake(&talk, 0);
	again = talk;
	again.client_next += 500000;
	talk_say(&again, SECOND, END_CLIENT, FLAG_SYN, 0, 0);
	talk_say(&talk, SECOND + 1000, END_SERVER, FLAG_ACK, 0, 0);
	talk_say(&again, SECOND + 2000, END_CLIENT, FLAG_RST, 0, 0);
	timeline = import_good(&packets, &import);
	assert_int_equal(count_segments(&timeline), 6);
	timeline_free(&timeline);
}

/* A SYN that is answered begins a new one, though nobody saw the end of the old one. */
static void an_answered_syn_begins_a_new_one(void **state)
{
	struct import import = {.wanted.server.port = 12345};
	struct packets packets = begin(PACKETS_PCAPNG, 1);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	struct timeline timeline;

	(void)state;
	talk_handshake(&talk, 0);
	talk_probe(&talk, SECOND, true);
	talk.client_next += 500000;
	converse(&talk, MINUTE);
	import_bad(&packets, &import, -ENOTUNIQ, "packet 6: 127.0.0.1:22345");
	for (int64_t packet = 2; packet <= 9; packet += 7) {
		import.packet = packet;
		packets.stream = fopen(path, "a");
		timeline = import_good(&packets, &import);
		assert_int_equal(count_segments(&timeline), packet == 2 ? 5 : 7);
		timeline_free(&timeline);
	}
}

static void what_is_missing_is_told(void **state)
{
	const struct import import = {.wanted.server.port = 12345};
	struct packets packets = begin(PACKETS_NANO, 1);
	struct talk talk = talk_of(&packets, CLIENT, SERVER);
	struct timeline timeline;
	const struct event *event;

	(void)state;
	talk_handshake(&talk, 0);
	talk.client_next += 100; /* the capture lost it */
	talk_say(&talk, SECOND, END_SERVER, FLAG_ACK, 0, 0);
	talk_say(&talk, -HOUR, END_CLIENT, FLAG_ACK | FLAG_PSH, 0, 10);
	talk_say(&talk, -HOUR + SECOND, END_SERVER, FLAG_ACK, 0, 0);
	timeline = import_good(&packets, &import);
	event = timeline_first(&timeline, EVENT_LOSS);
	assert_non_null(event);
	assert_int_equal(event->loss.place, LOSS_UNSEEN);
	assert_int_equal(event->loss.packets, 1);
	event = timeline_first(&timeline, EVENT_CLOCK_STEP);
	assert_non_null(event);
	assert_int_equal(event->clock_step.size, -HOUR - SECOND);
	assert_int_equal(nth_segment(&timeline, 5)->at, 2 * SECOND);
	timeline_free(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_and_format),
		cmocka_unit_test(unchanged_probes_are_no_copies),
		cmocka_unit_test(the_best_fit_is_found),
		cmocka_unit_test(ends_without_a_handshake),
		cmocka_unit_test(a_challenged_syn_begins_nothing),
		cmocka_unit_test(an_answered_syn_begins_a_new_one),
		cmocka_unit_test(what_is_missing_is_told),
	};

	return cmocka_run_group_tests_name("import", tests, make_path, remove_path);
}

/*
 * Roles: each script is a table of segments and the role that each is due. Numbers are relative:
 * the client's begin at c, the server's at s; both are near 2^32 in a second run of every script,
 * so that each number wraps around somewhere in some script.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/array.h"
#include "capture/flow.h"

#include "flow_scripts.h"

static const struct address client = {4, 22345, {127, 0, 0, 1}};
static const struct address server = {4, 12345, {127, 0, 0, 1}};

static struct segment make_segment(const struct line *line, uint32_t client_seq,
				   uint32_t server_seq)
{
	bool from_client = line->from == END_CLIENT;

	return (struct segment){
		.source = from_client ? client : server,
		.destination = from_client ? server : client,
		.seq = (from_client ? client_seq : server_seq) + (uint32_t)line->seq,
		.ack = line->flags & FLAG_ACK
			       ? (from_client ? server_seq : client_seq) + (uint32_t)line->ack
			       : 0,
		.window = line->window,
		.flags = (uint8_t)line->flags,
		.length = line->length,
		.window_scale = -1,
	};
}

static void run(const struct script *script, uint32_t client_seq, uint32_t server_seq)
{
	struct flow flow;

	flow_start(&flow, &client, &server);
	for (int64_t i = 0; i < LINES_MAX && script->lines[i].from != END_NONE; i++) {
		const struct line *line = &script->lines[i];
		struct segment segment = make_segment(line, client_seq, server_seq);
		struct segment_event event = {0};

		assert_int_equal(flow_classify(&flow, &segment, i + 1, &event), line->from);
		if (event.role != (int)line->role || event.answers != line->answers)
			fail_msg("%s, line %d: %s (answers %d), due %s (answers %d)", script->name,
				 (int)i + 1, word_name(role_words, event.role), (int)event.answers,
				 word_name(role_words, (int)line->role), (int)line->answers);
		assert_int_equal(event.number, i + 1);
		assert_int_equal(event.flags, line->flags);
		assert_int_equal(event.seq, segment.seq);
		assert_int_equal(event.ack, segment.ack);
		assert_int_equal(event.window, line->window);
		assert_int_equal(event.length, line->length);
	}
}

static void roles(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(scripts); i++)
		run(&scripts[i], 1000, 5000);
}

static void wrap_around(void **state)
{
	static const uint32_t starts[] = {0,	      0xffffffff, 0xfffffffe, 0xfffffff5,
					  0xffffff9c, 0xfffffe0c, 0x7fffffff, 0x7ffffff0};

	(void)state;
	for (size_t i = 0; i < array_length(scripts); i++) {
		for (size_t j = 0; j < array_length(starts); j++) {
			run(&scripts[i], starts[j], 0x80000000);
			run(&scripts[i], 77, starts[j]);
		}
	}
}

/* Every role that a connection's segments can have is due in some script. */
static void every_role(void **state)
{
	bool seen[ROLE_OTHER + 1] = {false};

	(void)state;
	for (size_t i = 0; i < array_length(scripts); i++)
		for (size_t j = 0; j < LINES_MAX; j++)
			seen[scripts[i].lines[j].role] = true;
	for (int role = ROLE_NONE; role <= ROLE_OTHER; role++)
		assert_true(seen[role]);
}

static void other_connections(void **state)
{
	static const struct line syn = {C, SYN, 0, 0, 0, 500, ROLE_SYN, 0};
	struct segment segment = make_segment(&syn, 0, 0);
	struct segment_event event = {.wire_length = 99};
	struct flow flow;

	(void)state;
	flow_start(&flow, &client, &server);
	segment.source.port++;
	assert_int_equal(flow_classify(&flow, &segment, 7, &event), END_NONE);
	assert_int_equal(event.role, ROLE_OTHER);
	assert_int_equal(event.number, 7);
	assert_int_equal(event.wire_length, 99);
	segment.source.port--;
	segment.source.bytes[3] = 2;
	assert_int_equal(flow_classify(&flow, &segment, 8, &event), END_NONE);
	segment.source.bytes[3] = 1;
	assert_int_equal(flow_classify(&flow, &segment, 9, &event), END_CLIENT);
	assert_int_equal(event.role, ROLE_SYN);
}

static void client_port_of_first_syn(void **state)
{
	static const struct line lines[] = {
		{S, ACK, 5, 5, 0, 500, ROLE_OTHER, 0},
		{C, ACK, 5, 5, 0, 500, ROLE_OTHER, 0},
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
	};
	struct address any = client;
	struct flow flow;

	(void)state;
	any.port = 0;
	flow_start(&flow, &any, &server);
	for (size_t i = 0; i < array_length(lines); i++) {
		struct segment segment = make_segment(&lines[i], 0, 0);
		struct segment_event event;

		flow_classify(&flow, &segment, (int64_t)i, &event);
		assert_int_equal(event.role, lines[i].role);
	}
	assert_int_equal(flow.client.address.port, client.port);
}

struct scale {
	int client, server;
	int64_t client_window, server_window; /* of an announced 100 */
};

static void window_scales(void **state)
{
	static const struct scale scales[] = {
		{7, 3, 12800, 800},	     {0, 0, 100, 100}, {7, -1, 100, 100}, {-1, 7, 100, 100},
		{14, 255, 1638400, 1638400},
	};
	static const struct line lines[] = {
		{C, SYN, 0, 0, 0, 100, ROLE_SYN, 0},
		{S, SYN | ACK, 0, 1, 0, 100, ROLE_SYN_ACK, 0},
		{C, ACK, 1, 1, 0, 100, ROLE_HANDSHAKE_ACK, 0},
		{S, ACK, 1, 1, 0, 100, ROLE_ACK, 0},
		{C, SYN, 900, 0, 0, 100, ROLE_SYN, 0}, /* without scale: not in force yet */
		{C, ACK, 1, 1, 0, 100, ROLE_ACK, 0},
	};

	(void)state;
	for (size_t i = 0; i < array_length(scales); i++) {
		struct flow flow;

		flow_start(&flow, &client, &server);
		for (size_t j = 0; j < array_length(lines); j++) {
			struct segment segment = make_segment(&lines[j], 0, 0);
			struct segment_event event;

			if (j < 2)
				segment.window_scale = j ? scales[i].server : scales[i].client;
			flow_classify(&flow, &segment, (int64_t)j, &event);
			assert_int_equal(event.role, lines[j].role);
			assert_int_equal(event.window, lines[j].flags & SYN ? 100
						       : lines[j].from == C
							       ? scales[i].client_window
							       : scales[i].server_window);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles),
		cmocka_unit_test(wrap_around),
		cmocka_unit_test(every_role),
		cmocka_unit_test(other_connections),
		cmocka_unit_test(client_port_of_first_syn),
		cmocka_unit_test(window_scales),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}

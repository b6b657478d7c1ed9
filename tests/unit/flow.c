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

#define C END_CLIENT
#define S END_SERVER

#define SYN FLAG_SYN
#define FIN FLAG_FIN
#define RST FLAG_RST
#define PSH FLAG_PSH
#define ACK FLAG_ACK

struct line {
	enum end from;
	int flags;
	int64_t seq, ack; /* relative */
	uint32_t length;
	uint16_t window;
	enum segment_role role;
	int64_t answers; /* line of the probe, from 1 */
};

#define LINES_MAX 20

struct script {
	const char *name;
	struct line lines[LINES_MAX];
};

#define HANDSHAKE                                                                                  \
	{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0}, {S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},        \
	{                                                                                          \
		C, ACK, 1, 1, 0, 500, ROLE_HANDSHAKE_ACK, 0                                        \
	}

/* clang-format off */
static const struct script scripts[] = {
	{"data and acknowledgements", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 100, 500, ROLE_DATA, 0},
		{S, ACK, 1, 101, 0, 500, ROLE_ACK, 0},
		{S, ACK | PSH, 1, 101, 10, 500, ROLE_DATA, 0},
		{C, ACK, 101, 11, 0, 500, ROLE_ACK, 0},
	}},
	{"keepalive probes, answered, then not, then a reset", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 4},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 6},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, RST | ACK, 1, 1, 0, 500, ROLE_RST, 0},
	}},
	{"a reply is that to the latest probe, and the only one", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 5},
		{S, ACK, 1, 1, 0, 500, ROLE_ACK, 0},
	}},
	{"both ends probe at once", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 4},
		{C, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 5},
		{S, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 8},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 9},
	}},
	{"the garbage octet; one octet with PSH is data again", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 1, 500, ROLE_DATA, 0},
		{S, ACK, 1, 2, 0, 500, ROLE_ACK, 0},
		{C, ACK, 1, 1, 1, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 2, 0, 500, ROLE_PROBE_REPLY, 6},
		{C, ACK | PSH, 1, 1, 1, 500, ROLE_RETRANSMISSION, 0},
		{S, ACK, 1, 2, 0, 500, ROLE_ACK, 0},
	}},
	{"a probe answered with a reset", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, RST, 1, 0, 0, 0, ROLE_RST, 0},
	}},
	{"data ends the wait for a reply", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_DATA, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_ACK, 0},
		{S, ACK, 1, 11, 0, 500, ROLE_ACK, 0},
	}},
	{"data of the peer are no reply", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK | PSH, 1, 1, 10, 500, ROLE_DATA, 0},
		{C, ACK, 1, 11, 0, 500, ROLE_ACK, 0},
		{S, ACK, 11, 1, 0, 500, ROLE_PROBE_REPLY, 4},
	}},
	{"dropped before the peer: no probe while data are in flight", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_DATA, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_RETRANSMISSION, 0},
		{S, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 11, 1, 0, 500, ROLE_PROBE_REPLY, 7},
		{C, ACK, 10, 1, 0, 500, ROLE_ACK, 0},
		{C, ACK | FIN, 11, 1, 0, 500, ROLE_FIN, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK | FIN, 11, 1, 0, 500, ROLE_RETRANSMISSION, 0},
	}},
	{"one octet in flight is retransmitted, not probed", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 1, 500, ROLE_DATA, 0},
		{C, ACK | PSH, 1, 1, 1, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK, 1, 1, 1, 500, ROLE_RETRANSMISSION, 0},
	}},
	{"retransmissions of SYN and SYN-ACK", {
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{C, SYN, 0, 0, 0, 500, ROLE_RETRANSMISSION, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_RETRANSMISSION, 0},
		{C, SYN, 0, 0, 0, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK, 1, 1, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK, 1, 1, 0, 500, ROLE_ACK, 0},
	}},
	{"refused", {
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{S, RST | ACK, 0, 1, 0, 0, ROLE_RST, 0},
	}},
	{"the handshake's ACK rides on data", {
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_DATA, 0},
		{S, ACK | PSH, 1, 11, 10, 500, ROLE_DATA, 0},
		{C, ACK, 11, 11, 0, 500, ROLE_ACK, 0},
	}},
	{"fast open: data on the SYN", {
		{C, SYN, 0, 0, 10, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 0, 11, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK, 11, 1, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK, 10, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 11, 0, 500, ROLE_PROBE_REPLY, 4},
	}},
	{"fast open refused: only the SYN is acknowledged", {
		{C, SYN, 0, 0, 10, 500, ROLE_SYN, 0},
		{C, SYN, 0, 0, 0, 500, ROLE_RETRANSMISSION, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_RETRANSMISSION, 0},
		{S, ACK, 1, 11, 0, 500, ROLE_ACK, 0},
		{C, ACK, 10, 1, 0, 500, ROLE_PROBE, 0},
	}},
	{"simultaneous open", {
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
		{C, SYN | ACK, 0, 1, 0, 500, ROLE_SYN_ACK, 0},
		{S, ACK | PSH, 1, 1, 5, 500, ROLE_DATA, 0},
		{S, ACK | PSH, 1, 1, 5, 500, ROLE_RETRANSMISSION, 0},
	}},
	{"window probes, the window's opening, and data", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_PROBE_REPLY, 6},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_PROBE_REPLY, 8},
		{S, ACK, 1, 501, 0, 500, ROLE_ACK, 0},
		{C, ACK | PSH, 501, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 1001, 0, 500, ROLE_ACK, 0},
		{C, ACK, 1000, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1001, 0, 500, ROLE_PROBE_REPLY, 13},
	}},
	{"the window's opening is dropped: the probes go on", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_PROBE_REPLY, 6},
		{S, ACK, 1, 501, 0, 500, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_PROBE_REPLY, 9},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_PROBE_REPLY, 11},
		{C, ACK | PSH, 501, 1, 10, 500, ROLE_DATA, 0},
		{S, ACK, 1, 511, 0, 500, ROLE_ACK, 0},
		{C, ACK, 510, 1, 0, 500, ROLE_PROBE, 0},
	}},
	{"a dropped window probe is not answered by the window's opening", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_ACK, 0},
	}},
	{"the window closes while data are in flight", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 300, 500, ROLE_DATA, 0},
		{C, ACK | PSH, 301, 1, 100, 500, ROLE_DATA, 0},
		{S, ACK, 1, 301, 0, 0, ROLE_ACK, 0},
		{C, ACK, 300, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 301, 0, 0, ROLE_PROBE_REPLY, 7},
		{C, ACK | PSH, 301, 1, 100, 500, ROLE_RETRANSMISSION, 0},
	}},
	{"window probes of one new octet", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_ACK, 0},
		{C, ACK, 501, 1, 1, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_PROBE_REPLY, 6},
		{C, ACK, 501, 1, 1, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 502, 0, 500, ROLE_ACK, 0},
		{C, ACK | PSH, 502, 1, 10, 500, ROLE_DATA, 0},
	}},
	{"one octet into a window that has opened is data", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 0, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_WINDOW_PROBE, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_ACK, 0},
		{C, ACK | PSH, 501, 1, 1, 500, ROLE_DATA, 0},
	}},
	{"an ACK that came late closes no window and takes nothing back", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 500, 500, ROLE_DATA, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_ACK, 0},
		{S, ACK, 1, 301, 0, 0, ROLE_ACK, 0},
		{C, ACK, 500, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 501, 0, 500, ROLE_PROBE_REPLY, 7},
	}},
	{"close in turn", {
		HANDSHAKE,
		{C, ACK | FIN, 1, 1, 0, 500, ROLE_FIN, 0},
		{S, ACK, 1, 2, 0, 500, ROLE_ACK, 0},
		{C, ACK, 1, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 2, 0, 500, ROLE_PROBE_REPLY, 6},
		{S, ACK | FIN | PSH, 1, 2, 5, 500, ROLE_FIN, 0},
		{S, ACK | FIN | PSH, 1, 2, 5, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK, 2, 7, 0, 500, ROLE_ACK, 0},
	}},
	{"simultaneous close", {
		HANDSHAKE,
		{C, ACK | FIN, 1, 1, 0, 500, ROLE_FIN, 0},
		{S, ACK | FIN, 1, 1, 0, 500, ROLE_FIN, 0},
		{C, ACK, 2, 2, 0, 500, ROLE_ACK, 0},
		{S, ACK | FIN, 1, 1, 0, 500, ROLE_RETRANSMISSION, 0},
		{S, ACK, 2, 2, 0, 500, ROLE_ACK, 0},
	}},
	{"a FIN joins retransmitted data", {
		HANDSHAKE,
		{C, ACK | PSH, 1, 1, 10, 500, ROLE_DATA, 0},
		{C, ACK | PSH | FIN, 1, 1, 10, 500, ROLE_FIN, 0},
		{C, ACK | PSH | FIN, 1, 1, 10, 500, ROLE_RETRANSMISSION, 0},
	}},
	{"opened again, by both ends at once", {
		HANDSHAKE,
		{S, SYN, 70000, 0, 0, 500, ROLE_SYN, 0},
		{C, SYN, 90000, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 70000, 90001, 0, 500, ROLE_SYN_ACK, 0},
		{C, SYN | ACK, 90000, 70001, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK | PSH, 90001, 70001, 9, 500, ROLE_DATA, 0},
	}},
	{"opened again after close", {
		HANDSHAKE,
		{C, ACK | FIN, 1, 1, 0, 500, ROLE_FIN, 0},
		{S, ACK | FIN, 1, 2, 0, 500, ROLE_FIN, 0},
		{C, ACK, 2, 2, 0, 500, ROLE_ACK, 0},
		{C, SYN, 90000, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, 70000, 90001, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK, 90001, 70001, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK, 90000, 70001, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 70001, 90001, 0, 500, ROLE_PROBE_REPLY, 10},
	}},
	{"opened again, far below", {
		HANDSHAKE,
		{C, SYN, -0x70000000, 0, 0, 500, ROLE_SYN, 0},
		{S, SYN | ACK, -90000, -0x6fffffff, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK, -0x6fffffff, -89999, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK | PSH, -0x6fffffff, -89999, 9, 500, ROLE_DATA, 0},
	}},
	{"the client forgot: challenge ACK with the old numbers, reset, again", {
		HANDSHAKE,
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{C, SYN, 90000, 0, 0, 500, ROLE_SYN, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_ACK, 0},
		{C, RST, 1, 0, 0, 0, ROLE_RST, 0},
		{C, SYN, 90000, 0, 0, 500, ROLE_RETRANSMISSION, 0},
		{S, SYN | ACK, 70000, 90001, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK, 90001, 70001, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK | PSH, 90001, 70001, 9, 500, ROLE_DATA, 0},
	}},
	{"the same, and the old connection is not in the capture", {
		{C, SYN, 90000, 0, 0, 500, ROLE_SYN, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_ACK, 0},
		{C, RST, 1, 0, 0, 0, ROLE_RST, 0},
		{C, SYN, 90000, 0, 0, 500, ROLE_RETRANSMISSION, 0},
		{S, SYN | ACK, 70000, 90001, 0, 500, ROLE_SYN_ACK, 0},
		{C, ACK, 90001, 70001, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK, 90000, 70001, 0, 500, ROLE_PROBE, 0},
	}},
	{"the capture lost the SYN-ACK", {
		{C, SYN, 0, 0, 0, 500, ROLE_SYN, 0},
		{C, ACK, 1, 1, 0, 500, ROLE_HANDSHAKE_ACK, 0},
		{C, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 1, 1, 0, 500, ROLE_PROBE_REPLY, 3},
		{S, ACK, 0, 1, 0, 500, ROLE_PROBE, 0},
	}},
	{"the capture lost data", {
		HANDSHAKE,
		{S, ACK, 1, 101, 0, 500, ROLE_ACK, 0},
		{C, ACK | PSH, 1, 1, 100, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK | PSH, 201, 1, 100, 500, ROLE_DATA, 0},
		{S, ACK, 1, 301, 0, 500, ROLE_ACK, 0},
		{C, ACK, 300, 1, 0, 500, ROLE_PROBE, 0},
	}},
	{"begins with data", {
		{C, ACK | PSH, 50, 70, 10, 500, ROLE_DATA, 0},
		{S, ACK, 70, 60, 0, 500, ROLE_ACK, 0},
		{C, ACK, 59, 70, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 70, 60, 0, 500, ROLE_PROBE_REPLY, 3},
		{S, ACK, 69, 60, 0, 500, ROLE_PROBE, 0},
	}},
	{"begins with a retransmission, seen from the other end's ack", {
		{S, ACK, 70, 60, 0, 500, ROLE_ACK, 0},
		{C, ACK | PSH, 50, 70, 10, 500, ROLE_RETRANSMISSION, 0},
		{C, ACK, 59, 70, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 70, 60, 0, 500, ROLE_PROBE_REPLY, 3},
	}},
	{"begins with an answered probe: the second one is known", {
		{C, ACK, 59, 70, 0, 500, ROLE_ACK, 0},
		{S, ACK, 70, 60, 0, 500, ROLE_ACK, 0},
		{C, ACK, 59, 70, 0, 500, ROLE_PROBE, 0},
		{S, ACK, 70, 60, 0, 500, ROLE_PROBE_REPLY, 3},
	}},
	{"begins with probes that nothing answers", {
		{C, ACK, 59, 70, 0, 500, ROLE_ACK, 0},
		{C, ACK, 59, 70, 0, 500, ROLE_PROBE, 0},
		{C, ACK, 59, 70, 0, 500, ROLE_PROBE, 0},
		{C, RST | ACK, 60, 70, 0, 500, ROLE_RST, 0},
	}},
	{"begins with window updates: no probes", {
		{C, ACK, 59, 70, 0, 500, ROLE_ACK, 0},
		{C, ACK, 59, 70, 0, 600, ROLE_ACK, 0},
		{C, ACK | PSH, 59, 70, 5, 600, ROLE_DATA, 0},
		{C, ACK | PSH, 59, 70, 5, 600, ROLE_RETRANSMISSION, 0},
	}},
	{"flags that no segment has", {
		HANDSHAKE,
		{C, 0, 1, 0, 0, 500, ROLE_OTHER, 0},
		{C, FIN, 1, 0, 0, 500, ROLE_FIN, 0},
		{C, FIN | SYN | RST, 1, 0, 0, 500, ROLE_RST, 0},
	}},
};
/* clang-format on */

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

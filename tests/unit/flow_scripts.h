/* Scripts of segments and the role that each is due, for unit/flow.c. Numbers are relative. */
#ifndef TESTS_FLOW_SCRIPTS_H
#define TESTS_FLOW_SCRIPTS_H

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

#endif

#include "timeline/event.h"

#include <stdlib.h>
#include <string.h>

#include "timeline/event_fields.h"

const struct word event_words[] = {
	{"kernel", EVENT_KERNEL},
	{"capture", EVENT_CAPTURE},
	{"sysctl", EVENT_SYSCTL},
	{"connection", EVENT_CONNECTION},
	{"segment", EVENT_SEGMENT},
	{"socket", EVENT_SOCKET},
	{"application", EVENT_APPLICATION},
	{"step", EVENT_STEP},
	{"ping", EVENT_PING},
	{"monitor", EVENT_MONITOR},
	{"resources", EVENT_RESOURCES},
	{"rule", EVENT_RULE},
	{"counter", EVENT_COUNTER},
	{"conntrack", EVENT_CONNTRACK},
	{"witness", EVENT_WITNESS},
	{"loss", EVENT_LOSS},
	{"clock step", EVENT_CLOCK_STEP},
	{"until", EVENT_UNTIL},
	{"unable", EVENT_UNABLE},
	{"end", EVENT_END},
	{NULL, 0},
};

const struct word role_words[] = {
	{"none", ROLE_NONE},
	{"SYN", ROLE_SYN},
	{"SYN-ACK", ROLE_SYN_ACK},
	{"handshake ACK", ROLE_HANDSHAKE_ACK},
	{"data", ROLE_DATA},
	{"retransmission", ROLE_RETRANSMISSION},
	{"probe", ROLE_PROBE},
	{"probe reply", ROLE_PROBE_REPLY},
	{"window probe", ROLE_WINDOW_PROBE},
	{"ACK", ROLE_ACK},
	{"FIN", ROLE_FIN},
	{"RST", ROLE_RST},
	{"other", ROLE_OTHER},
	{"later connection", ROLE_LATER},
	{NULL, 0},
};

const struct word call_words[] = {
	{"connect", CALL_CONNECT},
	{"accept", CALL_ACCEPT},
	{"poll", CALL_POLL},
	{"recv", CALL_RECV},
	{"select", CALL_SELECT},
	{"epoll_wait", CALL_EPOLL},
	{"send", CALL_SEND},
	{"SO_ERROR", CALL_SO_ERROR},
	{"shutdown", CALL_SHUTDOWN},
	{"close", CALL_CLOSE},
	{"shutdown receive", CALL_SHUTDOWN_RECEIVE},
	{"shutdown both", CALL_SHUTDOWN_BOTH},
	{"linger", CALL_LINGER},
	{"abort", CALL_ABORT},
	{"kill", CALL_KILL},
	{"vanish", CALL_VANISH},
	{"destroy", CALL_DESTROY},
	{"connect again", CALL_CONNECT_AGAIN},
	{"alive", CALL_ALIVE},
	{NULL, 0},
};

const struct word loss_words[] = {
	{"capture", LOSS_CAPTURE},
	{"backlog", LOSS_BACKLOG},
	{"unseen", LOSS_UNSEEN},
	{NULL, 0},
};

const struct word unable_words[] = {
	{"feature", UNABLE_FEATURE},
	{"run", UNABLE_RUN},
	{NULL, 0},
};

const struct word ping_words[] = {
	{"answered", PING_ANSWERED},
	{"unanswered", PING_UNANSWERED},
	{"error", PING_ERROR},
	{"refused", PING_REFUSED},
	{NULL, 0},
};

const struct word host_words[] = {
	{"unknown", HOST_UNKNOWN},
	{"answers", HOST_ANSWERS},
	{"silent", HOST_SILENT},
	{NULL, 0},
};

const struct word clock_words[] = {
	{"real", CLOCK_REAL},
	{"virtual", CLOCK_VIRTUAL},
	{NULL, 0},
};

#define FIELD(kind, type, member, words)                                                           \
	{                                                                                          \
#member, type, offsetof(struct event, kind.member), words                          \
	}

static const struct event_field kernel_fields[] = {
	FIELD(kernel, FIELD_TEXT, release, NULL),      FIELD(kernel, FIELD_NUMBER, hz, NULL),
	FIELD(kernel, FIELD_WORD, clock, clock_words), FIELD(kernel, FIELD_NUMBER, zero, NULL),
	FIELD(kernel, FIELD_NUMBER, realtime, NULL),   FIELD(kernel, FIELD_NUMBER, jiffies, NULL),
	FIELD(kernel, FIELD_NUMBER, jiffies_at, NULL), {NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field capture_fields[] = {
	FIELD(capture, FIELD_NUMBER, hz, NULL),
	FIELD(capture, FIELD_NUMBER, realtime, NULL),
	FIELD(capture, FIELD_NUMBER, packets, NULL),
	FIELD(capture, FIELD_NUMBER, client_away, NULL),
	FIELD(capture, FIELD_NUMBER, server_away, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field sysctl_fields[] = {
	FIELD(sysctl, FIELD_TEXT, name, NULL),
	FIELD(sysctl, FIELD_TEXT, value, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field connection_fields[] = {
	FIELD(connection, FIELD_ADDRESS, client, NULL),
	FIELD(connection, FIELD_ADDRESS, server, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field segment_fields[] = {
	FIELD(segment, FIELD_NUMBER, number, NULL),
	FIELD(segment, FIELD_WORD, role, role_words),
	FIELD(segment, FIELD_NUMBER, answers, NULL),
	FIELD(segment, FIELD_FLAGS, flags, NULL),
	FIELD(segment, FIELD_NUMBER, seq, NULL),
	FIELD(segment, FIELD_NUMBER, ack, NULL),
	FIELD(segment, FIELD_NUMBER, window, NULL),
	FIELD(segment, FIELD_NUMBER, length, NULL),
	FIELD(segment, FIELD_NUMBER, linktype, NULL),
	FIELD(segment, FIELD_NUMBER, wire_length, NULL),
	FIELD(segment, FIELD_BYTES, frame, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field socket_fields[] = {
	FIELD(socket, FIELD_WORD, state, state_words),
	FIELD(socket, FIELD_WORD, timer, timer_words),
	FIELD(socket, FIELD_NUMBER, expires, NULL),
	FIELD(socket, FIELD_NUMBER, retransmits, NULL),
	FIELD(socket, FIELD_NUMBER, probes, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field application_fields[] = {
	FIELD(application, FIELD_WORD, call, call_words),
	FIELD(application, FIELD_NUMBER, result, NULL),
	FIELD(application, FIELD_ERRNO, error, NULL),
	FIELD(application, FIELD_OPTIONAL, lasted, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field step_fields[] = {
	FIELD(step, FIELD_NUMBER, index, NULL), FIELD(step, FIELD_NUMBER, line, NULL),
	FIELD(step, FIELD_TEXT, what, NULL),	FIELD(step, FIELD_NUMBER, due, NULL),
	FIELD(step, FIELD_NUMBER, began, NULL), {NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field ping_fields[] = {
	FIELD(ping, FIELD_NUMBER, step, NULL), FIELD(ping, FIELD_NUMBER, number, NULL),
	FIELD(ping, FIELD_NUMBER, sent, NULL), FIELD(ping, FIELD_WORD, outcome, ping_words),
	FIELD(ping, FIELD_ERRNO, error, NULL), {NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field monitor_fields[] = {
	FIELD(monitor, FIELD_WORD, says, host_words),
	FIELD(monitor, FIELD_NUMBER, failures, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field resources_fields[] = {
	FIELD(resources, FIELD_NUMBER, step, NULL),
	FIELD(resources, FIELD_NUMBER, echoes, NULL),
	FIELD(resources, FIELD_NUMBER, descriptors, NULL),
	FIELD(resources, FIELD_NUMBER, ports, NULL),
	FIELD(resources, FIELD_NUMBER, memory, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field rule_fields[] = {
	FIELD(rule, FIELD_NUMBER, index, NULL),
	FIELD(rule, FIELD_NUMBER, packets, NULL),
	FIELD(rule, FIELD_NUMBER, bytes, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field counter_fields[] = {
	FIELD(counter, FIELD_TEXT, name, NULL),
	FIELD(counter, FIELD_NUMBER, before, NULL),
	FIELD(counter, FIELD_NUMBER, after, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field conntrack_fields[] = {
	FIELD(conntrack, FIELD_WORD, state, conntrack_words),
	FIELD(conntrack, FIELD_NUMBER, filtered, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field witness_fields[] = {
	FIELD(witness, FIELD_NUMBER, due, NULL),
	FIELD(witness, FIELD_NUMBER, lateness, NULL),
	FIELD(witness, FIELD_OPTIONAL, jiffies, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field loss_fields[] = {
	FIELD(loss, FIELD_WORD, place, loss_words),
	FIELD(loss, FIELD_NUMBER, packets, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field clock_step_fields[] = {
	FIELD(clock_step, FIELD_NUMBER, size, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field unable_fields[] = {
	FIELD(unable, FIELD_WORD, reason, unable_words),
	FIELD(unable, FIELD_NUMBER, line, NULL),
	FIELD(unable, FIELD_TEXT, message, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field end_fields[] = {
	FIELD(finish, FIELD_OPTIONAL, woken, NULL),
	{NULL, FIELD_NUMBER, 0, NULL},
};

static const struct event_field no_fields[] = {{NULL, FIELD_NUMBER, 0, NULL}};

const struct event_field *event_fields(enum event_kind kind)
{
	switch (kind) {
	case EVENT_NONE:
	case EVENT_UNTIL:
		return no_fields;
	case EVENT_END:
		return end_fields;
	case EVENT_KERNEL:
		return kernel_fields;
	case EVENT_CAPTURE:
		return capture_fields;
	case EVENT_SYSCTL:
		return sysctl_fields;
	case EVENT_CONNECTION:
		return connection_fields;
	case EVENT_SEGMENT:
		return segment_fields;
	case EVENT_SOCKET:
		return socket_fields;
	case EVENT_APPLICATION:
		return application_fields;
	case EVENT_STEP:
		return step_fields;
	case EVENT_PING:
		return ping_fields;
	case EVENT_MONITOR:
		return monitor_fields;
	case EVENT_RESOURCES:
		return resources_fields;
	case EVENT_RULE:
		return rule_fields;
	case EVENT_COUNTER:
		return counter_fields;
	case EVENT_CONNTRACK:
		return conntrack_fields;
	case EVENT_WITNESS:
		return witness_fields;
	case EVENT_LOSS:
		return loss_fields;
	case EVENT_CLOCK_STEP:
		return clock_step_fields;
	case EVENT_UNABLE:
		return unable_fields;
	}
	return no_fields;
}

void event_release(struct event *event)
{
	for (const struct event_field *field = event_fields(event->kind); field->name; field++) {
		if (field->type == FIELD_TEXT || field->type == FIELD_BYTES)
			free(*(char **)event_field_in(event, field));
	}
	*event = (struct event){.kind = EVENT_NONE};
}

struct event event_copy(const struct event *event)
{
	struct event copy = *event;

	for (const struct event_field *field = event_fields(event->kind); field->name; field++) {
		char **text = event_field_in(&copy, field);

		if (field->type == FIELD_TEXT && *text)
			*text = strdup(*text);
	}
	if (copy.kind == EVENT_SEGMENT && copy.segment.frame) {
		copy.segment.frame = malloc(copy.segment.frame_length + 1);
		memcpy(copy.segment.frame, event->segment.frame, copy.segment.frame_length);
	}
	return copy;
}

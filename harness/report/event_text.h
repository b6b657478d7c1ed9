/* What an event says, in a few words, for drawings of any kind. */
#ifndef HALFOPEN_REPORT_EVENT_TEXT_H
#define HALFOPEN_REPORT_EVENT_TEXT_H

#include "timeline/event.h"

/* Room for any of these texts. */
#define EVENT_TEXT_SIZE 128

/* "ESTABLISHED, timer keepalive (2.00/0/1)". Returns the buffer. */
const char *socket_text(char buffer[static EVENT_TEXT_SIZE], const struct socket_event *socket);

/* "recv: ETIMEDOUT", "poll: IN ERR". Returns the buffer. */
const char *application_text(char buffer[static EVENT_TEXT_SIZE],
			     const struct application_event *told);

/*
 * Whether a finding can be of this event: several events may share a moment. An echo of the monitor
 * shares it with what the monitor says of it, which is what is judged.
 */
bool event_is_judged(const struct event *event);

/* Whether a socket differs from before in more than the time that its timer has left. */
bool socket_changed(const struct socket_event *before, const struct socket_event *now);

/* Whether an echo fared otherwise than the one before of the same sender. */
bool ping_changed(const struct ping_event *before, const struct ping_event *now);

const char *ping_text(char buffer[static EVENT_TEXT_SIZE], const struct event *event);

const char *monitor_text(char buffer[static EVENT_TEXT_SIZE], const struct monitor_event *monitor);

/* "the rule took 4 packets". */
const char *rule_count_text(char text[static EVENT_TEXT_SIZE], const struct rule_event *rule);

/* "the router's entry: ESTABLISHED; filtered: 2". */
const char *conntrack_text(char text[static EVENT_TEXT_SIZE],
			   const struct conntrack_event *conntrack);

#endif

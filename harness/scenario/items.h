/* Items of lists that have a form of their own: whether a text can be one. */
#ifndef HALFOPEN_SCENARIO_ITEMS_H
#define HALFOPEN_SCENARIO_ITEMS_H

#include <stdbool.h>

/* "nothing", or "IN|ERR|HUP": names of revents in the order in which verdicts write them. */
bool is_poll_item(const char *item);

/* "ETIMEDOUT", "end of file", "5 bytes". */
bool is_recv_item(const char *item);

/* "off", "gone", "keepalive 0/1": the timer, its retransmissions and probes. */
/* "17 bytes", "EPIPE". */
bool is_send_item(const char *item);

/* "ok", "ECONNREFUSED". */
bool is_connect_item(const char *item);

/* "nothing", "readable", "EBADF". */
bool is_select_item(const char *item);

/* "CLOSE-WAIT". */
bool is_state_item(const char *item);

bool is_timer_item(const char *item);
/* A state that lasts, or "none": not those of the handshake. */
bool is_conntrack_item(const char *item);

/* "TcpExtTCPKeepAlive": a group and a name, as nstat joins them. */
bool is_counter_name(const char *name);

/* "answers", "silent". */
bool is_host_item(const char *item);

#endif

#define _GNU_SOURCE
#include "report/event_text.h"

#include <poll.h>
#include <stdio.h>

#include "base/duration.h"

bool event_is_judged(const struct event *event)
{
	return event->kind == EVENT_SEGMENT || event->kind == EVENT_APPLICATION ||
	       event->kind == EVENT_SOCKET || event->kind == EVENT_MONITOR ||
	       (event->kind == EVENT_PING && event->ping.step >= 0);
}

bool socket_changed(const struct socket_event *before, const struct socket_event *now)
{
	return now->state != before->state || now->timer != before->timer ||
	       now->retransmits != before->retransmits || now->probes != before->probes;
}

const char *socket_text(char buffer[static EVENT_TEXT_SIZE], const struct socket_event *socket)
{
	if (socket->timer == TIMER_GONE || socket->timer == TIMER_OFF)
		snprintf(buffer, EVENT_TEXT_SIZE, "%s, timer %s",
			 word_name(state_words, socket->state),
			 word_name(timer_words, socket->timer));
	else
		snprintf(buffer, EVENT_TEXT_SIZE, "%s, timer %s (%.2f/%lld/%lld)",
			 word_name(state_words, socket->state),
			 word_name(timer_words, socket->timer),
			 (double)socket->expires / (double)SECOND, (long long)socket->retransmits,
			 (long long)socket->probes);
	return buffer;
}

const char *application_text(char buffer[static EVENT_TEXT_SIZE],
			     const struct application_event *told)
{
	const char *call = word_name(call_words, told->call);

	if (told->error)
		snprintf(buffer, EVENT_TEXT_SIZE, "%s: %s", call, errno_name(told->error));
	else if (told->call == CALL_SELECT)
		snprintf(buffer, EVENT_TEXT_SIZE, "select: %s",
			 told->result ? "readable" : "nothing");
	else if (told->call == CALL_POLL || told->call == CALL_EPOLL)
		snprintf(buffer, EVENT_TEXT_SIZE, "%s: %s%s%s%s%s", call,
			 told->result ? "" : "nothing", told->result & POLLIN ? "IN " : "",
			 told->result & POLLERR ? "ERR " : "", told->result & POLLHUP ? "HUP " : "",
			 told->result & POLLRDHUP ? "RDHUP" : "");
	else if (told->call == CALL_RECV && !told->result)
		snprintf(buffer, EVENT_TEXT_SIZE, "recv: end of file");
	else if (told->call == CALL_RECV || told->call == CALL_SEND)
		snprintf(buffer, EVENT_TEXT_SIZE, "%s: %lld bytes", call, (long long)told->result);
	else
		snprintf(buffer, EVENT_TEXT_SIZE, "%s: ok", call);
	return buffer;
}

bool ping_changed(const struct ping_event *before, const struct ping_event *now)
{
	return !before->number || now->step != before->step || now->outcome != before->outcome ||
	       now->error != before->error;
}

const char *ping_text(char buffer[static EVENT_TEXT_SIZE], const struct event *event)
{
	const struct ping_event *ping = &event->ping;
	char took[DURATION_TEXT_SIZE];

	if (ping->outcome == PING_ERROR || ping->outcome == PING_REFUSED)
		snprintf(buffer, EVENT_TEXT_SIZE, "ping %lld: %s", (long long)ping->number,
			 errno_name(ping->error));
	else
		snprintf(buffer, EVENT_TEXT_SIZE, "ping %lld: %s after %s", (long long)ping->number,
			 word_name(ping_words, ping->outcome),
			 duration_format(took, event->at - ping->sent));
	return buffer;
}

const char *monitor_text(char buffer[static EVENT_TEXT_SIZE], const struct monitor_event *monitor)
{
	snprintf(buffer, EVENT_TEXT_SIZE, "monitor: host %s", word_name(host_words, monitor->says));
	return buffer;
}

const char *rule_count_text(char text[static EVENT_TEXT_SIZE], const struct rule_event *rule)
{
	snprintf(text, EVENT_TEXT_SIZE, "the rule took %lld packet%s", (long long)rule->packets,
		 plural(rule->packets));
	return text;
}

const char *conntrack_text(char text[static EVENT_TEXT_SIZE],
			   const struct conntrack_event *conntrack)
{
	snprintf(text, EVENT_TEXT_SIZE, "the router's entry: %s; filtered: %lld",
		 word_name(conntrack_words, conntrack->state), (long long)conntrack->filtered);
	return text;
}

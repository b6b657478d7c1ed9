#include "scenario/items.h"

#include <string.h>

#include "base/array.h"
#include "base/names.h"

#define DIGITS "0123456789"

/* Longer numbers cannot be seen. */
#define DIGIT_LIMIT 18

/* Moves text behind a number as printf() writes it. Returns whether there is one. */
static bool skip_number(const char **text)
{
	size_t length = strspn(*text, DIGITS);

	if (length == 0 || length > DIGIT_LIMIT || (**text == '0' && length > 1))
		return false;
	*text += length;
	return true;
}

bool is_poll_item(const char *item)
{
	static const char *const names[] = {"IN", "OUT", "PRI", "ERR", "HUP", "RDHUP"};
	size_t next = 0;

	if (strcmp(item, "nothing") == 0)
		return true;
	for (;;) {
		size_t length = strcspn(item, "|");

		while (next < array_length(names) &&
		       (strlen(names[next]) != length || strncmp(names[next], item, length) != 0))
			next++;
		if (next++ == array_length(names))
			return false;
		item += length;
		if (!*item)
			return true;
		item++;
	}
}

bool is_recv_item(const char *item)
{
	if (strcmp(item, "end of file") == 0 || errno_value(item))
		return true;
	return *item != '0' && skip_number(&item) && strcmp(item, " bytes") == 0;
}

bool is_send_item(const char *item)
{
	if (errno_value(item))
		return true;
	return *item != '0' && skip_number(&item) && strcmp(item, " bytes") == 0;
}

bool is_connect_item(const char *item)
{
	return strcmp(item, "ok") == 0 || errno_value(item);
}

bool is_select_item(const char *item)
{
	return strcmp(item, "nothing") == 0 || strcmp(item, "readable") == 0 || errno_value(item);
}

bool is_state_item(const char *item)
{
	int state;

	return word_value(state_words, item, &state);
}

bool is_host_item(const char *item)
{
	return strcmp(item, "answers") == 0 || strcmp(item, "silent") == 0;
}

bool is_conntrack_item(const char *item)
{
	int state;

	return word_value(conntrack_words, item, &state) && !conntrack_is_handshake(state);
}

bool is_timer_item(const char *item)
{
	for (const struct word *timer = timer_words; timer->name; timer++) {
		size_t length = strlen(timer->name);
		const char *rest = item + length;

		if (strncmp(item, timer->name, length) != 0)
			continue;
		if (timer->value == TIMER_OFF || timer->value == TIMER_GONE) {
			if (!*rest)
				return true;
		} else if (*rest++ == ' ' && skip_number(&rest) && *rest++ == '/' &&
			   skip_number(&rest) && !*rest) {
			return true;
		}
	}
	return false;
}

bool is_counter_name(const char *name)
{
	static const char *const groups[] = {"TcpExt", "Tcp", "IpExt", "Ip"};
	size_t length = strlen(name);

	for (size_t i = 0; i < array_length(groups); i++) {
		size_t group = strlen(groups[i]);

		if (strncmp(name, groups[i], group) != 0)
			continue;
		return length > group && length < 64 && name[group] >= 'A' && name[group] <= 'Z' &&
		       strspn(name,
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" DIGITS) ==
			       length;
	}
	return false;
}

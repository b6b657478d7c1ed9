#include "guest/console.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

static char *current(struct console *console)
{
	return console->lines[console->count % CONSOLE_LINES];
}

/* What lib/dump_stack.c, kernel/panic.c and their likes begin their reports with. */
static void look(struct console *console, const char *line)
{
	static const char *const complaints[] = {
		"BUG:",	  "WARNING: CPU", "Oops:",	"general protection fault", "UBSAN:",
		"KASAN:", "INFO: task",	  "rcu: INFO:", "Out of memory:",
	};

	if (!console->panic[0] && strstr(line, "Kernel panic - "))
		snprintf(console->panic, sizeof(console->panic), "%s", line);
	for (size_t i = 0; !console->complaint[0] && i < array_length(complaints); i++) {
		if (strstr(line, complaints[i]))
			snprintf(console->complaint, sizeof(console->complaint), "%s", line);
	}
}

static void end_line(struct console *console)
{
	char *line = current(console);

	line[console->length] = '\0';
	console->length = 0;
	/* What follows a panic is a stack, which would push out what led to it. */
	if (!line[0] || console->panic[0])
		return;
	look(console, line);
	console->count++;
}

void console_take(struct console *console, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char byte = bytes[i];

		if (byte == '\n')
			end_line(console);
		else if (byte != '\r' && console->length < CONSOLE_WIDTH - 1)
			current(console)[console->length++] = byte < ' ' || byte > '~' ? '?' : byte;
	}
}

const char *console_line(const struct console *console, size_t i)
{
	size_t first = console->count < CONSOLE_LINES - 1 ? 0 : console->count - CONSOLE_LINES + 1;

	return first + i < console->count ? console->lines[(first + i) % CONSOLE_LINES] : NULL;
}

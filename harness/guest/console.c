#include "guest/console.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

static char *current(struct console *console)
{
	return console->lines[console->count % CONSOLE_LINES];
}

/* Behind the stamp, and with CONFIG_PRINTK_CALLER the task or CPU: "[    1.234567][    T1] ". */
static const char *behind_stamps(const char *line)
{
	while (*line == '[') {
		const char *end = strchr(line, ']');

		if (!end)
			return line;
		line = end + 1;
		while (*line == ' ')
			line++;
	}
	return line;
}

/*
 * What the kernel begins its reports with: kernel/panic.c, __warn(); lib/bug.c; lib/ubsan.c;
 * arch/x86/kernel/dumpstack.c; lockdep and RCU; kernel/watchdog.c; kernel/hung_task.c;
 * mm/oom_kill.c.
 */
static const char *const complaints[] = {
	"WARNING: ", "BUG: ",		"kernel BUG at ", "Oops: ",	 "general protection fault",
	"UBSAN: ",   "watchdog: BUG: ", "rcu: INFO: ",	  "INFO: task ", "Out of memory: ",
};

static bool is_complaint(const char *text)
{
	for (size_t i = 0; i < array_length(complaints); i++) {
		if (strncmp(text, complaints[i], strlen(complaints[i])) == 0)
			return true;
	}
	/* Whatever an oops is called, its first line counts it: "divide error: 0000 [#1] SMP". */
	return strstr(text, ": ") && strstr(text, " [#1]");
}

static void look(struct console *console, const char *line)
{
	const char *text = behind_stamps(line);

	if (strncmp(text, "Kernel panic - ", strlen("Kernel panic - ")) == 0)
		snprintf(console->panic, sizeof(console->panic), "%s", line);
	if (!console->complaint[0] && is_complaint(text))
		snprintf(console->complaint, sizeof(console->complaint), "%s", line);
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

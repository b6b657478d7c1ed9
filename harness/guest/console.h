/* The guest's console: its last lines, and whether one of them is a complaint of the kernel. */
#ifndef HALFOPEN_GUEST_CONSOLE_H
#define HALFOPEN_GUEST_CONSOLE_H

#include <stddef.h>

#define CONSOLE_LINES 20
#define CONSOLE_WIDTH 160

struct console {
	char lines[CONSOLE_LINES][CONSOLE_WIDTH]; /* a ring; printable; none behind a panic */
	size_t count;				  /* lines that came in all */
	size_t length;				  /* of the line that is still coming */
	char complaint[CONSOLE_WIDTH];		  /* the first one; empty: none */
	char panic[CONSOLE_WIDTH];		  /* empty: none */
};

/* Takes what came. */
void console_take(struct console *console, const char *bytes, size_t length);

/* Line i of those that are kept, the oldest first; NULL behind the last. */
const char *console_line(const struct console *console, size_t i);

#endif

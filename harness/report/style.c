#include "report/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* No screen is wider. */
#define WIDTH_LIMIT 10000

/* What COLUMNS says, also where there is no terminal to ask; 0 where it says nothing. */
static int width_said(void)
{
	const char *columns = getenv("COLUMNS");
	char *end;
	long width = columns ? strtol(columns, &end, 10) : 0;

	return width > 0 && width <= WIDTH_LIMIT && !*end ? (int)width : 0;
}

struct style style_for(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct style style = {"", "", "", "", "", "", false, 0};
	struct winsize size;

	style.terminal = isatty(fileno(stream)) && term && strcmp(term, "dumb") != 0;
	style.width = width_said();
	if (!style.width && style.terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0)
		style.width = size.ws_col;
	if (!style.terminal || (no_color && *no_color))
		return style;
	style.good = "\033[32m";
	style.bad = "\033[31m";
	style.doubtful = "\033[33m";
	style.faint = "\033[2m";
	style.bold = "\033[1m";
	style.plain = "\033[0m";
	return style;
}

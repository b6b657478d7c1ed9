#include "report/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct style style_for(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct style style = {"", "", "", "", "", "", false, 0};
	struct winsize size;

	style.terminal = isatty(fileno(stream)) && term && strcmp(term, "dumb") != 0;
	if (style.terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0)
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

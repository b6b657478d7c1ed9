#include "base/duration.h"
#include "compare/write.h"
#include "report/escape.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>halfopen: what changed</title>\n<style>\n"
	":root { color-scheme: light dark; }\n"
	"body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; "
	"max-width: 70em; padding: "
	"0 1em; }\n"
	"table { border-collapse: collapse; width: 100%; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .35em .8em .35em "
	"0; "
	"border-top: 1px solid #8886; }\n"
	"td ul { margin: 0; padding-left: 1.1em; }\n"
	"code { overflow-wrap: anywhere; }\n"
	".worse td:first-child { color: #c4231b; font-weight: bold; }\n"
	".better td:first-child { color: #1a7f37; font-weight: bold; }\n"
	".different td:first-child, .unknown td:first-child { font-weight: bold; "
	"}\n"
	".same { opacity: .75; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	".worse td:first-child { color: #ff7b72; }\n.better td:first-child { "
	"color: #3fb950; }\n}\n"
	"</style>\n</head>\n<body>\n<h1>What changed</h1>\n";

static void escape(const char *text, FILE *stream)
{
	escape_write(stream, ESCAPE_XML, text);
}

static void write_side(const char *name, const char *path, const struct saved *saved, FILE *stream)
{
	fprintf(stream, "<tr><th scope=\"row\">%s</th><td><code>", name);
	escape(path, stream);
	fputs("</code></td><td>Linux ", stream);
	escape(saved->release, stream);
	fprintf(stream, ", %d Hz%s</td></tr>\n", saved->hz,
		saved->clock == CLOCK_VIRTUAL ? ", virtual time" : "");
}

static void write_settings(const struct setting_changes *settings, FILE *stream)
{
	if (!settings->count)
		return;
	fputs("<table>\n<thead><tr><th scope=\"col\">setting that differs</th><th "
	      "scope=\"col\">old</th>"
	      "<th scope=\"col\">new</th></tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < settings->count; i++) {
		fputs("<tr><td><code>", stream);
		escape(settings->list[i].name, stream);
		fputs("</code></td><td>", stream);
		escape(setting_text(settings->list[i].old), stream);
		fputs("</td><td>", stream);
		escape(setting_text(settings->list[i].new), stream);
		fputs("</td></tr>\n", stream);
	}
	fputs("</tbody>\n</table>\n", stream);
}

static void write_noticed(const struct comparison *comparison, bool new, FILE *stream)
{
	char text[DURATION_TEXT_SIZE];
	bool any = false;

	for (enum end end = END_CLIENT; comparison->has_noticed && end <= END_SERVER; end++) {
		const struct noticed *noticed =
			new ? &comparison->new_noticed[end] : &comparison->old_noticed[end];

		if (!noticed->noticed)
			continue;
		fprintf(stream, "%s%s: %s", any ? "<br>" : "", word_name(end_words, (int)end),
			duration_format(text, noticed->after));
		any = true;
	}
}

static void write_comparison(const struct comparison *comparison, FILE *stream)
{
	const char *class = word_name(change_words, (int)comparison->class);

	fprintf(stream, "<tr class=\"%s\"><td>%s</td><td><code>", class, class);
	escape(comparison_id(comparison), stream);
	fputs("</code></td><td>", stream);
	write_noticed(comparison, false, stream);
	fputs("</td><td>", stream);
	write_noticed(comparison, true, stream);
	fputs("</td><td>", stream);
	for (size_t i = 0; i < comparison->count; i++) {
		fprintf(stream, "%s<li>%s: ", i ? "" : "<ul>", comparison->list[i].aspect);
		escape(comparison->list[i].text, stream);
		fputs("</li>", stream);
	}
	fprintf(stream, "%s</td></tr>\n", comparison->count ? "</ul>" : "");
}

void comparisons_write_html(const struct comparisons *comparisons, const struct compared *compared,
			    FILE *stream)
{
	static const enum change_class order[] = {CHANGE_WORSE,	  CHANGE_DIFFERENT, CHANGE_BETTER,
						  CHANGE_UNKNOWN, CHANGE_NEW,	    CHANGE_GONE,
						  CHANGE_SAME};

	fputs(head, stream);
	fputs("<table>\n<tbody>\n", stream);
	write_side("old", compared->old_path, compared->old, stream);
	write_side("new", compared->new_path, compared->new, stream);
	fputs("</tbody>\n</table>\n", stream);
	write_settings(&compared->settings, stream);
	fputs("<p>", stream);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		fprintf(stream, "%s%zu %s", i ? ", " : "", comparisons->of[order[i]],
			word_name(change_words, (int)order[i]));
	fputs("</p>\n<table>\n<thead><tr><th scope=\"col\">class</th><th "
	      "scope=\"col\">scenario</th>"
	      "<th scope=\"col\">noticed, old</th><th scope=\"col\">noticed, new</th>"
	      "<th scope=\"col\">what changed</th></tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		for (size_t j = 0; j < comparisons->count; j++) {
			if (comparisons->list[j].class == order[i])
				write_comparison(&comparisons->list[j], stream);
		}
	}
	fputs("</tbody>\n</table>\n</body>\n</html>\n", stream);
}

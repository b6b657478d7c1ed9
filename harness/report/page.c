#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/html.h"
#include "report/page_assets.h"
#include "report/page_drawing.h"
#include "report/page_findings.h"
#include "timeline/read.h"

/* So many that did not pass are open at once; a page of more is read by its lines first. */
#define OPEN_LIMIT 25

/* What needs a look stands first. */
static const enum verdict order[] = {VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_SKIP,
				     VERDICT_PASS};

#define ORDER_COUNT (sizeof(order) / sizeof(order[0]))

static struct tally tally_of(const struct saved *saved)
{
	struct tally tally = {0};

	for (size_t i = 0; i < saved->count; i++)
		tally.of[saved->scenarios[i].judgement.verdict]++;
	return tally;
}

static void write_head(FILE *stream, const struct tally *tally, size_t count)
{
	/* The policy keeps a text that was escaped badly from doing anything all the same. */
	fprintf(stream,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
		"<title>halfopen: %zu of %zu scenario%s passed</title>\n<style>\n",
		tally->of[VERDICT_PASS], count, plural((int64_t)count));
	fputs(page_css, stream);
	fputs("</style>\n</head>\n<body>\n", stream);
}

static void write_filter(FILE *stream, const char *value, const char *words, size_t count,
			 bool checked)
{
	fprintf(stream,
		"<label><input type=\"radio\" name=\"show\" value=\"%s\"%s> %s "
		"<b>%zu</b></label>\n",
		value, checked ? " checked" : "", words, count);
}

static void write_summary(FILE *stream, const struct saved *saved, const struct tally *tally)
{
	fputs("<header>\n<h1>", stream);
	fprintf(stream, "%zu of %zu scenario%s %s",
		tally->of[tally->of[VERDICT_FAIL] ? VERDICT_FAIL : VERDICT_PASS], saved->count,
		plural((int64_t)saved->count), tally->of[VERDICT_FAIL] ? "failed" : "passed");
	fputs("</h1>\n<p>Linux ", stream);
	html_text(stream, saved->release);
	fprintf(stream, ", HZ %d, %s time, halfopen ", saved->hz,
		word_name(clock_words, saved->clock));
	html_text(stream, saved->tool ? saved->tool : HALFOPEN_VERSION);
	for (size_t i = 0; i < saved->sysctl_count; i++) {
		fputs(i ? ", " : "; under ", stream);
		html_text(stream, saved->sysctls[i].name);
		fputc('=', stream);
		html_text(stream, saved->sysctls[i].value);
	}
	fputs("</p>\n<fieldset class=\"filters\"><legend>Show</legend>\n", stream);
	write_filter(stream, "all", "all", saved->count, true);
	write_filter(stream, "fail", "\xe2\x9c\x97 failed", tally->of[VERDICT_FAIL], false);
	write_filter(stream, "inconclusive", "? inconclusive", tally->of[VERDICT_INCONCLUSIVE],
		     false);
	write_filter(stream, "skip", "\xe2\x80\x93 skipped", tally->of[VERDICT_SKIP], false);
	write_filter(stream, "pass", "\xe2\x9c\x93 passed", tally->of[VERDICT_PASS], false);
	fputs("</fieldset>\n", stream);
	fputs("<details class=\"legend\"><summary>How to read a drawing</summary>\n"
	      "<p>Time runs down the page, not to scale: idle time is folded where a zigzag "
	      "stands, and its length stands on the left. A tinted band is when a segment was due; "
	      "the arrow on it is what came. A hatched band with a dashed edge was not met: a "
	      "framed label beside it says LATE, EARLY, UNEXPECTED or MISSING, and leads to the "
	      "finding. An arrow that ends in a cross was lost on a path that a rule had cut; the "
	      "line of the end that nothing reaches is dotted.</p></details>\n</header>\n",
	      stream);
}

/* Who was told first that the connection is dead, and when. */
static void write_detection(FILE *stream, const struct timeline *timeline)
{
	for_each_event (event, timeline) {
		if (event->kind != EVENT_APPLICATION || !event->application.error)
			continue;
		fprintf(stream, "<span class=\"told\">%s told %s at %.3f s</span>",
			word_name(end_words, (int)event->end), errno_name(event->application.error),
			(double)event->at / (double)SECOND);
		return;
	}
}

static void write_scenario(FILE *stream, size_t number, const struct saved_scenario *scenario,
			   const struct timeline *timeline, bool open)
{
	const char *verdict = word_name(verdict_words, (int)scenario->judgement.verdict);

	fprintf(stream, "<details class=\"s %s\" id=\"s%zu\"%s>\n<summary>", verdict, number,
		open ? " open" : "");
	page_verdict(stream, scenario->judgement.verdict);
	fputs(" <span class=\"id\">", stream);
	html_text(stream, scenario->id);
	fputs("</span> <span class=\"title\">", stream);
	html_text(stream, scenario->title);
	fputs("</span> ", stream);
	if (timeline)
		write_detection(stream, timeline);
	fprintf(stream, " <span class=\"wall\">%.1f s</span></summary>\n<div class=\"body\">\n",
		(double)scenario->wall / (double)SECOND);
	if (timeline) {
		fputs("<figure>", stream);
		page_draw(stream, number, timeline, &scenario->judgement);
		fputs("</figure>\n", stream);
	} else {
		fputs("<p>No timeline of this scenario was kept.</p>\n", stream);
	}
	page_findings(stream, number, scenario, timeline);
	fputs("</div>\n</details>\n", stream);
}

void page_write(FILE *stream, const struct saved *saved, const struct page_source *source)
{
	const struct tally tally = tally_of(saved);
	size_t number = 0;

	write_head(stream, &tally, saved->count);
	page_symbols(stream);
	write_summary(stream, saved, &tally);
	fputs("<main>\n", stream);
	for (size_t v = 0; v < ORDER_COUNT; v++) {
		for (size_t i = 0; i < saved->count; i++) {
			const struct saved_scenario *scenario = &saved->scenarios[i];

			if (scenario->judgement.verdict != order[v])
				continue;
			number++;
			write_scenario(stream, number, scenario,
				       source->timeline(source->data, scenario),
				       order[v] != VERDICT_PASS && number <= OPEN_LIMIT);
		}
	}
	fputs("</main>\n<script>\n", stream);
	fputs(page_script, stream);
	fputs("</script>\n</body>\n</html>\n", stream);
}

/* One timeline at a time. */
static const struct timeline *read_timeline(void *data, const struct saved_scenario *scenario)
{
	struct timeline *timeline = data;
	cleanup_free char *error = NULL;

	timeline_free(timeline);
	if (!scenario->timeline || timeline_read(scenario->timeline, timeline, &error))
		return NULL;
	return timeline;
}

void page_write_saved(FILE *stream, const struct saved *saved)
{
	struct timeline timeline = {0};
	const struct page_source source = {read_timeline, &timeline};

	page_write(stream, saved, &source);
	timeline_free(&timeline);
}

struct outcomes {
	const struct outcome *list;
	size_t count;
};

static const struct timeline *find_timeline(void *data, const struct saved_scenario *scenario)
{
	const struct outcomes *outcomes = data;

	for (size_t i = 0; i < outcomes->count; i++) {
		const struct outcome *outcome = &outcomes->list[i];

		if (outcome->scenario && strcmp(outcome->scenario->id, scenario->id) == 0)
			return &outcome->timeline;
	}
	return NULL;
}

void page_write_outcomes(FILE *stream, const struct saved *saved, const struct outcome *outcomes,
			 size_t count)
{
	struct outcomes all = {outcomes, count};
	const struct page_source source = {find_timeline, &all};

	page_write(stream, saved, &source);
}

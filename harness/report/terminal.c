#define _GNU_SOURCE
#include "report/terminal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/paragraph.h"
#include "report/sequence.h"

struct terminal terminal_start(FILE *stream, bool verbose, size_t total)
{
	return (struct terminal){
		.stream = stream,
		.style = style_for(stream),
		.verbose = verbose,
		.total = total,
	};
}

void terminal_clear(struct terminal *terminal)
{
	if (terminal->progress_shown)
		fputs("\r\033[K", terminal->stream);
	terminal->progress_shown = false;
}

/* What an event is, for the progress line; NULL: not worth a word. */
static const char *progress_words(const struct event *event)
{
	if (event->kind == EVENT_SEGMENT)
		return word_name(role_words, event->segment.role);
	if (event->kind == EVENT_STEP)
		return event->step.what;
	return NULL;
}

void terminal_progress(struct terminal *terminal, const struct scenario *scenario,
		       const struct event *event)
{
	const char *words = progress_words(event);
	char line[512];
	int width = terminal->style.width ? terminal->style.width : 80;

	if (!terminal->style.terminal || !words)
		return;
	snprintf(line, sizeof(line), "%zu of %zu; %s at %.1f s: %s", terminal->finished,
		 terminal->total, scenario->id, (double)event->at / (double)SECOND, words);
	terminal_clear(terminal);
	fprintf(terminal->stream, "%s%.*s%s", terminal->style.faint, width - 1, line,
		terminal->style.plain);
	fflush(terminal->stream);
	terminal->progress_shown = true;
}

static const char *verdict_style(const struct style *style, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return style->good;
	case VERDICT_FAIL:
		return style->bad;
	case VERDICT_INCONCLUSIVE:
		return style->doubtful;
	case VERDICT_SKIP:
		return style->faint;
	}
	return "";
}

/* The column in which what is said about a finding begins. */
#define FINDING_INDENT 17

/*
 * On a screen lines are broken between words; what reads a pipe looks for whole sentences. Lines
 * but the first begin at indent, where the first one stands already.
 */
static void print_words(const struct terminal *terminal, int indent, const char *words)
{
	if (terminal->style.width)
		paragraph_write(terminal->stream, terminal->style.width - 1, indent, indent, words);
	else
		fprintf(terminal->stream, "%s\n", words);
}

static void print_finding(const struct terminal *terminal, const struct scenario *scenario,
			  const struct finding *finding)
{
	const struct style *style = &terminal->style;
	cleanup_free char *origin = NULL;

	fprintf(terminal->stream, "    %s%-12s%s ", verdict_style(style, finding->verdict),
		word_name(verdict_words, (int)finding->verdict), style->plain);
	print_words(terminal, FINDING_INDENT, finding->text);
	if (finding->verdict == VERDICT_PASS)
		return;
	if ((finding->at.line ? asprintf(&origin, "%s:%d:%d: %s", scenario->path, finding->at.line,
					 finding->at.column, finding->expectation)
			      : asprintf(&origin, "in every run: %s", finding->expectation)) < 0)
		abort();
	fprintf(terminal->stream, "%*s%s", FINDING_INDENT, "", style->faint);
	print_words(terminal, FINDING_INDENT, origin);
	fputs(style->plain, terminal->stream);
}

void terminal_outcome(struct terminal *terminal, const struct outcome *outcome)
{
	const struct judgement *judgement = &outcome->judgement;
	const struct style *style = &terminal->style;

	terminal->finished++;
	terminal_clear(terminal);
	fprintf(terminal->stream, "%s%-12s%s %s  %s%.1f s%s\n",
		verdict_style(style, judgement->verdict),
		word_name(verdict_words, (int)judgement->verdict), style->plain,
		outcome->scenario->id, style->faint, (double)outcome->wall / (double)SECOND,
		style->plain);
	if (terminal->verbose || judgement->verdict == VERDICT_FAIL) {
		fprintf(terminal->stream, "  %s\n", outcome->scenario->title);
		sequence_draw(&outcome->timeline, judgement, terminal->verbose, style,
			      terminal->stream);
	}
	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		/* What could not be answered is said of what passed, too. */
		if (terminal->verbose || judgement->verdict != VERDICT_PASS ||
		    finding->verdict != VERDICT_PASS)
			print_finding(terminal, outcome->scenario, finding);
	}
	fflush(terminal->stream);
}

/* One sentence below all outcomes. */
__attribute__((format(printf, 2, 3))) static void conclude(struct terminal *terminal,
							   const char *format, ...)
{
	cleanup_free char *words = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&words, format, arguments) < 0)
		abort();
	va_end(arguments);
	print_words(terminal, 0, words);
	fflush(terminal->stream);
}

void terminal_summary(struct terminal *terminal, const struct tally *tally, int64_t wall)
{
	terminal_clear(terminal);
	conclude(terminal,
		 "%zu scenario%s in %.1f s: %zu passed, %zu failed, %zu inconclusive, %zu skipped",
		 terminal->finished, plural((int64_t)terminal->finished),
		 (double)wall / (double)SECOND, tally->of[VERDICT_PASS], tally->of[VERDICT_FAIL],
		 tally->of[VERDICT_INCONCLUSIVE], tally->of[VERDICT_SKIP]);
}

void terminal_exactness(struct terminal *terminal, const struct outcome *outcomes, size_t count)
{
	const struct finding *largest = NULL;
	const char *id = "";
	char text[DURATION_TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < outcomes[i].judgement.count; j++) {
			const struct finding *finding = &outcomes[i].judgement.findings[j];

			if (!finding->has_deviation ||
			    (largest && llabs(finding->deviation) <= llabs(largest->deviation)))
				continue;
			largest = finding;
			id = outcomes[i].scenario->id;
		}
	}
	if (largest)
		conclude(terminal, "largest deviation from the jiffy that was predicted: %s (%s)",
			 duration_format(text, largest->deviation), id);
}

/*
 * The largest time from the moment that a timer was armed for until it fired; where the phase of
 * the wheel is not known, from when that was due at the earliest. -1: none is known.
 */
static int64_t largest_lateness(const struct outcome *outcome)
{
	int64_t largest = -1;

	for (size_t i = 0; i < outcome->judgement.count; i++) {
		const struct finding *finding = &outcome->judgement.findings[i];
		int64_t lateness = finding->has_deviation
					   ? finding->lateness
					   : finding->moment - finding->window.earliest;

		if (finding->has_window && finding->has_moment && lateness > largest)
			largest = lateness;
	}
	return largest;
}

/* When the last thing that was due came; -1: none is known. */
static int64_t last_moment(const struct outcome *outcome)
{
	int64_t last = -1;

	for (size_t i = 0; i < outcome->judgement.count; i++) {
		const struct finding *finding = &outcome->judgement.findings[i];

		if (finding->has_window && finding->has_moment && finding->moment > last)
			last = finding->moment;
	}
	return last;
}

/* Prints the smallest and the largest of a number that is known of some phases. */
static void print_range(FILE *stream, const char *what, const struct outcome *outcomes,
			size_t phases, int64_t (*number)(const struct outcome *outcome))
{
	char best_text[DURATION_TEXT_SIZE], worst_text[DURATION_TEXT_SIZE];
	int64_t best = INT64_MAX, worst = -1;
	size_t best_phase = 0, worst_phase = 0;

	for (size_t i = 0; i < phases; i++) {
		int64_t here = number(&outcomes[i]);

		if (here >= 0 && here < best) {
			best = here;
			best_phase = i + 1;
		}
		if (here > worst) {
			worst = here;
			worst_phase = i + 1;
		}
	}
	if (worst >= 0)
		fprintf(stream, "  %s %s (phase %zu) to %s (phase %zu)\n", what,
			duration_format(best_text, best), best_phase,
			duration_format(worst_text, worst), worst_phase);
}

void terminal_phases(struct terminal *terminal, const struct outcome *outcomes, size_t count,
		     size_t phases)
{
	for (size_t i = 0; i + phases <= count; i += phases) {
		const char *id = outcomes[i].scenario->id;

		fprintf(terminal->stream, "%.*s at %zu phases:\n", (int)strcspn(id, "#"), id,
			phases);
		print_range(terminal->stream, "the last thing that was due came after",
			    &outcomes[i], phases, last_moment);
		print_range(terminal->stream, "the latest of its timers was late by", &outcomes[i],
			    phases, largest_lateness);
	}
	fflush(terminal->stream);
}

void terminal_guest(struct terminal *terminal, const struct kernel *kernel,
		    const struct outcome *outcomes, size_t count, int64_t wall)
{
	char text[DURATION_TEXT_SIZE], speed[64] = "";
	int64_t longest = 0;

	for (size_t i = 0; i < count; i++) {
		const struct event *end = timeline_first(&outcomes[i].timeline, EVENT_END);

		if (end && end->at > longest)
			longest = end->at;
	}
	if (kernel->is_virtual && wall > 0)
		snprintf(speed, sizeof(speed), ", %.0f times as fast as real time",
			 (double)longest / (double)wall);
	conclude(terminal, "kernel %s, HZ %d, %s time; the longest play took %s of it%s",
		 kernel->release, kernel->hz, kernel->is_virtual ? "virtual" : "real",
		 duration_format(text, longest), speed);
}

#include "report/forecast_drawing.h"

#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "report/diagram.h"
#include "report/paragraph.h"
#include "scenario/vocabulary.h"

/* Columns between the two ends: room for the longest label, and still one picture. */
#define LEAST_SPAN 26
#define MOST_SPAN  44

/* What is right of the server's bar: "  [12]*". */
#define BEHIND 7

#define WINDOW_SIZE 48

struct drawing {
	struct diagram diagram;
	const struct forecast *forecast;
	const struct scenario *scenario;
	struct legend *legend;
	int at_width, since_width; /* 0: the column is left out */
	bool any_either;
};

static int64_t in_ms(int64_t time, bool up)
{
	return (time + (up ? MILLISECOND - 1 : 0)) / MILLISECOND;
}

/* "30.000-32.052", rounded outwards, so that nothing due lies outside. */
static const char *write_window(char buffer[static WINDOW_SIZE], struct window window)
{
	int64_t from = in_ms(window.earliest, false), to = in_ms(window.latest, true);
	int length =
		snprintf(buffer, WINDOW_SIZE, "%" PRId64 ".%03" PRId64, from / 1000, from % 1000);

	if (to > from)
		snprintf(buffer + length, WINDOW_SIZE - (size_t)length, "-%" PRId64 ".%03" PRId64,
			 to / 1000, to % 1000);
	return buffer;
}

/* The same, after what it is counted from; empty where that is at once. */
static const char *write_since(char buffer[static WINDOW_SIZE], struct window since)
{
	char text[WINDOW_SIZE];

	*buffer = '\0';
	if (since.latest > 0)
		snprintf(buffer, WINDOW_SIZE, "+%.*s", WINDOW_SIZE - 2, write_window(text, since));
	return buffer;
}

const char *step_words(const struct record *step, char buffer[static STEP_WORDS_SIZE])
{
	const struct record_spec *spec = record_spec_of(step->kind);
	int length = snprintf(buffer, STEP_WORDS_SIZE, "%s", spec->name);

	for (size_t i = 0; i < spec->key_count && length < STEP_WORDS_SIZE; i++) {
		const struct key_spec *key = &spec->keys[i];

		if (record_has(step, key->key))
			length += snprintf(buffer + length, STEP_WORDS_SIZE - (size_t)length,
					   " %s %.40s", key->name, step->value[key->key].text);
	}
	return buffer;
}

static void measure(struct drawing *drawing, int width)
{
	const struct forecast *forecast = drawing->forecast;
	char text[WINDOW_SIZE];
	int span;

	drawing->at_width = (int)strlen("due, s");
	drawing->since_width = (int)strlen("after, s");
	for (size_t i = 0; i < forecast->count; i++) {
		int at = (int)strlen(write_window(text, forecast->list[i].at));
		int since = (int)strlen(write_since(text, forecast->list[i].since));

		drawing->at_width = at > drawing->at_width ? at : drawing->at_width;
		drawing->since_width = since > drawing->since_width ? since : drawing->since_width;
	}
	span = width - drawing->at_width - drawing->since_width - BEHIND - 8;
	if (span < LEAST_SPAN) {
		span += drawing->since_width + 2;
		drawing->since_width = 0;
	}
	drawing->diagram.span = span < LEAST_SPAN  ? LEAST_SPAN
				: span > MOST_SPAN ? MOST_SPAN
						   : span;
}

/* Begins a line: the columns left of the client's bar. */
static void begin_line(struct drawing *drawing, const char *at, const char *since)
{
	const struct style *style = drawing->diagram.style;
	FILE *stream = drawing->diagram.stream;

	fprintf(stream, "  %-*s  ", drawing->at_width, at);
	if (drawing->since_width)
		fprintf(stream, "%s%-*s%s  ", style->faint, drawing->since_width, since,
			style->plain);
}

static void draw_head(struct drawing *drawing)
{
	begin_line(drawing, "due, s", "after, s");
	fprintf(drawing->diagram.stream, "client%*s\n", drawing->diagram.span + 2 - 6, "server");
}

static void draw_step(struct drawing *drawing, const struct forecast_entry *entry)
{
	const struct record *step = &drawing->scenario->steps[entry->step];
	char words[STEP_WORDS_SIZE], when[STEP_WORDS_SIZE];

	diagram_band(&drawing->diagram, step_words(step, words), NULL);
	if (step->value[KEY_AT].moment.anchor == ANCHOR_START)
		return;
	begin_line(drawing, "", "");
	snprintf(when, sizeof(when), "at %.60s", step->value[KEY_AT].text);
	diagram_note(&drawing->diagram, END_CLIENT, drawing->diagram.style->faint, when, NULL);
}

/* Answered probes that are left out: how many, and at which distance. */
static void draw_fold(struct drawing *drawing, const struct forecast_entry *entry)
{
	const char *faint = drawing->diagram.style->faint;
	char every[WINDOW_SIZE], note[WINDOW_SIZE + 32];

	if (entry->folded == FOLDED_ENDLESS)
		snprintf(note, sizeof(note), ": and so on, for ever");
	else
		snprintf(note, sizeof(note), ": %zu more, answered", entry->folded);
	diagram_note(&drawing->diagram, END_CLIENT, faint, note, NULL);
	snprintf(note, sizeof(note), ": every %s s", write_window(every, entry->since));
	/* The column beside it says so too. */
	if (drawing->since_width && (int)strlen(note) + 2 > drawing->diagram.span)
		return;
	begin_line(drawing, "", "");
	diagram_note(&drawing->diagram, END_CLIENT, faint, note, NULL);
}

static void draw_segment(struct drawing *drawing, const struct forecast_entry *entry,
			 const char *behind)
{
	const struct due *due = &entry->due;
	char label[40];

	/* What is sent again and again has a number; a probe that is answered is always the first.
	 */
	if (due->ordinal > 1 || (due->ordinal && entry->lost))
		snprintf(label, sizeof(label), "%s %d", word_name(role_words, (int)due->role),
			 due->ordinal);
	else
		snprintf(label, sizeof(label), "%s", word_name(role_words, (int)due->role));
	diagram_arrow(&drawing->diagram, due->end, label, entry->lost || due->unseen, behind);
}

static void draw_due(struct drawing *drawing, const struct forecast_entry *entry)
{
	const struct due *due = &entry->due;
	char mark[LEGEND_MARK_SIZE], behind[LEGEND_MARK_SIZE + 1], note[64];

	drawing->any_either = drawing->any_either || due->either;
	snprintf(behind, sizeof(behind), "%s%s", legend_mark(drawing->legend, due->rule, mark),
		 due->either ? "*" : "");
	if (due->role != ROLE_NONE) {
		draw_segment(drawing, entry, behind);
		return;
	}
	if (due->kind == DUE_ERROR)
		snprintf(note, sizeof(note), "told %s", errno_name(due->error));
	else if (due->state == STATE_CLOSED)
		snprintf(note, sizeof(note), "socket gone");
	else
		snprintf(note, sizeof(note), "%s", word_name(state_words, (int)due->state));
	diagram_note(&drawing->diagram, due->end, drawing->diagram.style->bold, note, behind);
}

static void draw_entry(struct drawing *drawing, const struct forecast_entry *entry)
{
	char at[WINDOW_SIZE], since[WINDOW_SIZE];

	write_window(at, entry->at);
	/* It has no end. */
	if (entry->folded == FOLDED_ENDLESS)
		at[strcspn(at, "-") + (strchr(at, '-') != NULL)] = '\0';
	begin_line(drawing, at, write_since(since, entry->since));
	if (entry->step >= 0)
		draw_step(drawing, entry);
	else if (entry->folded)
		draw_fold(drawing, entry);
	else
		draw_due(drawing, entry);
}

/* What is left in the end, and what the picture cannot show. */
static void write_end(struct drawing *drawing, int width)
{
	const struct forecast *forecast = drawing->forecast;
	FILE *stream = drawing->diagram.stream;
	char words[STEP_WORDS_SIZE], text[512];

	for (enum end end = END_CLIENT; !forecast->endless && !forecast->cut && end <= END_SERVER;
	     end++)
		fprintf(stream, "  In the end the %s is %s and was told %s.\n",
			word_name(end_words, (int)end),
			word_name(state_words, (int)forecast->state[end]),
			forecast->told[end] ? errno_name(forecast->told[end]) : "nothing");
	if (forecast->cut)
		paragraph_write(stream, width, 2, 0, "More follows than is looked at here.");
	if (drawing->any_either)
		paragraph_write(stream, width, 2, 0,
				"* or it gives up already here: timers do not fire to the "
				"millisecond, and the longer way is drawn");
	if (forecast->unfollowed >= 0) {
		snprintf(text, sizeof(text), "What step %d (%s) does is not foretold.",
			 forecast->unfollowed + 1,
			 step_words(&drawing->scenario->steps[forecast->unfollowed], words));
		paragraph_write(stream, width, 2, 0, text);
	}
	for (size_t i = 0; i < drawing->scenario->step_count; i++) {
		const struct record *step = &drawing->scenario->steps[i];

		if (forecast_has_step(forecast, i))
			continue;
		snprintf(text, sizeof(text), "Step %zu (%s, at %.60s) is never taken.", i + 1,
			 step_words(step, words), step->value[KEY_AT].text);
		paragraph_write(stream, width, 2, 0, text);
	}
}

void forecast_draw(const struct forecast *forecast, const struct scenario *scenario,
		   struct legend *legend, const struct style *style, FILE *stream)
{
	struct drawing drawing = {
		.diagram = {.stream = stream, .style = style, .notes_inside = true},
		.forecast = forecast,
		.scenario = scenario,
		.legend = legend,
	};
	char at[WINDOW_SIZE], note[STEP_WORDS_SIZE];

	measure(&drawing, text_width(style));
	draw_head(&drawing);
	for (size_t i = 0; i < forecast->count; i++)
		draw_entry(&drawing, &forecast->list[i]);
	if (forecast->ended) {
		begin_line(&drawing, write_window(at, forecast->until), "");
		snprintf(note, sizeof(note), "observed until here");
		diagram_band(&drawing.diagram, note, NULL);
	}
	write_end(&drawing, text_width(style));
}

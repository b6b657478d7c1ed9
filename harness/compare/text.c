#define _GNU_SOURCE
#include <string.h>

#include "base/duration.h"
#include "compare/write.h"
#include "report/paragraph.h"

/* Columns of the class and of the aspect. */
#define CLASS_WIDTH  13
#define ASPECT_WIDTH 11

static const char *class_style(const struct style *style, enum change_class class)
{
	switch (class) {
	case CHANGE_WORSE:
		return style->bad;
	case CHANGE_BETTER:
		return style->good;
	case CHANGE_DIFFERENT:
	case CHANGE_UNKNOWN:
		return style->doubtful;
	case CHANGE_SAME:
	case CHANGE_NEW:
	case CHANGE_GONE:
	case CHANGE_CLASSES:
		return style->faint;
	}
	return "";
}

static void write_side(const char *name, const char *path, const struct saved *saved, FILE *stream)
{
	fprintf(stream, "%s  %s: Linux %s, %d Hz%s, halfopen %s, %zu scenario%s", name, path,
		saved->release, saved->hz, saved->clock == CLOCK_VIRTUAL ? ", virtual time" : "",
		saved->tool, saved->count, plural((int64_t)saved->count));
	if (saved->sysctl_count)
		fprintf(stream, ", under %zu setting%s", saved->sysctl_count,
			plural((int64_t)saved->sysctl_count));
	fputc('\n', stream);
}

static void write_settings(const struct setting_changes *settings, FILE *stream)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting_change *change = &settings->list[i];

		fprintf(stream, "     %s: %s, was %s\n", change->name, setting_text(change->new),
			setting_text(change->old));
	}
}

/* Names come from files, and a paragraph breaks at blanks: they fit as they
 * are. */
static void write_change(const struct change *change, int width, FILE *stream)
{
	fprintf(stream, "%*s%-*s", CLASS_WIDTH, "", ASPECT_WIDTH, change->aspect);
	paragraph_write(stream, width, CLASS_WIDTH + ASPECT_WIDTH, CLASS_WIDTH + ASPECT_WIDTH,
			change->text);
}

/* Only with more room for words: the seconds from the fault to the error, in
 * both. */
static void write_noticed(const struct comparison *comparison, FILE *stream)
{
	char before[DURATION_TEXT_SIZE], now[DURATION_TEXT_SIZE];

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		const struct noticed *old = &comparison->old_noticed[end];
		const struct noticed *new = &comparison->new_noticed[end];

		if (!old->noticed || !new->noticed)
			continue;
		fprintf(stream, "%*s%-*sthe %s is told %s %s after %s, before %s\n", CLASS_WIDTH,
			"", ASPECT_WIDTH, "detection", word_name(end_words, (int)end),
			errno_name(new->error), duration_format(now, new->after),
			new->since_fault ? "the fault" : "it heard the last",
			duration_format(before, old->after));
	}
}

static bool has_aspect(const struct comparison *comparison, const char *aspect)
{
	for (size_t i = 0; i < comparison->count; i++) {
		if (strcmp(comparison->list[i].aspect, aspect) == 0)
			return true;
	}
	return false;
}

static void write_comparison(const struct comparison *comparison, const struct style *style,
			     FILE *stream)
{
	fprintf(stream, "%s%-*s%s%s\n", class_style(style, comparison->class), CLASS_WIDTH,
		word_name(change_words, (int)comparison->class), style->plain,
		comparison_id(comparison));
	for (size_t i = 0; i < comparison->count; i++)
		write_change(&comparison->list[i], text_width(style), stream);
	if (comparison->has_noticed && !has_aspect(comparison, "detection"))
		write_noticed(comparison, stream);
}

void comparisons_write_text(const struct comparisons *comparisons, const struct compared *compared,
			    const struct style *style, bool verbose, FILE *stream)
{
	/* The worst last, where it is read first. */
	static const enum change_class order[] = {CHANGE_SAME,	  CHANGE_GONE,	 CHANGE_NEW,
						  CHANGE_UNKNOWN, CHANGE_BETTER, CHANGE_DIFFERENT,
						  CHANGE_WORSE};

	write_side("old", compared->old_path, compared->old, stream);
	write_side("new", compared->new_path, compared->new, stream);
	write_settings(&compared->settings, stream);
	if (compared->without_timelines)
		fprintf(stream,
			"%zu scenario%s without a timeline in one of them: only findings are "
			"compared\n",
			compared->without_timelines, plural((int64_t)compared->without_timelines));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		for (size_t j = 0; j < comparisons->count; j++) {
			if (comparisons->list[j].class == order[i] &&
			    (verbose || order[i] != CHANGE_SAME))
				write_comparison(&comparisons->list[j], style, stream);
		}
	}
	fprintf(stream, "%zu scenario%s:", comparisons->count, plural((int64_t)comparisons->count));
	for (enum change_class class = CHANGE_CLASSES; class -- > CHANGE_SAME;)
		fprintf(stream, " %zu %s%s", comparisons->of[class],
			word_name(change_words, (int)class), class ? "," : "\n");
}

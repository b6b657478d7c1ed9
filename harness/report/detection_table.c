#include "report/detection_table.h"

#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "report/paragraph.h"

const struct word situation_words[] = {
	{"idle", SITUATION_IDLE},
	{"data in flight", SITUATION_DATA},
	{"full window", SITUATION_WINDOW},
	{"connecting", SITUATION_CONNECTING},
	{NULL, 0},
};

/* The model answers for the client: the server is asked by taking its place. */
static struct settings swapped(const struct settings *settings)
{
	struct settings other = *settings;

	other.client = settings->server;
	other.server = settings->client;
	return other;
}

static bool same(const struct detection *a, const struct detection *b)
{
	if (a->never || b->never)
		return a->never == b->never;
	return a->within.earliest == b->within.earliest && a->within.latest == b->within.latest &&
	       a->rule == b->rule && a->error == b->error && a->segments == b->segments;
}

static void add(struct detection_table *table, enum end end, enum situation situation,
		struct detection detection)
{
	table->rows[table->count++] = (struct detection_row){end, situation, detection};
}

struct detection_table detection_table(const struct settings *settings)
{
	const struct settings other = swapped(settings);
	struct detection client[SITUATION_CONNECTING + 1], server[SITUATION_CONNECTING + 1];
	struct detection_table table = {0};
	bool alike = true;

	for (enum situation i = SITUATION_IDLE; i <= SITUATION_CONNECTING; i++) {
		client[i] = model_detection(settings, i);
		server[i] = model_detection(&other, i);
		alike = alike && (i == SITUATION_CONNECTING || same(&client[i], &server[i]));
	}
	for (enum situation i = SITUATION_IDLE; i < SITUATION_CONNECTING; i++)
		add(&table, alike ? END_NONE : END_CLIENT, i, client[i]);
	add(&table, END_CLIENT, SITUATION_CONNECTING, client[SITUATION_CONNECTING]);
	for (enum situation i = SITUATION_IDLE; !alike && i < SITUATION_CONNECTING; i++)
		add(&table, END_SERVER, i, server[i]);
	return table;
}

enum { COLUMN_WHO, COLUMN_BEST, COLUMN_WORST, COLUMN_TOLD, COLUMN_SENT, COLUMN_RULE, COLUMNS };

#define CELL_SIZE 48

struct cells {
	char text[COLUMNS][CELL_SIZE];
};

static void fill(struct cells *cells, const struct detection_row *row, struct legend *legend)
{
	const struct detection *detection = &row->detection;
	char mark[LEGEND_MARK_SIZE], duration[DURATION_TEXT_SIZE];

	snprintf(cells->text[COLUMN_WHO], CELL_SIZE, "%s, %s",
		 row->end == END_NONE ? "either" : word_name(end_words, (int)row->end),
		 word_name(situation_words, (int)row->situation));
	if (detection->never) {
		snprintf(cells->text[COLUMN_BEST], CELL_SIZE, "never");
		snprintf(cells->text[COLUMN_TOLD], CELL_SIZE, "nothing");
		return;
	}
	snprintf(cells->text[COLUMN_BEST], CELL_SIZE, "%s",
		 duration_format(duration, detection->within.earliest));
	snprintf(cells->text[COLUMN_WORST], CELL_SIZE, "%s",
		 duration_format(duration, detection->within.latest));
	snprintf(cells->text[COLUMN_TOLD], CELL_SIZE, "%s", errno_name(detection->error));
	snprintf(cells->text[COLUMN_SENT], CELL_SIZE, "%d", detection->segments);
	snprintf(cells->text[COLUMN_RULE], CELL_SIZE, "%s",
		 legend_mark(legend, detection->rule, mark));
}

/* Leaves columns out, the least important first, until the rest is narrow enough. */
static void measure(const struct cells *lines, size_t count, int width, int widths[static COLUMNS])
{
	static const int dispensable[] = {COLUMN_SENT, COLUMN_TOLD};
	int sum = 0;

	for (int column = 0; column < COLUMNS; column++) {
		widths[column] = 0;
		for (size_t i = 0; i < count; i++) {
			int length = (int)strlen(lines[i].text[column]);

			widths[column] = length > widths[column] ? length : widths[column];
		}
		sum += widths[column] + 2;
	}
	for (size_t i = 0; i < array_length(dispensable) && sum > width; i++) {
		sum -= widths[dispensable[i]] + 2;
		widths[dispensable[i]] = 0;
	}
}

static void write_line(const struct cells *cells, const int widths[static COLUMNS], FILE *stream)
{
	char line[COLUMNS * (CELL_SIZE + 2)];
	int length = 0;

	for (int column = 0; column < COLUMNS; column++) {
		bool number =
			column == COLUMN_BEST || column == COLUMN_WORST || column == COLUMN_SENT;

		if (widths[column])
			length += snprintf(line + length, sizeof(line) - (size_t)length, "  %*s",
					   number ? widths[column] : -widths[column],
					   cells->text[column]);
	}
	while (length && line[length - 1] == ' ')
		length--;
	fprintf(stream, "%.*s\n", length, line);
}

void detection_table_write(const struct detection_table *table, struct legend *legend,
			   const struct style *style, FILE *stream)
{
	struct cells lines[DETECTION_ROWS + 1] = {
		{{"end, situation", "at best", "at worst", "told", "sent", "rule"}}};
	int widths[COLUMNS];

	for (size_t i = 0; i < table->count; i++)
		fill(&lines[i + 1], &table->rows[i], legend);
	measure(lines, table->count + 1, text_width(style), widths);
	fprintf(stream, "  %sHow long until a dead peer is noticed%s\n", style->bold, style->plain);
	write_line(&lines[0], widths, stream);
	for (size_t i = 0; i < table->count; i++)
		write_line(&lines[i + 1], widths, stream);
}

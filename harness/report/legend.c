#include "report/legend.h"

#include <string.h>

#include "report/paragraph.h"

/* What is right of "  [12] ". */
#define INDENT 7

const char *legend_mark(struct legend *legend, enum rule rule, char buffer[static LEGEND_MARK_SIZE])
{
	int i = 0;

	*buffer = '\0';
	if (rule == RULE_NONE)
		return buffer;
	while (i < legend->count && legend->rules[i] != rule)
		i++;
	if (i == legend->count && legend->count < RULE_LIMIT)
		legend->rules[legend->count++] = rule;
	snprintf(buffer, LEGEND_MARK_SIZE, "[%d]", i + 1);
	return buffer;
}

void legend_write(const struct legend *legend, const struct style *style, FILE *stream)
{
	int width = text_width(style);

	for (int i = 0; i < legend->count; i++) {
		const struct rule_text *rule = rule_text(legend->rules[i]);
		char mark[LEGEND_MARK_SIZE], text[512];

		snprintf(mark, sizeof(mark), "[%d]", i + 1);
		fprintf(stream, "  %-*s%s%s%s: ", INDENT - 2, mark, style->bold, rule->name,
			style->plain);
		paragraph_write(stream, width, INDENT, INDENT + (int)strlen(rule->name) + 2,
				rule->formula);
		snprintf(text, sizeof(text), "%s%s%s", rule->source,
			 *rule->since ? "; since Linux " : "", rule->since);
		fprintf(stream, "%*s%s", INDENT, "", style->faint);
		paragraph_write(stream, width, INDENT, INDENT, text);
		fputs(style->plain, stream);
	}
}

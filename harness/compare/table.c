#include "compare/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"

/* Text in a cell: a bar would end it, and a tag would be one. */
static void escape(const char *text, FILE *stream)
{
	for (; *text; text++) {
		if (*text == '|' || *text == '<' || *text == '*' || *text == '`')
			fputc('\\', stream);
		fputc(*text == '\n' ? ' ' : *text, stream);
	}
}

static size_t place_of(const struct saved *saved, const char *id)
{
	for (size_t i = 0; i < saved->count; i++) {
		if (strcmp(saved->scenarios[i].id, id) == 0)
			return i;
	}
	return saved->count;
}

/* "client ETIMEDOUT 39.944 s after the fault", for each end that noticed. */
static void write_measured(const struct facts *facts, FILE *stream)
{
	char text[DURATION_TEXT_SIZE];
	bool any = false;

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		const struct noticed *noticed = &facts->noticed[end];

		if (!noticed->noticed)
			continue;
		fprintf(stream, "%s%s %s %s after %s", any ? "; " : ": ",
			word_name(end_words, (int)end), errno_name(noticed->error),
			duration_format(text, noticed->after),
			noticed->since_fault ? "the fault" : "it heard the last");
		any = true;
	}
	if (!any && facts->count)
		fputs(": nobody was told", stream);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		static const int roles[] = {ROLE_PROBE, ROLE_WINDOW_PROBE, ROLE_RETRANSMISSION};

		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
			if (facts->sent[end][roles[i]])
				fprintf(stream, "; %s: %zu × %s", word_name(end_words, (int)end),
					facts->sent[end][roles[i]],
					word_name(role_words, roles[i]));
		}
	}
}

static void write_cell(const struct table_column *column, const char *id, FILE *stream)
{
	size_t place = place_of(&column->saved, id);
	const struct saved_scenario *scenario;

	if (place == column->saved.count) {
		fputs(" |", stream);
		return;
	}
	scenario = &column->saved.scenarios[place];
	fprintf(stream, " **%s**", word_name(verdict_words, (int)scenario->judgement.verdict));
	if (scenario->judgement.verdict == VERDICT_PASS ||
	    scenario->judgement.verdict == VERDICT_FAIL)
		write_measured(&column->facts[place], stream);
	fputs(" |", stream);
}

/* What the kernels say of the model's expectations, or of the others. */
struct claims {
	bool made, failed;
};

static struct claims claims_of(const struct table_column *columns, size_t count, const char *id,
			       bool of_model)
{
	struct claims claims = {0};

	for (size_t i = 0; i < count; i++) {
		size_t place = place_of(&columns[i].saved, id);
		const struct judgement *judgement;

		if (place == columns[i].saved.count)
			continue;
		judgement = &columns[i].saved.scenarios[place].judgement;
		for (size_t j = 0; j < judgement->count; j++) {
			const struct finding *finding = &judgement->findings[j];

			if (!finding->at.line ||
			    (strcmp(finding->expectation, "model") == 0) != of_model)
				continue;
			claims.made = true;
			claims.failed |= finding->verdict == VERDICT_FAIL;
		}
	}
	return claims;
}

static const char *who_is_right(struct claims document, struct claims model)
{
	if (!document.made && !model.made)
		return "not judged";
	if (!document.made)
		return model.failed ? "not the model" : "the model";
	if (!model.made)
		return document.failed ? "not the scenario" : "the scenario";
	if (document.failed)
		return model.failed ? "neither" : "the model";
	return model.failed ? "the scenario" : "both";
}

/* What a scenario's "documented" puts before the reason why the document is wrong. */
static const char wrong[] = "; wrong: ";

/* What is documented, or "": the numbers of a variant that was made shorter are not. */
static const char *documented(const struct scenarios *scenarios, const char *id)
{
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *scenario = &scenarios->list[i];

		if (strcmp(scenario->id, id) == 0)
			return scenario->documented && (!strchr(id, '@') ||
							scenario_has_tag(scenario, "documented"))
				       ? scenario->documented
				       : "";
	}
	return "";
}

static void write_row(const struct table_column *columns, size_t count,
		      const struct scenarios *scenarios, const struct saved_scenario *scenario,
		      FILE *stream)
{
	const char *stated = documented(scenarios, scenario->id);
	const char *reason = strstr(stated, wrong);
	cleanup_free char *number = strndup(stated, reason ? (size_t)(reason - stated) : SIZE_MAX);

	fprintf(stream, "| `%s`: ", scenario->id);
	escape(scenario->title, stream);
	fputs(" | ", stream);
	escape(scenario->source, stream);
	fputs(" | ", stream);
	escape(number, stream);
	fputs(" |", stream);
	for (size_t i = 0; i < count; i++)
		write_cell(&columns[i], scenario->id, stream);
	if (reason) {
		fputs(" not the document: ", stream);
		escape(reason + strlen(wrong), stream);
		fputs(" |\n", stream);
		return;
	}
	fprintf(stream, " %s |\n",
		who_is_right(claims_of(columns, count, scenario->id, false),
			     claims_of(columns, count, scenario->id, true)));
}

void table_write(const struct table_column *columns, size_t count,
		 const struct scenarios *scenarios, FILE *stream)
{
	fputs("| experiment | document | what it states |", stream);
	for (size_t i = 0; i < count; i++) {
		const struct saved *saved = &columns[i].saved;

		fprintf(stream, " Linux ");
		escape(saved->release, stream);
		if (saved->hz)
			fprintf(stream, ", %d Hz", saved->hz);
		fprintf(stream, "%s |", saved->clock == CLOCK_VIRTUAL ? ", virtual time" : "");
	}
	fputs(" who is right |\n|---|---|---|", stream);
	for (size_t i = 0; i < count; i++)
		fputs("---|", stream);
	fputs("---|\n", stream);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < columns[i].saved.count; j++) {
			const struct saved_scenario *scenario = &columns[i].saved.scenarios[j];
			bool written = false;

			for (size_t k = 0; k < i && !written; k++)
				written = saved_find(&columns[k].saved, scenario->id) != NULL;
			if (!written)
				write_row(columns, count, scenarios, scenario, stream);
		}
	}
}

void table_column_free(struct table_column *column)
{
	for (size_t i = 0; column->facts && i < column->saved.count; i++)
		facts_free(&column->facts[i]);
	free(column->facts);
	saved_free(&column->saved);
	*column = (struct table_column){0};
}

#include "compare/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "compare/document.h"

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

/*
 * What each end was told: "client ETIMEDOUT 39.944 s after the fault", or that the peer has closed.
 * Returns whether anybody was told anything.
 */
static bool write_told(const struct facts *facts, FILE *stream)
{
	char text[DURATION_TEXT_SIZE];
	bool any = false;

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		const struct noticed *noticed = &facts->noticed[end];

		if (!noticed->noticed && !facts->told[end])
			continue;
		fprintf(stream, "%s%s ", any ? "; " : ": ", word_name(end_words, (int)end));
		if (noticed->noticed)
			fprintf(stream, "%s %s after %s", errno_name(noticed->error),
				duration_format(text, noticed->after),
				noticed->since_fault ? "the fault" : "it heard the last");
		else
			fputs(facts->told[end], stream);
		any = true;
	}
	return any;
}

static void write_measured(const struct facts *facts, FILE *stream)
{
	static const int roles[] = {ROLE_PROBE, ROLE_WINDOW_PROBE, ROLE_RETRANSMISSION, ROLE_FIN,
				    ROLE_RST};

	if (!write_told(facts, stream) && facts->count)
		fputs(": nobody was told", stream);
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		bool any = false;

		for (size_t i = 0; i < array_length(roles); i++) {
			size_t sent = facts->sent[end][roles[i]];

			if (!sent)
				continue;
			if (any)
				fputs(",", stream);
			else
				fprintf(stream, "; %s:", word_name(end_words, (int)end));
			fprintf(stream, " %zu × %s", sent, word_name(role_words, roles[i]));
			any = true;
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

/* What kernels have said of the model's expectations, or of those that a scenario spells out. */
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

/* Where a kernel did otherwise: whose word does not hold. */
static const char *who_is_wrong(struct claims document, struct claims model)
{
	if (document.failed && model.failed)
		return "neither the scenario nor the model";
	if (document.failed)
		return model.made ? "the model, not the scenario" : "not the scenario";
	return document.made ? "the scenario, not the model" : "not the model";
}

static bool is_verdict_of(const struct table_column *column, const char *id, enum verdict verdict)
{
	const struct saved_scenario *scenario = saved_find(&column->saved, id);

	return scenario && scenario->judgement.verdict == verdict;
}

static void write_verdict(const struct table_column *columns, size_t count, const char *id,
			  const struct document *document, FILE *stream)
{
	bool passed = false, failed = false;

	for (size_t i = 0; i < count; i++) {
		passed |= is_verdict_of(&columns[i], id, VERDICT_PASS);
		if (!is_verdict_of(&columns[i], id, VERDICT_FAIL))
			continue;
		fprintf(stream, "%s", failed ? ", " : " **fails** on Linux ");
		escape(columns[i].saved.release, stream);
		failed = true;
	}
	if (failed) {
		fprintf(stream, ": %s |\n",
			who_is_wrong(claims_of(columns, count, id, false),
				     claims_of(columns, count, id, true)));
	} else if (!passed) {
		fputs(" not judged |\n", stream);
	} else if (document->fault) {
		fprintf(stream, " **%s**: ", document->fault);
		escape(document->reason, stream);
		fputs(" |\n", stream);
	} else {
		fputs(" holds |\n", stream);
	}
}

static void write_row(const struct table_column *columns, size_t count,
		      const struct scenarios *scenarios, const struct saved_scenario *scenario,
		      FILE *stream)
{
	struct document document = document_of(scenarios, scenario->id);

	fprintf(stream, "| `%s`: ", scenario->id);
	escape(scenario->title, stream);
	fputs(" | ", stream);
	escape(scenario->source, stream);
	fputs(" | ", stream);
	escape(document.stated, stream);
	fputs(" |", stream);
	for (size_t i = 0; i < count; i++)
		write_cell(&columns[i], scenario->id, stream);
	write_verdict(columns, count, scenario->id, &document, stream);
	free(document.stated);
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
	fputs(" verdict |\n|---|---|---|", stream);
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

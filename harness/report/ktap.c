#include "report/ktap.h"

#include "report/escape.h"

/* Lines that begin with '#' belong to the result after them. */
static void write_diagnosis(FILE *stream, const struct saved_scenario *scenario)
{
	const struct judgement *judgement = &scenario->judgement;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct finding *finding = &judgement->findings[i];

		if (finding->verdict == VERDICT_PASS)
			continue;
		fprintf(stream, "# %s: ", word_name(verdict_words, (int)finding->verdict));
		escape_write(stream, ESCAPE_LINE, finding->text);
		fputs("\n#   ", stream);
		if (finding->at.line) {
			escape_write(stream, ESCAPE_LINE, scenario->path);
			fprintf(stream, ":%d:%d: ", finding->at.line, finding->at.column);
		} else {
			fputs("in every run: ", stream);
		}
		escape_write(stream, ESCAPE_LINE, finding->expectation);
		fputc('\n', stream);
	}
}

static void write_directive(FILE *stream, const char *directive,
			    const struct saved_scenario *scenario)
{
	const struct finding *decides = deciding_finding(&scenario->judgement);

	fprintf(stream, " # %s", directive);
	if (!decides)
		return;
	fputc(' ', stream);
	escape_write(stream, ESCAPE_KTAP, decides->text);
}

static void write_scenario(FILE *stream, size_t number, const struct saved_scenario *scenario,
			   enum inconclusive inconclusive)
{
	enum verdict verdict = scenario->judgement.verdict;
	bool is_error = verdict == VERDICT_INCONCLUSIVE && inconclusive == INCONCLUSIVE_ERROR;
	bool ok = verdict != VERDICT_FAIL && !is_error;

	if (verdict != VERDICT_PASS)
		write_diagnosis(stream, scenario);
	fprintf(stream, "%s %zu ", ok ? "ok" : "not ok", number);
	escape_write(stream, ESCAPE_KTAP, scenario->id);
	if (is_error)
		write_directive(stream, "ERROR", scenario);
	else if (verdict == VERDICT_SKIP || verdict == VERDICT_INCONCLUSIVE)
		write_directive(stream, "SKIP", scenario);
	fputc('\n', stream);
}

void ktap_write(const struct saved *saved, enum inconclusive inconclusive, FILE *stream)
{
	const struct tally tally = saved_tally(saved);
	bool as_error = inconclusive == INCONCLUSIVE_ERROR;
	size_t doubtful = tally.of[VERDICT_INCONCLUSIVE];

	fprintf(stream, "KTAP version 1\n1..%zu\n", saved->count);
	for (size_t i = 0; i < saved->count; i++)
		write_scenario(stream, i + 1, &saved->scenarios[i], inconclusive);
	/* As ksft_print_cnts() of tools/testing/selftests/kselftest.h says it. */
	fprintf(stream, "# Totals: pass:%zu fail:%zu xfail:0 xpass:0 skip:%zu error:%zu\n",
		tally.of[VERDICT_PASS], tally.of[VERDICT_FAIL],
		tally.of[VERDICT_SKIP] + (as_error ? 0 : doubtful), as_error ? doubtful : 0);
}

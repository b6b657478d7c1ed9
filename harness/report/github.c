#include "report/github.h"

#include "report/escape.h"

/* NULL: no word about it. */
static const char *level_of(const struct judgement *judgement, const struct finding *finding)
{
	switch (finding->verdict) {
	case VERDICT_PASS:
		return NULL;
	case VERDICT_INCONCLUSIVE:
		/* What a capture cannot show is no news of a scenario that passed. */
		return judgement->verdict == VERDICT_PASS ? NULL : "warning";
	case VERDICT_FAIL:
		return "error";
	case VERDICT_SKIP:
		return "notice";
	}
	return NULL;
}

static void write_finding(FILE *stream, const struct saved_scenario *scenario,
			  const struct finding *finding, const char *level)
{
	fprintf(stream, "::%s file=", level);
	escape_write(stream, ESCAPE_GITHUB_VALUE, scenario->path);
	if (finding->at.line)
		fprintf(stream, ",line=%d,col=%d", finding->at.line, finding->at.column);
	fputs(",title=", stream);
	escape_write(stream, ESCAPE_GITHUB_VALUE, scenario->id);
	fputs("::", stream);
	escape_write(stream, ESCAPE_GITHUB, finding->text);
	fputc('\n', stream);
}

void github_write(const struct saved *saved, FILE *stream)
{
	for (size_t i = 0; i < saved->count; i++) {
		const struct judgement *judgement = &saved->scenarios[i].judgement;

		for (size_t j = 0; j < judgement->count; j++) {
			const char *level = level_of(judgement, &judgement->findings[j]);

			if (level)
				write_finding(stream, &saved->scenarios[i], &judgement->findings[j],
					      level);
		}
	}
}

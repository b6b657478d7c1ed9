#include "report/junit.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "report/escape.h"

const struct finding *deciding_finding(const struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict == judgement->verdict)
			return &judgement->findings[i];
	}
	return NULL;
}

static double seconds(int64_t duration)
{
	return (double)duration / (double)SECOND;
}

static void write_value(FILE *stream, const char *name, const char *value)
{
	fprintf(stream, " %s=\"", name);
	escape_write(stream, ESCAPE_XML_VALUE, value);
	fputc('"', stream);
}

/* "fail: what came\n  file:line:column: what was asked". */
static void write_finding(FILE *stream, const struct saved_scenario *scenario,
			  const struct finding *finding)
{
	fprintf(stream, "%s: ", word_name(verdict_words, (int)finding->verdict));
	escape_write(stream, ESCAPE_XML, finding->text);
	fputs("\n  ", stream);
	if (finding->at.line) {
		escape_write(stream, ESCAPE_XML, scenario->path);
		fprintf(stream, ":%d:%d: ", finding->at.line, finding->at.column);
	} else {
		fputs("in every run: ", stream);
	}
	escape_write(stream, ESCAPE_XML, finding->expectation);
	fputc('\n', stream);
}

/* The element of a scenario that did not pass. */
static void write_result(FILE *stream, const struct saved_scenario *scenario, const char *element)
{
	const struct judgement *judgement = &scenario->judgement;
	const struct finding *decides = deciding_finding(judgement);
	const char *verdict = word_name(verdict_words, (int)judgement->verdict);

	fprintf(stream, "   <%s", element);
	/* Of a skipped one only the message is known. */
	if (strcmp(element, "skipped") != 0)
		write_value(stream, "type", verdict);
	write_value(stream, "message", decides ? decides->text : verdict);
	fputc('>', stream);
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict != VERDICT_PASS)
			write_finding(stream, scenario, &judgement->findings[i]);
	}
	fprintf(stream, "</%s>\n", element);
}

/* As the attachments plugin of Jenkins, and GitLab, look for it. */
static void write_attachment(FILE *stream, const char *folder, const char *path)
{
	if (!path)
		return;
	fputs("[[ATTACHMENT|", stream);
	if (folder) {
		escape_write(stream, ESCAPE_XML, folder);
		fputc('/', stream);
	}
	escape_write(stream, ESCAPE_XML, path);
	fputs("]]\n", stream);
}

/* NULL for one that passed. */
static const char *element_of(enum verdict verdict, enum inconclusive inconclusive)
{
	switch (verdict) {
	case VERDICT_PASS:
		return NULL;
	case VERDICT_INCONCLUSIVE:
		return inconclusive == INCONCLUSIVE_ERROR ? "error" : "skipped";
	case VERDICT_FAIL:
		return "failure";
	case VERDICT_SKIP:
		return "skipped";
	}
	return NULL;
}

static void write_scenario(FILE *stream, const struct saved_scenario *scenario,
			   enum inconclusive inconclusive, const char *folder)
{
	const char *element = element_of(scenario->judgement.verdict, inconclusive);
	const char *slash = strrchr(scenario->id, '/');
	cleanup_free char *class =
		slash ? strndup(scenario->id, (size_t)(slash - scenario->id)) : strdup("halfopen");

	fputs("  <testcase", stream);
	write_value(stream, "name", slash ? slash + 1 : scenario->id);
	write_value(stream, "classname", class);
	fprintf(stream, " time=\"%.3f\">\n", seconds(scenario->wall));
	if (element)
		write_result(stream, scenario, element);
	fputs("   <system-out>", stream);
	escape_write(stream, ESCAPE_XML, scenario->title);
	fputc('\n', stream);
	write_attachment(stream, folder, scenario->timeline);
	write_attachment(stream, folder, scenario->capture);
	fputs("</system-out>\n  </testcase>\n", stream);
}

static void write_property(FILE *stream, const char *name, const char *value)
{
	fputs("   <property", stream);
	write_value(stream, "name", name);
	write_value(stream, "value", value);
	fputs("/>\n", stream);
}

static void write_properties(FILE *stream, const struct saved *saved)
{
	char hz[16];

	snprintf(hz, sizeof(hz), "%d", saved->hz);
	fputs("  <properties>\n", stream);
	write_property(stream, "halfopen", saved->tool ? saved->tool : HALFOPEN_VERSION);
	write_property(stream, "kernel", saved->release ? saved->release : "");
	write_property(stream, "hz", hz);
	write_property(stream, "clock", word_name(clock_words, saved->clock));
	for (size_t i = 0; i < saved->sysctl_count; i++)
		write_property(stream, saved->sysctls[i].name, saved->sysctls[i].value);
	fputs("  </properties>\n", stream);
}

void junit_write(const struct saved *saved, enum inconclusive inconclusive, const char *folder,
		 FILE *stream)
{
	const struct tally tally = saved_tally(saved);
	bool as_error = inconclusive == INCONCLUSIVE_ERROR;
	size_t errors = as_error ? tally.of[VERDICT_INCONCLUSIVE] : 0;
	size_t skipped = tally.of[VERDICT_SKIP] + (as_error ? 0 : tally.of[VERDICT_INCONCLUSIVE]);
	int64_t wall = 0;

	for (size_t i = 0; i < saved->count; i++)
		wall += saved->scenarios[i].wall;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", stream);
	fprintf(stream,
		" <testsuite name=\"halfopen\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\""
		" skipped=\"%zu\" time=\"%.3f\">\n",
		saved->count, tally.of[VERDICT_FAIL], errors, skipped, seconds(wall));
	write_properties(stream, saved);
	for (size_t i = 0; i < saved->count; i++)
		write_scenario(stream, &saved->scenarios[i], inconclusive, folder);
	fputs(" </testsuite>\n</testsuites>\n", stream);
}

#include "report/page_findings.h"

#include "base/duration.h"
#include "report/html.h"

/* Packets that are shown before and after the moment of a finding. */
#define PACKETS_BEFORE 3
#define PACKETS_AFTER  2

/* Of one scenario, around so many findings; the drawing shows the others. */
#define TABLE_LIMIT 12

void page_verdict(FILE *stream, enum verdict verdict)
{
	static const char *const signs[] = {
		[VERDICT_PASS] = "\xe2\x9c\x93",
		[VERDICT_INCONCLUSIVE] = "?",
		[VERDICT_FAIL] = "\xe2\x9c\x97",
		[VERDICT_SKIP] = "\xe2\x80\x93",
	};
	const char *word = word_name(verdict_words, (int)verdict);

	fprintf(stream, "<span class=\"v %s\">%s %s</span>", word, signs[verdict], word);
}

static void write_flags(FILE *stream, int flags)
{
	static const struct word names[] = {
		{"SYN", FLAG_SYN}, {"FIN", FLAG_FIN}, {"RST", FLAG_RST},
		{"PSH", FLAG_PSH}, {"ACK", FLAG_ACK}, {"URG", FLAG_URG},
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].value))
			continue;
		fprintf(stream, "%s%s", between, names[i].name);
		between = " ";
	}
}

static const struct event *packet_before(const struct timeline *timeline, const struct event *event)
{
	while (event > timeline->events) {
		event--;
		if (event->kind == EVENT_SEGMENT)
			return event;
	}
	return NULL;
}

/* Sequence numbers count from each end's first, as Wireshark shows them. */
static void write_numbers(FILE *stream, const struct event *event, const struct timeline *timeline)
{
	const struct segment_event *segment = &event->segment;
	int64_t first[END_SERVER + 1] = {0};
	bool known[END_SERVER + 1] = {false};

	for_each_event (other, timeline) {
		if (other->kind != EVENT_SEGMENT || known[other->end])
			continue;
		known[other->end] = true;
		first[other->end] = other->segment.seq;
	}
	fprintf(stream, "</td><td>%u</td><td>", (unsigned int)(segment->seq - first[event->end]));
	if (segment->flags & FLAG_ACK)
		fprintf(stream, "%u", (unsigned int)(segment->ack - first[other_end(event->end)]));
	fprintf(stream, "</td><td>%lld</td></tr>\n", (long long)segment->length);
}

static void write_packet(FILE *stream, const struct event *event, const struct timeline *timeline,
			 bool meant)
{
	const struct event *before = packet_before(timeline, event);
	const struct segment_event *segment = &event->segment;

	fprintf(stream, "<tr%s><td>%lld</td><td>%.6f</td><td>", meant ? " class=\"meant\"" : "",
		(long long)segment->number, (double)event->at / (double)SECOND);
	if (before)
		fprintf(stream, "+%.6f", (double)(event->at - before->at) / (double)SECOND);
	fprintf(stream, "</td><td>%s%s</td><td>%s</td><td>",
		event->end == END_NONE ? "other" : word_name(end_words, (int)event->end),
		meant ? " \xe2\x97\x80" : "", word_name(role_words, segment->role));
	write_flags(stream, segment->flags);
	write_numbers(stream, event, timeline);
}

static void write_packets(FILE *stream, const struct finding *finding,
			  const struct timeline *timeline)
{
	int64_t moment = finding->has_moment ? finding->moment : finding->window.latest;
	const struct event *end = timeline->events + timeline->count, *first = timeline->events;
	int after = 0;

	while (first < end && first->at < moment)
		first++;
	for (int i = 0; i < PACKETS_BEFORE; i++) {
		const struct event *before = packet_before(timeline, first);

		first = before ? before : first;
	}
	fputs("<table><thead><tr><th>packet</th><th>at, s</th><th>since</th><th>from</th>"
	      "<th>what</th><th>flags</th><th>seq</th><th>ack</th><th>len</th></tr></thead>"
	      "<tbody>\n",
	      stream);
	for (const struct event *event = first; event < end && after <= PACKETS_AFTER; event++) {
		if (event->kind != EVENT_SEGMENT)
			continue;
		after += event->at >= moment;
		write_packet(stream, event, timeline, event->at == moment);
	}
	fputs("</tbody></table>\n", stream);
}

static void write_finding(FILE *stream, size_t number, size_t index,
			  const struct saved_scenario *scenario, const struct timeline *timeline)
{
	const struct finding *finding = &scenario->judgement.findings[index];
	bool bad = finding->verdict != VERDICT_PASS;
	bool timed = finding->has_moment || finding->has_window;

	fprintf(stream, "<li id=\"s%zuf%zu\" value=\"%zu\">", number, index + 1, index + 1);
	if (bad) {
		page_verdict(stream, finding->verdict);
		fputc(' ', stream);
	}
	html_text(stream, finding->text);
	if (bad) {
		fputs("<p class=\"asked\">", stream);
		if (finding->at.line) {
			html_text(stream, scenario->path);
			fprintf(stream, ":%d:%d: ", finding->at.line, finding->at.column);
		} else {
			fputs("in every run: ", stream);
		}
		fputs("<code>", stream);
		html_text(stream, finding->expectation);
		fputs("</code></p>\n", stream);
	}
	if (bad && timed && timeline && index < TABLE_LIMIT)
		write_packets(stream, finding, timeline);
	fputs("</li>\n", stream);
}

static void write_list(FILE *stream, size_t number, const struct saved_scenario *scenario,
		       const struct timeline *timeline, bool passed)
{
	fputs("<ol>\n", stream);
	for (size_t i = 0; i < scenario->judgement.count; i++) {
		if ((scenario->judgement.findings[i].verdict == VERDICT_PASS) == passed)
			write_finding(stream, number, i, scenario, timeline);
	}
	fputs("</ol>\n", stream);
}

void page_findings(FILE *stream, size_t number, const struct saved_scenario *scenario,
		   const struct timeline *timeline)
{
	size_t count = scenario->judgement.count, passed = 0;

	for (size_t i = 0; i < count; i++)
		passed += scenario->judgement.findings[i].verdict == VERDICT_PASS;
	fputs("<div class=\"findings\">\n", stream);
	if (passed < count)
		write_list(stream, number, scenario, timeline, false);
	if (passed) {
		fprintf(stream, "<details%s><summary>%zu %s as expected</summary>\n",
			passed == count ? " open" : "", passed,
			passed == 1 ? "finding is" : "findings are");
		write_list(stream, number, scenario, timeline, true);
		fputs("</details>\n", stream);
	}
	fputs("</div>\n", stream);
}

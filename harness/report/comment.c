#define _GNU_SOURCE
#include "report/comment.h"

#include <stdio.h>

#include "base/duration.h"

/* Longer ones nobody reads, and pcapng has room for 64 KiB. */
#define COMMENT_LIMIT 8192

static void write_timing(FILE *stream, const struct finding *finding)
{
	int64_t distance = window_distance(finding->window, finding->moment);
	char earliest[DURATION_TEXT_SIZE], latest[DURATION_TEXT_SIZE], came[DURATION_TEXT_SIZE];
	char by[DURATION_TEXT_SIZE];

	fprintf(stream,
		"; due %s to %s, came %s: ", duration_format(earliest, finding->window.earliest),
		duration_format(latest, finding->window.latest),
		duration_format(came, finding->moment));
	if (distance)
		fprintf(stream, "%s %s", duration_format(by, distance < 0 ? -distance : distance),
			distance < 0 ? "early" : "late");
	else
		fputs("on time", stream);
}

char *packet_comment(const struct outcome *outcome, const struct event *segment)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	fprintf(stream, "%s%s%s",
		segment->end == END_NONE ? "" : word_name(end_words, (int)segment->end),
		segment->end == END_NONE ? "" : ": ", word_name(role_words, segment->segment.role));
	for (size_t i = 0; i < outcome->judgement.count; i++) {
		const struct finding *finding = &outcome->judgement.findings[i];

		if (!finding->has_moment || finding->moment != segment->at ||
		    ftell(stream) > COMMENT_LIMIT)
			continue;
		if (finding->has_window)
			write_timing(stream, finding);
		else
			fputs(finding->verdict == VERDICT_PASS ? "; expected" : "; unexpected",
			      stream);
		if (finding->at.line)
			fprintf(stream, " (%s:%d)", outcome->scenario->path, finding->at.line);
	}
	fclose(stream);
	return text;
}

#define _GNU_SOURCE
#include "report/results.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "capture/capture.h"
#include "capture/pcapng.h"
#include "report/output_file.h"

static int keep_timeline(const char *folder, const struct outcome *outcome)
{
	struct output_file file;
	int error = output_file_open(&file, folder, outcome->scenario->id, ".jsonl");

	if (error)
		return error;
	for_each_event (event, &outcome->timeline) {
		cleanup_free char *line = event_to_json(event);

		fprintf(file.stream, "%s\n", line);
	}
	return output_file_commit(&file);
}

static int write_packet(FILE *stream, const struct event *event, int64_t realtime)
{
	const struct segment_event *segment = &event->segment;
	char comment[64];

	snprintf(comment, sizeof(comment), "%s%s%s",
		 event->end == END_NONE ? "" : word_name(end_words, event->end),
		 event->end == END_NONE ? "" : ": ", word_name(role_words, segment->role));
	return pcapng_write_packet(stream, event->at + realtime, segment->frame,
				   (uint32_t)segment->frame_length, (uint32_t)segment->wire_length,
				   comment);
}

/*
 * The capture is made from the timeline, which has every byte that was captured, so that both say
 * the same, and a timeline that came from elsewhere yields a capture too.
 */
static int keep_capture(const char *folder, const struct outcome *outcome)
{
	const struct event *kernel = timeline_first(&outcome->timeline, EVENT_KERNEL);
	const struct event *first = timeline_first(&outcome->timeline, EVENT_SEGMENT);
	int64_t realtime = kernel ? kernel->kernel.zero + kernel->kernel.realtime : 0;
	struct output_file file;
	int error;

	if (!first)
		return 0;
	error = output_file_open(&file, folder, outcome->scenario->id, ".pcapng");
	if (error)
		return error;
	error = pcapng_write_header(file.stream, "lo", (int)first->segment.linktype,
				    CAPTURE_SNAPLEN, kernel ? kernel->kernel.release : NULL);
	for_each_event (event, &outcome->timeline) {
		if (!error && event->kind == EVENT_SEGMENT)
			error = write_packet(file.stream, event, realtime);
	}
	if (error) {
		output_file_discard(&file);
		return error;
	}
	return output_file_commit(&file);
}

int results_keep(const char *folder, const struct outcome *outcome)
{
	int error = keep_timeline(folder, outcome);

	return error ? error : keep_capture(folder, outcome);
}

static json_t *finding_to_json(const struct finding *finding)
{
	json_t *object = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "expectation",
				   finding->expectation, "line", finding->at.line, "verdict",
				   word_name(verdict_words, (int)finding->verdict), "due",
				   finding->due, "seen", finding->seen, "text", finding->text);

	if (finding->has_window)
		json_object_set_new(object, "due_ns",
				    json_pack("[I, I]", (json_int_t)finding->window.earliest,
					      (json_int_t)finding->window.latest));
	if (finding->has_moment)
		json_object_set_new(object, "seen_ns", json_integer(finding->moment));
	if (finding->end != END_NONE)
		json_object_set_new(object, "end",
				    json_string(word_name(end_words, (int)finding->end)));
	if (finding->has_deviation)
		json_object_set_new(object, "deviation_us",
				    json_real((double)finding->deviation / (double)MICROSECOND));
	return object;
}

static json_t *outcome_to_json(const struct outcome *outcome)
{
	const struct judgement *judgement = &outcome->judgement;
	json_t *findings = json_array();

	for (size_t i = 0; i < judgement->count; i++)
		json_array_append_new(findings, finding_to_json(&judgement->findings[i]));
	return json_pack("{s:s, s:s, s:s, s:f, s:o}", "id", outcome->scenario->id, "title",
			 outcome->scenario->title, "verdict",
			 word_name(verdict_words, (int)judgement->verdict), "wall_s",
			 (double)outcome->wall / (double)SECOND, "findings", findings);
}

int results_write(const char *folder, const struct outcome *outcomes, size_t count,
		  const char *release, int hz)
{
	json_t *scenarios = json_array(), *object;
	struct output_file file;
	int error = output_file_open(&file, folder, "results", ".json");

	if (error) {
		json_decref(scenarios);
		return error;
	}
	for (size_t i = 0; i < count; i++) {
		if (outcomes[i].scenario)
			json_array_append_new(scenarios, outcome_to_json(&outcomes[i]));
	}
	object = json_pack("{s:i, s:{s:s, s:i, s:s}, s:o}", "version", 1, "kernel", "release",
			   release, "hz", hz, "clock", "real", "scenarios", scenarios);
	if (json_dumpf(object, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) == 0)
		fputc('\n', file.stream);
	json_decref(object);
	return output_file_commit(&file);
}

#define _GNU_SOURCE
#include "report/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "capture/capture.h"
#include "capture/pcapng.h"
#include "report/comment.h"
#include "report/output_file.h"
#include "report/saved_json.h"
#include "sandbox/topology.h"

static int keep_timeline(const char *folder, const struct outcome *outcome)
{
	struct output_file file;
	int error = output_file_open(&file, folder, outcome->scenario->id, ".jsonl");

	if (error)
		return error;
	for_each_event (event, &outcome->timeline) {
		event_write(file.stream, event);
		fputc('\n', file.stream);
	}
	return output_file_commit(&file);
}

static int write_packet(FILE *stream, const struct outcome *outcome, const struct event *event,
			int64_t realtime)
{
	const struct segment_event *segment = &event->segment;
	cleanup_free char *comment = packet_comment(outcome, event);

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
	error = pcapng_write_header(file.stream, topology_link(outcome->scenario->topology),
				    (int)first->segment.linktype, CAPTURE_SNAPLEN,
				    kernel ? kernel->kernel.release : NULL);
	for_each_event (event, &outcome->timeline) {
		if (!error && event->kind == EVENT_SEGMENT)
			error = write_packet(file.stream, outcome, event, realtime);
	}
	if (error) {
		output_file_discard(&file);
		return error;
	}
	return output_file_commit(&file);
}

int results_check(const char *folder)
{
	struct output_file file;
	int error = output_file_open(&file, folder, "results", ".json");

	if (!error)
		output_file_discard(&file);
	return error;
}

int results_keep(const char *folder, const struct outcome *outcome)
{
	int error = keep_timeline(folder, outcome);

	return error ? error : keep_capture(folder, outcome);
}

int results_write(const char *folder, const struct saved *saved)
{
	struct output_file file;
	int error = output_file_open(&file, folder, "results", ".json");

	if (error)
		return error;
	saved_write_json(saved, true, file.stream);
	return output_file_commit(&file);
}

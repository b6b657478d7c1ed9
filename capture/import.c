#define _GNU_SOURCE
#include "capture/import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/follow.h"

/* As many connections are listed where one has to be chosen. */
#define LIST_LIMIT 10

/* What the first reading of a file gives. */
struct survey {
	struct connections connections;
	bool chosen;		/* by a packet: others are not looked at */
	struct segment pattern; /* of that packet */
	int64_t frames;
	int64_t of_verdict[SEGMENT_LINKTYPE + 1];
	int64_t last_stamp;
	int linktype;
	bool breaks_off;
	char break_text[CAPTURE_ERROR_SIZE];
};

__attribute__((format(printf, 3, 4))) static int say(char **ret_error, int error,
						     const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(ret_error, format, arguments) < 0)
		*ret_error = NULL;
	va_end(arguments);
	return error;
}

static int open_file(const char *path, struct capture **ret_capture, char **ret_error)
{
	char message[CAPTURE_ERROR_SIZE] = "";
	struct stat status;
	int error;

	/* Also since opening a FIFO would wait for its writer. */
	if (stat(path, &status))
		return say(ret_error, -errno, "%s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return say(ret_error, -EINVAL, "is not a regular file: a capture is read twice");
	error = capture_open_file(path, ret_capture, message);
	return error ? say(ret_error, error, "%s", message) : 0;
}

static bool has_same_ends(const struct segment *a, const struct segment *b)
{
	return (address_equal(&a->source, &b->source) &&
		address_equal(&a->destination, &b->destination)) ||
	       (address_equal(&a->source, &b->destination) &&
		address_equal(&a->destination, &b->source));
}

static void note_break(struct survey *survey, const struct capture *capture)
{
	survey->breaks_off = true;
	snprintf(survey->break_text, sizeof(survey->break_text), "%s", capture_error(capture));
}

/* Finds the packet that was chosen, and so the ends of its connection. */
static int find_packet(const char *path, int64_t packet, struct survey *survey, char **ret_error)
{
	struct capture *capture;
	struct frame frame = {0};
	int result = open_file(path, &capture, ret_error);

	if (result)
		return result;
	while (frame.number < packet && (result = capture_next(capture, &frame)) > 0)
		;
	if (result < 0)
		result = say(ret_error, -EINVAL, "cannot be read after packet %lld: %s",
			     (long long)frame.number, capture_error(capture));
	else if (frame.number < packet)
		result = say(ret_error, -EINVAL, "there is no packet %lld: the file has %lld",
			     (long long)packet, (long long)frame.number);
	else if (segment_decode(&frame, &survey->pattern) != SEGMENT_OK)
		result =
			say(ret_error, -EINVAL, "packet %lld is no TCP segment", (long long)packet);
	else
		result = 0;
	survey->chosen = true;
	capture_close(capture);
	return result;
}

static int read_connections(const char *path, struct survey *survey, char **ret_error)
{
	struct capture *capture;
	struct segment segment;
	struct frame frame;
	int result = open_file(path, &capture, ret_error);

	if (result)
		return result;
	while ((result = capture_next(capture, &frame)) > 0) {
		enum segment_verdict verdict = segment_decode(&frame, &segment);

		survey->frames = frame.number;
		survey->last_stamp = frame.stamp;
		survey->linktype = frame.linktype;
		survey->of_verdict[verdict]++;
		if (verdict == SEGMENT_OK &&
		    (!survey->chosen || has_same_ends(&segment, &survey->pattern)))
			connections_take(&survey->connections, &segment, frame.number);
	}
	if (result < 0)
		note_break(survey, capture);
	capture_close(capture);
	return 0;
}

/* Says why there is no connection in the file. */
static int say_none(const struct survey *survey, char **ret_error)
{
	const int64_t *of = survey->of_verdict;

	if (!survey->frames && survey->breaks_off)
		return say(ret_error, -EINVAL, "%s", survey->break_text);
	if (!survey->frames)
		return say(ret_error, -EINVAL, "the capture has no packets");
	if (of[SEGMENT_LINKTYPE])
		return say(ret_error, -EINVAL,
			   "its link type is %d; Ethernet, Linux cooked, raw IP and BSD loopback "
			   "can be read",
			   survey->linktype);
	return say(ret_error, -EINVAL,
		   "no TCP segment among %lld packets: %lld are not IP, %lld not TCP, %lld "
		   "fragments, %lld captured too short, %lld malformed%s%s",
		   (long long)survey->frames, (long long)of[SEGMENT_NOT_IP],
		   (long long)of[SEGMENT_NOT_TCP], (long long)of[SEGMENT_FRAGMENT],
		   (long long)of[SEGMENT_SHORT], (long long)of[SEGMENT_MALFORMED],
		   survey->breaks_off ? "; then it breaks off: " : "",
		   survey->breaks_off ? survey->break_text : "");
}

/* Names the connections among which one has to be chosen: those of a grade. */
static int say_several(const struct survey *survey, enum grade grade, char **ret_error)
{
	static const char *const fits[] = {
		[GRADE_NONE] = "connections, and none to the scenario's server port",
		[GRADE_SERVER_PORT] = "connections to the scenario's server port, none from its "
				      "client port",
		[GRADE_PORTS] = "connections with the scenario's ports",
		[GRADE_ALL] = "connections between the scenario's ends",
	};
	const struct connections *connections = &survey->connections;
	size_t total = connections->of_grade[grade], listed = 0, size;
	FILE *stream = open_memstream(ret_error, &size);

	fprintf(stream, "%s%zu %s; a packet of one of them has to be chosen:",
		connections->more_of_grade[grade] ? "more than " : "", total, fits[grade]);
	for (size_t i = 0; i < connections->count && listed < LIST_LIMIT; i++) {
		const struct connection *connection = &connections->list[i];
		bool a_is_server = connection_fit(connection, &connections->wanted) == END_SERVER;
		char from[ADDRESS_TEXT_SIZE], to[ADDRESS_TEXT_SIZE];

		if (connection->grade != grade)
			continue;
		listed++;
		fprintf(stream, "\n  packet %lld: %s to %s, %lld packets",
			(long long)connection->first,
			address_format(from, a_is_server ? &connection->b : &connection->a),
			address_format(to, a_is_server ? &connection->a : &connection->b),
			(long long)connection->frames);
	}
	if (total > listed)
		fprintf(stream, "\n  and %zu more", total - listed);
	fclose(stream);
	return -ENOTUNIQ;
}

static const struct connection *find_by_packet(const struct survey *survey, int64_t packet)
{
	const struct connections *connections = &survey->connections;

	for (size_t i = 0; i < connections->count; i++) {
		if (connections->list[i].first <= packet && packet <= connections->list[i].last)
			return &connections->list[i];
	}
	return NULL;
}

static int choose_fitting(const struct survey *survey, const struct connection **ret_connection,
			  char **ret_error)
{
	const struct connections *connections = &survey->connections;
	enum grade grade = GRADE_ALL;

	while (grade > GRADE_NONE && !connections->of_grade[grade])
		grade--;
	if (connections->of_grade[grade] != 1)
		return say_several(survey, grade, ret_error);
	for (size_t i = 0; i < connections->count; i++) {
		if (connections->list[i].grade == grade)
			*ret_connection = &connections->list[i];
	}
	return 0;
}

static int choose(const struct survey *survey, int64_t packet,
		  const struct connection **ret_connection, char **ret_error)
{
	if (!survey->connections.count)
		return say_none(survey, ret_error);
	if (!packet)
		return choose_fitting(survey, ret_connection, ret_error);
	*ret_connection = find_by_packet(survey, packet);
	if (!*ret_connection)
		return say(ret_error, -E2BIG,
			   "there are more than %d connections between the ends of packet %lld",
			   CONNECTIONS_LIMIT, (long long)packet);
	return 0;
}

/* Which end a is; where nothing says it, the sender of the packet that was chosen is the client. */
static enum end name_ends(const struct survey *survey, const struct connection *connection,
			  const struct endpoints *wanted)
{
	enum end a_is = connection_fit(connection, wanted);

	if (a_is != END_NONE || !survey->chosen)
		return a_is;
	return address_equal(&survey->pattern.source, &connection->a) ? END_CLIENT : END_SERVER;
}

static int follow_frames(const char *path, const struct connection *connection,
			 struct follow *follow, char **ret_error)
{
	const struct segment pattern = {.source = connection->a, .destination = connection->b};
	struct capture *capture;
	struct segment segment;
	struct frame frame = {0};
	int result = open_file(path, &capture, ret_error);

	if (result)
		return result;
	while (!result && frame.number < connection->last && capture_next(capture, &frame) > 0) {
		if (frame.number < connection->first ||
		    segment_decode(&frame, &segment) != SEGMENT_OK ||
		    !has_same_ends(&segment, &pattern))
			continue;
		result = follow_take(follow, &frame, &segment);
	}
	if (result == -ERANGE)
		say(ret_error, result, "packet %lld has a time that no clock shows",
		    (long long)frame.number);
	else if (result)
		say(ret_error, result,
		    "the connection has more than %d segments: cut the capture to the time that "
		    "matters",
		    IMPORT_SEGMENT_LIMIT);
	capture_close(capture);
	return result;
}

static int import_connection(const char *path, const struct import *import,
			     const struct survey *survey, struct timeline *ret_timeline,
			     char **ret_error)
{
	const struct connection *connection = NULL;
	struct follow *follow = NULL;
	int error = choose(survey, import->packet, &connection, ret_error);
	enum end a_is;

	if (error)
		return error;
	a_is = name_ends(survey, connection, &import->wanted);
	if (a_is == END_NONE)
		return say(ret_error, -ENOTUNIQ,
			   "neither a SYN nor the scenario's ports say which end is the client: a "
			   "packet that it sent has to be chosen; packet %lld is the first",
			   (long long)connection->first);
	follow = malloc(sizeof(*follow));
	if (!follow)
		return say(ret_error, -ENOMEM, "out of memory");
	follow_start(follow, a_is == END_CLIENT ? &connection->a : &connection->b,
		     a_is == END_CLIENT ? &connection->b : &connection->a);
	error = follow_frames(path, connection, follow, ret_error);
	if (error)
		timeline_free(&follow->timeline);
	else
		*ret_timeline = follow_finish(follow, import->hz, survey->frames,
					      survey->breaks_off ? -1 : survey->last_stamp);
	free(follow);
	return error;
}

int import_capture(const char *path, const struct import *import, struct timeline *ret_timeline,
		   char **ret_error)
{
	const struct endpoints anything = {.client.family = 0};
	struct survey survey = {.chosen = false};
	int error = 0;

	if (import->packet)
		error = find_packet(path, import->packet, &survey, ret_error);
	if (!error &&
	    connections_start(&survey.connections, survey.chosen ? &anything : &import->wanted))
		error = say(ret_error, -ENOMEM, "out of memory");
	if (!error)
		error = read_connections(path, &survey, ret_error);
	if (!error)
		error = import_connection(path, import, &survey, ret_timeline, ret_error);
	connections_free(&survey.connections);
	return error;
}

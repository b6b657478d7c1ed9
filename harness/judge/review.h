/* One judgement in the making: what all expectations share. Internal to judge/. */
#ifndef HALFOPEN_JUDGE_REVIEW_H
#define HALFOPEN_JUDGE_REVIEW_H

#include "judge/judge.h"
#include "model/wheel.h"

/* Room for any text that window_format() writes. */
#define WINDOW_TEXT_SIZE 96

struct review {
	const struct scenario *scenario;
	const struct timeline *timeline;
	const struct capture_event *capture; /* NULL: the timeline of a run */
	struct wheel wheel;		     /* hz 0: a capture did not say it */
	int64_t until; /* when the scenario says to stop; INT64_MAX: it does not */
	bool *claimed; /* for each event: some expectation asked for this segment */
	enum key key;  /* what is being judged: goes into each finding */
	struct judgement *judgement;
};

/* Adds a finding; the texts are copied. Format is that of the sentence. */
void review_add(struct review *review, const struct record *expectation, enum verdict verdict,
		const char *due, const char *seen, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/*
 * Judges a moment against a window and adds the finding. reference is when the clock of the
 * window began (a window itself where only its bounds are known); seen is the event. subject says
 * what came, "probe 2 of 3 (packet 9)"; since what its delay is measured from, "probe 1".
 */
void review_time(struct review *review, const struct record *expectation, struct window reference,
		 struct window delay, int64_t seen, const char *subject, const char *since);

/*
 * How late the machine was between two moments: the largest lateness of a witness that was due
 * before the second and came after the first.
 */
int64_t review_lateness(const struct review *review, int64_t from, int64_t to);

/* The same of a timer that was not armed by the reference, but at another moment. */
void review_armed(struct review *review, const struct record *expectation, struct window reference,
		  struct window delay, struct window armed, int64_t seen, const char *subject,
		  const char *since);

/* The same for a count; packets lists what was counted, or is NULL. */
void review_count(struct review *review, const struct record *expectation, int64_t due,
		  int64_t seen, const char *what, const char *packets);

/*
 * The same for a count of segments, of which a capture may not show all: due_by is when the first
 * one that is missing should have come at the latest, INT64_MAX where that is not known.
 */
void review_segments(struct review *review, const struct record *expectation, int64_t due,
		     int64_t seen, const char *what, const char *packets, int64_t due_by);

/* "3.000 s to 3.256 s". Returns the buffer. */
const char *window_format(char buffer[static WINDOW_TEXT_SIZE], struct window window);

/* Says of the finding that was added last when it was due, or when it came. */
void review_due(struct review *review, struct window due, enum end end);
void review_moment(struct review *review, int64_t moment);

/*
 * What an application is told was there at some moment since it could have asked, which the witness
 * before it says (play/witnesses.c). Returns the moment of these that is nearest to a window which
 * ends at latest.
 */
int64_t review_told_at(const struct review *review, const struct event *told, int64_t latest);

/*
 * When a call took effect: one of a step between its beginning and the step's end, since of a
 * killed process the sockets are closed when it gets a CPU to die on.
 */
struct window review_called_at(const struct review *review, const struct event *call);

/*
 * When the keepalive timer that counts from a segment received was armed at the latest: with the
 * segment, or when accept() had been followed by the options that are not inherited.
 */
int64_t review_armed_by(const struct review *review, const struct event *received);

/*
 * When connect() was called; the SYN is due at once, but for the time that the call waited for a
 * CPU, which the witness before it says.
 */
struct window review_connected_at(const struct review *review);

/*
 * Whether a segment came when the play was to be over: that it was woken late, or that it goes on
 * to see who is alive, is no reason to count it. The model follows it all the same.
 */
static inline bool review_is_after(const struct review *review, const struct event *segment)
{
	return segment->at > review->until;
}

/* Marks a segment as asked for. */
void review_claim(struct review *review, const struct event *segment);

/*
 * The last segment that an end received before an event, or NULL. Only what the other end sent
 * counts.
 */
const struct event *review_last_received(const struct review *review, enum end end,
					 const struct event *before);

/*
 * The moment of an `after:`; false where there was none. since gets its words. In a capture the
 * connection is established between SYN-ACK and handshake ACK.
 */
bool review_reference(const struct review *review, const struct record *expectation, enum end end,
		      struct window *ret_reference, const char **ret_since);

/* disturbance.c: what every run must prove. */
extern const struct record every_run;

/* Whether the play could not be made; then there is a finding that says why. */
bool review_unable(struct review *review);

/* Adds a finding for each thing that disturbed the run. Returns whether there was any. */
bool review_disturbance(struct review *review);

/*
 * capture.c: what a capture file cannot answer. Adds the finding that says so and returns true,
 * where the timeline is from a capture; what is a noun phrase or a question.
 */
bool review_unanswerable(struct review *review, const struct record *expectation, const char *what);

/* The same for an expectation of which nothing can be seen on the wire. */
bool review_beyond_capture(struct review *review, const struct record *expectation);

/* Says in the report that the timer frequency is not known, where it is not. */
void review_frequency(struct review *review);

/* When a timer is due, after it was armed: for all usual frequencies where none is known. */
struct window review_window(const struct review *review, int64_t delay);

/*
 * How far away from the expectation's end a capture was made, there and back. Segments are stamped
 * at the capture, so by so much can one seem late, or early where the way of one took longer.
 */
int64_t review_away(const struct review *review, const struct record *expectation);

/* Room for what review_unseen() writes. */
#define UNSEEN_TEXT_SIZE 160

/* Whether a segment that is missing may have passed before or after the capture; then text says it.
 */
bool review_unseen(const struct review *review, int64_t due_by, char text[static UNSEEN_TEXT_SIZE]);

/* One function for each kind of expectation. */
void review_probes(struct review *review, const struct record *expectation);
void review_window_probes(struct review *review, const struct record *expectation);
void review_series(struct review *review, const struct record *expectation);
void review_alive(struct review *review, const struct record *expectation);
void review_reset(struct review *review, const struct record *expectation);
void review_end(struct review *review, const struct record *expectation);
/* How long the calls of an end lasted that waited in vain. */
void review_lasted(struct review *review, const struct record *expectation, enum end end);
/* The same of one call, which was to last so long. */
void review_wait(struct review *review, const struct record *expectation, const struct event *event,
		 int64_t due);
void review_timer(struct review *review, const struct record *expectation);
void review_rule(struct review *review, const struct record *expectation);
void review_ping(struct review *review, const struct record *expectation);
void review_monitor(struct review *review, const struct record *expectation);
void review_resources(struct review *review, const struct record *expectation);
void review_counters(struct review *review, const struct record *expectation);
void review_conntrack(struct review *review, const struct record *expectation);
void review_model(struct review *review, const struct record *expectation);
void review_nothing_else(struct review *review, const struct record *expectation);

#endif

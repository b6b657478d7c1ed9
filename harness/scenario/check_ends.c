/* What an end's application is said to do, where it contradicts itself or comes to nothing. */
#include "base/duration.h"
#include "scenario/check.h"
#include "scenario/vocabulary.h"

static bool looks(enum observer observer)
{
	return observer == OBSERVE_POLL || observer == OBSERVE_SELECT || observer == OBSERVE_EPOLL;
}

/* Complains where a key was written that only other observers have. */
static void check_key(const struct reader *reader, const struct record *end, enum key key,
		      bool fits, const char *why)
{
	if (can_use(end, key) && !fits)
		complain(reader, end->value[key].at, "%s", why);
}

static void check_wait(const struct reader *reader, const struct record *end)
{
	const struct value *wait = &end->value[KEY_WAIT];

	if (!can_use(end, KEY_WAIT) || !looks(observer_of(end)))
		return;
	if (observer_of(end) != OBSERVE_SELECT && wait->number % MILLISECOND)
		complain(reader, wait->at,
			 "wait: poll() and epoll_wait() take whole milliseconds; only select() "
			 "takes " WORD,
			 wait->text);
	else if (!wait->number && !record_has(end, KEY_EVERY))
		complain(reader, wait->at,
			 "wait: without a time to wait it needs \"every\", or it never rests");
}

void check_end(const struct reader *reader, const struct record *end)
{
	enum observer observer = observer_of(end);

	if (record_has(end, KEY_OBSERVE) && !can_use(end, KEY_OBSERVE))
		return;
	check_key(reader, end, KEY_WAIT, looks(observer),
		  "wait needs \"observe: poll\", \"select\" or \"epoll\": nothing else has a "
		  "time-out of its own");
	check_key(reader, end, KEY_EVERY, looks(observer) || observer == OBSERVE_HEARTBEAT,
		  "every needs \"observe: heartbeat\", \"poll\", \"select\" or \"epoll\"");
	check_key(reader, end, KEY_BYTES, observer == OBSERVE_HEARTBEAT,
		  "bytes needs \"observe: heartbeat\"");
	check_key(reader, end, KEY_READING, looks(observer),
		  "reading needs \"observe: poll\", \"select\" or \"epoll\"");
	check_key(reader, end, KEY_RECEIVE_TIMEOUT, observer == OBSERVE_RECV,
		  "receive_timeout has no effect without \"observe: recv\": only a recv() that "
		  "blocks waits for it");
	check_wait(reader, end);
	if (observer == OBSERVE_HEARTBEAT && !record_has(end, KEY_EVERY))
		complain(reader, end->value[KEY_OBSERVE].at,
			 "observe: a heartbeat needs \"every\": how long it is from one to the "
			 "next");
	if (looks(observer) && !observer_reads(end) && !record_has(end, KEY_EVERY))
		complain(reader, end->value[KEY_READING].at,
			 "reading: without reading it needs \"every\", or what is there wakes it "
			 "for ever");
}

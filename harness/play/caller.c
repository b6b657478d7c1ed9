/*
 * A process that blocks in system calls, as an application would. It is a process and not a thread,
 * since only a process can be ended while it is in recv(), and with it everything that it holds;
 * and since a close() of ours would wait for a thread's call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "play/calls.h"
#include "play/player.h"
#include "sandbox/cpus.h"

int64_t calls_now(const struct calls *calls)
{
	return clock_now() - calls->zero;
}

/* Whether a call was told an error, or nothing at all: when that was is judged. */
static bool is_timed(const struct application_event *told)
{
	bool waits =
		told->call == CALL_POLL || told->call == CALL_SELECT || told->call == CALL_EPOLL;

	return told->call != CALL_CLOSE && (told->error || (waits && !told->result));
}

/*
 * How much a hypervisor may have taken since the last call: where our CPU was stopped, a timer of
 * ours fires late, or we are woken late, and that leaves no other trace, as nobody waits for a CPU
 * before it runs (kernel/sched/core.c, ttwu_queue_wakelist).
 */
static int64_t taken_since(struct calls *calls)
{
	int64_t before = calls->stolen;

	calls->stolen = cpus_stolen(calls->stat);
	return calls->stolen ? calls->stolen - before + STOLEN_UNIT : 0;
}

void calls_tell(struct calls *calls, enum application_call call, int64_t began, int64_t at,
		int64_t result, int error)
{
	int64_t ended = at > began ? at : calls_now(calls);
	int64_t delay = schedstat_waited(calls->schedstat);
	int64_t waited = delay - calls->run_delay;
	struct call_message message = {
		.told = {.call = call, .result = result, .error = error, .lasted = ended - began},
		.at = at,
		.ended = ended,
		.late = call == CALL_RECV && calls->looked ? ended - calls->looked : waited,
	};

	/* It has not returned: its witness is of when it began. */
	if (call == CALL_LINGER)
		message.ended = began + waited;
	calls->run_delay = delay;
	delay = taken_since(calls);
	if (is_timed(&message.told) && delay > message.late)
		message.late = delay;
	if (call == CALL_POLL || call == CALL_SELECT || call == CALL_EPOLL)
		calls->looked = ended - waited;
	if (write(calls->out, &message, sizeof(message)) != sizeof(message))
		_exit(0);
}

/* What is copied by fork() would keep connections and pipes open that others close. */
static void close_others(int one, int other)
{
	unsigned int low = (unsigned int)(one < other ? one : other);
	unsigned int high = (unsigned int)(one < other ? other : one);

	if (low > 0)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

static _Noreturn void live(struct calls *calls, pid_t parent, calls_function *run)
{
	sigset_t ends;
	int64_t now;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	/* caller_stop() */
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &ends, NULL);
	close_others(calls->fd, calls->out);
	fcntl(calls->fd, F_SETFL, fcntl(calls->fd, F_GETFL) & ~O_NONBLOCK);
	calls->schedstat = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	calls->run_delay = schedstat_waited(calls->schedstat);
	calls->stat = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	calls->stolen = cpus_stolen(calls->stat);
	now = calls_now(calls);
	calls_tell(calls, CALL_NONE, now, now, 0, 0);
	if (read(calls->out, &now, 1) == 1)
		run(calls);
	_exit(0);
}

/* Reads the next message; blocks where the channel does. Returns 1, 0 at its end, or -errno. */
static int next_message(int channel, struct call_message *message)
{
	ssize_t length;

	do {
		length = read(channel, message, sizeof(*message));
	} while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : length > 0;
}

int caller_start(struct player *player, enum end end, struct caller *caller, int fd,
		 calls_function *run)
{
	struct calls calls = {
		.record = end == END_CLIENT ? &player->scenario->client : &player->scenario->server,
		.fd = fd,
		.zero = player->zero,
	};
	struct epoll_event event = {.events = EPOLLIN};
	struct call_message ready;
	pid_t parent = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return player_unable(player, UNABLE_RUN, 0, errno, "socketpair: %s",
				     strerrorname_np(errno));
	fflush(player->stream);
	calls.out = ends[1];
	caller->pid = fork();
	if (caller->pid == 0)
		live(&calls, parent, run);
	close(ends[1]);
	caller->channel = ends[0];
	if (caller->pid < 0) {
		caller->pid = 0;
		close(ends[0]);
		return player_unable(player, UNABLE_RUN, 0, errno, "fork: %s",
				     strerrorname_np(errno));
	}
	/* Until it has closed what it must not hold. */
	if (next_message(caller->channel, &ready) <= 0) {
		caller_stop(player, end, caller);
		return player_unable(player, UNABLE_RUN, 0, ECHILD,
				     "the process of the %s's application did not begin",
				     word_name(end_words, (int)end));
	}
	fcntl(caller->channel, F_SETFL, O_NONBLOCK);
	event.data.u32 = (uint32_t)caller->channel;
	epoll_ctl(player->epoll, EPOLL_CTL_ADD, caller->channel, &event);
	return 0;
}

void caller_go(const struct caller *caller)
{
	/* Where nobody is there to read it, caller_hear() finds that out. */
	if (write(caller->channel, "", 1) != 1)
		errno = 0;
}

static void take(struct player *player, enum end end, const struct call_message *message)
{
	/* An error's witness stands right before it on the timeline. */
	witness_record(player, message->told.error ? message->at : message->ended, message->late);
	endpoint_heard(player, end, message->at, message->told);
}

/* Its process is over, or ended here: what it said last is still in the channel. */
static void finish(struct player *player, enum end end, struct caller *caller)
{
	struct call_message message;

	waitpid(caller->pid, NULL, 0);
	while (next_message(caller->channel, &message) > 0)
		take(player, end, &message);
	epoll_ctl(player->epoll, EPOLL_CTL_DEL, caller->channel, NULL);
	close(caller->channel);
	*caller = (struct caller){0};
}

void caller_hear(struct player *player, enum end end, struct caller *caller)
{
	struct call_message message;
	int result;

	while ((result = next_message(caller->channel, &message)) > 0)
		take(player, end, &message);
	if (!result)
		finish(player, end, caller);
}

void caller_stop(struct player *player, enum end end, struct caller *caller)
{
	if (!caller->pid)
		return;
	kill(caller->pid, SIGTERM);
	finish(player, end, caller);
}

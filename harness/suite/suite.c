#define _GNU_SOURCE
#include "suite/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/line_reader.h"
#include "play/play.h"

/* The descriptors that a playing process keeps, and behind them those of kernel.softirqs. */
#define CHILD_STREAM   3
#define CHILD_LIFELINE 4
#define CHILD_SOFTIRQS 5

struct job {
	pid_t pid; /* 0: not running */
	int stream;
	size_t index;
	struct line_reader reader;
};

struct suite {
	const struct suite_plan *plan;
	const struct suite_sink *sink;
	struct job *jobs;
	size_t job_count, running, next;
	int epoll, signals;
	int lifeline[2]; /* nobody writes; the playing processes see it close when this one ends */
	int signal;
	int error;
};

/* Waits until a play is to begin, or the other side of the lifeline is gone. */
static void wait_for_start(const struct suite_plan *plan, size_t index)
{
	struct pollfd lifeline = {.fd = CHILD_LIFELINE, .events = POLLIN};
	int64_t left;

	if (!plan->delays || !plan->delays[index])
		return;
	while ((left = plan->began + plan->delays[index] - clock_now()) > 0) {
		struct timespec time = clock_timespec(left);

		if (ppoll(&lifeline, 1, &time, NULL) > 0)
			_exit(1);
	}
}

/* Leaves nothing else open. All are duplicated above their places first: none overwrites another.
 */
static void keep_descriptors(const struct suite *suite, int stream, struct softirqs *softirqs)
{
	int limit = CHILD_SOFTIRQS + (int)softirqs->count;
	int lifeline = fcntl(suite->lifeline[0], F_DUPFD, limit);

	stream = fcntl(stream, F_DUPFD, limit);
	for (size_t i = 0; i < softirqs->count; i++)
		softirqs->threads[i] = fcntl(softirqs->threads[i], F_DUPFD, limit);
	dup2(stream, CHILD_STREAM);
	dup2(lifeline, CHILD_LIFELINE);
	for (size_t i = 0; i < softirqs->count; i++)
		softirqs->threads[i] = dup2(softirqs->threads[i], CHILD_SOFTIRQS + (int)i);
	close_range((unsigned int)limit, ~0U, 0);
}

__attribute__((noreturn)) static void child(const struct suite *suite, size_t index, int stream)
{
	const struct suite_plan *plan = suite->plan;
	struct kernel kernel = *plan->kernel;
	sigset_t none;
	int error;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	keep_descriptors(suite, stream, &kernel.softirqs);
	wait_for_start(plan, index);
	error = play(plan->list[index], &kernel, CHILD_STREAM, CHILD_LIFELINE);
	if (plan->stay)
		raise(SIGSTOP);
	_exit(error ? 1 : 0);
}

static int start_job(struct suite *suite, struct job *job)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = job};
	int ends[2];

	*job = (struct job){.index = suite->next++};
	suite->sink->began(suite->sink->data, job->index);
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	fflush(NULL); /* or the child would write what we have buffered, again */
	job->pid = fork();
	if (job->pid == 0)
		child(suite, job->index, ends[1]);
	close(ends[1]);
	job->stream = ends[0];
	if (job->pid < 0 || epoll_ctl(suite->epoll, EPOLL_CTL_ADD, job->stream, &event))
		return -errno;
	suite->running++;
	return 0;
}

/* Takes one line of a job's stream. */
static void take_line(void *data, const char *line, size_t length)
{
	struct job *job = ((void **)data)[0];
	struct suite *suite = ((void **)data)[1];

	suite->sink->line(suite->sink->data, job->index, line, length);
}

static void finish_job(struct suite *suite, struct job *job, const char *trouble)
{
	char message[64];
	int status = 0;
	int error;

	/*
	 * Explicitly: a child that has just been forked still has a copy of the descriptor, and as
	 * long as it has, a closed one goes on to be reported (epoll(7), questions and answers).
	 */
	epoll_ctl(suite->epoll, EPOLL_CTL_DEL, job->stream, NULL);
	close(job->stream);
	line_reader_free(&job->reader);
	while (waitpid(job->pid, &status, WUNTRACED) < 0 && errno == EINTR)
		;
	job->pid = 0;
	suite->running--;
	if (WIFSIGNALED(status)) {
		snprintf(message, sizeof(message), "the playing process was ended by SIG%s",
			 sigabbrev_np(WTERMSIG(status)));
		trouble = message;
	}
	error = suite->sink->ended(suite->sink->data, job->index, trouble);
	if (error)
		suite->error = error;
}

static void read_job(struct suite *suite, struct job *job)
{
	void *data[] = {job, suite};
	int result = line_reader_read(&job->reader, job->stream, take_line, data);

	if (result <= 0)
		finish_job(suite, job,
			   result < 0 ? "the timeline of the play could not be read" : NULL);
}

static void read_signal(struct suite *suite)
{
	struct signalfd_siginfo info;

	if (read(suite->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		suite->signal = (int)info.ssi_signo;
}

static void end_jobs(struct suite *suite)
{
	for (size_t i = 0; i < suite->job_count; i++) {
		struct job *job = &suite->jobs[i];

		if (job->pid <= 0)
			continue;
		kill(job->pid, SIGKILL);
		while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
			;
		close(job->stream);
		line_reader_free(&job->reader);
	}
}

/*
 * What a playing process leaves behind, those that make its calls, is ours then
 * (PR_SET_CHILD_SUBREAPER) and is being killed (PR_SET_PDEATHSIG): it is over when they are gone.
 */
static void reap_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

static int loop(struct suite *suite)
{
	while (!suite->signal && !suite->error) {
		struct epoll_event ready[16];
		int count;

		for (size_t i = 0; i < suite->job_count; i++) {
			if (!suite->jobs[i].pid && suite->next < suite->plan->count &&
			    (suite->error = start_job(suite, &suite->jobs[i])))
				return suite->error;
		}
		if (!suite->running)
			return 0;
		if (suite->sink->idle)
			suite->sink->idle(suite->sink->data);
		count = epoll_wait(suite->epoll, ready, 16, -1);
		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count; i++) {
			if (ready[i].data.ptr)
				read_job(suite, ready[i].data.ptr);
			else
				read_signal(suite);
		}
	}
	return suite->signal ? -EINTR : suite->error;
}

static int set_up(struct suite *suite, sigset_t *ret_mask)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	sigset_t signals;

	sigemptyset(&signals);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, ret_mask);
	suite->epoll = epoll_create1(EPOLL_CLOEXEC);
	suite->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (suite->epoll < 0 || suite->signals < 0 || pipe2(suite->lifeline, O_CLOEXEC) ||
	    epoll_ctl(suite->epoll, EPOLL_CTL_ADD, suite->signals, &event))
		return -errno;
	return 0;
}

int suite_play(const struct suite_plan *plan, const struct suite_sink *sink, int *ret_signal)
{
	struct suite suite = {
		.plan = plan,
		.sink = sink,
		.job_count = plan->jobs < plan->count ? plan->jobs : plan->count,
		.epoll = -1,
		.signals = -1,
		.lifeline = {-1, -1},
	};
	sigset_t mask;
	int error = set_up(&suite, &mask);

	suite.jobs = calloc(suite.job_count + 1, sizeof(struct job));
	if (!error)
		error = loop(&suite);
	if (!plan->stay) {
		end_jobs(&suite);
		reap_orphans();
	}
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	free(suite.jobs);
	for (int i = 0; i < 2; i++) {
		if (suite.lifeline[i] >= 0)
			close(suite.lifeline[i]);
	}
	if (suite.epoll >= 0)
		close(suite.epoll);
	if (suite.signals >= 0)
		close(suite.signals);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	*ret_signal = suite.signal;
	return error;
}

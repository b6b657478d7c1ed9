#define _GNU_SOURCE
#include "suite/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "base/line_reader.h"
#include "play/play.h"

/* The descriptors that a playing process keeps. */
#define CHILD_STREAM   3
#define CHILD_LIFELINE 4

struct job {
	pid_t pid; /* 0: not running */
	int stream;
	size_t index;
	int64_t started;
	struct line_reader reader;
};

struct suite {
	const struct scenarios *scenarios;
	const struct kernel *kernel;
	const struct suite_watcher *watcher;
	struct outcome *outcomes;
	struct job *jobs;
	size_t job_count, running, next;
	int epoll, signals;
	int lifeline[2]; /* nobody writes; the playing processes see it close when this one ends */
	int signal;
	int error;
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

static void note_unable(struct timeline *timeline, const char *message)
{
	timeline_append(timeline, (struct event){.kind = EVENT_UNABLE,
						 .unable = {UNABLE_RUN, 0, strdup(message)}});
}

__attribute__((noreturn)) static void child(const struct suite *suite,
					    const struct scenario *scenario, int stream)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Duplicated above both targets first, so that neither overwrites the other. */
	stream = fcntl(stream, F_DUPFD, CHILD_LIFELINE + 1);
	dup2(fcntl(suite->lifeline[0], F_DUPFD, CHILD_LIFELINE + 1), CHILD_LIFELINE);
	dup2(stream, CHILD_STREAM);
	close_range(CHILD_LIFELINE + 1, ~0U, 0);
	_exit(play(scenario, suite->kernel, CHILD_STREAM, CHILD_LIFELINE) ? 1 : 0);
}

static int start_job(struct suite *suite, struct job *job)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = job};
	int ends[2];

	*job = (struct job){.index = suite->next++, .started = now()};
	suite->outcomes[job->index].scenario = &suite->scenarios->list[job->index];
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	fflush(NULL); /* or the child would write what we have buffered, again */
	job->pid = fork();
	if (job->pid == 0)
		child(suite, suite->outcomes[job->index].scenario, ends[1]);
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
	struct outcome *outcome = &suite->outcomes[job->index];
	cleanup_free char *error = NULL;
	struct event event;

	if (event_from_json(line, length, &event, &error)) {
		note_unable(&outcome->timeline, "the timeline of the play was garbled");
		return;
	}
	timeline_append(&outcome->timeline, event);
	if (suite->watcher->happened)
		suite->watcher->happened(suite->watcher->data, outcome->scenario, &event);
}

static void finish_job(struct suite *suite, struct job *job)
{
	struct outcome *outcome = &suite->outcomes[job->index];
	int status = 0;
	int error;

	close(job->stream); /* leaves epoll by itself */
	line_reader_free(&job->reader);
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->pid = 0;
	suite->running--;
	if (WIFSIGNALED(status)) {
		char message[64];

		snprintf(message, sizeof(message), "the playing process was ended by SIG%s",
			 sigabbrev_np(WTERMSIG(status)));
		note_unable(&outcome->timeline, message);
	}
	timeline_sort(&outcome->timeline);
	outcome->wall = now() - job->started;
	judge(outcome->scenario, &outcome->timeline, &outcome->judgement);
	error = suite->watcher->finished(suite->watcher->data, outcome);
	if (error)
		suite->error = error;
}

static void read_job(struct suite *suite, struct job *job)
{
	void *data[] = {job, suite};
	int result = line_reader_read(&job->reader, job->stream, take_line, data);

	if (result < 0)
		note_unable(&suite->outcomes[job->index].timeline,
			    "the timeline of the play could not be read");
	if (result <= 0)
		finish_job(suite, job);
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

static int loop(struct suite *suite)
{
	while (!suite->signal && !suite->error) {
		struct epoll_event ready[16];
		int count;

		for (size_t i = 0; i < suite->job_count; i++) {
			if (!suite->jobs[i].pid && suite->next < suite->scenarios->count &&
			    (suite->error = start_job(suite, &suite->jobs[i])))
				return suite->error;
		}
		if (!suite->running)
			return 0;
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

int suite_run(const struct scenarios *scenarios, const struct kernel *kernel, size_t jobs,
	      const struct suite_watcher *watcher, struct outcome *outcomes, int *ret_signal)
{
	struct suite suite = {
		.scenarios = scenarios,
		.kernel = kernel,
		.watcher = watcher,
		.outcomes = outcomes,
		.job_count = jobs < scenarios->count ? jobs : scenarios->count,
		.epoll = -1,
		.signals = -1,
		.lifeline = {-1, -1},
	};
	sigset_t mask;
	int error = set_up(&suite, &mask);

	suite.jobs = calloc(suite.job_count + 1, sizeof(struct job));
	if (!error)
		error = loop(&suite);
	end_jobs(&suite);
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

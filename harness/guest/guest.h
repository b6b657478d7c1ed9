/*
 * Plays a suite in another kernel: boots it under QEMU with this program as its first process,
 * and hands what it says to a sink, as if it had been played here.
 */
#ifndef HALFOPEN_GUEST_GUEST_H
#define HALFOPEN_GUEST_GUEST_H

#include "guest/console.h"
#include "guest/plan.h"

struct guest_options {
	const char *image, *modules; /* see image.h; modules may be NULL */
	const char *append;	     /* more words for the kernel's command line, or NULL */
	int64_t timeout;	     /* of all together, in real time */
	int64_t silence;	     /* longest time without a word, in real time */
};

/* What is known when it is over, however it ended. */
struct guest_report {
	struct kernel kernel; /* hz 0: it did not boot */
	struct console console;
	bool has_modules; /* some were packed for it */
	/* Empty, or why not all can be believed: a sentence. */
	char trouble[GUEST_ERROR_SIZE];
};

/*
 * Plays. Every play begins and ends at the sink, also those that the guest did not come to: with
 * the trouble. SIGINT, SIGTERM and SIGHUP end it. Returns 0, also with trouble; -EINTR with the
 * signal's number in ret_signal; or -errno of the sink.
 */
int guest_run(const struct guest_options *options, const struct guest_plan *plan,
	      const struct suite_sink *sink, struct guest_report *ret_report, int *ret_signal);

#endif

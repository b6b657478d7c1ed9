/*
 * Plays one scenario on the running kernel and streams its timeline.
 *
 * Theory of operation. The calling process moves into namespaces of its own, sets the sysctls,
 * opens the capture and makes the connection. Then one epoll loop waits: for the capture, the
 * sockets, the lifeline, and one timerfd that is armed for whatever is next: a step, a witness,
 * the end. Nothing polls. Whenever something happened (a packet passed, a step ran) both sockets
 * are asked for their state and timer. Everything seen becomes an event, written at once.
 */
#ifndef HALFOPEN_PLAY_PLAY_H
#define HALFOPEN_PLAY_PLAY_H

#include "model/settings.h"
#include "sandbox/kernel.h"
#include "scenario/scenario.h"

/*
 * Plays in the calling process, which must be a child of its own with one thread, and which can
 * do nothing else afterwards. Events go to the stream descriptor, one JSON line each; the last is
 * EVENT_END, unless the play could not be finished. When the other side of the lifeline
 * closes, the play stops at once. Returns 0, or -errno where even that could not be written.
 */
int play(const struct scenario *scenario, const struct kernel *kernel, int stream, int lifeline);

/*
 * Tries the socket options of all scenarios on sockets that are never connected, and notes those
 * that this kernel refuses, such as a congestion control that it does not have. An option that it
 * does not know is none of them: such a scenario is skipped. Nor is what only root may set, which
 * everybody is in a namespace of his own.
 */
void options_try(const struct scenarios *scenarios, struct problems *problems);

/*
 * The longest that a scenario can be due to last under these settings: as the model predicts, or
 * as its expectations claim one after the other, whichever is longer, and a little. The loop ends
 * there at the latest, and much earlier where nothing can happen any more.
 */
int64_t play_bound(const struct scenario *scenario, const struct settings *settings);

#endif

/* Steps in which an end loses its socket, and its application did not ask for it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "play/player.h"
#include "sandbox/vanish.h"

int step_vanish(struct player *player, const struct record *record, struct player_step *step)
{
	enum end end = (enum end)record_number(record, KEY_END);
	int64_t began;
	int error;

	(void)step;
	if (player->ends[end].fd < 0)
		return -ENOTCONN;
	caller_stop(player, end, &player->ends[end].observer);
	began = player_now(player);
	error = vanish(player->ends[end].fd);
	if (error)
		return error;
	close(player->ends[end].fd);
	player->ends[end].fd = -1;
	player->ends[end].readable = false;
	endpoint_told(player, end, CALL_VANISH, began, 0, 0);
	return 0;
}

int step_reboot(struct player *player, const struct record *record, struct player_step *step)
{
	int error = step_vanish(player, record, step);

	return error ? error : step_heal(player, record, step);
}

/*
 * We play both ends, so the socket is handed to a process of its own, which is then killed: the
 * kernel closes what it held.
 */
int step_kill(struct player *player, const struct record *record, struct player_step *step)
{
	enum end which = (enum end)record_number(record, KEY_END);
	struct player_end *end = &player->ends[which];
	int64_t began;
	pid_t child;

	(void)step;
	if (end->fd < 0)
		return -ENOTCONN;
	caller_stop(player, which, &end->observer);
	epoll_ctl(player->epoll, EPOLL_CTL_DEL, end->fd, NULL);
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	close(end->fd);
	end->fd = -1;
	end->readable = false;
	began = player_now(player);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* It closes its files only when it gets a CPU to die on, and then its memory is gone. */
	witness_delay(player, began);
	endpoint_told(player, which, CALL_KILL, began, 0, 0);
	return 0;
}

int step_destroy(struct player *player, const struct record *record, struct player_step *step)
{
	enum end end = (enum end)record_number(record, KEY_END);
	int64_t began = player_now(player);
	int error = socket_diag_destroy(place_of(player, end)->diag, &player->ends[end].local,
					&player->ends[end].remote);

	(void)step;
	if (error == -EOPNOTSUPP)
		return player_unable(player, UNABLE_FEATURE, record->at.line, EOPNOTSUPP,
				     "this kernel (%s) cannot destroy sockets",
				     player->kernel.release);
	if (!error)
		endpoint_told(player, end, CALL_DESTROY, began, 0, 0);
	return error;
}

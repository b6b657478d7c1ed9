#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "play/player.h"

/* How a kind of step is taken, and the system call that does it, for where it fails. */
static const struct {
	step_function *take;
	const char *call;
} kinds[RECORD_KINDS] = {
	[RECORD_STEP_DROP] = {step_drop, "adding a rule over netlink (nf_tables)"},
	[RECORD_STEP_REJECT] = {step_reject, "adding a rule over netlink (nf_tables)"},
	[RECORD_STEP_DELAY] = {step_delay, "a packet socket, or adding a rule over netlink"},
	[RECORD_STEP_HEAL] = {step_heal, "removing a rule over netlink (nf_tables)"},
	[RECORD_STEP_VANISH] = {step_vanish, "setsockopt(TCP_REPAIR)"},
	[RECORD_STEP_REBOOT] = {step_reboot, "setsockopt(TCP_REPAIR)"},
	[RECORD_STEP_KILL] = {step_kill, "fork()"},
	[RECORD_STEP_DESTROY] = {step_destroy, "SOCK_DESTROY over netlink (sock_diag)"},
	[RECORD_STEP_SEND] = {step_send, "send()"},
	[RECORD_STEP_STOP_READING] = {step_stop_reading, "epoll_ctl()"},
	[RECORD_STEP_RECEIVE] = {step_receive, "recv()"},
	[RECORD_STEP_SHUTDOWN] = {step_shutdown, "shutdown()"},
	[RECORD_STEP_CLOSE] = {step_close, "close()"},
	[RECORD_STEP_CONNECT] = {step_connect, "connect()"},
	[RECORD_STEP_SET] = {step_set, "setsockopt()"},
	[RECORD_STEP_SYSCTL] = {step_sysctl, "write() below /proc/sys"},
	[RECORD_STEP_PING] = {step_ping, "socket(IPPROTO_ICMP)"},
	[RECORD_STEP_LINK] = {step_link, "RTM_NEWLINK over netlink"},
	[RECORD_STEP_CABLE] = {step_cable, "RTM_NEWLINK over netlink"},
	[RECORD_STEP_ROUTE] = {step_route, "a route's change over netlink"},
	[RECORD_STEP_CONNTRACK] = {step_conntrack, "IPCTNL_MSG_CT_DELETE over netlink"},
};

/* Notes that a step could not be taken. Returns error. */
static int failed(struct player *player, const struct record *record, int error)
{
	if (player->stopped) /* its function said why */
		return error;
	return player_unable(player, UNABLE_RUN, record->at.line, -error,
			     "the step in line %d failed: %s: %s", record->at.line,
			     kinds[record->kind].call, strerrorname_np(-error));
}

/* Records that a step has taken effect. */
static void taken(struct player *player, size_t index, int64_t began)
{
	const struct record *record = &player->scenario->steps[index];
	const struct player_step *step = &player->steps[index];
	int64_t due = step->due == NEVER ? began : step->due;

	player_emit(player, (struct event){.at = began ? -1 : 0,
					   .kind = EVENT_STEP,
					   .step = {(int64_t)index, record->at.line, record->text,
						    due, began}});
}

static int64_t due_at(const struct moment *moment, int64_t at)
{
	return at + moment->delay;
}

/* Steps that are in force before there is a connection. */
int steps_before(struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		const struct record *record = &player->scenario->steps[i];
		struct player_step *step = &player->steps[i];
		int error;

		step->due = NEVER;
		if (record->value[KEY_AT].moment.anchor != ANCHOR_BEFORE)
			continue;
		step->done = true;
		witness_jiffies(player);
		error = kinds[record->kind].take(player, record, step);
		witness_jiffies(player);
		if (error)
			return failed(player, record, error);
	}
	return 0;
}

/* Records what was done before; the clock reads 0. */
void steps_start(struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (player->steps[i].done)
			taken(player, i, 0);
	}
}

static bool is_reached(const struct moment *moment, enum anchor anchor, enum end end, int ordinal)
{
	bool of_both =
		anchor == ANCHOR_START || anchor == ANCHOR_ESTABLISHED || anchor == ANCHOR_STEP;

	return moment->anchor == anchor && (of_both || moment->end == end) &&
	       (anchor == ANCHOR_START || moment->ordinal == ordinal);
}

void steps_reached(struct player *player, enum anchor anchor, enum end end, int ordinal, int64_t at)
{
	const struct scenario *scenario = player->scenario;

	for (size_t i = 0; i < scenario->step_count; i++) {
		const struct moment *moment = &scenario->steps[i].value[KEY_AT].moment;

		if (player->steps[i].due == NEVER && is_reached(moment, anchor, end, ordinal))
			player->steps[i].due = due_at(moment, at);
	}
	if (scenario->until.set && player->until == NEVER &&
	    is_reached(&scenario->until.moment, anchor, end, ordinal))
		player->until = due_at(&scenario->until.moment, at);
}

/* What was due while we were busy with a step tells nothing of the machine. */
static void forget_witnesses(struct player *player)
{
	int64_t now = player_now(player);

	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		if (player->ends[end].witness <= now)
			player->ends[end].witness = NEVER;
	}
}

void steps_run(struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		const struct record *record = &player->scenario->steps[i];
		struct player_step *step = &player->steps[i];
		int64_t began = player_now(player);
		int error;

		if (step->done || step->due > began)
			continue;
		step->done = true;
		error = kinds[record->kind].take(player, record, step);
		if (error) {
			failed(player, record, error);
			return;
		}
		taken(player, i, began);
		player->happened = true;
		player->last_happened = player_now(player);
		forget_witnesses(player);
		steps_reached(player, ANCHOR_STEP, END_NONE, (int)i + 1, player->last_happened);
	}
}

void steps_seen(struct player *player, enum anchor anchor, enum end end, int64_t at)
{
	steps_reached(player, anchor, end, ++player->ends[end].seen[anchor], at);
}

/* Whether a step is still to run at a known time. */
bool steps_pending(const struct player *player)
{
	for (size_t i = 0; i < player->scenario->step_count; i++) {
		if (!player->steps[i].done && player->steps[i].due != NEVER)
			return true;
	}
	return false;
}

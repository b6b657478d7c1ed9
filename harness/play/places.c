/* The namespaces of the topology: what is opened, set and counted in each of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "play/player.h"
#include "sandbox/sysctl.h"
#include "scenario/vocabulary.h"

/* Room for a sysctl's value. */
#define SYSCTL_SIZE 256

/*
 * Settings that differ from machine to machine and change what is sent. reno is in every kernel
 * and open to every namespace (net/ipv4/tcp_cong.c, TCP_CONG_NON_RESTRICTED). Errors of ICMP have a
 * limited rate except over loopback (net/ipv4/icmp.c, icmpv4_xrlim_allow).
 */
static const struct {
	const char *name, *value;
	int family;
} pinned[] = {
	{"net.ipv4.tcp_congestion_control", "reno", 4},
	{"net.ipv4.icmp_ratelimit", "0", 4},
	{"net.ipv6.icmp.ratelimit", "0", 6},
};

bool places_have(const struct player *player, enum topology_place place)
{
	return player->topology.kind == TOPOLOGY_LOOPBACK
		       ? place == TOPOLOGY_CLIENT
		       : topology_has(player->topology.kind, place);
}

struct player_place *place_of(struct player *player, enum end end)
{
	if (player->topology.kind == TOPOLOGY_LOOPBACK)
		end = END_CLIENT;
	return &player->places[end];
}

int places_enter(struct player *player)
{
	char message[SANDBOX_ERROR_SIZE];
	int error = topology_enter(player->scenario->topology, player->scenario->family,
				   &player->topology, message);

	if (error)
		return player_unable(player,
				     is_missing_feature(error) ? UNABLE_FEATURE : UNABLE_RUN, 0,
				     -error, "%s", message);
	player->inside = true;
	/* Only now: entering a user namespace clears it (kernel/cred.c, commit_creds). */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return 0;
}

int places_switch(struct player *player, enum topology_place place)
{
	int error = topology_switch(&player->topology, place);

	if (error)
		return player_unable(player, UNABLE_RUN, 0, -error,
				     "entering a network namespace: %s", strerrorname_np(-error));
	return 0;
}

static int write_sysctl(struct player *player, const char *name, const char *value, int line)
{
	int error = sysctl_write(name, value);

	if (error == -ENOENT)
		return player_unable(player, UNABLE_FEATURE, line, ENOENT,
				     "this kernel (%s) has no sysctl %s", player->kernel.release,
				     name);
	if (error)
		return player_unable(player, UNABLE_RUN, line, -error,
				     "writing %s to sysctl %s: %s", value, name,
				     strerrorname_np(-error));
	return 0;
}

bool place_takes(enum topology_place place, const char *sysctl)
{
	return !sysctl_is_router(sysctl) || place == TOPOLOGY_ROUTER;
}

/* Those that one end alone has. */
static int apply_own(struct player *player, const struct record *end)
{
	const struct value *sysctls = &end->value[KEY_SYSCTLS];
	int error = 0;

	for (size_t i = 0; !error && sysctls->set && i < sysctls->item_count; i++) {
		const struct list_item *item = &sysctls->items[i];

		error = write_sysctl(player, item->text, item->setting, item->at.line);
	}
	return error;
}

static int apply_in(struct player *player, enum topology_place place)
{
	const struct scenario *scenario = player->scenario;
	int error = places_switch(player, place);

	for (size_t i = 0; !error && i < sizeof(pinned) / sizeof(pinned[0]); i++) {
		if (pinned[i].family <= player->topology.family)
			error = write_sysctl(player, pinned[i].name, pinned[i].value, 0);
	}
	for (size_t i = 0; !error && i < scenario->sysctl_count; i++) {
		const struct sysctl_setting *setting = &scenario->sysctls[i];

		if (!place_takes(place, setting->name))
			continue;
		/* What a machine has and this kernel lacks is no reason not to play. */
		if (!setting->at.line && sysctl_write(setting->name, setting->value) == -ENOENT)
			continue;
		error = write_sysctl(player, setting->name, setting->value, setting->at.line);
	}
	if (!error && place == TOPOLOGY_CLIENT)
		error = apply_own(player, &scenario->client);
	if (!error && place == TOPOLOGY_SERVER)
		error = apply_own(player, &scenario->server);
	return error;
}

int places_apply_sysctls(struct player *player)
{
	int error = 0;

	for_each_place (place, player) {
		if (!error)
			error = apply_in(player, place);
	}
	return error;
}

typedef char sysctl_text[SYSCTL_SIZE];

/*
 * Reads all that the model knows, of routers or of the others, in a place; empty where the kernel
 * has none of that name.
 */
static void read_all(struct player *player, enum topology_place place, bool of_router,
		     sysctl_text *values)
{
	struct sysctl_folder folder = {.fd = -1};
	bool inside = !places_switch(player, place);

	for (size_t i = 0; i < sysctl_spec_count; i++) {
		const char *name = sysctl_specs[i].name;

		if (sysctl_is_router(name) != of_router)
			continue;
		if (!inside || sysctl_read_next(&folder, name, values[i], SYSCTL_SIZE))
			values[i][0] = '\0';
	}
	sysctl_folder_close(&folder);
}

static void record_sysctl(struct player *player, struct settings *settings, enum end end,
			  const char *name, char *value)
{
	settings_end_sysctl(settings, end, name, value);
	player_emit(
		player,
		(struct event){.kind = EVENT_SYSCTL, .end = end, .sysctl = {(char *)name, value}});
}

void places_record_sysctls(struct player *player, struct settings *settings)
{
	bool tracks = tracks_connections(player->scenario);
	bool apart = places_have(player, TOPOLOGY_SERVER);
	cleanup_free sysctl_text *client = calloc(sysctl_spec_count, sizeof(*client));
	cleanup_free sysctl_text *server = calloc(sysctl_spec_count, sizeof(*server));

	read_all(player, TOPOLOGY_CLIENT, false, client);
	if (apart)
		read_all(player, TOPOLOGY_SERVER, false, server);
	if (tracks)
		read_all(player, TOPOLOGY_ROUTER, true, client);
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		const char *name = sysctl_specs[i].name;
		bool of_router = sysctl_is_router(name);

		if (of_router && !tracks)
			continue;
		if (of_router || !apart || strcmp(client[i], server[i]) == 0) {
			record_sysctl(player, settings, END_NONE, name, client[i]);
		} else {
			record_sysctl(player, settings, END_CLIENT, name, client[i]);
			record_sysctl(player, settings, END_SERVER, name, server[i]);
		}
	}
}

static int lacks(struct player *player, const char *what, int error)
{
	return player_unable(player, is_missing_feature(error) ? UNABLE_FEATURE : UNABLE_RUN, 0,
			     -error, "%s: %s", what, strerrorname_np(-error));
}

static int open_in(struct player *player, enum topology_place place)
{
	struct player_place *opened = &player->places[place];
	int error = places_switch(player, place);

	if (error)
		return error;
	error = place == TOPOLOGY_ROUTER ? 0 : socket_diag_open(&opened->diag);
	if (error)
		return lacks(player, "inet_diag", error);
	error = player->scenario->step_count ? firewall_open(&opened->firewall) : 0;
	if (error)
		return lacks(player, "nf_tables", error);
	return 0;
}

/* What the router does: before its sysctls are set, which come with its rules. */
int places_open_router(struct player *player)
{
	const struct record *router = &player->scenario->router;
	int error;

	if (!tracks_connections(player->scenario))
		return 0;
	error = places_switch(player, TOPOLOGY_ROUTER);
	if (error)
		return error;
	error = conntrack_open(&player->conntrack);
	if (!error && record_number(router, KEY_FILTER))
		error = conntrack_filter(player->conntrack, FIREWALL_FORWARD);
	if (!error && record_number(router, KEY_MASQUERADE))
		error = conntrack_masquerade(player->conntrack, word_name(end_words, END_SERVER));
	return error ? lacks(player, "connection tracking", error) : 0;
}

int places_open_netlink(struct player *player)
{
	int error = 0;

	for_each_place (place, player) {
		if (!error)
			error = open_in(player, place);
	}
	return error;
}

/* Those of the ends' namespaces together. */
int places_count(struct player *player, struct counters *ret_counters)
{
	struct counters sum = {0};
	int error = 0;

	for_each_place (place, player) {
		struct counters counters = {0};

		if (error || place == TOPOLOGY_ROUTER)
			continue;
		error = places_switch(player, place);
		if (!error)
			error = counters_read(&counters);
		if (!error)
			counters_add(&sum, &counters);
		counters_free(&counters);
	}
	if (error)
		counters_free(&sum);
	else
		*ret_counters = sum;
	return error;
}

/*
 * A closed socket would send what nobody acknowledges for minutes, and keep its namespace for as
 * long. Now the next time is its last (net/ipv4/tcp_timer.c, tcp_orphan_retries()).
 */
static void give_up_orphans(const struct player *player, enum topology_place place)
{
	if (player->inside && !topology_switch(&player->topology, place))
		sysctl_write("net.ipv4.tcp_orphan_retries", "1");
}

void places_close(struct player *player)
{
	for_each_place (place, player) {
		give_up_orphans(player, place);
		firewall_close(player->places[place].firewall);
		socket_diag_close(player->places[place].diag);
	}
	conntrack_close(player->conntrack);
	topology_leave(&player->topology);
}

/* Steps that break the path between the ends, and mend it. */
#include <errno.h>

#include "play/player.h"

/* Which segments a fault takes. */
static struct firewall_rule rule_of(const struct player *player, const struct record *record)
{
	static const enum firewall_kind kinds[] = {
		[FAULT_ANY] = FIREWALL_ANY, [FAULT_DATA] = FIREWALL_DATA,
		[FAULT_ACK] = FIREWALL_ACK, [FAULT_SYN] = FIREWALL_SYN,
		[FAULT_FIN] = FIREWALL_FIN, [FAULT_SYN_ACK] = FIREWALL_SYN_ACK,
		[FAULT_RST] = FIREWALL_RST, [FAULT_ECHO] = FIREWALL_ECHO,
	};
	static const enum firewall_hook hooks[] = {
		[HOOK_INPUT] = FIREWALL_INPUT,
		[HOOK_OUTPUT] = FIREWALL_OUTPUT,
		[HOOK_FORWARD] = FIREWALL_FORWARD,
	};
	struct firewall_rule rule = {.kind = kinds[record_number(record, KEY_KIND)],
				     .hook = hooks[record_number(record, KEY_HOOK)]};
	enum end to = (enum end)record_number(record, KEY_TO);

	/*
	 * On loopback one input hook sees both directions: the server's port tells them apart. The
	 * client's is not known before connect(), and is another when it connects again.
	 */
	if (record_has(record, KEY_TO) && to == END_SERVER)
		rule.match.destination = player->ends[END_SERVER].local;
	else if (record_has(record, KEY_TO))
		rule.match.source = player->ends[END_SERVER].local;
	if (rule.kind == FIREWALL_ECHO)
		rule.match.destination.port = rule.match.source.port = 0;
	if (record_has(record, KEY_FIRST_ONES))
		rule.limit = (struct firewall_limit){
			FIREWALL_FIRST, (uint32_t)record_number(record, KEY_FIRST_ONES), 0};
	else if (record_has(record, KEY_EVERY))
		rule.limit = (struct firewall_limit){FIREWALL_EVERY,
						     (uint32_t)record_number(record, KEY_EVERY), 0};
	else if (record_has(record, KEY_PROBABILITY))
		rule.limit =
			(struct firewall_limit){FIREWALL_CHANCE,
						(uint32_t)(record_number(record, KEY_PROBABILITY) *
							   FIREWALL_CHANCE_MAX / 100),
						(uint64_t)record_number(record, KEY_SEED)};
	return rule;
}

/* Whether a fault's rule stands in a place: at the end that it is said for, or at both. */
static bool stands_in(const struct player *player, const struct record *fault,
		      enum topology_place place)
{
	enum end to = (enum end)record_number(fault, KEY_TO);

	if (player->topology.kind == TOPOLOGY_LOOPBACK)
		return place == TOPOLOGY_CLIENT;
	switch ((enum fault_hook)record_number(fault, KEY_HOOK)) {
	case HOOK_FORWARD:
		return place == TOPOLOGY_ROUTER;
	case HOOK_OUTPUT:
		to = other_end(to);
		break;
	case HOOK_INPUT:
		break;
	}
	return place != TOPOLOGY_ROUTER &&
	       (!record_has(fault, KEY_TO) || place == (enum topology_place)to);
}

static int add_rules(struct player *player, const struct record *fault,
		     const struct firewall_rule *rule, struct player_step *step)
{
	int error = 0;

	for_each_place (place, player) {
		if (!error && stands_in(player, fault, place))
			error = firewall_add(player->places[place].firewall, rule,
					     &step->rules[place]);
	}
	return error;
}

int step_drop(struct player *player, const struct record *record, struct player_step *step)
{
	struct firewall_rule rule = rule_of(player, record);

	return add_rules(player, record, &rule, step);
}

int step_reject(struct player *player, const struct record *record, struct player_step *step)
{
	static const enum firewall_code codes[] = {
		[ANSWER_PORT_UNREACHABLE] = FIREWALL_PORT_UNREACHABLE,
		[ANSWER_HOST_UNREACHABLE] = FIREWALL_HOST_UNREACHABLE,
		[ANSWER_NET_UNREACHABLE] = FIREWALL_NET_UNREACHABLE,
		[ANSWER_ADMIN_PROHIBITED] = FIREWALL_ADMIN_PROHIBITED,
	};
	struct firewall_rule rule = rule_of(player, record);

	rule.action = FIREWALL_REJECT_RST;
	if (record_number(record, KEY_WITH) != ANSWER_RESET) {
		rule.action = FIREWALL_REJECT_ICMP;
		rule.code = codes[record_number(record, KEY_WITH)];
	}
	return add_rules(player, record, &rule, step);
}

int fault_count(struct player *player, size_t index)
{
	const struct player_step *step = &player->steps[index];
	struct event event = {.at = -1, .kind = EVENT_RULE, .rule = {.index = (int64_t)index}};
	bool found = false;

	for_each_place (place, player) {
		uint64_t packets = 0, bytes = 0;
		int error;

		if (!step->rules[place])
			continue;
		error = firewall_counter(player->places[place].firewall, step->rules[place],
					 &packets, &bytes);
		if (error)
			return error;
		found = true;
		event.rule.packets += (int64_t)packets;
		event.rule.bytes += (int64_t)bytes;
	}
	if (found)
		player_emit(player, event);
	return 0;
}

static int remove_rules(struct player *player, struct player_step *step)
{
	int error = 0;

	delay_end(player, step);
	for_each_place (place, player) {
		if (!error && step->rules[place])
			error = firewall_remove(player->places[place].firewall, step->rules[place]);
		step->rules[place] = 0;
	}
	return error;
}

int step_heal(struct player *player, const struct record *record, struct player_step *own)
{
	int error = 0;

	(void)own;
	for (size_t i = 0; !error && i < player->scenario->step_count; i++) {
		if (!step_ends_fault(player->scenario, record, i))
			continue;
		error = fault_count(player, i);
		if (!error)
			error = remove_rules(player, &player->steps[i]);
	}
	return error;
}

int step_link(struct player *player, const struct record *record, struct player_step *step)
{
	(void)step;
	return topology_set_link(&player->topology,
				 (enum topology_place)record_number(record, KEY_END),
				 record_number(record, KEY_LINK) == LINK_UP);
}

int step_cable(struct player *player, const struct record *record, struct player_step *step)
{
	(void)step;
	return topology_set_cable(&player->topology,
				  (enum topology_place)record_number(record, KEY_END),
				  record_number(record, KEY_LINK) == LINK_UP);
}

int step_route(struct player *player, const struct record *record, struct player_step *step)
{
	(void)step;
	return topology_set_route(&player->topology,
				  (enum topology_place)record_number(record, KEY_END),
				  record_number(record, KEY_LINK) == LINK_UP);
}

int step_conntrack(struct player *player, const struct record *record, struct player_step *step)
{
	(void)record, (void)step;
	return conntrack_flush(player->conntrack);
}

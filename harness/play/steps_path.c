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
	struct firewall_rule rule = {.kind = kinds[record_number(record, KEY_KIND)]};
	enum end to = (enum end)record_number(record, KEY_TO);

	/*
	 * On loopback one input hook sees both directions: the port tells them apart. Before
	 * connect() only the server's is known.
	 */
	if (record_has(record, KEY_TO) && player->ends[to].local.port)
		rule.match.destination = player->ends[to].local;
	else if (record_has(record, KEY_TO))
		rule.match.source = player->ends[other_end(to)].local;
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

int step_drop(struct player *player, const struct record *record, struct player_step *step)
{
	struct firewall_rule rule = rule_of(player, record);

	if (record_number(record, KEY_HOOK) == HOOK_OUTPUT)
		rule.hook = FIREWALL_OUTPUT;
	return firewall_add(player->firewall, &rule, &step->rule);
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
	return firewall_add(player->firewall, &rule, &step->rule);
}

int step_heal(struct player *player, const struct record *record, struct player_step *own)
{
	int error = 0;

	(void)own;
	for (size_t i = 0; !error && i < player->scenario->step_count; i++) {
		struct player_step *step = &player->steps[i];
		uint64_t packets = 0, bytes = 0;

		if (!step->rule || !step_ends_fault(player->scenario, record, i))
			continue;
		error = firewall_counter(player->firewall, step->rule, &packets, &bytes);
		if (!error)
			error = firewall_remove(player->firewall, step->rule);
		step->rule = 0;
		player_emit(player,
			    (struct event){.at = -1,
					   .kind = EVENT_RULE,
					   .rule = {(int64_t)i, (int64_t)packets, (int64_t)bytes}});
	}
	return error;
}

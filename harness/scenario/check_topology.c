/* What needs a topology that the scenario does not have. */
#include "scenario/check.h"
#include "scenario/vocabulary.h"

static void check_router(const struct reader *reader, const struct scenario *scenario)
{
	const struct record *router = &scenario->router;

	if (router->at.line && scenario->topology != TOPOLOGY_ROUTED)
		complain(reader, router->at,
			 "router: topology %s has none; write \"topology: routed\"",
			 word_name(topology_words, scenario->topology));
	else if (router->at.line && !router->bad && !tracks_connections(scenario))
		complain(reader, router->at,
			 "router: it neither filters nor masquerades; for example: %s",
			 record_spec_of(RECORD_ROUTER)->example);
}

/* Complains where connections are not tracked; what needs it is at a position. */
static bool check_tracking(const struct reader *reader, const struct scenario *scenario,
			   struct position at, const char *what)
{
	if (scenario->router.bad || tracks_connections(scenario))
		return true;
	complain(reader, at, "%s: no router tracks connections; for example: topology: routed, %s",
		 what, record_spec_of(RECORD_ROUTER)->example);
	return false;
}

static void check_sysctls(const struct reader *reader, const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		const struct sysctl_setting *setting = &scenario->sysctls[i];

		if (setting->at.line && sysctl_is_router(setting->name))
			check_tracking(reader, scenario, setting->at, setting->name);
	}
}

/* Complains about sysctls of one end where both share a namespace, or of the router's. */
static void check_own_sysctls(const struct reader *reader, const struct scenario *scenario,
			      const struct record *end)
{
	const struct value *sysctls = &end->value[KEY_SYSCTLS];

	if (!sysctls->set)
		return;
	if (scenario->topology == TOPOLOGY_LOOPBACK)
		complain(reader, sysctls->at,
			 "sysctl: on loopback both ends share a namespace; write it at the top of "
			 "the file, or \"topology: pair\"");
	for (size_t i = 0; i < sysctls->item_count; i++) {
		if (sysctl_is_router(sysctls->items[i].text))
			complain(reader, sysctls->items[i].at,
				 "%s: it is the router's; write it at the top of the file",
				 sysctls->items[i].text);
	}
}

static void check_step(const struct reader *reader, const struct scenario *scenario,
		       const struct record *step)
{
	const struct value *sysctls = &step->value[KEY_SYSCTLS];
	const struct value *hook = &step->value[KEY_HOOK];

	if (hook->set && hook->number == HOOK_FORWARD && scenario->topology != TOPOLOGY_ROUTED)
		complain(reader, hook->at, "hook: topology %s has no router that forwards",
			 word_name(topology_words, scenario->topology));
	if ((step->kind == RECORD_STEP_CABLE || step->kind == RECORD_STEP_ROUTE) &&
	    scenario->topology == TOPOLOGY_LOOPBACK)
		complain(reader, step->at,
			 "%s: topology loopback has none; write \"topology: pair\"",
			 record_spec_of(step->kind)->name);
	if (step->kind == RECORD_STEP_DELAY && scenario->topology != TOPOLOGY_ROUTED)
		complain(reader, step->at,
			 "delay: topology %s has no router; write \"topology: routed\"",
			 word_name(topology_words, scenario->topology));
	else if (step->kind == RECORD_STEP_DELAY && tracks_connections(scenario))
		complain(reader, step->at, "delay: not through a router that tracks connections");
	if (step->kind == RECORD_STEP_CONNTRACK)
		check_tracking(reader, scenario, step->at, "conntrack");
	for (size_t i = 0; sysctls->set && i < sysctls->item_count; i++) {
		if (sysctl_is_router(sysctls->items[i].text))
			check_tracking(reader, scenario, sysctls->items[i].at,
				       sysctls->items[i].text);
	}
}

static void check_conntrack(const struct reader *reader, const struct scenario *scenario,
			    const struct record *expectation)
{
	const struct value *filtered = &expectation->value[KEY_FILTERED];

	if (check_tracking(reader, scenario, expectation->at, "conntrack") && filtered->set &&
	    !record_number(&scenario->router, KEY_FILTER))
		complain(reader, filtered->at, "filtered: the router does not filter");
}

void check_topology(const struct reader *reader, const struct scenario *scenario)
{
	check_router(reader, scenario);
	check_sysctls(reader, scenario);
	check_own_sysctls(reader, scenario, &scenario->client);
	check_own_sysctls(reader, scenario, &scenario->server);
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (!scenario->steps[i].bad)
			check_step(reader, scenario, &scenario->steps[i]);
	}
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		if (scenario->expectations[i].kind == RECORD_EXPECT_CONNTRACK &&
		    !scenario->expectations[i].bad)
			check_conntrack(reader, scenario, &scenario->expectations[i]);
	}
}

/* Echoes without privilege: replies, errors, silence, and who may not ask. */
#define _GNU_SOURCE
#include "tests/unit/topology_trial.h"

#include "sandbox/firewall.h"
#include "sandbox/ping.h"
#include "sandbox/sysctl.h"

#define RANGE "net.ipv4.ping_group_range"

static struct ping *open_ping(const struct address *host)
{
	struct ping *ping;
	int result;

	CHECK_EQUAL(sysctl_write(RANGE, "0 0"), 0);
	result = ping_open(host, &ping);
	if (result == -EPROTONOSUPPORT || result == -EAFNOSUPPORT)
		skip_trial("this kernel has no echo sockets");
	CHECK_EQUAL(result, 0);
	return ping;
}

static uint16_t send_echo(struct ping *ping)
{
	uint16_t sequence;

	CHECK_EQUAL(ping_send(ping, &sequence), 0);
	return sequence;
}

static void check_answer(struct ping *ping, uint16_t sequence, int error)
{
	struct ping_answer answer;

	CHECK(readable_within(ping_fd(ping), 1000));
	CHECK_EQUAL(ping_receive(ping, &answer), 0);
	CHECK_EQUAL(answer.sequence, sequence);
	CHECK_EQUAL(answer.error, error);
}

static void check_silence(struct ping *ping)
{
	struct ping_answer answer;

	CHECK(!readable_within(ping_fd(ping), 50));
	CHECK_EQUAL(ping_receive(ping, &answer), -EAGAIN);
}

static void gets_replies(enum topology_kind kind, int family)
{
	struct topology topology = enter_topology(kind, family);
	struct ping *ping = open_ping(&topology.address[TOPOLOGY_SERVER]);
	struct ping *other = open_ping(&topology.address[TOPOLOGY_SERVER]);

	check_silence(ping);
	CHECK_EQUAL(send_echo(ping), 1);
	CHECK_EQUAL(send_echo(ping), 2);
	check_answer(ping, 1, 0);
	check_answer(ping, 2, 0);
	check_silence(ping);
	/* Each hears its own only. */
	check_silence(other);
	ping_close(other);
	ping_close(ping);
	ping_close(NULL);
}

static void gets_replies_on_loopback(void)
{
	gets_replies(TOPOLOGY_LOOPBACK, 4);
	gets_replies(TOPOLOGY_LOOPBACK, 6);
}

static void gets_replies_through_a_router(void)
{
	gets_replies(TOPOLOGY_ROUTED, 4);
	gets_replies(TOPOLOGY_ROUTED, 6);
}

static void answers_one_by_one(int family, const struct firewall_rule *rule, int error)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, family);
	struct ping *ping = open_ping(&topology.address[TOPOLOGY_SERVER]);
	struct firewall *firewall;
	uint64_t handle;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), 0);
	CHECK_EQUAL(firewall_open(&firewall), 0);
	send_echo(ping);
	check_answer(ping, 1, 0);
	CHECK_EQUAL(firewall_add(firewall, rule, &handle), 0);
	for (uint16_t i = 0; i < 3; i++)
		send_echo(ping);
	for (uint16_t i = 0; error && i < 3; i++)
		check_answer(ping, 2 + i, error);
	check_silence(ping);
	/* Errors that nobody has read do not keep the next request back. */
	for (uint16_t i = 0; i < 2; i++)
		send_echo(ping);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	send_echo(ping);
	for (uint16_t i = 0; error && i < 2; i++)
		check_answer(ping, 5 + i, error);
	check_answer(ping, 7, 0);
	ping_close(ping);
	firewall_close(firewall);
}

static void hears_nothing(void)
{
	const struct firewall_rule rule = {.kind = FIREWALL_ECHO, .hook = FIREWALL_FORWARD};

	answers_one_by_one(4, &rule, 0);
	answers_one_by_one(6, &rule, 0);
}

static void hears_errors(void)
{
	struct firewall_rule rule = {
		.kind = FIREWALL_ECHO,
		.hook = FIREWALL_FORWARD,
		.action = FIREWALL_REJECT_ICMP,
		.code = FIREWALL_HOST_UNREACHABLE,
	};

	answers_one_by_one(4, &rule, EHOSTUNREACH);
	rule.code = FIREWALL_PORT_UNREACHABLE;
	answers_one_by_one(4, &rule, ECONNREFUSED);
}

/* Without the limit of the namespace that rejects, at one error a second. */
static void hears_errors_of_ipv6(void)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 6);
	struct ping *ping = open_ping(&topology.address[TOPOLOGY_SERVER]);
	const struct firewall_rule rule = {
		.kind = FIREWALL_ECHO,
		.hook = FIREWALL_FORWARD,
		.action = FIREWALL_REJECT_ICMP,
		.code = FIREWALL_NET_UNREACHABLE,
	};
	struct firewall *firewall;
	uint64_t handle;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), 0);
	CHECK_EQUAL(sysctl_write("net.ipv6.icmp.ratelimit", "0"), 0);
	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_add(firewall, &rule, &handle), 0);
	for (uint16_t i = 1; i <= 20; i++) {
		send_echo(ping);
		check_answer(ping, i, ENETUNREACH);
	}
}

static void tells_what_keeps_it_from_sending(void)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	struct ping *ping = open_ping(&topology.address[TOPOLOGY_SERVER]), *none = NULL;
	const struct firewall_rule rule = {.kind = FIREWALL_ECHO, .hook = FIREWALL_OUTPUT};
	struct firewall *firewall;
	uint64_t handle, packets, bytes;
	uint16_t sequence;

	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_add(firewall, &rule, &handle), 0);
	CHECK_EQUAL(ping_send(ping, &sequence), -EPERM);
	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), 0);
	CHECK_EQUAL(packets, 1);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	CHECK_EQUAL(topology_set_route(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(ping_send(ping, &sequence), -ENETUNREACH);
	CHECK_EQUAL(ping_open(&topology.address[TOPOLOGY_SERVER], &none), -ENETUNREACH);
	CHECK(!none);
	CHECK_EQUAL(topology_set_route(&topology, TOPOLOGY_CLIENT, true), 0);
	CHECK_EQUAL(send_echo(ping), 3);
	check_answer(ping, 3, 0);
}

static void refuses_other_groups(void)
{
	struct address host = {.family = 4, .bytes = {127, 0, 0, 1}}, none = {0};
	struct address six = {.family = 6, .bytes = {[15] = 1}};
	struct ping *ping = NULL;
	int before;

	enter_sandbox();
	before = descriptor_count();
	CHECK_EQUAL(ping_open(&host, &ping), -EACCES);
	CHECK_EQUAL(ping_open(&six, &ping), -EACCES);
	CHECK_EQUAL(ping_open(&none, &ping), -EINVAL);
	CHECK(!ping);
	CHECK_EQUAL(descriptor_count(), before);
	ping = open_ping(&host);
	ping_close(ping);
	CHECK_EQUAL(descriptor_count(), before);
}

/* Many rounds leave nothing behind. */
static void leaks_nothing(void)
{
	struct address host = {.family = 4, .bytes = {127, 0, 0, 1}};
	struct ping *ping;
	int before;

	enter_sandbox();
	before = descriptor_count();
	for (uint16_t round = 0; round < 500; round++) {
		ping = open_ping(&host);
		send_echo(ping);
		check_answer(ping, 1, 0);
		ping_close(ping);
	}
	ping = open_ping(&host);
	for (uint32_t round = 1; round <= UINT16_MAX + 2; round++) {
		CHECK_EQUAL(send_echo(ping), (uint16_t)round);
		check_answer(ping, (uint16_t)round, 0);
	}
	ping_close(ping);
	CHECK_EQUAL(descriptor_count(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(gets_replies_on_loopback),
		TRIAL(gets_replies_through_a_router),
		TRIAL(hears_nothing),
		TRIAL(hears_errors),
		TRIAL(hears_errors_of_ipv6),
		TRIAL(tells_what_keeps_it_from_sending),
		TRIAL(refuses_other_groups),
		TRIAL(leaks_nothing),
	};

	return cmocka_run_group_tests_name("ping", tests, NULL, NULL);
}

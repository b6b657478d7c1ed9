/* The firewall: what a rule takes is counted and dropped, all else passes, removal heals. */
#define _GNU_SOURCE
#include "tests/unit/sandbox_trial.h"

#include "sandbox/firewall.h"

/* Longer than the first retransmission timeouts of loopback: 0.2, 0.4, 0.8 s. */
#define HEALED_WITHIN_MS 3000

static struct firewall *open_firewall(void)
{
	struct firewall *firewall;
	int result;

	enter_sandbox();
	result = firewall_open(&firewall);
	if (result == -EPROTONOSUPPORT || result == -ENOENT || result == -EOPNOTSUPP)
		skip_trial("this kernel has no nf_tables");
	CHECK_EQUAL(result, 0);
	return firewall;
}

static int64_t packets_of(struct firewall *firewall, uint64_t handle)
{
	uint64_t packets, bytes;

	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), 0);
	/* 20 + 20 bytes of headers at least. */
	CHECK(packets == 0 ? bytes == 0 : bytes >= 40 * packets);
	return (int64_t)packets;
}

static void drops_and_heals_over(struct firewall *firewall, int family)
{
	struct connection dropped = connect_over(family), other = connect_over(family);
	struct firewall_match match = {.destination = dropped.listener_address};
	uint64_t handle, packets, bytes;

	CHECK_EQUAL(firewall_drop(firewall, &match, &handle), 0);
	CHECK_EQUAL(packets_of(firewall, handle), 0);
	CHECK(write(dropped.client, "x", 1) == 1);
	CHECK(write(other.client, "x", 1) == 1);
	CHECK(readable_within(other.server, 1000));
	CHECK(!readable_within(dropped.server, 50));
	CHECK(packets_of(firewall, handle) >= 1);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), -ENOENT);
	CHECK_EQUAL(firewall_remove(firewall, handle), -ENOENT);
	CHECK(readable_within(dropped.server, HEALED_WITHIN_MS));
}

static void drops_and_heals(void)
{
	drops_and_heals_over(open_firewall(), 4);
}

static void drops_and_heals_ipv6(void)
{
	drops_and_heals_over(open_firewall(), 6);
}

/* One direction only: data arrives, its acknowledgment does not. */
static void selects_the_direction(void)
{
	struct firewall *firewall = open_firewall();
	struct connection connection = connect_over(4);
	struct firewall_match match = {
		.source = connection.listener_address,
		.destination = connection.client_address,
	};
	uint64_t handle;

	CHECK_EQUAL(firewall_drop(firewall, &match, &handle), 0);
	CHECK(write(connection.client, "x", 1) == 1);
	CHECK(readable_within(connection.server, 1000));
	CHECK(write(connection.server, "x", 1) == 1);
	CHECK(!readable_within(connection.client, 20));
	CHECK(packets_of(firewall, handle) >= 1);
}

/* Without an address a rule takes both protocols, without a port any port. */
static void takes_whatever_is_left_open(void)
{
	struct firewall *firewall = open_firewall();
	struct connection four = connect_over(4), six = connect_over(6);
	/* Not those that wait for an acknowledgment already and would hold the data back. */
	struct connection fresh_four = connect_over(4), fresh_six = connect_over(6);
	struct firewall_match by_port = {.source = {.port = six.client_address.port}};
	struct firewall_match by_address = {.source = {.family = 4, .bytes = {127, 0, 0, 1}}};
	uint64_t port_rule, address_rule, all_rule;

	CHECK_EQUAL(firewall_drop(firewall, &by_port, &port_rule), 0);
	CHECK_EQUAL(firewall_drop(firewall, &by_address, &address_rule), 0);
	CHECK(address_rule != port_rule);
	CHECK(write(four.client, "x", 1) == 1);
	CHECK(write(six.client, "x", 1) == 1);
	CHECK(!readable_within(four.server, 20));
	CHECK(!readable_within(six.server, 20));
	CHECK(packets_of(firewall, port_rule) >= 1);
	CHECK(packets_of(firewall, address_rule) >= 1);
	CHECK_EQUAL(firewall_remove(firewall, port_rule), 0);
	CHECK_EQUAL(firewall_remove(firewall, address_rule), 0);
	CHECK_EQUAL(firewall_drop(firewall, &(struct firewall_match){0}, &all_rule), 0);
	CHECK(write(fresh_four.client, "x", 1) == 1);
	CHECK(write(fresh_six.client, "x", 1) == 1);
	CHECK(!readable_within(fresh_four.server, 20));
	CHECK(!readable_within(fresh_six.server, 20));
	CHECK(packets_of(firewall, all_rule) >= 2);
}

static void counts_each_rule_for_itself(void)
{
	struct firewall *firewall = open_firewall();
	struct connection connection = connect_over(4);
	struct firewall_match match = {.destination = connection.listener_address};
	struct firewall_match never = {.destination = {.port = 1}};
	uint64_t first, second, handle;

	CHECK_EQUAL(firewall_drop(firewall, &never, &handle), 0);
	CHECK_EQUAL(firewall_drop(firewall, &match, &first), 0);
	CHECK_EQUAL(firewall_drop(firewall, &match, &second), 0);
	CHECK(write(connection.client, "x", 1) == 1);
	CHECK(!readable_within(connection.server, 20));
	CHECK_EQUAL(packets_of(firewall, handle), 0);
	CHECK(packets_of(firewall, first) >= 1);
	CHECK_EQUAL(packets_of(firewall, second), 0);
}

static void refuses_what_cannot_be(void)
{
	struct firewall *firewall = open_firewall(), *again;
	struct firewall_match mixed = {.source = {.family = 4}, .destination = {.family = 6}};
	uint64_t handle = 7, packets, bytes;

	CHECK_EQUAL(firewall_drop(firewall, &mixed, &handle), -EINVAL);
	CHECK(handle == 7);
	CHECK_EQUAL(firewall_remove(firewall, 0), -ENOENT);
	CHECK_EQUAL(firewall_remove(firewall, 4711), -ENOENT);
	CHECK_EQUAL(firewall_counter(firewall, 0, &packets, &bytes), -ENOENT);
	CHECK_EQUAL(firewall_counter(firewall, 4711, &packets, &bytes), -ENOENT);
	/* A refusal leaves nothing behind that would answer the next question. */
	CHECK_EQUAL(firewall_drop(firewall, &(struct firewall_match){0}, &handle), 0);
	CHECK_EQUAL(packets_of(firewall, handle), 0);
	CHECK_EQUAL(firewall_open(&again), 0);
	CHECK_EQUAL(packets_of(again, handle), 0);
	firewall_close(again);
	firewall_close(firewall);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(drops_and_heals),
		TRIAL(drops_and_heals_ipv6),
		TRIAL(selects_the_direction),
		TRIAL(takes_whatever_is_left_open),
		TRIAL(counts_each_rule_for_itself),
		TRIAL(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests_name("firewall", tests, NULL, NULL);
}

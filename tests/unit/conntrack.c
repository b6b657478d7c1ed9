/* A router that keeps track: what it knows, what it forgets, what it then does to a connection. */
#define _GNU_SOURCE
#include "tests/unit/topology_trial.h"

#include "base/duration.h"
#include "sandbox/conntrack.h"
#include "sandbox/sysctl.h"

#define ESTABLISHED_TIMEOUT "net.netfilter.nf_conntrack_tcp_timeout_established"

/* Opens it in the namespace that the process is in. */
static struct conntrack *open_conntrack(void)
{
	struct conntrack *conntrack;
	int result = conntrack_open(&conntrack);

	if (result == -EPROTONOSUPPORT || result == -ENOENT || result == -EOPNOTSUPP)
		skip_trial("this kernel has no ctnetlink");
	CHECK_EQUAL(result, 0);
	return conntrack;
}

static struct conntrack *open_on_router(const struct topology *topology)
{
	struct conntrack *conntrack;

	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_ROUTER), 0);
	conntrack = open_conntrack();
	CHECK_EQUAL(conntrack_filter(conntrack, FIREWALL_FORWARD), 0);
	return conntrack;
}

static void write_sysctl(const char *name, const char *value)
{
	int result = sysctl_write(name, value);

	if (result == -ENOENT || result == -EACCES)
		skip_trial("this kernel keeps conntrack's sysctls from the namespace");
	CHECK_EQUAL(result, 0);
}

static struct conntrack_entry entry_of(struct conntrack *conntrack,
				       const struct connection *connection)
{
	struct conntrack_entry entry;

	CHECK_EQUAL(conntrack_find(conntrack, &connection->client_address,
				   &connection->listener_address, &entry),
		    0);
	return entry;
}

static int64_t dropped_by(struct conntrack *conntrack)
{
	uint64_t packets, bytes;

	CHECK_EQUAL(conntrack_counter(conntrack, &packets, &bytes), 0);
	return (int64_t)packets;
}

static void check_lost(const struct connection *connection)
{
	CHECK(write(connection->client, "x", 1) == 1);
	CHECK(!readable_within(connection->server, 50));
}

static void check_tracked(const struct conntrack_entry *entry, enum conntrack_state state)
{
	CHECK(entry->found && entry->replied && entry->assured);
	CHECK_EQUAL(entry->state, state);
}

static void tracks_with(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, family);
	struct conntrack *conntrack = open_on_router(&topology);
	struct connection connection = connect_across(&topology);
	struct conntrack_entry entry;

	check_passes(&connection, 1000);
	entry = entry_of(conntrack, &connection);
	check_tracked(&entry, CONNTRACK_ESTABLISHED);
	/* Five days, nf_conntrack_proto_tcp.c, tcp_timeouts. */
	CHECK(entry.expires > 431990 * SECOND && entry.expires <= 432000 * SECOND);
	CHECK(address_equal(&entry.reply_source, &connection.listener_address));
	CHECK(address_equal(&entry.reply_destination, &connection.client_address));
	CHECK_EQUAL(dropped_by(conntrack), 0);
	close(connection.client);
	CHECK(readable_within(connection.server, 1000));
	/* The acknowledgment of a FIN may be delayed by 40 ms. */
	CHECK(!readable_within(connection.listener, 100));
	entry = entry_of(conntrack, &connection);
	check_tracked(&entry, CONNTRACK_CLOSE_WAIT);
}

static void tracks(void)
{
	tracks_with(4);
}

static void tracks_ipv6(void)
{
	tracks_with(6);
}

/* Flushed, the connection is new to the filter and its data no SYN. */
static void forgets_when_flushed_with(const char *loose)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	struct conntrack *conntrack = open_on_router(&topology);
	struct connection connection = connect_across(&topology), other;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), 0);
	write_sysctl("net.netfilter.nf_conntrack_tcp_loose", loose);
	CHECK_EQUAL(conntrack_flush(conntrack), 0);
	CHECK(!entry_of(conntrack, &connection).found);
	check_lost(&connection);
	CHECK(dropped_by(conntrack) >= 1);
	other = connect_across(&topology);
	check_passes(&other, 1000);
}

static void forgets_when_flushed(void)
{
	forgets_when_flushed_with("0");
}

static void loose_does_not_help(void)
{
	forgets_when_flushed_with("1");
}

static void forgets_in_time(void)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	struct conntrack *conntrack = open_on_router(&topology);
	struct connection connection;
	struct conntrack_entry entry;

	write_sysctl(ESTABLISHED_TIMEOUT, "1");
	connection = connect_across(&topology);
	check_passes(&connection, 1000);
	entry = entry_of(conntrack, &connection);
	check_tracked(&entry, CONNTRACK_ESTABLISHED);
	CHECK(entry.expires <= SECOND);
	CHECK(!readable_within(connection.client, 600));
	/* A packet in time keeps it. */
	check_passes(&connection, 1000);
	CHECK(!readable_within(connection.client, 600));
	CHECK(entry_of(conntrack, &connection).found);
	CHECK(!readable_within(connection.client, 700));
	CHECK(!entry_of(conntrack, &connection).found);
	check_lost(&connection);
	CHECK(dropped_by(conntrack) >= 1);
}

static void masquerades_with(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, family);
	struct conntrack *conntrack = open_on_router(&topology);
	struct connection connection;
	struct conntrack_entry entry;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	struct address seen;

	CHECK_EQUAL(conntrack_masquerade(conntrack, "server"), 0);
	CHECK_EQUAL(conntrack_masquerade(conntrack, "no-such-link"), 0);
	connection = connect_across(&topology);
	check_passes(&connection, 1000);
	CHECK(getpeername(connection.server, (struct sockaddr *)&peer, &length) == 0);
	seen = address_from_socket(&peer);
	entry = entry_of(conntrack, &connection);
	check_tracked(&entry, CONNTRACK_ESTABLISHED);
	CHECK(address_equal(&entry.reply_destination, &seen));
	seen.port = 0;
	CHECK(address_equal(&seen, &topology.gateway[TOPOLOGY_SERVER]));
	CHECK_EQUAL(conntrack_flush(conntrack), 0);
	check_lost(&connection);
}

static void masquerades(void)
{
	masquerades_with(4);
}

static void masquerades_ipv6(void)
{
	masquerades_with(6);
}

static void filters_on_loopback(void)
{
	struct connection connection;
	struct conntrack *conntrack;

	enter_sandbox();
	conntrack = open_conntrack();
	CHECK_EQUAL(conntrack_filter(conntrack, FIREWALL_INPUT), 0);
	connection = connect_over(4);
	check_passes(&connection, 1000);
	CHECK_EQUAL(entry_of(conntrack, &connection).state, CONNTRACK_ESTABLISHED);
	CHECK_EQUAL(conntrack_flush(conntrack), 0);
	CHECK(!entry_of(conntrack, &connection).found);
	/* As an unknown one it may be taken up again by its next packet. */
	CHECK_EQUAL(sysctl_write("net.netfilter.nf_conntrack_tcp_loose", "0"), 0);
	check_lost(&connection);
	CHECK(dropped_by(conntrack) >= 1);
}

/* A router without the filter tracks nothing. */
static void tracks_nothing_unasked(void)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	struct conntrack *conntrack;
	struct connection connection;
	uint64_t packets, bytes;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), 0);
	conntrack = open_conntrack();
	connection = connect_across(&topology);
	check_passes(&connection, 1000);
	CHECK(!entry_of(conntrack, &connection).found);
	CHECK_EQUAL(conntrack_counter(conntrack, &packets, &bytes), -ENOENT);
	conntrack_close(conntrack);
}

static void refuses_what_cannot_be(void)
{
	struct address four = {.family = 4}, six = {.family = 6}, none = {0};
	struct conntrack_entry entry = {.expires = 7};
	struct conntrack *conntrack, *again;
	int before;

	enter_sandbox();
	before = descriptor_count();
	conntrack = open_conntrack();
	CHECK_EQUAL(conntrack_find(conntrack, &four, &six, &entry), -EINVAL);
	CHECK_EQUAL(conntrack_find(conntrack, &none, &none, &entry), -EINVAL);
	CHECK_EQUAL(entry.expires, 7);
	CHECK_EQUAL(conntrack_filter(conntrack, (enum firewall_hook)3), -EINVAL);
	CHECK_EQUAL(conntrack_filter(conntrack, FIREWALL_INPUT), 0);
	CHECK_EQUAL(conntrack_filter(conntrack, FIREWALL_INPUT), -EEXIST);
	again = open_conntrack();
	CHECK_EQUAL(conntrack_filter(again, FIREWALL_INPUT), -EEXIST);
	CHECK_EQUAL(conntrack_masquerade(conntrack, "a-name-longer-than-any"), -ENAMETOOLONG);
	CHECK_EQUAL(dropped_by(conntrack), 0);
	conntrack_close(again);
	conntrack_close(conntrack);
	conntrack_close(NULL);
	CHECK_EQUAL(descriptor_count(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(tracks),
		TRIAL(tracks_ipv6),
		TRIAL(forgets_when_flushed),
		TRIAL(loose_does_not_help),
		TRIAL(forgets_in_time),
		TRIAL(masquerades),
		TRIAL(masquerades_ipv6),
		TRIAL(filters_on_loopback),
		TRIAL(tracks_nothing_unasked),
		TRIAL(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests_name("conntrack", tests, NULL, NULL);
}

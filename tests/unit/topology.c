/* Namespaces joined by links: what passes, what is cut, what comes back, what stays quiet. */
#define _GNU_SOURCE
#include "tests/unit/topology_trial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <linux/if_packet.h>

#include "base/array.h"
#include "base/duration.h"
#include "sandbox/firewall.h"
#include "sandbox/link.h"
#include "sandbox/socket_diag.h"
#include "sandbox/sysctl.h"

/* From one end to the other. */
static void check_lost(int from, int to)
{
	CHECK(write(from, "x", 1) == 1);
	CHECK(!readable_within(to, 30));
}

/* Longer than the retransmission timeouts that a cut of some 50 ms leaves behind. */
#define HEALED_WITHIN_MS 2000

static void check_healed(const struct connection *connection, int to)
{
	char bytes[8];

	CHECK(readable_within(to, HEALED_WITHIN_MS));
	CHECK(read(to, bytes, sizeof(bytes)) > 0);
	check_passes(connection, HEALED_WITHIN_MS);
}

static void check_address(const struct address *address, const char *expected)
{
	char text[ADDRESS_TEXT_SIZE];

	if (strcmp(address_format(text, address), expected) != 0) {
		fprintf(stderr, "%s, not %s\n", text, expected);
		_exit(EXIT_FAILURE);
	}
}

static void joins(enum topology_kind kind, int family, const char *client, const char *server)
{
	struct topology topology = enter_topology(kind, family);
	struct connection connection = connect_across(&topology);
	struct address source = connection.client_address;

	source.port = 0;
	CHECK(address_equal(&source, &topology.address[TOPOLOGY_CLIENT]));
	check_address(&topology.address[TOPOLOGY_CLIENT], client);
	check_address(&topology.address[TOPOLOGY_SERVER], server);
	check_passes(&connection, 1000);
	topology_leave(&topology);
	check_passes(&connection, 1000);
}

static void joins_loopback(void)
{
	joins(TOPOLOGY_LOOPBACK, 4, "127.0.0.1", "127.0.0.1");
}

static void joins_loopback_ipv6(void)
{
	joins(TOPOLOGY_LOOPBACK, 6, "[::1]", "[::1]");
}

static void joins_pair(void)
{
	joins(TOPOLOGY_PAIR, 4, "192.0.2.1", "192.0.2.2");
}

static void joins_pair_ipv6(void)
{
	joins(TOPOLOGY_PAIR, 6, "[2001:db8:1::1]", "[2001:db8:1::2]");
}

static void joins_routed(void)
{
	joins(TOPOLOGY_ROUTED, 4, "192.0.2.1", "198.51.100.1");
}

static void joins_routed_ipv6(void)
{
	joins(TOPOLOGY_ROUTED, 6, "[2001:db8:1::1]", "[2001:db8:2::1]");
}

static void separates_namespaces(void)
{
	static const enum topology_place places[] = {TOPOLOGY_CLIENT, TOPOLOGY_SERVER,
						     TOPOLOGY_ROUTER};
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	char value[16], number[2] = "3";

	for (size_t i = 0; i < array_length(places); i++) {
		CHECK_EQUAL(topology_switch(&topology, places[i]), 0);
		number[0] = (char)('3' + i);
		CHECK_EQUAL(sysctl_write("net.ipv4.tcp_retries2", number), 0);
	}
	for (size_t i = 0; i < array_length(places); i++) {
		CHECK_EQUAL(topology_switch(&topology, places[i]), 0);
		CHECK_EQUAL(sysctl_read("net.ipv4.tcp_retries2", value, sizeof(value)), 0);
		CHECK(value[0] == (char)('3' + i));
		CHECK_EQUAL(sysctl_read("net.ipv4.ip_forward", value, sizeof(value)), 0);
		CHECK(value[0] == (places[i] == TOPOLOGY_ROUTER ? '1' : '0'));
	}
}

/* One rule, in the receiver's input hook or on the router between. */
static void drops_at(enum topology_kind kind, enum topology_place place, enum firewall_hook hook)
{
	struct topology topology = enter_topology(kind, 4);
	struct connection connection = connect_across(&topology);
	struct firewall_rule rule = {.match.destination = connection.listener_address,
				     .hook = hook};
	struct firewall *firewall;
	uint64_t handle, packets, bytes;

	CHECK_EQUAL(topology_switch(&topology, place), 0);
	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_add(firewall, &rule, &handle), 0);
	/* Opened there, it works from anywhere. */
	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_CLIENT), 0);
	check_lost(connection.client, connection.server);
	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), 0);
	CHECK(packets >= 1);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	check_healed(&connection, connection.server);
	firewall_close(firewall);
}

static void drops_at_the_receiver(void)
{
	drops_at(TOPOLOGY_PAIR, TOPOLOGY_SERVER, FIREWALL_INPUT);
}

static void drops_at_the_router(void)
{
	drops_at(TOPOLOGY_ROUTED, TOPOLOGY_ROUTER, FIREWALL_FORWARD);
}

/* What the router answers in the other's place reaches the sender as if from there. */
static void rejects_at_the_router(void)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, 4);
	struct connection connection = connect_across(&topology);
	struct firewall_rule rule = {
		.hook = FIREWALL_FORWARD, .kind = FIREWALL_DATA, .action = FIREWALL_REJECT_RST};
	int error = 0, fd;
	socklen_t length = sizeof(error);
	struct sockaddr_storage address;
	struct firewall *firewall;
	uint64_t handle;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), 0);
	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_add(firewall, &rule, &handle), 0);
	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_CLIENT), 0);
	CHECK(write(connection.client, "x", 1) == 1);
	CHECK(readable_within(connection.client, 1000));
	CHECK(getsockopt(connection.client, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
	CHECK_EQUAL(error, ECONNRESET);

	rule = (struct firewall_rule){.hook = FIREWALL_FORWARD,
				      .kind = FIREWALL_SYN,
				      .action = FIREWALL_REJECT_ICMP,
				      .code = FIREWALL_HOST_UNREACHABLE};
	CHECK_EQUAL(firewall_add(firewall, &rule, &handle), 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0);
	length = address_to_socket(&connection.listener_address, &address);
	CHECK(connect(fd, (struct sockaddr *)&address, length) < 0 && errno == EHOSTUNREACH);
	firewall_close(firewall);
}

static enum tcp_state state_at(const struct topology *topology, const struct connection *connection)
{
	struct socket_diag *diag;
	struct socket_status status;

	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_CLIENT), 0);
	CHECK_EQUAL(socket_diag_open(&diag), 0);
	CHECK_EQUAL(socket_diag_query(diag, &connection->client_address,
				      &connection->listener_address, &status),
		    0);
	socket_diag_close(diag);
	return status.state;
}

/* Cut and joined again by one of the three ways, at one of the ends. */
static void cuts(enum topology_kind kind, int family,
		 int (*set)(const struct topology *, enum topology_place, bool))
{
	struct topology topology = enter_topology(kind, family);

	for (enum topology_place end = TOPOLOGY_CLIENT; end <= TOPOLOGY_SERVER; end++) {
		struct connection connection = connect_across(&topology);
		bool client = end == TOPOLOGY_CLIENT;
		int from = client ? connection.client : connection.server;
		int to = client ? connection.server : connection.client;

		CHECK_EQUAL(set(&topology, end, false), 0);
		check_lost(from, to);
		CHECK_EQUAL(state_at(&topology, &connection), STATE_ESTABLISHED);
		CHECK_EQUAL(set(&topology, end, true), 0);
		check_healed(&connection, to);
	}
}

static void cuts_links(void)
{
	cuts(TOPOLOGY_PAIR, 4, topology_set_link);
}

static void cuts_links_ipv6(void)
{
	cuts(TOPOLOGY_PAIR, 6, topology_set_link);
}

static void cuts_links_routed(void)
{
	cuts(TOPOLOGY_ROUTED, 4, topology_set_link);
}

static void cuts_links_routed_ipv6(void)
{
	cuts(TOPOLOGY_ROUTED, 6, topology_set_link);
}

static void cuts_cables(void)
{
	cuts(TOPOLOGY_PAIR, 4, topology_set_cable);
}

static void cuts_cables_routed(void)
{
	cuts(TOPOLOGY_ROUTED, 4, topology_set_cable);
}

static void cuts_cables_routed_ipv6(void)
{
	cuts(TOPOLOGY_ROUTED, 6, topology_set_cable);
}

static void cuts_routes(void)
{
	cuts(TOPOLOGY_PAIR, 4, topology_set_route);
}

static void cuts_routes_ipv6(void)
{
	cuts(TOPOLOGY_PAIR, 6, topology_set_route);
}

static void cuts_routes_routed(void)
{
	cuts(TOPOLOGY_ROUTED, 4, topology_set_route);
}

static void cuts_routes_routed_ipv6(void)
{
	cuts(TOPOLOGY_ROUTED, 6, topology_set_route);
}

static int connect_error(const struct topology *topology)
{
	struct address to = topology->address[TOPOLOGY_SERVER];
	struct sockaddr_storage address;
	int fd, result;

	to.port = 9;
	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_CLIENT), 0);
	fd = socket(to.family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	CHECK(fd >= 0);
	result = connect(fd, (struct sockaddr *)&address, address_to_socket(&to, &address));
	result = result < 0 ? errno : 0;
	close(fd);
	return result;
}

static void check_connects(const struct topology *topology)
{
	struct connection connection = connect_across(topology);

	check_passes(&connection, 1000);
}

/* What a new connection is told: nothing where the cable is out, at once where there is no way. */
static void tells_what_is_cut_of(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, family);

	CHECK_EQUAL(connect_error(&topology), EINPROGRESS);
	CHECK_EQUAL(topology_set_cable(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(connect_error(&topology), EINPROGRESS);
	CHECK_EQUAL(topology_set_cable(&topology, TOPOLOGY_CLIENT, true), 0);
	CHECK_EQUAL(topology_set_route(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(connect_error(&topology), ENETUNREACH);
	CHECK_EQUAL(topology_set_route(&topology, TOPOLOGY_CLIENT, true), 0);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(connect_error(&topology), ENETUNREACH);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, true), 0);
	check_connects(&topology);
}

static void tells_what_is_cut(void)
{
	tells_what_is_cut_of(4);
}

static void tells_what_is_cut_ipv6(void)
{
	tells_what_is_cut_of(6);
}

/* Both sides down, then up one after the other: the first has nothing to wait for. */
static void comes_back_from_both_sides_of(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_PAIR, family);
	struct connection connection = connect_across(&topology);

	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_SERVER, false), 0);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, true), 0);
	check_lost(connection.client, connection.server);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_SERVER, true), 0);
	check_healed(&connection, connection.server);
}

static void comes_back_from_both_sides(void)
{
	comes_back_from_both_sides_of(4);
}

static void comes_back_from_both_sides_ipv6(void)
{
	comes_back_from_both_sides_of(6);
}

/* Nothing but the connection's own packets: no ARP, no neighbour or router solicitations. */
static void is_quiet_with(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_ROUTED, family);
	struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct connection connection;
	uint8_t frame[2048];
	ssize_t length;
	int packets;

	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_SERVER), 0);
	packets = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	CHECK(packets >= 0);
	CHECK(bind(packets, (struct sockaddr *)&link, sizeof(link)) == 0);
	connection = connect_across(&topology);
	check_passes(&connection, 1000);
	CHECK(!readable_within(connection.server, 100));
	while ((length = recv(packets, frame, sizeof(frame), 0)) > 0) {
		const size_t protocol = ETH_HLEN + (family == 4 ? 9 : 6);

		CHECK(length > ETH_HLEN + 40);
		CHECK(frame[12] == (family == 4 ? 0x08 : 0x86));
		/* What is left in IPv6: a hop-by-hop header, of multicast listener reports. */
		CHECK(frame[protocol] == IPPROTO_TCP ||
		      (family == 6 && frame[protocol] == IPPROTO_HOPOPTS));
	}
	CHECK(errno == EAGAIN);
}

static void is_quiet(void)
{
	is_quiet_with(4);
}

static void is_quiet_with_ipv6(void)
{
	is_quiet_with(6);
}

static void refuses_what_cannot_be(void)
{
	struct topology topology = enter_topology(TOPOLOGY_LOOPBACK, 4), pair;

	CHECK(!topology_has(TOPOLOGY_LOOPBACK, TOPOLOGY_ROUTER));
	CHECK(!topology_has(TOPOLOGY_PAIR, TOPOLOGY_ROUTER));
	CHECK(topology_has(TOPOLOGY_ROUTED, TOPOLOGY_ROUTER));
	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_CLIENT), 0);
	CHECK_EQUAL(topology_switch(&topology, TOPOLOGY_ROUTER), -EINVAL);
	CHECK_EQUAL(topology_set_cable(&topology, TOPOLOGY_CLIENT, false), -EOPNOTSUPP);
	CHECK_EQUAL(topology_set_route(&topology, TOPOLOGY_CLIENT, false), -EOPNOTSUPP);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(topology_set_link(&topology, TOPOLOGY_CLIENT, true), 0);
	check_connects(&topology);
	/* A sandbox in the sandbox. */
	pair = enter_topology(TOPOLOGY_PAIR, 4);
	CHECK_EQUAL(topology_switch(&pair, TOPOLOGY_ROUTER), -EINVAL);
	CHECK_EQUAL(topology_set_link(&pair, TOPOLOGY_ROUTER, false), -EINVAL);
	CHECK_EQUAL(topology_set_cable(&pair, TOPOLOGY_ROUTER, false), -EINVAL);
	CHECK_EQUAL(topology_set_route(&pair, TOPOLOGY_ROUTER, false), -EINVAL);
	CHECK_EQUAL(topology_set_route(&pair, TOPOLOGY_CLIENT, true), -EEXIST);
	CHECK_EQUAL(topology_set_route(&pair, TOPOLOGY_CLIENT, false), 0);
	CHECK_EQUAL(topology_set_route(&pair, TOPOLOGY_CLIENT, false), -ESRCH);
	CHECK_EQUAL(link_await("no-such-link", SECOND), -ENODEV);
	CHECK_EQUAL(link_set_up("eth0", 0), 0);
	CHECK_EQUAL(link_await("eth0", 10 * MILLISECOND), -ETIMEDOUT);
}

/* Only the sandbox's own namespace and one more are allowed, in a user namespace of our own. */
static void names_the_limit_of_namespaces(void)
{
	char error[SANDBOX_ERROR_SIZE] = "";
	struct topology topology = {.family = 7};
	int before = descriptor_count(), fd;

	if (unshare(CLONE_NEWUSER) < 0)
		skip_trial("no user namespace to limit");
	fd = open("/proc/sys/user/max_net_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		skip_trial("the limit of a user namespace cannot be written");
	CHECK(write(fd, "2", 1) == 1);
	close(fd);
	CHECK_EQUAL(topology_enter(TOPOLOGY_ROUTED, 4, &topology, error), -ENOSPC);
	CHECK(strstr(error, "user.max_net_namespaces"));
	CHECK_EQUAL(topology.family, 7);
	CHECK_EQUAL(descriptor_count(), before);
}

static void leaks_no_descriptor(void)
{
	static const enum topology_kind kinds[] = {TOPOLOGY_LOOPBACK, TOPOLOGY_PAIR,
						   TOPOLOGY_ROUTED};
	struct topology none = {0};
	int before = descriptor_count();

	for (size_t i = 0; i < array_length(kinds); i++) {
		struct topology topology = enter_topology(kinds[i], 4);
		int inside = descriptor_count();

		CHECK_EQUAL(inside - before, i == 0 ? 0 : i + 1);
		topology_set_link(&topology, TOPOLOGY_CLIENT, false);
		topology_set_link(&topology, TOPOLOGY_CLIENT, true);
		topology_set_cable(&topology, TOPOLOGY_SERVER, false);
		topology_set_cable(&topology, TOPOLOGY_SERVER, true);
		topology_set_route(&topology, TOPOLOGY_CLIENT, false);
		topology_set_route(&topology, TOPOLOGY_CLIENT, false);
		CHECK_EQUAL(descriptor_count(), inside);
		topology_leave(&topology);
		CHECK_EQUAL(descriptor_count(), before);
	}
	topology_leave(&none);
	CHECK_EQUAL(descriptor_count(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(joins_loopback),
		TRIAL(joins_loopback_ipv6),
		TRIAL(joins_pair),
		TRIAL(joins_pair_ipv6),
		TRIAL(joins_routed),
		TRIAL(joins_routed_ipv6),
		TRIAL(separates_namespaces),
		TRIAL(drops_at_the_receiver),
		TRIAL(drops_at_the_router),
		TRIAL(rejects_at_the_router),
		TRIAL(cuts_links),
		TRIAL(cuts_links_ipv6),
		TRIAL(cuts_links_routed),
		TRIAL(cuts_links_routed_ipv6),
		TRIAL(cuts_cables),
		TRIAL(cuts_cables_routed),
		TRIAL(cuts_cables_routed_ipv6),
		TRIAL(cuts_routes),
		TRIAL(cuts_routes_ipv6),
		TRIAL(cuts_routes_routed),
		TRIAL(cuts_routes_routed_ipv6),
		TRIAL(tells_what_is_cut),
		TRIAL(tells_what_is_cut_ipv6),
		TRIAL(comes_back_from_both_sides),
		TRIAL(comes_back_from_both_sides_ipv6),
		TRIAL(is_quiet),
		TRIAL(is_quiet_with_ipv6),
		TRIAL(refuses_what_cannot_be),
		TRIAL(names_the_limit_of_namespaces),
		TRIAL(leaks_no_descriptor),
	};

	return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}

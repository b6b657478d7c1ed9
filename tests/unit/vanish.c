/* An end vanishes: not a packet leaves, whatever was under way, and the peer finds out by asking.
 */
#define _GNU_SOURCE
#include "tests/unit/topology_trial.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/tcp.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <sys/syscall.h>

#include "sandbox/firewall.h"
#include "sandbox/socket_diag.h"
#include "sandbox/vanish.h"

/* A socket that sees every packet on the client's link. */
static int open_packets(void)
{
	struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	CHECK(fd >= 0);
	CHECK(bind(fd, (struct sockaddr *)&link, sizeof(link)) == 0);
	return fd;
}

/* Whether a TCP segment passes before the link is quiet for so long. */
static bool sees_segment(int packets, int timeout_ms)
{
	uint8_t frame[2048];
	bool seen = false;

	while (readable_within(packets, timeout_ms)) {
		ssize_t length = recv(packets, frame, sizeof(frame), 0);
		/* In IPv6 there are multicast listener reports besides. */
		size_t protocol = ETH_HLEN + (frame[12] == 0x08 ? 9 : 6);

		seen |= length > ETH_HLEN + 40 && frame[protocol] == IPPROTO_TCP;
	}
	return seen;
}

/* Everything that comes to the server's host is lost. */
static uint64_t drop_at_server(const struct topology *topology, struct firewall **ret_firewall)
{
	uint64_t handle;

	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_SERVER), 0);
	CHECK_EQUAL(firewall_open(ret_firewall), 0);
	CHECK_EQUAL(firewall_add(*ret_firewall, &(struct firewall_rule){0}, &handle), 0);
	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_CLIENT), 0);
	return handle;
}

static int error_of(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
	return error;
}

static void check_gone(const struct connection *connection)
{
	struct socket_diag *diag;
	struct socket_status status;

	CHECK_EQUAL(socket_diag_open(&diag), 0);
	CHECK_EQUAL(socket_diag_query(diag, &connection->client_address,
				      &connection->listener_address, &status),
		    0);
	CHECK_EQUAL(status.state, STATE_CLOSED);
	socket_diag_close(diag);
}

/* The client has read nothing of what came, and what it sent last is not acknowledged. */
static void vanishes_with(int family)
{
	struct topology topology = enter_topology(TOPOLOGY_PAIR, family);
	struct connection connection = connect_across(&topology);
	int packets = open_packets(), copy = dup(connection.client);
	struct firewall *firewall;
	uint64_t handle;

	CHECK(write(connection.server, "unread", 6) == 6);
	CHECK(readable_within(connection.client, 1000));
	handle = drop_at_server(&topology, &firewall);
	CHECK(write(connection.client, "unacknowledged", 14) == 14);
	/* The first retransmissions are less than a second apart. */
	CHECK(sees_segment(packets, 60));
	CHECK_EQUAL(vanish(connection.client), 0);
	check_gone(&connection);
	close(connection.client);
	close(copy);
	CHECK(!sees_segment(packets, 500));
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	/* The peer knows nothing, until it says something. */
	CHECK(!readable_within(connection.server, 20));
	CHECK(write(connection.server, "anybody?", 8) == 8);
	CHECK(readable_within(connection.server, 1000));
	CHECK_EQUAL(error_of(connection.server), ECONNRESET);
}

static void vanishes(void)
{
	vanishes_with(4);
}

static void vanishes_with_ipv6(void)
{
	vanishes_with(6);
}

/* Also while it is being made, and after the peer has closed. */
static void vanishes_in_other_states(void)
{
	struct topology topology = enter_topology(TOPOLOGY_PAIR, 4);
	struct connection connection = connect_across(&topology), opening = {0};
	int packets = open_packets();
	struct firewall *firewall;

	close(connection.server);
	CHECK(readable_within(connection.client, 1000));
	CHECK(sees_segment(packets, 100));
	CHECK_EQUAL(vanish(connection.client), 0);
	close(connection.client);
	CHECK(!sees_segment(packets, 100));

	drop_at_server(&topology, &firewall);
	opening.listener_address = connection.listener_address;
	connect_client(&opening, SOCK_NONBLOCK);
	CHECK(sees_segment(packets, 20));
	CHECK_EQUAL(vanish(opening.client), 0);
	check_gone(&opening);
	close(opening.client);
	/* Not a SYN more, which would come after a second. */
	CHECK(!sees_segment(packets, 1200));
}

/* What the other trials would see of an end that only closes. */
static void closing_is_not_silent(void)
{
	struct topology topology = enter_topology(TOPOLOGY_PAIR, 4);
	struct connection connection = connect_across(&topology);
	int packets = open_packets();

	close(connection.client);
	CHECK(sees_segment(packets, 20));
}

static void refuses_what_cannot_be(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};
	struct connection connection;
	int before, datagram;

	enter_sandbox();
	connection = connect_over(4);
	before = descriptor_count();
	datagram = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CHECK_EQUAL(vanish(datagram), -EOPNOTSUPP);
	close(datagram);
	CHECK_EQUAL(vanish(datagram), -EBADF);
	CHECK_EQUAL(vanish(connection.listener), -EPERM);
	CHECK(syscall(SYS_capset, &header, none) == 0);
	CHECK_EQUAL(vanish(connection.client), -EPERM);
	CHECK_EQUAL(descriptor_count(), before);
	check_passes(&connection, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(vanishes),
		TRIAL(vanishes_with_ipv6),
		TRIAL(vanishes_in_other_states),
		TRIAL(closing_is_not_silent),
		TRIAL(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests_name("vanish", tests, NULL, NULL);
}

/* What inet_diag says of sockets in all their states, and of those that are gone. */
#define _GNU_SOURCE
#include "tests/unit/sandbox_trial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/duration.h"
#include "sandbox/counters.h"
#include "sandbox/firewall.h"
#include "sandbox/socket_diag.h"

static struct socket_diag *open_diag(void)
{
	struct socket_diag *diag;
	int result;

	enter_sandbox();
	result = socket_diag_open(&diag);
	if (result == -EPROTONOSUPPORT)
		skip_trial("this kernel has no inet_diag");
	CHECK_EQUAL(result, 0);
	return diag;
}

static void drop_to(const struct address *destination)
{
	struct firewall_match match = {.destination = *destination};
	struct firewall *firewall;
	uint64_t handle;

	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_drop(firewall, &match, &handle), 0);
	firewall_close(firewall);
}

static struct socket_status status_of(struct socket_diag *diag, const struct address *local,
				      const struct address *remote)
{
	struct socket_status status;

	CHECK_EQUAL(socket_diag_query(diag, local, remote, &status), 0);
	return status;
}

static struct socket_status client_of(struct socket_diag *diag, const struct connection *connection)
{
	return status_of(diag, &connection->client_address, &connection->listener_address);
}

static struct socket_status server_of(struct socket_diag *diag, const struct connection *connection)
{
	return status_of(diag, &connection->listener_address, &connection->client_address);
}

#define CHECK_STATUS(status_, state_, timer_)                                                      \
	do {                                                                                       \
		CHECK_EQUAL((status_).state, state_);                                              \
		CHECK_EQUAL((status_).timer, timer_);                                              \
	} while (0)

static void sees_states_over(struct socket_diag *diag, int family)
{
	struct connection connection = connect_over(family);
	const struct address any = {0};
	struct address other = connection.client_address;
	struct socket_status status;

	CHECK_STATUS(client_of(diag, &connection), STATE_ESTABLISHED, TIMER_OFF);
	CHECK_STATUS(server_of(diag, &connection), STATE_ESTABLISHED, TIMER_OFF);
	CHECK_STATUS(status_of(diag, &connection.listener_address, &any), STATE_LISTEN, TIMER_OFF);
	/* The port has a listener, but no connection with that peer. */
	other.port ^= 1;
	CHECK_STATUS(status_of(diag, &connection.listener_address, &other), STATE_CLOSED,
		     TIMER_GONE);
	CHECK_STATUS(status_of(diag, &other, &connection.listener_address), STATE_CLOSED,
		     TIMER_GONE);

	CHECK(write(connection.client, "four", 4) == 4);
	CHECK(readable_within(connection.server, 1000));
	status = server_of(diag, &connection);
	CHECK_EQUAL(status.receive_queue, 4);
	CHECK_EQUAL(status.send_queue, 0);
	CHECK(read(connection.server, &(char[4]){0}, 4) == 4);

	close(connection.client);
	CHECK(readable_within(connection.server, 1000));
	CHECK_STATUS(server_of(diag, &connection), STATE_CLOSE_WAIT, TIMER_OFF);
	/* The acknowledgment of a FIN may be delayed by 40 ms (TCP_ATO_MIN, TCP_DELACK_MIN). */
	CHECK(!readable_within(connection.listener, 200));
	/* An orphan in FIN-WAIT-2 is a small socket with the TIME-WAIT timer. */
	status = client_of(diag, &connection);
	CHECK_STATUS(status, STATE_FIN_WAIT_2, TIMER_TIMEWAIT);
	CHECK(status.expires > 50 * SECOND && status.expires < 70 * SECOND);
	close(connection.server);
	CHECK_STATUS(client_of(diag, &connection), STATE_TIME_WAIT, TIMER_TIMEWAIT);
	CHECK_STATUS(server_of(diag, &connection), STATE_CLOSED, TIMER_GONE);
}

static void sees_states(void)
{
	sees_states_over(open_diag(), 4);
}

static void sees_states_ipv6(void)
{
	sees_states_over(open_diag(), 6);
}

/* The SYN-ACK is lost: a request socket on one side, SYN-SENT on the other. */
static void sees_handshakes(void)
{
	struct socket_diag *diag = open_diag();
	struct connection connection = listen_on(4);
	struct firewall_match match = {.source = connection.listener_address};
	struct socket_status status;
	struct firewall *firewall;
	uint64_t handle;

	CHECK_EQUAL(firewall_open(&firewall), 0);
	CHECK_EQUAL(firewall_drop(firewall, &match, &handle), 0);
	connect_client(&connection, SOCK_NONBLOCK);
	status = client_of(diag, &connection);
	CHECK_STATUS(status, STATE_SYN_SENT, TIMER_ON);
	CHECK(status.expires > 0 && status.expires <= 1100 * MILLISECOND);
	status = server_of(diag, &connection);
	CHECK_STATUS(status, STATE_SYN_RECV, TIMER_ON);
	CHECK(status.expires > 0 && status.expires <= 1100 * MILLISECOND);
	CHECK_EQUAL(status.retransmits, 0);
}

static void set_option(int fd, int level, int option, int value)
{
	CHECK(setsockopt(fd, level, option, &value, sizeof(value)) == 0);
}

/* Keepalive on one connection, data in flight on another, both into a silent path. */
static void sees_timers_over(struct socket_diag *diag, int family)
{
	struct connection idle = connect_over(family), busy = connect_over(family);
	struct counters counters;
	struct socket_status status;

	set_option(idle.client, IPPROTO_TCP, TCP_KEEPIDLE, 1);
	set_option(idle.client, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	set_option(idle.client, SOL_SOCKET, SO_KEEPALIVE, 1);
	status = client_of(diag, &idle);
	CHECK_STATUS(status, STATE_ESTABLISHED, TIMER_KEEPALIVE);
	CHECK(status.expires > 500 * MILLISECOND && status.expires <= 1100 * MILLISECOND);
	CHECK_EQUAL(status.probes, 0);

	drop_to(&idle.listener_address);
	drop_to(&busy.listener_address);
	CHECK(write(busy.client, "four", 4) == 4);
	CHECK_STATUS(client_of(diag, &busy), STATE_ESTABLISHED, TIMER_ON);
	CHECK(!readable_within(idle.client, 1300));

	status = client_of(diag, &idle);
	CHECK_STATUS(status, STATE_ESTABLISHED, TIMER_KEEPALIVE);
	CHECK_EQUAL(status.probes, 1);
	CHECK_EQUAL(status.retransmits, 0);
	CHECK(status.expires > SECOND && status.expires <= 5500 * MILLISECOND);
	status = client_of(diag, &busy);
	CHECK_STATUS(status, STATE_ESTABLISHED, TIMER_ON);
	CHECK(status.retransmits >= 1);
	CHECK_EQUAL(status.probes, 0);
	CHECK_EQUAL(status.send_queue, 4);
	CHECK_EQUAL(counters_read(&counters), 0);
	CHECK_EQUAL(counters_value(&counters, "TcpExtTCPKeepAlive"), 1);
	counters_free(&counters);
}

static void sees_timers(void)
{
	sees_timers_over(open_diag(), 4);
}

static void sees_timers_ipv6(void)
{
	sees_timers_over(open_diag(), 6);
}

/* A receiver that reads nothing closes its window: the persist timer. */
static void sees_persist(void)
{
	static const char block[65536];
	struct socket_diag *diag = open_diag();
	struct connection connection = listen_on(4);
	struct socket_status status;

	set_option(connection.listener, SOL_SOCKET, SO_RCVBUF, 4096);
	connect_client(&connection, 0);
	connection.server = accept(connection.listener, NULL, NULL);
	CHECK(connection.server >= 0);
	CHECK(send(connection.client, block, sizeof(block), MSG_DONTWAIT) > 0);
	CHECK(!readable_within(connection.client, 500));
	status = client_of(diag, &connection);
	CHECK_STATUS(status, STATE_ESTABLISHED, TIMER_PERSIST);
	CHECK_EQUAL(status.retransmits, 0);
	CHECK(status.send_queue > 0);
}

static int error_of(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
	return error;
}

/* The one connection and no other socket, not even the listener that its addresses lead to. */
static void destroys_over(struct socket_diag *diag, int family)
{
	struct connection connection = connect_over(family), other = connect_over(family);
	const struct address *client = &connection.client_address;
	const struct address *server = &connection.listener_address;
	const struct address any = {0};
	int result = socket_diag_destroy(diag, client, server);

	if (result == -EOPNOTSUPP)
		skip_trial("this kernel has no INET_DIAG_DESTROY");
	CHECK_EQUAL(result, 0);
	CHECK_EQUAL(error_of(connection.client), ECONNABORTED);
	CHECK_EQUAL(error_of(connection.server), ECONNRESET);
	CHECK_STATUS(client_of(diag, &connection), STATE_CLOSED, TIMER_GONE);
	CHECK_EQUAL(socket_diag_destroy(diag, client, server), -ENOENT);
	CHECK_EQUAL(socket_diag_destroy(diag, server, client), -ENOENT);
	CHECK_STATUS(status_of(diag, server, &any), STATE_LISTEN, TIMER_OFF);
	CHECK_STATUS(client_of(diag, &other), STATE_ESTABLISHED, TIMER_OFF);
	CHECK_EQUAL(socket_diag_destroy(diag, server, &any), 0);
	CHECK_STATUS(status_of(diag, server, &any), STATE_CLOSED, TIMER_GONE);
}

static void destroys(void)
{
	destroys_over(open_diag(), 4);
}

static void destroys_ipv6(void)
{
	destroys_over(open_diag(), 6);
}

static void refuses_what_cannot_be(void)
{
	struct socket_diag *diag = open_diag();
	struct connection connection = connect_over(4);
	struct address none = {0}, six = {.family = 6, .port = 1};
	struct socket_status status = {.probes = 7};

	CHECK_EQUAL(socket_diag_query(diag, &none, &none, &status), -EINVAL);
	CHECK_EQUAL(socket_diag_query(diag, &connection.client_address, &six, &status), -EINVAL);
	CHECK_EQUAL(status.probes, 7);
	CHECK_EQUAL(socket_diag_destroy(diag, &none, &none), -EINVAL);
	CHECK_EQUAL(socket_diag_destroy(diag, &connection.client_address, &six), -EINVAL);
	CHECK_STATUS(client_of(diag, &connection), STATE_ESTABLISHED, TIMER_OFF);
	socket_diag_close(diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(sees_states), TRIAL(sees_states_ipv6), TRIAL(sees_handshakes),
		TRIAL(sees_timers), TRIAL(sees_timers_ipv6), TRIAL(sees_persist),
		TRIAL(destroys),    TRIAL(destroys_ipv6),    TRIAL(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests_name("socket_diag", tests, NULL, NULL);
}

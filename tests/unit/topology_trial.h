/* Trials in namespaces that are joined by links. */
#ifndef HALFOPEN_TESTS_TOPOLOGY_TRIAL_H
#define HALFOPEN_TESTS_TOPOLOGY_TRIAL_H

#include "tests/unit/sandbox_trial.h"

#include "sandbox/topology.h"

static inline struct topology enter_topology(enum topology_kind kind, int family)
{
	char error[SANDBOX_ERROR_SIZE] = "";
	struct topology topology;
	int result = topology_enter(kind, family, &topology, error);

	if (result == -EAFNOSUPPORT || result == -EOPNOTSUPP || result == -EPERM)
		skip_trial(error);
	if (result < 0)
		fprintf(stderr, "%s\n", error);
	CHECK_EQUAL(result, 0);
	return topology;
}

static inline struct connection connect_across(const struct topology *topology)
{
	struct address any_port = topology->address[TOPOLOGY_SERVER];
	struct connection connection = {.client = -1, .server = -1};
	struct sockaddr_storage address;
	socklen_t length = address_to_socket(&any_port, &address);

	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_SERVER), 0);
	connection.listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(bind(connection.listener, (struct sockaddr *)&address, length) == 0);
	CHECK(listen(connection.listener, 8) == 0);
	connection.listener_address = bound_address(connection.listener);
	CHECK_EQUAL(topology_switch(topology, TOPOLOGY_CLIENT), 0);
	connect_client(&connection, 0);
	connection.server = accept4(connection.listener, NULL, NULL, SOCK_CLOEXEC);
	CHECK(connection.server >= 0);
	return connection;
}

static inline void check_passes(const struct connection *connection, int timeout_ms)
{
	char byte;

	CHECK(write(connection->client, "x", 1) == 1);
	CHECK(readable_within(connection->server, timeout_ms));
	CHECK(read(connection->server, &byte, 1) == 1);
	CHECK(write(connection->server, "y", 1) == 1);
	CHECK(readable_within(connection->client, timeout_ms));
	CHECK(read(connection->client, &byte, 1) == 1);
}

#endif

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "play/player.h"

static int open_socket(struct player *player, const struct address *address, const char *what,
		       int *ret_fd)
{
	cleanup_fd int fd = -1;
	struct sockaddr_storage socket_address;
	socklen_t length = address_to_socket(address, &socket_address);
	int on = 1;

	fd = socket(socket_address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return player_unable(player, UNABLE_RUN, 0, errno, "socket: %s",
				     strerrorname_np(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&socket_address, length)) {
		char text[ADDRESS_TEXT_SIZE];

		return player_unable(player, UNABLE_RUN, 0, errno, "bind of the %s to %s: %s", what,
				     address_format(text, address), strerrorname_np(errno));
	}
	*ret_fd = steal_fd(&fd);
	return 0;
}

static int await(struct player *player, int fd, uint32_t events, int operation)
{
	struct epoll_event event = {.events = events, .data.u32 = (uint32_t)fd};

	return epoll_ctl(player->epoll, operation, fd, &event);
}

void endpoint_told(struct player *player, enum end end, enum application_call call, int64_t at,
		   int64_t result, int error)
{
	if (error && at == -1)
		watch_told(player);
	endpoint_heard(player, end, at,
		       (struct application_event){.call = call, .result = result, .error = error});
}

/* Whether a call waited, and nothing happened. */
static bool is_vain(const struct application_event *told)
{
	return told->error == EAGAIN ||
	       (!told->error && !told->result && told->lasted &&
		(told->call == CALL_POLL || told->call == CALL_SELECT || told->call == CALL_EPOLL));
}

void endpoint_heard(struct player *player, enum end end, int64_t at, struct application_event told)
{
	player_emit(player,
		    (struct event){
			    .at = at, .kind = EVENT_APPLICATION, .end = end, .application = told});
	if (is_vain(&told))
		return;
	player->happened = true;
	player->last_happened = player_now(player);
	if (told.call == CALL_RECV && told.result > 0 && player->checked != NEVER)
		player->ends[end].reached = true;
	if (told.error && told.call != CALL_CONNECT_AGAIN)
		steps_seen(player, ANCHOR_ERROR, end, player_now(player));
}

static struct address local_address(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length))
		return (struct address){0};
	return address_from_socket(&address);
}

/* The address of an end, with the port that the scenario says. */
static struct address address_at(const struct player *player, enum end end,
				 const struct address *said)
{
	struct address address = player->topology.address[end];

	if (player->topology.kind == TOPOLOGY_LOOPBACK && said->family)
		return *said;
	address.port = said->port;
	return address;
}

int endpoint_listen(struct player *player)
{
	const struct record *server = &player->scenario->server;
	struct address address = address_at(player, END_SERVER, &server->value[KEY_LISTEN].address);
	int error = places_switch(player, TOPOLOGY_SERVER);

	if (!error)
		error = open_socket(player, &address, "server", &player->listener);
	if (!error && server_inherits(server))
		error = options_set(player, server, END_SERVER, player->listener);
	if (error)
		return error;
	if (listen(player->listener, SOMAXCONN) ||
	    await(player, player->listener, EPOLLIN, EPOLL_CTL_ADD))
		return player_unable(player, UNABLE_RUN, 0, errno, "listen: %s",
				     strerrorname_np(errno));
	player->ends[END_SERVER].local = local_address(player->listener);
	return 0;
}

int endpoint_connect(struct player *player)
{
	const struct record *record = &player->scenario->client;
	struct player_end *client = &player->ends[END_CLIENT];
	struct player_end *server = &player->ends[END_SERVER];
	struct address address = address_at(player, END_CLIENT, &record->value[KEY_BIND].address);
	struct sockaddr_storage peer;
	socklen_t length = address_to_socket(&server->local, &peer);
	int64_t called;
	int error;

	error = places_switch(player, TOPOLOGY_CLIENT);
	if (error)
		return error;
	if (!record_has(record, KEY_BIND))
		address = (struct address){.family = server->local.family};
	error = open_socket(player, &address, "client", &client->fd);
	if (!error)
		error = options_set(player, record, END_CLIENT, client->fd);
	if (error)
		return error;
	client->local = local_address(client->fd);
	client->remote = server->local;
	await(player, client->fd, EPOLLOUT, EPOLL_CTL_ADD);
	player->connecting = true;
	watch_sleep(player);
	called = player->unasked = player_now(player);
	steps_reached(player, ANCHOR_START, END_CLIENT, 1, called);
	if (!connect(client->fd, (struct sockaddr *)&peer, length))
		endpoint_connected(player);
	else if (errno != EINPROGRESS)
		endpoint_told(player, END_CLIENT, CALL_CONNECT, -1, -1, errno);
	watch_connect(player, called);
	/* An unbound client's address is chosen by connect(). */
	client->local = server->remote = local_address(client->fd);
	/* A router that masquerades keeps the port where it is free (nf_nat_core.c). */
	if (record_number(&player->scenario->router, KEY_MASQUERADE)) {
		server->remote = player->topology.gateway[END_SERVER];
		server->remote.port = client->local.port;
	}
	flow_start(&player->flow, &client->local, &server->local);
	player_emit(player, (struct event){.at = called,
					   .kind = EVENT_CONNECTION,
					   .connection = {client->local, server->local}});
	return 0;
}

/* What has become of a connect() that does not wait: 0, its error, or EINPROGRESS. */
static int connect_result(int fd)
{
	socklen_t length = sizeof(int);
	struct tcp_info info;
	socklen_t info_length = sizeof(info);
	int error = 0;

	/* Asked before it is over, SO_ERROR gives an ICMP error that has not ended the attempt. */
	if (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_length) &&
	    info.tcpi_state == TCP_SYN_SENT)
		return EINPROGRESS;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) ? errno : error;
}

static void close_later(struct player *player)
{
	if (player->later.fd >= 0)
		close(player->later.fd);
	if (player->later.accepted >= 0)
		close(player->later.accepted);
	player->later.fd = player->later.accepted = -1;
}

static void connected_again(struct player *player, int64_t at, int error)
{
	player->later.connecting = false;
	await(player, player->later.fd, 0, EPOLL_CTL_DEL);
	endpoint_told(player, END_CLIENT, CALL_CONNECT_AGAIN, at, error ? -1 : 0, error);
}

void endpoint_connected(struct player *player)
{
	struct player_end *client = &player->ends[END_CLIENT];
	int error = connect_result(client->fd);

	if (error == EINPROGRESS)
		return;
	player->connecting = false;
	endpoint_told(player, END_CLIENT, CALL_CONNECT, -1, error ? -1 : 0, error);
	if (error) {
		await(player, client->fd, 0, EPOLL_CTL_DEL);
		return;
	}
	await(player, client->fd, 0, EPOLL_CTL_DEL);
	endpoint_watch(player, END_CLIENT);
	steps_reached(player, ANCHOR_ESTABLISHED, END_CLIENT, 1, player_now(player));
}

int endpoint_connect_again(struct player *player)
{
	const struct record *record = &player->scenario->client;
	const struct address *server = &player->ends[END_SERVER].local;
	struct address address = address_at(player, END_CLIENT, &record->value[KEY_BIND].address);
	struct sockaddr_storage peer;
	socklen_t length = address_to_socket(server, &peer);
	int64_t began;
	int error = places_switch(player, TOPOLOGY_CLIENT);

	if (error)
		return error;
	close_later(player);
	if (!record_has(record, KEY_BIND))
		address = (struct address){.family = server->family};
	address.port = 0;
	error = open_socket(player, &address, "client", &player->later.fd);
	if (!error)
		error = options_set(player, record, END_CLIENT, player->later.fd);
	if (error)
		return error;
	await(player, player->later.fd, EPOLLOUT, EPOLL_CTL_ADD);
	player->later.connecting = true;
	began = player_now(player);
	error = connect(player->later.fd, (struct sockaddr *)&peer, length) ? errno : 0;
	*array_push(player->later.ports, player->later.count) =
		local_address(player->later.fd).port;
	if (error != EINPROGRESS)
		connected_again(player, began, error);
	return 0;
}

void endpoint_connected_again(struct player *player)
{
	int error = connect_result(player->later.fd);

	if (error != EINPROGRESS)
		connected_again(player, -1, error);
}

/* Whether a client's port is that of a connection that was made again. */
bool endpoint_is_later(const struct player *player, uint16_t port)
{
	for (size_t i = 0; i < player->later.count; i++) {
		if (player->later.ports[i] == port)
			return true;
	}
	return false;
}

static bool accept_later(struct player *player, int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	if (fd < 0 || getpeername(fd, (struct sockaddr *)&peer, &length) ||
	    !endpoint_is_later(player, address_from_socket(&peer).port))
		return false;
	player->later.accepted = fd;
	endpoint_told(player, END_SERVER, CALL_ACCEPT, -1, 0, 0);
	return true;
}

void endpoint_accept(struct player *player)
{
	struct player_end *server = &player->ends[END_SERVER];
	int fd = accept4(player->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (accept_later(player, fd))
		return;
	if (fd < 0 || server->fd >= 0) {
		if (fd >= 0)
			close(fd);
		return;
	}
	server->fd = fd;
	if (!server_inherits(&player->scenario->server) &&
	    options_set(player, &player->scenario->server, END_SERVER, fd))
		return;
	endpoint_told(player, END_SERVER, CALL_ACCEPT, -1, 0, 0);
	endpoint_watch(player, END_SERVER);
}

static const struct record *record_of(const struct player *player, enum end end)
{
	return end == END_CLIENT ? &player->scenario->client : &player->scenario->server;
}

int endpoint_watch(struct player *player, enum end end)
{
	struct player_end *observed = &player->ends[end];
	calls_function *run = calls_of(record_of(player, end));

	if (run) {
		int error = caller_start(player, end, &observed->observer, observed->fd, run);

		if (!error)
			caller_go(&observed->observer);
		return error;
	}
	if (observer_of(record_of(player, end)) != OBSERVE_LOOP)
		return 0;
	observed->readable = true;
	await(player, observed->fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
	return 0;
}

/* Reads until there is nothing more: data, one error, end of file. */
static void receive(struct player *player, enum end end)
{
	struct player_end *observed = &player->ends[end];
	char buffer[65536];

	while (observed->readable) {
		ssize_t received = recv(observed->fd, buffer, sizeof(buffer), 0);
		int error = received < 0 ? errno : 0;

		if (error == EAGAIN)
			return;
		endpoint_told(player, end, CALL_RECV, -1, received, error);
		if (received == 0) {
			/* End of file stays: it would wake us for ever. */
			observed->readable = false;
			await(player, observed->fd, 0, EPOLL_CTL_DEL);
		}
	}
}

void endpoint_observe(struct player *player, enum end end)
{
	struct player_end *observed = &player->ends[end];
	struct pollfd asked = {.fd = observed->fd, .events = POLLIN | POLLRDHUP};

	if (observed->fd < 0 || !observed->readable || poll(&asked, 1, 0) < 0)
		return;
	if (asked.revents != observed->last_poll) {
		observed->last_poll = asked.revents;
		endpoint_told(player, end, CALL_POLL, -1, asked.revents, 0);
	}
	if (asked.revents && observed->reading)
		receive(player, end);
}

void endpoint_read(struct player *player, enum end end, bool reading)
{
	struct player_end *reader = &player->ends[end];

	if (calls_of(record_of(player, end))) {
		caller_stop(player, end, &reader->observer);
		if (reading)
			endpoint_watch(player, end);
		return;
	}
	reader->reading = reading;
	/* What is not read would wake us for ever: then only changes do. */
	if (reader->readable)
		await(player, reader->fd, EPOLLIN | EPOLLRDHUP | (reading ? 0 : EPOLLET),
		      EPOLL_CTL_MOD);
	if (reading)
		receive(player, end);
}

void endpoint_close(struct player *player, enum end end, enum application_call call)
{
	struct player_end *closed = &player->ends[end];
	int64_t began;
	int result;

	caller_stop(player, end, &closed->observer);
	began = player_now(player);
	result = close(closed->fd);
	closed->fd = -1;
	closed->readable = false;
	endpoint_told(player, end, call, began, result, result ? errno : 0);
}

int endpoint_linger(struct player *player, enum end end)
{
	struct player_end *closed = &player->ends[end];
	int error;

	caller_stop(player, end, &closed->observer);
	error = caller_start(player, end, &closed->closer, closed->fd, close_and_wait);
	if (error)
		return error;
	/* It is the last holder now, so that its close() is the one that counts. */
	epoll_ctl(player->epoll, EPOLL_CTL_DEL, closed->fd, NULL);
	close(closed->fd);
	closed->fd = -1;
	closed->readable = false;
	caller_go(&closed->closer);
	return 0;
}

void endpoint_check_alive(struct player *player)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++) {
		int64_t began = player_now(player);
		ssize_t sent = -1;
		int error = ENOTCONN;

		if (player->ends[end].fd >= 0) {
			sent = send(player->ends[end].fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
			error = sent < 0 ? errno : 0;
		}
		endpoint_told(player, end, CALL_ALIVE, began, sent, error);
	}
	player->checked = player_now(player);
}

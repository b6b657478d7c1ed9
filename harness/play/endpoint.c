#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "play/player.h"
#include "sandbox/vanish.h"

void endpoint_told(struct player *player, enum end end, enum application_call call, int64_t at,
		   int64_t result, int error)
{
	if (error && at == -1)
		witness_told(player);
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

int endpoint_listen(struct player *player)
{
	const struct record *server = &player->scenario->server;
	struct address address =
		socket_address_of(player, END_SERVER, &server->value[KEY_LISTEN].address);
	int error = places_switch(player, TOPOLOGY_SERVER);

	if (!error)
		error = socket_open(player, &address, "server", &player->listener);
	if (!error && server_inherits(server))
		error = options_set(player, server, END_SERVER, player->listener);
	if (error)
		return error;
	if (listen(player->listener, SOMAXCONN) ||
	    socket_await(player, player->listener, EPOLLIN, EPOLL_CTL_ADD))
		return player_unable(player, UNABLE_RUN, 0, errno, "listen: %s",
				     strerrorname_np(errno));
	player->ends[END_SERVER].local = socket_address(player->listener);
	return 0;
}

int endpoint_connect(struct player *player)
{
	const struct record *record = &player->scenario->client;
	struct player_end *client = &player->ends[END_CLIENT];
	struct player_end *server = &player->ends[END_SERVER];
	struct address address =
		socket_address_of(player, END_CLIENT, &record->value[KEY_BIND].address);
	struct sockaddr_storage peer;
	socklen_t length = address_to_socket(&server->local, &peer);
	int64_t called;
	int error;

	error = places_switch(player, TOPOLOGY_CLIENT);
	if (error)
		return error;
	if (!record_has(record, KEY_BIND))
		address = (struct address){.family = server->local.family};
	error = socket_open(player, &address, "client", &client->fd);
	if (!error)
		error = options_set(player, record, END_CLIENT, client->fd);
	if (error)
		return error;
	client->local = socket_address(client->fd);
	client->remote = server->local;
	socket_await(player, client->fd, SOCKET_CONNECTS, EPOLL_CTL_ADD);
	player->connecting = true;
	witness_sleep(player);
	called = player->unasked = player_now(player);
	steps_reached(player, ANCHOR_START, END_CLIENT, 1, called);
	if (!connect(client->fd, (struct sockaddr *)&peer, length))
		endpoint_connected(player);
	else if (errno != EINPROGRESS)
		endpoint_told(player, END_CLIENT, CALL_CONNECT, -1, -1, errno);
	witness_connect(player, called);
	/* An unbound client's address is chosen by connect(). */
	client->local = server->remote = socket_address(client->fd);
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

void endpoint_connected(struct player *player)
{
	struct player_end *client = &player->ends[END_CLIENT];
	int error = socket_connected(client->fd);

	if (error == EINPROGRESS)
		return;
	player->connecting = false;
	endpoint_told(player, END_CLIENT, CALL_CONNECT, -1, error ? -1 : 0, error);
	if (error) {
		socket_await(player, client->fd, 0, EPOLL_CTL_DEL);
		return;
	}
	socket_await(player, client->fd, 0, EPOLL_CTL_DEL);
	endpoint_watch(player, END_CLIENT);
	steps_reached(player, ANCHOR_ESTABLISHED, END_CLIENT, 1, player_now(player));
}

void endpoint_accept(struct player *player)
{
	struct player_end *server = &player->ends[END_SERVER];
	int fd = accept4(player->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (again_accept(player, fd))
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
	socket_await(player, observed->fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
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
			socket_await(player, observed->fd, 0, EPOLL_CTL_DEL);
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
		socket_await(player, reader->fd, EPOLLIN | EPOLLRDHUP | (reading ? 0 : EPOLLET),
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

void endpoint_vanish(struct player *player)
{
	for (enum end end = END_CLIENT; end <= END_SERVER; end++)
		vanish(player->ends[end].fd);
	vanish(player->later.fd);
	vanish(player->later.accepted);
}

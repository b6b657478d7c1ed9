#define _GNU_SOURCE
#include "sandbox/netlink.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"

int netlink_open(struct netlink *ret_netlink, int bus)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int error = errno;

		mnl_socket_close(socket);
		return -error;
	}
	*ret_netlink = (struct netlink){
		.socket = socket,
		.port = mnl_socket_get_portid(socket),
	};
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	netlink->socket = NULL;
}

/* The number that NLMSG_ERROR and NLMSG_DONE begin with: 0 or -errno. */
static int result_in(const struct nlmsghdr *message)
{
	int result;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(result))
		return -EBADMSG;
	memcpy(&result, mnl_nlmsg_get_payload(message), sizeof(result));
	return result > 0 ? -EBADMSG : result;
}

struct question {
	uint32_t first, last;
	netlink_answer answer;
	void *data;
	bool done;
	int result;
};

static void hear(struct question *question, const struct nlmsghdr *message)
{
	/* Left over from a question that ended with an earlier refusal. */
	if (message->nlmsg_seq - question->first > question->last - question->first)
		return;
	switch (message->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		question->result = result_in(message);
		question->done = question->result < 0 || message->nlmsg_seq == question->last;
		return;
	case NLMSG_NOOP:
	case NLMSG_OVERRUN:
		return;
	default:
		if (question->answer)
			question->answer(message, question->data);
	}
}

int netlink_ask(struct netlink *netlink, const void *request, size_t length, uint32_t first,
		netlink_answer answer, void *data)
{
	struct question question = {
		.first = first,
		.last = netlink->sequence,
		.answer = answer,
		.data = data,
	};
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));

	if (mnl_socket_sendto(netlink->socket, request, length) < 0)
		return -errno;
	while (!question.done) {
		ssize_t received = mnl_socket_recvfrom(netlink->socket, buffer, sizeof(buffer));
		const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
		int left;

		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0)
			return errno == EAGAIN ? -EBADMSG : -errno;
		left = (int)received;
		for (; !question.done && mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left))
			hear(&question, message);
	}
	return question.result;
}

int netlink_ask_once(int bus, struct nlmsghdr *message, netlink_answer answer, void *data)
{
	struct netlink netlink = {0};
	int result = netlink_open(&netlink, bus);

	if (result < 0)
		return result;
	message->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++netlink.sequence;
	result = netlink_ask(&netlink, message, message->nlmsg_len, message->nlmsg_seq, answer,
			     data);
	netlink_close(&netlink);
	return result;
}

/* Takes all that is there: one look afterwards answers it. */
static void discard(struct mnl_socket *socket)
{
	char buffer[NETLINK_BUFFER_SIZE];

	while (recv(mnl_socket_get_fd(socket), buffer, sizeof(buffer), 0) >= 0 || errno == ENOBUFS)
		;
}

static int await_notified(struct mnl_socket *socket, netlink_condition condition, void *data,
			  int64_t deadline)
{
	struct pollfd notified = {.fd = mnl_socket_get_fd(socket), .events = POLLIN};

	for (;;) {
		int result = condition(data);
		int64_t left = deadline - clock_now();
		struct timespec timeout = clock_timespec(left);

		if (result)
			return result < 0 ? result : 0;
		if (left <= 0)
			return -ETIMEDOUT;
		if (ppoll(&notified, 1, &timeout, NULL) < 0 && errno != EINTR)
			return -errno;
		discard(socket);
	}
}

int netlink_await(int bus, int group, netlink_condition condition, void *data, int64_t timeout)
{
	const int64_t deadline = clock_now() + timeout;
	struct netlink netlink = {0};
	int result = netlink_open(&netlink, bus);

	if (result < 0)
		return result;
	if (mnl_socket_setsockopt(netlink.socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) <
	    0)
		result = -errno;
	else
		result = await_notified(netlink.socket, condition, data, deadline);
	netlink_close(&netlink);
	return result;
}

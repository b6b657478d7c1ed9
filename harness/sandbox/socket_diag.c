#define _GNU_SOURCE
#include "sandbox/socket_diag.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "sandbox/netlink.h"

struct socket_diag {
	struct netlink netlink;
};

static struct nlmsghdr *put_request(char *buffer, struct netlink *netlink, uint16_t flags,
				    struct inet_diag_req_v2 **ret_request)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = ++netlink->sequence;
	*ret_request = mnl_nlmsg_put_extra_header(message, sizeof(**ret_request));
	(*ret_request)->sdiag_protocol = IPPROTO_TCP;
	return message;
}

/*
 * Lists the sockets in no state at all. A kernel without tcp_diag answers this with -ENOENT, which
 * to an exact lookup would say that the socket is gone (net/ipv4/inet_diag.c,
 * inet_diag_lock_handler).
 */
static int try_listing(struct netlink *netlink)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct inet_diag_req_v2 *request;
	struct nlmsghdr *message = put_request(buffer, netlink, NLM_F_DUMP, &request);
	int result;

	request->sdiag_family = AF_INET;
	request->idiag_states = 0;
	result = netlink_ask(netlink, message, message->nlmsg_len, message->nlmsg_seq, NULL, NULL);
	return result == -ENOENT ? -EPROTONOSUPPORT : result;
}

int socket_diag_open(struct socket_diag **ret_diag)
{
	cleanup_free struct socket_diag *diag = calloc(1, sizeof(*diag));
	int result;

	if (!diag)
		return -ENOMEM;
	result = netlink_open(&diag->netlink, NETLINK_SOCK_DIAG);
	if (result < 0)
		return result;
	result = try_listing(&diag->netlink);
	if (result < 0) {
		netlink_close(&diag->netlink);
		return result;
	}
	*ret_diag = steal_pointer(diag);
	return 0;
}

void socket_diag_close(struct socket_diag *diag)
{
	if (!diag)
		return;
	netlink_close(&diag->netlink);
	free(diag);
}

/*
 * idiag_retrans holds the number that belongs to the pending timer (inet_sk_diag_fill,
 * inet_req_diag_fill). Request sockets and TIME-WAIT have no tcp_info, so it is all there is of
 * them; a full socket's tcp_info then has both numbers.
 */
static void read_counts(const struct nlmsghdr *message, const struct inet_diag_msg *socket,
			struct socket_status *status)
{
	struct tcp_info info = {0};
	const struct nlattr *attribute;
	bool known = false;

	mnl_attr_for_each(attribute, message, sizeof(*socket))
	{
		size_t length = mnl_attr_get_payload_len(attribute);

		if (mnl_attr_get_type(attribute) != INET_DIAG_INFO)
			continue;
		/* Shorter or longer in other kernels: it only ever grows at its end. */
		memcpy(&info, mnl_attr_get_payload(attribute),
		       length < sizeof(info) ? length : sizeof(info));
		known = true;
	}
	if (known) {
		status->retransmits = info.tcpi_retransmits;
		status->probes = info.tcpi_probes;
	} else if (status->timer == TIMER_KEEPALIVE || status->timer == TIMER_PERSIST) {
		status->probes = socket->idiag_retrans;
	} else {
		status->retransmits = socket->idiag_retrans;
	}
}

static void read_socket(const struct nlmsghdr *message, const struct inet_diag_msg *socket,
			struct socket_status *status)
{
	*status = (struct socket_status){
		.state = socket->idiag_state,
		.timer = socket->idiag_timer,
		.expires = socket->idiag_expires * MILLISECOND,
		.receive_queue = socket->idiag_rqueue,
		.send_queue = socket->idiag_wqueue,
	};
	/* TCP_NEW_SYN_RECV is a request socket, the field's SYN-RECEIVED; inet_req_diag_fill()
	 * already says so, this is for kernels that would not. */
	if (status->state == STATE_NEW_SYN_RECV)
		status->state = STATE_SYN_RECV;
	read_counts(message, socket, status);
}

static void fill_request(struct inet_diag_req_v2 *request, const struct address *local,
			 const struct address *remote)
{
	request->sdiag_family = local->family == 4 ? AF_INET : AF_INET6;
	request->idiag_ext = 1 << (INET_DIAG_INFO - 1);
	request->idiag_states = UINT32_MAX;
	request->id.idiag_sport = htons(local->port);
	request->id.idiag_dport = htons(remote->port);
	memcpy(request->id.idiag_src, local->bytes, sizeof(local->bytes));
	memcpy(request->id.idiag_dst, remote->bytes, sizeof(remote->bytes));
	request->id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	request->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

struct answer {
	struct socket_status status;
	uint32_t cookie[2]; /* names the one socket among all that ever have its addresses */
};

static void hear_answer(const struct nlmsghdr *message, void *data)
{
	const struct inet_diag_msg *socket = mnl_nlmsg_get_payload(message);
	struct answer *answer = data;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*socket))
		return;
	read_socket(message, socket, &answer->status);
	memcpy(answer->cookie, socket->id.idiag_cookie, sizeof(answer->cookie));
}

static int query(struct socket_diag *diag, const struct address *local,
		 const struct address *remote, struct answer *ret_answer)
{
	const struct socket_status gone = {.state = STATE_CLOSED, .timer = TIMER_GONE};
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct answer answer = {.status = gone};
	struct inet_diag_req_v2 *request;
	struct nlmsghdr *message;
	int result;

	if ((local->family != 4 && local->family != 6) ||
	    (remote->family != 0 && remote->family != local->family))
		return -EINVAL;
	message = put_request(buffer, &diag->netlink, NLM_F_ACK, &request);
	fill_request(request, local, remote);
	result = netlink_ask(&diag->netlink, message, message->nlmsg_len, message->nlmsg_seq,
			     hear_answer, &answer);
	if (result < 0 && result != -ENOENT)
		return result;
	/* Where there is no such connection the lookup goes on to the listeners
	 * (include/net/inet_hashtables.h, __inet_lookup). */
	if (answer.status.state == STATE_LISTEN && remote->port != 0)
		answer.status = gone;
	*ret_answer = answer;
	return 0;
}

int socket_diag_query(struct socket_diag *diag, const struct address *local,
		      const struct address *remote, struct socket_status *ret_status)
{
	struct answer answer;
	int result = query(diag, local, remote, &answer);

	if (result == 0)
		*ret_status = answer.status;
	return result;
}

/* With the cookie of the answer: by addresses alone it could be a listener that is destroyed. */
int socket_diag_destroy(struct socket_diag *diag, const struct address *local,
			const struct address *remote)
{
	char buffer[NETLINK_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct inet_diag_req_v2 *request;
	struct nlmsghdr *message;
	struct answer answer;
	int result = query(diag, local, remote, &answer);

	if (result < 0)
		return result;
	if (answer.status.timer == TIMER_GONE)
		return -ENOENT;
	message = put_request(buffer, &diag->netlink, NLM_F_ACK, &request);
	message->nlmsg_type = SOCK_DESTROY;
	fill_request(request, local, remote);
	memcpy(request->id.idiag_cookie, answer.cookie, sizeof(answer.cookie));
	return netlink_ask(&diag->netlink, message, message->nlmsg_len, message->nlmsg_seq, NULL,
			   NULL);
}

/* What a firewall's rule takes, of which kind, how many of them, and what the sender is told. */
#define _GNU_SOURCE
#include "tests/unit/sandbox_trial.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>

#include "base/array.h"
#include "sandbox/firewall.h"

#define PORT 9 /* discard: nobody listens in a new namespace */

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

static uint64_t add_rule(struct firewall *firewall, const struct firewall_rule *rule)
{
	uint64_t handle = 0;

	CHECK_EQUAL(firewall_add(firewall, rule, &handle), 0);
	CHECK(handle != 0);
	return handle;
}

static int64_t packets_of(struct firewall *firewall, uint64_t handle)
{
	uint64_t packets, bytes;

	CHECK_EQUAL(firewall_counter(firewall, handle, &packets, &bytes), 0);
	return (int64_t)packets;
}

struct segment {
	uint8_t flags, words; /* of the header */
	size_t payload;
};

static int open_raw(int family, int protocol)
{
	struct sockaddr_in six_or_four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(family == 4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 && errno == EAFNOSUPPORT)
		skip_trial("this kernel has no IPv6");
	CHECK(fd >= 0);
	six_or_four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (family == 4)
		CHECK(connect(fd, (struct sockaddr *)&six_or_four, sizeof(six_or_four)) == 0);
	else
		CHECK(connect(fd, (struct sockaddr *)&six, sizeof(six)) == 0);
	return fd;
}

/* Over loopback a packet has passed the input hook when send() returns, or some time later. */
static void send_segment(int raw, const struct segment *segment)
{
	uint8_t bytes[4096] = {0};
	struct tcphdr header = {.source = htons(7), .dest = htons(PORT)};

	memcpy(bytes, &header, sizeof(header));
	bytes[12] = (uint8_t)(segment->words << 4);
	bytes[13] = segment->flags;
	CHECK(send(raw, bytes, 4U * segment->words + segment->payload, 0) > 0);
}

static void takes_kinds_over(int family)
{
	static const struct {
		struct segment segment;
		const char *kinds; /* by enum firewall_kind: any data ack syn synack fin rst */
	} cases[] = {
		{{TH_SYN, 10, 0}, "1001000"},
		{{TH_SYN, 5, 100}, "1001000"},
		{{TH_SYN | TH_ACK, 10, 0}, "1000100"},
		{{TH_ACK, 5, 0}, "1010000"},
		{{TH_ACK, 8, 0}, "1010000"},
		{{TH_ACK, 15, 0}, "1010000"},
		{{TH_ACK, 5, 1}, "1100000"},
		{{TH_ACK, 5, 12}, "1100000"}, /* as long as an ACK with timestamps */
		{{TH_ACK, 5, 20}, "1100000"}, /* as long as an IPv6 ACK */
		{{TH_ACK, 8, 1}, "1100000"},
		{{TH_ACK, 15, 2000}, "1100000"},
		{{TH_ACK | TH_PUSH, 8, 7}, "1100000"},
		{{TH_ACK | TH_URG, 8, 0}, "1010000"},
		{{TH_ACK | TH_FIN, 8, 0}, "1000010"},
		{{TH_ACK | TH_FIN, 8, 4}, "1100010"},
		{{TH_RST, 5, 0}, "1000001"},
		{{TH_ACK | TH_RST, 5, 0}, "1000001"},
		{{0, 5, 0}, "1000000"},
	};

	for (enum firewall_kind kind = FIREWALL_ANY; kind <= FIREWALL_RST; kind++) {
		struct firewall *firewall = NULL;
		struct firewall_rule rule = {.kind = kind, .match.destination.port = PORT};
		uint64_t handle;
		int raw;

		CHECK_EQUAL(firewall_open(&firewall), 0);
		handle = add_rule(firewall, &rule);
		raw = open_raw(family, IPPROTO_TCP);
		for (size_t i = 0; i < array_length(cases); i++) {
			int64_t before = packets_of(firewall, handle);
			int64_t taken = cases[i].kinds[kind] - '0';

			send_segment(raw, &cases[i].segment);
			if (packets_of(firewall, handle) - before != taken)
				fprintf(stderr, "kind %d, case %zu\n", (int)kind, i);
			CHECK_EQUAL(packets_of(firewall, handle) - before, taken);
		}
		close(raw);
		CHECK_EQUAL(firewall_remove(firewall, handle), 0);
		firewall_close(firewall);
	}
}

static void takes_kinds(void)
{
	firewall_close(open_firewall());
	takes_kinds_over(4);
}

static void takes_kinds_ipv6(void)
{
	firewall_close(open_firewall());
	takes_kinds_over(6);
}

static void takes_echoes(void)
{
	static const uint8_t four[] = {ICMP_ECHO, 0, 0, 0, 0, 1, 0, 1};
	static const uint8_t six[] = {ICMP6_ECHO_REQUEST, 0, 0, 0, 0, 1, 0, 1};
	static const uint8_t other[] = {ICMP_TIMESTAMP, 0, 0, 0, 0, 1, 0, 1};
	struct firewall *firewall = open_firewall();
	struct firewall_rule rule = {.kind = FIREWALL_ECHO};
	uint64_t handle = add_rule(firewall, &rule);
	int raw4 = open_raw(4, IPPROTO_ICMP), raw6 = open_raw(6, IPPROTO_ICMPV6);

	CHECK(send(raw4, four, sizeof(four), 0) > 0);
	CHECK_EQUAL(packets_of(firewall, handle), 1);
	CHECK(send(raw4, other, sizeof(other), 0) > 0);
	CHECK_EQUAL(packets_of(firewall, handle), 1);
	CHECK(send(raw6, six, sizeof(six), 0) > 0);
	CHECK_EQUAL(packets_of(firewall, handle), 2);
	send_segment(open_raw(4, IPPROTO_TCP), &(struct segment){TH_ACK, 5, 0});
	CHECK_EQUAL(packets_of(firewall, handle), 2);
	/* With the rule gone the reply comes. */
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	rule.match.source = rule.match.destination = bound_address(raw4);
	rule.match.source.port = rule.match.destination.port = 0;
	handle = add_rule(firewall, &rule);
	CHECK(send(raw6, six, sizeof(six), 0) > 0);
	CHECK_EQUAL(packets_of(firewall, handle), 0);
	CHECK(send(raw4, four, sizeof(four), 0) > 0);
	CHECK_EQUAL(packets_of(firewall, handle), 1);
}

/* Sends count segments; taken[i] is whether the rule took the i-th. */
static void send_and_note(struct firewall *firewall, uint64_t handle, size_t count, bool *taken)
{
	int raw = open_raw(4, IPPROTO_TCP);

	for (size_t i = 0; i < count; i++) {
		int64_t before = packets_of(firewall, handle);

		send_segment(raw, &(struct segment){TH_ACK, 5, 0});
		taken[i] = packets_of(firewall, handle) > before;
	}
	close(raw);
}

static struct firewall_rule limited(enum firewall_limit_kind kind, uint32_t count, uint64_t seed)
{
	return (struct firewall_rule){
		.match.destination.port = PORT,
		.kind = FIREWALL_ACK,
		.limit = {.kind = kind, .count = count, .seed = seed},
	};
}

static void takes_the_first(void)
{
	static const uint32_t counts[] = {1, 3, 100, FIREWALL_FIRST_MAX};
	struct firewall *firewall = open_firewall();

	for (size_t i = 0; i < array_length(counts); i++) {
		struct firewall_rule rule = limited(FIREWALL_FIRST, counts[i], 0);
		uint64_t handle = add_rule(firewall, &rule);
		int raw = open_raw(4, IPPROTO_TCP);
		bool taken[110];

		/* Those of another kind do not count. */
		send_segment(raw, &(struct segment){TH_RST, 5, 0});
		send_and_note(firewall, handle, array_length(taken), taken);
		for (size_t j = 0; j < array_length(taken); j++)
			CHECK(taken[j] == (j < counts[i]));
		CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	}
}

static void takes_all_of_the_first(void)
{
	struct firewall *firewall = open_firewall();
	struct firewall_rule rule = limited(FIREWALL_FIRST, FIREWALL_FIRST_MAX, 0);
	uint64_t handle = add_rule(firewall, &rule);
	int raw = open_raw(4, IPPROTO_TCP);

	for (int i = 0; i < FIREWALL_FIRST_MAX + 500; i++)
		send_segment(raw, &(struct segment){TH_ACK, 5, 0});
	CHECK_EQUAL(packets_of(firewall, handle), FIREWALL_FIRST_MAX);
}

static void takes_every(void)
{
	static const uint32_t counts[] = {1, 2, 3, 7};
	struct firewall *firewall = open_firewall();

	for (size_t i = 0; i < array_length(counts); i++) {
		struct firewall_rule rule = limited(FIREWALL_EVERY, counts[i], 0);
		uint64_t handle = add_rule(firewall, &rule);
		bool taken[30];

		send_and_note(firewall, handle, array_length(taken), taken);
		for (size_t j = 0; j < array_length(taken); j++)
			CHECK(taken[j] == ((j + 1) % counts[i] == 0));
		CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	}
}

static void note_chance(struct firewall *firewall, uint32_t count, uint64_t seed, bool *taken)
{
	struct firewall_rule rule = limited(FIREWALL_CHANCE, count, seed);
	uint64_t handle = add_rule(firewall, &rule);

	send_and_note(firewall, handle, FIREWALL_CHANCE_MAX, taken);
	CHECK_EQUAL(packets_of(firewall, handle), count);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
}

static void takes_by_chance(void)
{
	struct firewall *firewall = open_firewall();
	bool few[FIREWALL_CHANCE_MAX], same[FIREWALL_CHANCE_MAX], many[FIREWALL_CHANCE_MAX],
		other[FIREWALL_CHANCE_MAX];
	int runs = 0, differences = 0;

	note_chance(firewall, 256, 1, few);
	note_chance(firewall, 256, 1, same);
	note_chance(firewall, 768, 1, many);
	note_chance(firewall, 256, 2, other);
	for (size_t i = 0; i < array_length(few); i++) {
		CHECK(few[i] == same[i]);
		CHECK(!few[i] || many[i]);
		runs += i > 0 && few[i] && few[i - 1];
		differences += few[i] != other[i];
	}
	/* 1,024 / 16 neighbours and 1,024 * 6 / 16 differences are expected. */
	CHECK(runs > 30 && runs < 100);
	CHECK(differences > 300 && differences < 470);
	note_chance(firewall, 1, 7, few);
	note_chance(firewall, FIREWALL_CHANCE_MAX, 7, many);
}

struct rejection {
	struct connection connection;
	uint64_t handle;
	int expected;
};

static struct rejection reject_connect(struct firewall *firewall, int family,
				       struct firewall_rule rule, int expected)
{
	struct rejection rejection = {.connection = listen_on(family), .expected = expected};

	rule.match.destination = rejection.connection.listener_address;
	rejection.handle = add_rule(firewall, &rule);
	connect_client(&rejection.connection, SOCK_NONBLOCK);
	return rejection;
}

/* With IPv6 the error that answers the second SYN counts, a second later. */
static void check_rejection(struct firewall *firewall, const struct rejection *rejection)
{
	struct pollfd poll_fd = {.fd = rejection->connection.client, .events = POLLOUT};
	int error = 0;
	socklen_t length = sizeof(error);

	CHECK(poll(&poll_fd, 1, 2500) == 1);
	CHECK(getsockopt(poll_fd.fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
	CHECK_EQUAL(error, rejection->expected);
	CHECK(packets_of(firewall, rejection->handle) >= 1);
	CHECK_EQUAL(firewall_remove(firewall, rejection->handle), 0);
}

static void tells_the_sender(void)
{
	/* As icmp_err_convert (net/ipv4/icmp.c) and icmpv6_err_convert (net/ipv6/icmp.c) say; 0
	 * where the protocol has no such code. */
	static const struct {
		enum firewall_code code;
		int four, six;
	} cases[] = {
		{FIREWALL_NET_UNREACHABLE, ENETUNREACH, ENETUNREACH},
		{FIREWALL_HOST_UNREACHABLE, EHOSTUNREACH, EHOSTUNREACH},
		{FIREWALL_PORT_UNREACHABLE, ECONNREFUSED, ECONNREFUSED},
		{FIREWALL_ADMIN_PROHIBITED, EHOSTUNREACH, EACCES},
		{FIREWALL_PROTOCOL_UNREACHABLE, ENOPROTOOPT, 0},
		{FIREWALL_NET_PROHIBITED, ENETUNREACH, 0},
		{FIREWALL_HOST_PROHIBITED, EHOSTUNREACH, 0},
		{FIREWALL_POLICY_FAIL, 0, EACCES},
		{FIREWALL_REJECT_ROUTE, 0, EACCES},
	};
	struct firewall *firewall = open_firewall();
	struct firewall_rule rule = {.action = FIREWALL_REJECT_RST};
	struct rejection rejections[2 + 2 * array_length(cases)];
	size_t count = 0;

	rejections[count++] = reject_connect(firewall, 4, rule, ECONNREFUSED);
	rejections[count++] = reject_connect(firewall, 6, rule, ECONNREFUSED);
	rule.action = FIREWALL_REJECT_ICMP;
	for (size_t i = 0; i < array_length(cases); i++) {
		rule.code = cases[i].code;
		if (cases[i].four)
			rejections[count++] = reject_connect(firewall, 4, rule, cases[i].four);
		if (cases[i].six)
			rejections[count++] = reject_connect(firewall, 6, rule, cases[i].six);
	}
	for (size_t i = 0; i < count; i++)
		check_rejection(firewall, &rejections[i]);
}

/* A code without an address: both protocols get theirs, or only the one that has it. */
static void tells_either_protocol(void)
{
	struct firewall *firewall = open_firewall();
	struct firewall_rule rule = {
		.match.destination.port = PORT,
		.action = FIREWALL_REJECT_ICMP,
		.code = FIREWALL_HOST_UNREACHABLE,
	};
	const struct segment syn = {TH_SYN, 5, 0};
	int raw4 = open_raw(4, IPPROTO_TCP), raw6 = open_raw(6, IPPROTO_TCP);
	uint64_t handle = add_rule(firewall, &rule), only_four;

	send_segment(raw4, &syn);
	send_segment(raw6, &syn);
	CHECK_EQUAL(packets_of(firewall, handle), 2);
	CHECK_EQUAL(firewall_remove(firewall, handle), 0);
	rule.code = FIREWALL_HOST_PROHIBITED;
	only_four = add_rule(firewall, &rule);
	send_segment(raw4, &syn);
	send_segment(raw6, &syn);
	CHECK_EQUAL(packets_of(firewall, only_four), 1);
}

static void drops_in_other_hooks(void)
{
	struct firewall *firewall = open_firewall();
	struct connection connection = connect_over(4);
	struct firewall_rule rule = {
		.match.destination = connection.listener_address,
		.hook = FIREWALL_OUTPUT,
		.kind = FIREWALL_DATA,
	};
	uint64_t output = add_rule(firewall, &rule), forward, input;

	rule.hook = FIREWALL_FORWARD;
	forward = add_rule(firewall, &rule);
	rule.hook = FIREWALL_INPUT;
	input = add_rule(firewall, &rule);
	CHECK(output != forward && forward != input && input != output);
	CHECK(write(connection.client, "x", 1) == 1);
	CHECK(!readable_within(connection.server, 20));
	CHECK(packets_of(firewall, output) >= 1);
	CHECK_EQUAL(packets_of(firewall, forward), 0);
	CHECK_EQUAL(packets_of(firewall, input), 0);
	CHECK_EQUAL(firewall_remove(firewall, output), 0);
	CHECK_EQUAL(firewall_remove(firewall, output), -ENOENT);
	CHECK_EQUAL(firewall_remove(firewall, forward), 0);
	CHECK_EQUAL(packets_of(firewall, input), 0);
	CHECK_EQUAL(firewall_remove(firewall, input), 0);
}

static void refuses_what_cannot_be(void)
{
	static const struct firewall_rule cases[] = {
		{.hook = (enum firewall_hook)3},
		{.kind = (enum firewall_kind)8},
		{.action = (enum firewall_action)3},
		{.action = FIREWALL_REJECT_ICMP, .code = (enum firewall_code)9},
		{.kind = FIREWALL_ECHO, .match.source.port = 1},
		{.kind = FIREWALL_ECHO, .match.destination.port = 1},
		{.kind = FIREWALL_ECHO, .action = FIREWALL_REJECT_RST},
		{.match = {.source.family = 4, .destination.family = 6}},
		{.match.source.family = 6,
		 .action = FIREWALL_REJECT_ICMP,
		 .code = FIREWALL_NET_PROHIBITED},
		{.match.destination.family = 4,
		 .action = FIREWALL_REJECT_ICMP,
		 .code = FIREWALL_REJECT_ROUTE},
		{.limit = {.kind = FIREWALL_FIRST}},
		{.limit = {.kind = FIREWALL_FIRST, .count = FIREWALL_FIRST_MAX + 1}},
		{.limit = {.kind = FIREWALL_EVERY}},
		{.limit = {.kind = FIREWALL_CHANCE}},
		{.limit = {.kind = FIREWALL_CHANCE, .count = FIREWALL_CHANCE_MAX + 1}},
		{.limit = {.kind = (enum firewall_limit_kind)4}},
	};
	struct firewall *firewall = open_firewall();
	uint64_t handle = 7, packets, bytes;
	int descriptors = descriptor_count();

	for (size_t i = 0; i < array_length(cases); i++) {
		if (firewall_add(firewall, &cases[i], &handle) != -EINVAL)
			fprintf(stderr, "case %zu\n", i);
		CHECK_EQUAL(firewall_add(firewall, &cases[i], &handle), -EINVAL);
		CHECK_EQUAL((int64_t)handle, 7);
	}
	CHECK_EQUAL(firewall_remove(firewall, UINT64_MAX), -ENOENT);
	CHECK_EQUAL(firewall_counter(firewall, (uint64_t)1 << 62, &packets, &bytes), -ENOENT);
	CHECK_EQUAL(packets_of(firewall, add_rule(firewall, &(struct firewall_rule){0})), 0);
	CHECK_EQUAL(descriptor_count(), descriptors);
	firewall_close(firewall);
	CHECK_EQUAL(descriptor_count(), descriptors - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(takes_kinds),
		TRIAL(takes_kinds_ipv6),
		TRIAL(takes_echoes),
		TRIAL(takes_the_first),
		TRIAL(takes_all_of_the_first),
		TRIAL(takes_every),
		TRIAL(takes_by_chance),
		TRIAL(tells_the_sender),
		TRIAL(tells_either_protocol),
		TRIAL(drops_in_other_hooks),
		TRIAL(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests_name("firewall_rules", tests, NULL, NULL);
}

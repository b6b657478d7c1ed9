/* What a process holds: each descriptor, port and allocation counts, and is gone again. */
#define _GNU_SOURCE
#include "tests/unit/sandbox_trial.h"

#include <netinet/in.h>

#include "base/array.h"
#include "sandbox/resources.h"

static struct resources held(void)
{
	struct resources resources;

	CHECK_EQUAL(resources_read(&resources), 0);
	return resources;
}

static void counts_descriptors(void)
{
	int64_t before = held().descriptors;
	int fd = dup(STDERR_FILENO);

	CHECK_EQUAL(held().descriptors, before + 1);
	close(fd);
	CHECK_EQUAL(held().descriptors, before);
}

/* From the heap, and mapped. */
static void counts_memory(void)
{
	static const int64_t sizes[] = {1, 100000, 10000000};
	static void *volatile kept; /* what is never used could be left out */

	held(); /* what the first reading leaves to the allocator */
	for (size_t i = 0; i < array_length(sizes); i++) {
		int64_t before = held().memory;

		kept = malloc((size_t)sizes[i]);
		CHECK(held().memory >= before + sizes[i]);
		CHECK(held().memory <= before + sizes[i] + 2 * sysconf(_SC_PAGESIZE));
		free(kept);
		CHECK(held().memory < before + 100); /* a small one stays with the allocator */
	}
}

static void counts_ports(void)
{
	static const struct {
		int family, type, protocol, ports;
	} sockets[] = {
		{AF_INET, SOCK_STREAM, 0, 1},	      {AF_INET6, SOCK_STREAM, 0, 1},
		{AF_INET, SOCK_DGRAM, 0, 1},	      {AF_INET6, SOCK_DGRAM, 0, 1},
		{AF_INET, SOCK_RAW, IPPROTO_ICMP, 0},
	};

	enter_sandbox();
	CHECK_EQUAL(held().ports, 0);
	for (size_t i = 0; i < array_length(sockets); i++) {
		struct sockaddr_storage any = {.ss_family = (sa_family_t)sockets[i].family};
		int fd = socket(sockets[i].family, sockets[i].type, sockets[i].protocol);

		if (fd < 0 && errno == EAFNOSUPPORT)
			skip_trial("this kernel has no IPv6");
		CHECK(fd >= 0);
		CHECK_EQUAL(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
		if (sockets[i].type == SOCK_STREAM)
			CHECK_EQUAL(listen(fd, 1), 0);
		CHECK_EQUAL(held().ports, sockets[i].ports);
		close(fd);
		CHECK_EQUAL(held().ports, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(counts_descriptors),
		TRIAL(counts_memory),
		TRIAL(counts_ports),
	};

	return cmocka_run_group_tests_name("resources", tests, NULL, NULL);
}

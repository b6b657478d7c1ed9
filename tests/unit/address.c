/* Addresses: text, socket address, and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "base/array.h"

static void test_round_trip(void **state)
{
	static const struct {
		const char *text;
		uint8_t family;
		uint16_t port;
		const char *again; /* NULL: the same */
	} rows[] = {
		{"127.0.0.1:12345", 4, 12345, NULL},
		{"127.0.0.1", 4, 0, NULL},
		{"192.0.2.1:65535", 4, 65535, NULL},
		{"192.0.2.1:0", 4, 0, "192.0.2.1"},
		{"192.0.2.1:00080", 4, 80, "192.0.2.1:80"},
		{"[::1]:12345", 6, 12345, NULL},
		{"[::1]", 6, 0, NULL},
		{"[2001:DB8:0::1]:1", 6, 1, "[2001:db8::1]:1"},
		{"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535", 6, 65535,
		 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
		{"[::ffff:192.0.2.1]:7", 6, 7, NULL},
	};
	char buffer[ADDRESS_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		struct sockaddr_storage socket;
		struct address address, back;

		assert_int_equal(address_parse(rows[i].text, &address), 0);
		assert_int_equal(address.family, rows[i].family);
		assert_int_equal(address.port, rows[i].port);
		assert_string_equal(address_format(buffer, &address),
				    rows[i].again ? rows[i].again : rows[i].text);
		assert_int_equal(address_to_socket(&address, &socket),
				 address.family == 4 ? sizeof(struct sockaddr_in)
						     : sizeof(struct sockaddr_in6));
		back = address_from_socket(&socket);
		assert_true(address_equal(&address, &back));
	}
}

static void test_refuses(void **state)
{
	static const char *const rows[] = {
		"",
		":1",
		"127.0.0.1:",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.0.0.1:+1",
		"127.0.0.1: 1",
		"127.0.0.1:1 ",
		"127.0.0.1:1:2",
		"127.0.0.1:000001",
		"127.0.0",
		"127.0.0.256",
		"127.0.0.01",
		"localhost:1",
		"::1",
		"::1:12345",
		"[::1",
		"[::1]12345",
		"[::1]:",
		"[]:1",
		"[127.0.0.1]:1",
		"[::1%lo]:1",
		"[fe80::1%1]",
		"127.0.0.1:http",
		"12345",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1",
	};
	struct address address = {.port = 7};

	(void)state;
	for (size_t i = 0; i < array_length(rows); i++) {
		if (address_parse(rows[i], &address) != -EINVAL || address.port != 7)
			fail_msg("\"%s\" is taken for an address", rows[i]);
	}
}

static void test_equal(void **state)
{
	struct address a, b, none = {0};
	struct sockaddr_storage local = {.ss_family = AF_UNIX};
	char buffer[ADDRESS_TEXT_SIZE];

	(void)state;
	address_parse("127.0.0.1:1", &a);
	address_parse("127.0.0.1:2", &b);
	assert_false(address_equal(&a, &b));
	b.port = 1;
	b.bytes[15] = 9; /* not of an IPv4 address */
	assert_true(address_equal(&a, &b));
	b.bytes[3] = 9;
	assert_false(address_equal(&a, &b));
	address_parse("[::]:1", &b);
	assert_false(address_equal(&a, &b));
	a = address_from_socket(&local);
	assert_true(address_equal(&a, &none));
	assert_string_equal(address_format(buffer, &none), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}

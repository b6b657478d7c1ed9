#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define PORT_DIGITS 5

int port_parse(const char *text, uint16_t *ret_port)
{
	unsigned int port = 0;
	size_t length = strspn(text, "0123456789");

	if (length == 0 || length > PORT_DIGITS || text[length])
		return -EINVAL;
	for (; *text; text++)
		port = port * 10 + (unsigned int)(*text - '0');
	if (port > UINT16_MAX)
		return -EINVAL;
	*ret_port = (uint16_t)port;
	return 0;
}

int address_parse(const char *text, struct address *ret_address)
{
	bool is_v6 = *text == '[';
	struct address address = {.family = is_v6 ? 6 : 4};
	char host[INET6_ADDRSTRLEN];
	size_t length;

	text += is_v6;
	length = strcspn(text, is_v6 ? "]" : ":");
	if (length >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, host, address.bytes) != 1)
		return -EINVAL;
	text += length;
	if (is_v6 && *text++ != ']')
		return -EINVAL;
	if (*text && (*text != ':' || port_parse(text + 1, &address.port)))
		return -EINVAL;
	*ret_address = address;
	return 0;
}

const char *address_format(char buffer[static ADDRESS_TEXT_SIZE], const struct address *address)
{
	char host[INET6_ADDRSTRLEN];
	bool is_v6 = address->family == 6;
	int length;

	if (address->family == 0) {
		snprintf(buffer, ADDRESS_TEXT_SIZE, "none");
		return buffer;
	}
	inet_ntop(is_v6 ? AF_INET6 : AF_INET, address->bytes, host, sizeof(host));
	length = snprintf(buffer, ADDRESS_TEXT_SIZE, is_v6 ? "[%s]" : "%s", host);
	if (address->port)
		snprintf(buffer + length, ADDRESS_TEXT_SIZE - (size_t)length, ":%u", address->port);
	return buffer;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : sizeof(a->bytes)) == 0;
}

socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *ret_socket)
{
	memset(ret_socket, 0, sizeof(*ret_socket));
	if (address->family == 6) {
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
					   .sin6_port = htons(address->port)};

		memcpy(&in6.sin6_addr, address->bytes, sizeof(in6.sin6_addr));
		memcpy(ret_socket, &in6, sizeof(in6));
		return sizeof(in6);
	}
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(address->port)};

	memcpy(&in.sin_addr, address->bytes, sizeof(in.sin_addr));
	memcpy(ret_socket, &in, sizeof(in));
	return sizeof(in);
}

struct address address_from_socket(const struct sockaddr_storage *socket)
{
	struct address address = {0};

	if (socket->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, socket, sizeof(in6));
		address.family = 6;
		address.port = ntohs(in6.sin6_port);
		memcpy(address.bytes, &in6.sin6_addr, sizeof(in6.sin6_addr));
	} else if (socket->ss_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, socket, sizeof(in));
		address.family = 4;
		address.port = ntohs(in.sin_port);
		memcpy(address.bytes, &in.sin_addr, sizeof(in.sin_addr));
	}
	return address;
}

/* An IP address and port, without the padding that keeps sockaddr from being compared. */
#ifndef HALFOPEN_BASE_ADDRESS_H
#define HALFOPEN_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	uint8_t family;	   /* 4 or 6; 0 is "none" */
	uint16_t port;	   /* host order; 0 is "any" */
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
};

/* Room for any text that address_format() writes: "[…]:65535". */
#define ADDRESS_TEXT_SIZE 56

/* Reads "127.0.0.1:12345" or "[::1]:12345"; the port may be left out. Returns 0 or -EINVAL. */
int address_parse(const char *text, struct address *ret_address);

/* Reads a port number alone; 0 is "any". Returns 0 or -EINVAL. */
int port_parse(const char *text, uint16_t *ret_port);

/* Writes the same form; without the port where it is 0. Returns the buffer. */
const char *address_format(char buffer[static ADDRESS_TEXT_SIZE], const struct address *address);

bool address_equal(const struct address *a, const struct address *b);

/* Fills a socket address; returns its length. */
socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *ret_socket);

/* Reads an AF_INET or AF_INET6 socket address. */
struct address address_from_socket(const struct sockaddr_storage *socket);

#endif

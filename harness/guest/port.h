/* I/O ports of a PC, from a program. */
#ifndef HALFOPEN_GUEST_PORT_H
#define HALFOPEN_GUEST_PORT_H

#include <stddef.h>
#include <stdint.h>

/* Asks for the ports of wire.h. Returns 0 or -errno; -ENOSYS on other machines. */
int port_open(void);

void port_write(uint16_t port, const char *bytes, size_t length);
void port_write_byte(uint16_t port, uint8_t byte);

#endif

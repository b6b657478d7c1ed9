#define _GNU_SOURCE
#include "guest/port.h"

#include <errno.h>

#include "guest/wire.h"

#if defined(__x86_64__)

#include <sys/io.h>

int port_open(void)
{
	return ioperm(WIRE_PORT, 1, 1) || ioperm(EXIT_PORT, 4, 1) ? -errno : 0;
}

void port_write(uint16_t port, const char *bytes, size_t length)
{
	outsb(port, bytes, length);
}

void port_write_byte(uint16_t port, uint8_t byte)
{
	outb(byte, port);
}

#else

int port_open(void)
{
	return -ENOSYS;
}

void port_write(uint16_t port, const char *bytes, size_t length)
{
	(void)port, (void)bytes, (void)length;
}

void port_write_byte(uint16_t port, uint8_t byte)
{
	(void)port, (void)byte;
}

#endif

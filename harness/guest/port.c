#define _GNU_SOURCE
#include "guest/port.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
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

void port_printf(uint16_t port, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		text = NULL;
	else
		port_write(port, text, (size_t)length);
}

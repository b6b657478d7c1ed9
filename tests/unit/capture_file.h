/* A temporary capture file that a test writes and reads. Shared by the tests of importing. */
#ifndef HALFOPEN_TESTS_CAPTURE_FILE_H
#define HALFOPEN_TESTS_CAPTURE_FILE_H

#include <stdlib.h>
#include <unistd.h>

#include "../packets.h"
#include "base/cleanup.h"

static char path[] = "/tmp/halfopen-import-XXXXXX";

/* Group setup and teardown. */
static int make_path(void **state)
{
	cleanup_fd int fd = mkstemp(path);

	(void)state;
	return fd < 0;
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static inline struct packets begin(enum packets_format format, int linktype)
{
	struct packets packets = {
		.stream = fopen(path, "w"), .format = format, .linktype = linktype};

	assert_non_null(packets.stream);
	packets_start(&packets);
	return packets;
}

static inline struct talk talk_of(struct packets *packets, const char *client, const char *server)
{
	return (struct talk){
		.packets = packets,
		.client = packet_address(client),
		.server = packet_address(server),
		.client_next = 1000,
		.server_next = UINT32_MAX - 1,
	};
}

#endif

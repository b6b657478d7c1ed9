/*
 * Writes a capture to stdout, for benches: one idle connection with keepalive, from
 * 127.0.0.1:22345 to 127.0.0.1:12345, among others that transfer data, PACKETS of all.
 */
#include <stdlib.h>

#include "../packets.h"

/* Connections that transfer data at the same time; each makes room for another in the end. */
#define BUSY		    200
#define SEGMENTS_OF_EACH    500
#define PAYLOAD		    100
#define PACKETS_EACH_SECOND 5000

/* A keepalive timer of one second as a kernel of 250 Hz runs it. */
#define PROBE_INTERVAL (1024 * MILLISECOND)

static void begin_busy(struct talk *talk, struct packets *packets, uint32_t number, int64_t at)
{
	*talk = (struct talk){
		.packets = packets,
		.client = {.family = 4, .port = (uint16_t)(20000 + number % 40000)},
		.server = {.family = 4, .port = 443, .bytes = {10, 0, 0, 1}},
		.client_next = number * 1000003,
		.server_next = number * 999983,
	};
	talk->client.bytes[0] = 10;
	talk->client.bytes[1] = 1;
	talk->client.bytes[2] = (uint8_t)(number >> 8);
	talk->client.bytes[3] = (uint8_t)number;
	talk_handshake(talk, at);
}

/* A segment of data, or its acknowledgement. */
static void transfer(struct talk *talk, int64_t at, int64_t step)
{
	if (step % 2)
		talk_say(talk, at, END_CLIENT, FLAG_ACK, 0, 0);
	else
		talk_say(talk, at, END_SERVER, FLAG_ACK | FLAG_PSH, 0, PAYLOAD);
}

int main(int argc, char **argv)
{
	int64_t limit = argc > 1 ? atoll(argv[1]) : 1000000, probe_at = PROBE_INTERVAL;
	struct packets packets = {.stream = stdout, .format = PACKETS_PCAPNG, .linktype = 1};
	struct talk idle = {.packets = &packets,
			    .client = packet_address("127.0.0.1:22345"),
			    .server = packet_address("127.0.0.1:12345")};
	static struct talk busy[BUSY];
	uint32_t number = 0;

	packets_start(&packets);
	talk_handshake(&idle, 0);
	for (int64_t step = 0; packets.count < limit; step++) {
		struct talk *talk = &busy[step % BUSY];
		int64_t at = step * SECOND / PACKETS_EACH_SECOND + MILLISECOND;

		if (step / BUSY % SEGMENTS_OF_EACH == 0)
			begin_busy(talk, &packets, number++, at);
		transfer(talk, at + 60 * MICROSECOND, step / BUSY);
		if (at < probe_at || packets.count + 2 > limit)
			continue;
		talk_probe(&idle, at + 100 * MICROSECOND, true);
		probe_at += PROBE_INTERVAL;
	}
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}

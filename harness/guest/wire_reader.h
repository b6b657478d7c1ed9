/*
 * What the guest says, see wire.h, handed to a sink as if it had been played here. Pure: bytes in,
 * calls of the sink out.
 */
#ifndef HALFOPEN_GUEST_WIRE_READER_H
#define HALFOPEN_GUEST_WIRE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/program.h"
#include "suite/suite.h"

enum progress { NOT_BEGUN, BEGUN, ENDED };

struct wire_reader {
	size_t count; /* of plays */
	const struct suite_sink *sink;
	enum progress *progress; /* of each play */
	struct kernel kernel;	 /* hz 0: the guest has not said */
	uint64_t sum;		 /* of what it said */
	bool done;		 /* it said so: nothing may follow */
	int error;		 /* of the sink */
	/* Empty, or what is wrong with what it said: the first thing, a sentence. */
	char trouble[GUEST_ERROR_SIZE];
};

/* Begins; wire_reader_free() ends. */
struct wire_reader wire_reader_start(size_t count, const struct suite_sink *sink);
void wire_reader_free(struct wire_reader *reader);

/* Takes a line, without its newline. data is the reader: this fits line_reader.h. */
void wire_reader_take(void *data, const char *line, size_t length);

/* Ends, at the sink, the plays that the guest did not end, for this reason. */
void wire_reader_end(struct wire_reader *reader, const char *reason);

#endif

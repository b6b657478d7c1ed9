/* The machine that a guest runs in: QEMU, emulated, so that neither root nor KVM is needed. */
#ifndef HALFOPEN_GUEST_MACHINE_H
#define HALFOPEN_GUEST_MACHINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "guest/program.h"

struct machine_options {
	const char *kernel;
	int initramfs; /* descriptor */
	bool virtual_time;
	int memory_mb;
	const char *append; /* more words for the kernel's command line, or NULL */
};

struct machine {
	pid_t pid; /* 0: none */
	int pidfd;
	int console; /* what the kernel prints, and QEMU's own complaints */
	int wire;    /* see wire.h */
};

/*
 * Starts it. It ends when the calling thread does, however that ends. Returns 0, or -errno with a
 * sentence in error.
 */
int machine_start(const struct machine_options *options, struct machine *ret_machine,
		  char error[static GUEST_ERROR_SIZE]);

/* Ends it at once, if it has not ended, and closes all. Returns its status as wait() has it. */
int machine_end(struct machine *machine);

#endif

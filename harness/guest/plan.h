/* What is to be played in a guest: as the host writes it into the initramfs, as the guest reads. */
#ifndef HALFOPEN_GUEST_PLAN_H
#define HALFOPEN_GUEST_PLAN_H

#include "guest/cpio.h"
#include "guest/program.h"
#include "suite/suite.h"

/* What a play takes: its ring while it lasts, its process and namespaces as long as they stay. */
#define PLAY_MEMORY_MB 4

struct guest_plan {
	const struct scenario *const *list; /* of files that can be read */
	const int *phases;		    /* of each of list; see suite/phase.h */
	size_t count;
	size_t jobs;
	bool virtual_time;
	/* Laid under all of them, see scenario/overlay.h; of an unpacked plan this is done. */
	const struct sysctl_setting *sysctls;
	size_t sysctl_count;
};

/*
 * Adds the plan and the text of its files. Returns 0, or -errno with a sentence in error: a file
 * cannot be read any more.
 */
int guest_plan_pack(struct cpio *cpio, const struct guest_plan *plan,
		    char error[static GUEST_ERROR_SIZE]);

/* A plan that was read, and all it needs. */
struct unpacked_plan {
	struct guest_plan plan;
	struct scenarios scenarios;
	const struct scenario **list;
	int *phases;
};

/* Reads it below a folder. Returns 0, or -EINVAL or -errno with a sentence in error. */
int guest_plan_unpack(const char *folder, struct unpacked_plan *ret_plan,
		      char error[static GUEST_ERROR_SIZE]);

void unpacked_plan_free(struct unpacked_plan *plan);

#endif

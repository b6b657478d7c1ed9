/* Why a kernel refuses namespaces, in one sentence; for this layer's own files. */
#ifndef HALFOPEN_SANDBOX_REFUSAL_H
#define HALFOPEN_SANDBOX_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

/* The switches that forbid them; -1 where this kernel has none of that name. */
struct refusal_switches {
	int64_t max_user_namespaces; /* user.max_user_namespaces */
	int64_t max_net_namespaces;  /* user.max_net_namespaces */
	int64_t unprivileged_userns; /* kernel.unprivileged_userns_clone (Debian, Arch) */
	int64_t apparmor_restrict;   /* kernel.apparmor_restrict_unprivileged_userns (Ubuntu) */
};

/* Reads them. */
struct refusal_switches refusal_switches_read(void);

/* Writes what stands in the way of step, which failed with error (positive), and the way out. */
void refusal_explain(char *buffer, size_t size, const char *step, int error,
		     const struct refusal_switches *switches);

#endif

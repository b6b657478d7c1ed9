/* sysctl values of the caller's network namespace, through /proc/sys. */
#ifndef HALFOPEN_SANDBOX_SYSCTL_H
#define HALFOPEN_SANDBOX_SYSCTL_H

#include <stddef.h>

/*
 * Reads a sysctl by its dotted name ("net.ipv4.tcp_keepalive_time") as one line without the
 * newline, tabs as blanks. Returns 0, -ENOENT where this kernel has none of that name, -EOVERFLOW
 * where it is longer than size, or -errno.
 */
int sysctl_read(const char *name, char *ret_value, size_t size);

/*
 * A folder of sysctls that stays open, for reading many one after the other. The kernel keeps the
 * folders of all network namespaces, which have the same names, in one chain, and walks it for each
 * path (fs/proc/proc_sysctl.c, proc_sys_compare): side by side with hundreds of others, that is
 * most of the cost of reading.
 */
struct sysctl_folder {
	int fd; /* -1: none yet */
	char name[128];
};

/* As sysctl_read(), in the folder if it is the one, which else is opened in its place. */
int sysctl_read_next(struct sysctl_folder *folder, const char *name, char *ret_value, size_t size);
void sysctl_folder_close(struct sysctl_folder *folder);

/*
 * Writes it. Returns 0 or -errno; -ENOENT as above, -EINVAL where the kernel refuses the value,
 * -EPERM where it is not below net and so belongs to the whole machine, -EROFS where /proc/sys is
 * mounted read-only, as containers do.
 */
int sysctl_write(const char *name, const char *value);

#endif

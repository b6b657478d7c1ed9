#define _GNU_SOURCE
#include "sandbox/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/sysctl.h"

static int64_t read_switch(const char *name)
{
	char value[32];

	return sysctl_read(name, value, sizeof(value)) < 0 ? -1 : strtoll(value, NULL, 10);
}

struct refusal_switches refusal_switches_read(void)
{
	return (struct refusal_switches){
		.max_user_namespaces = read_switch("user.max_user_namespaces"),
		.max_net_namespaces = read_switch("user.max_net_namespaces"),
		.unprivileged_userns = read_switch("kernel.unprivileged_userns_clone"),
		.apparmor_restrict = read_switch("kernel.apparmor_restrict_unprivileged_userns"),
	};
}

/*
 * ENOSPC is a count at its limit (kernel/ucount.c, inc_ucount, since 4.9); EPERM comes from
 * Debian's switch, AppArmor, seccomp and chroot (kernel/user_namespace.c, create_user_ns) alike;
 * EACCES from AppArmor; EINVAL from a kernel without the namespace (kernel/fork.c,
 * check_unshare_flags).
 */
void refusal_explain(char *buffer, size_t size, const char *step, int error,
		     const struct refusal_switches *switches)
{
	const char *reason = strerrordesc_np(error), *way_out = "run as root";

	if (error == ENOSPC && switches->max_user_namespaces == 0) {
		reason = "user.max_user_namespaces is 0";
		way_out = "run as root, or: sysctl -w user.max_user_namespaces=10000";
	} else if (error == ENOSPC && switches->max_net_namespaces == 0) {
		reason = "user.max_net_namespaces is 0";
		way_out = "sysctl -w user.max_net_namespaces=10000";
	} else if (error == ENOSPC) {
		reason = "as many namespaces exist as user.max_user_namespaces and "
			 "user.max_net_namespaces allow";
		way_out = "end those that are not needed, or raise both with sysctl -w";
	} else if (error == EUSERS) {
		reason = "namespaces are nested too deeply";
		way_out = "run outside of some of them";
	} else if (error == EINVAL) {
		reason = "the process has several threads, or the kernel is built without "
			 "CONFIG_USER_NS or CONFIG_NET_NS";
		way_out = "use a kernel with both";
	} else if (error == EROFS) {
		reason = "/proc is mounted read-only, as containers do";
		way_out = "run outside of the container, or give it a writable /proc";
	} else if ((error == EPERM || error == EACCES) && switches->unprivileged_userns == 0) {
		reason = "kernel.unprivileged_userns_clone is 0";
		way_out = "run as root, or: sysctl -w kernel.unprivileged_userns_clone=1";
	} else if ((error == EPERM || error == EACCES) && switches->apparmor_restrict == 1) {
		reason = "kernel.apparmor_restrict_unprivileged_userns is 1";
		way_out = "run as root, or: "
			  "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
	} else if (error == EPERM || error == EACCES) {
		reason = "a seccomp filter, a container or a chroot forbids it";
		way_out = "run as root outside of it, or give the container CAP_SYS_ADMIN and "
			  "CAP_NET_ADMIN and a seccomp profile that allows unshare";
	}
	snprintf(buffer, size, "cannot %s (%s): %s; way out: %s", step, strerrorname_np(error),
		 reason ? reason : "unknown error", way_out);
}

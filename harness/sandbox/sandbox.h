/*
 * A place of one's own: the calling process moves into a new network namespace, and where it is
 * not root first into a new user namespace. Nothing outside changes; when the process ends, all
 * of it is gone.
 */
#ifndef HALFOPEN_SANDBOX_SANDBOX_H
#define HALFOPEN_SANDBOX_SANDBOX_H

#define SANDBOX_ERROR_SIZE 512

/*
 * Enters the namespaces, maps the caller's effective user and group to root inside, brings loopback
 * up. The process must have one thread. Returns 0, or -errno with one sentence in error: which
 * kernel switch forbids it (user.max_user_namespaces, kernel.unprivileged_userns_clone,
 * kernel.apparmor_restrict_unprivileged_userns, a seccomp filter) and the way out. After an error
 * the process may already be in some of the namespaces, and is only good for ending.
 */
int sandbox_enter(char error[static SANDBOX_ERROR_SIZE]);

/*
 * Asks, in a child process that ends at once, whether sandbox_enter() would work. Returns as it
 * does. For one message before many scenarios.
 */
int sandbox_probe(char error[static SANDBOX_ERROR_SIZE]);

#endif

/* Network links by rtnetlink over libmnl. */
#ifndef HALFOPEN_SANDBOX_LINK_H
#define HALFOPEN_SANDBOX_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* Sets a link of the caller's network namespace up or down. Returns 0 or -errno. */
int link_set_up(const char *name, int up);

struct link_state {
	bool up;      /* IFF_UP: its administrator wants it */
	bool running; /* IF_OPER_UP (RFC 2863): it carries packets */
};

/* Returns 0 or -errno (-ENODEV: no such link). */
int link_read(const char *name, struct link_state *ret_state);

/* Waits until the link carries packets. Returns 0, -ETIMEDOUT after timeout (ns), or -errno. */
int link_await(const char *name, int64_t timeout);

/* One side of a pair of links. */
struct link_side {
	const char *name;
	uint8_t address[6]; /* Ethernet */
};

/*
 * Makes a pair of virtual Ethernet links, one in the caller's network namespace, its peer in that
 * of the descriptor. Both are down. Returns 0 or -errno (-EEXIST: the name is taken; -EOPNOTSUPP:
 * the kernel has no veth).
 */
int link_make_pair(const struct link_side *here, const struct link_side *there, int there_fd);

#endif

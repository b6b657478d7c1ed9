/*
 * A detour: packets on their way through the router are taken off it, kept by the caller for as
 * long as it likes, and put back behind the router. With a rule that drops them in the forward hook
 * this is a slow path.
 */
#ifndef HALFOPEN_SANDBOX_DETOUR_H
#define HALFOPEN_SANDBOX_DETOUR_H

#include <stddef.h>

#include "sandbox/topology.h"

struct detour;

/* A packet that was taken, with all of its bytes. The caller frees it with free(). */
struct detour_packet {
	size_t length;
	unsigned char bytes[];
};

/*
 * Opens packet sockets on both links of the router of a routed topology; the caller is in the
 * router's namespace. From then on TCP that comes in for an end is taken. Returns 0 or -errno.
 */
int detour_open(const struct topology *topology, enum topology_place to,
		struct detour **ret_detour);

/* The descriptor to poll. */
int detour_fd(const struct detour *detour);

/* Takes the next packet, without waiting. Returns 0 or -errno (-EAGAIN: there is none). */
int detour_take(struct detour *detour, struct detour_packet **ret_packet);

/* Puts it back, to the end. Returns 0 or -errno. */
int detour_put(struct detour *detour, struct detour_packet *packet);

/* Accepts NULL. */
void detour_close(struct detour *detour);

#endif

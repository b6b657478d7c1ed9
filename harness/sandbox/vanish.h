/* An end that is gone without a word, as after a power failure. */
#ifndef HALFOPEN_SANDBOX_VANISH_H
#define HALFOPEN_SANDBOX_VANISH_H

/*
 * Takes the state of a TCP connection away and sends nothing: no FIN, no RST, also not when the
 * descriptor is closed later, and whether or not data is unread or unacknowledged. Descriptors
 * that other processes hold of the same socket lose the connection too. The caller still owns and
 * closes fd. From then on the host answers a segment of the connection as one of a connection that
 * it does not know: with a reset, unless a rule drops one or the other.
 *
 * Returns 0 or -errno: -EPERM for a listener, or where the caller has no CAP_NET_ADMIN in the user
 * namespace that owns the socket's network namespace, -EOPNOTSUPP where fd is no TCP socket.
 */
int vanish(int fd);

#endif

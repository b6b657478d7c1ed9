/* Network links by rtnetlink over libmnl. */
#ifndef HALFOPEN_SANDBOX_LINK_H
#define HALFOPEN_SANDBOX_LINK_H

/* Sets a link of the caller's network namespace up or down. Returns 0 or -errno. */
int link_set_up(const char *name, int up);

#endif

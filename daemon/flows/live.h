// SPDX-License-Identifier: MIT
/* live: the thread that publishes what was committed, and the trails that make every gap visible
 * (proto/README.md). It owns the PUB socket and a read-only handle of the store; only a bell reaches it
 * from outside. */
#ifndef DAEMON_FLOWS_LIVE_H
#define DAEMON_FLOWS_LIVE_H

#include "daemon/hands/bus.h"
#include "daemon/pure/conf.h"

struct live;

/* Returns when the sockets are bound and the first trail can go out, or NULL with the reason. */
struct live *live_start(struct bus *, const struct conf *, const char *store_directory, struct err *e);
int live_bell(const struct live *); /* ring it after a commit */
void live_stop(struct live *);      /* publishes what is committed, sends a last trail, ends the thread */

#endif

// SPDX-License-Identifier: MIT
/* replay: the thread that answers: requests for pages, where a time lies, topics, status, the outcome of a
 * file. It owns the ROUTER socket and a read-only handle of the store. One page per peer and turn; a peer
 * whose pipe is full is parked and delays nobody. */
#ifndef DAEMON_FLOWS_REPLAY_H
#define DAEMON_FLOWS_REPLAY_H

#include "daemon/hands/bus.h"
#include "daemon/pure/conf.h"

struct replay;

struct replay *replay_start(struct bus *, const struct conf *, const char *store_directory, struct err *e);
void replay_stop(struct replay *);

#endif

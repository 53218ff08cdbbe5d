// SPDX-License-Identifier: MIT
/* ahead: a thread that reads drop files while the main thread stores those before them; and who has to wait for
 * it reads too, so that neither is idle while there is something to read. Only the pure rooms run on it: spool
 * and store stay with the main thread. A file is handed over and taken back; nobody else touches it in
 * between. */
#ifndef DAEMON_FLOWS_AHEAD_H
#define DAEMON_FLOWS_AHEAD_H

#include "daemon/flows/take.h"

/* Under way: one that is stored, one in the hands of each thread, and a next one. */
#define AHEAD_FILES SPOOL_HANDS

struct ahead;
struct ahead *ahead_start(struct err *e);
void ahead_stop(struct ahead *); /* waits for what is under way; NULL is fine */

/* Hands one over to take_read(). At most AHEAD_FILES are under way. */
void ahead_give(struct ahead *, struct taking *);
/* The oldest that is under way was read when this returns. */
void ahead_await(struct ahead *);
/* All were. */
void ahead_await_all(struct ahead *);

#endif

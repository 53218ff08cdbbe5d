// SPDX-License-Identifier: MIT
/* ahead: a thread that reads one drop file while another is stored. Only the pure rooms run on it: spool and store stay
 * with the main thread. A file is handed to it and taken back; nobody else touches it in between. */
#ifndef DAEMON_FLOWS_AHEAD_H
#define DAEMON_FLOWS_AHEAD_H

#include "daemon/flows/take.h"

struct ahead;
struct ahead *ahead_start(struct err *e);
void ahead_stop(struct ahead *); /* waits for what is under way; NULL is fine */

/* Begins take_read(). Only when nothing is under way. */
void ahead_give(struct ahead *, struct taking *);
/* Waits until what was given is read; at once when nothing is under way. */
void ahead_await(struct ahead *);

#endif

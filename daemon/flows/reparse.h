// SPDX-License-Identifier: MIT
/* reparse: --reparse: reads the archived drop files anew under the present rules, shows what changes, and
 * puts that into the store as further versions of the same dispatches.
 *
 * It never takes news away unless each of its lines is in other dispatches now. A file's changes are one
 * transaction, so an end in the middle does no harm; doing it again changes nothing. */
#ifndef DAEMON_FLOWS_REPARSE_H
#define DAEMON_FLOWS_REPARSE_H

#include "daemon/flows/settings.h"

struct reparse_call {
    const char *since; /* "2026-11-23": files archived on that day (UTC) or later; NULL: all */
    bool dry_run;      /* only show; a daemon may run */
    bool json;         /* a line of JSON per file that changes, and one for the sum; else for a person */
};

/* Returns the exit status: 0, 1 (a file could not be read, a daemon holds the spool, the disk is full), 3 (a
 * file is refused as a whole now; its dispatches stay), 4 (the store is unusable). */
int reparse(const struct settings *, const struct reparse_call *);

#endif

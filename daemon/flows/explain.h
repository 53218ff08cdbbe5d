// SPDX-License-Identifier: MIT
/* explain: --parse and --explain: files read as the daemon would read them, and told on standard output.
 * No spool, no store. */
#ifndef DAEMON_FLOWS_EXPLAIN_H
#define DAEMON_FLOWS_EXPLAIN_H

#include "daemon/flows/settings.h"

#include <stdint.h>

enum explain_how {
    EXPLAIN_LINES, /* --parse: one JSON line per dispatch */
    EXPLAIN_TEXT,  /* --explain: each line with its class, each dispatch with its fields and topics */
    EXPLAIN_JSON,  /* --explain -o json: all of that as one object */
};

/* `path` "-" is standard input. `feed` gives the defaults. arrival 0: the file's mtime. Returns the exit
 * status: 0, 1 (cannot be read), 3 (the file, or a slice of it, would be rejected; said on standard
 * error). */
int explain_file(const struct settings *, const char *path, const char *feed, int64_t arrival,
                 enum explain_how);

#endif

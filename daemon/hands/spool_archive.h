// SPDX-License-Identifier: MIT
/* spool_archive: the drop files that were taken in, in order. It only reads, so it needs no lock and no
 * struct spool, and a daemon may run. */
#ifndef DAEMON_HANDS_SPOOL_ARCHIVE_H
#define DAEMON_HANDS_SPOOL_ARCHIVE_H

#include "daemon/hands/spool.h"

struct spool_archived {
    char day[11];       /* "2026-11-23": when it was settled, UTC */
    struct claim claim; /* id, feed, name */
    char path[CONF_PATH_MAX + 300];
};

struct spool_archive;

/* Days before `since` ("2026-11-23"; NULL: none) are left out. Without an archive/ there is nothing in it. */
struct spool_archive *spool_archive_open(const struct conf *, const char *since, struct err *e);
void spool_archive_close(struct spool_archive *); /* NULL is fine */

/* The next file, by day and claim; names that the spool did not give are passed over. *more false: there are
 * no more. False: archive/ cannot be read. */
bool spool_archive_next(struct spool_archive *, struct spool_archived *out, bool *more, struct err *e);

#endif

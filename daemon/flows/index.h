// SPDX-License-Identifier: MIT
/* index: the thread that fills the search index behind the live wire, and the same in the foreground for
 * `newswired --reindex`. Whatever goes wrong here, news flows. */
#ifndef DAEMON_FLOWS_INDEX_H
#define DAEMON_FLOWS_INDEX_H

#include "daemon/pure/conf.h"
#include "proto/err.h"

struct index;

/* NULL with the reason. */
struct index *index_start(const char *store_directory, struct err *e);
int index_bell(const struct index *); /* ring it after a commit; -1 of NULL */
void index_stop(struct index *);      /* leaves for the next start what is not done yet; NULL is fine */

/* Takes all indexes away and makes them anew; a running daemon is left to make them. Tells standard error.
 * Returns the exit status of newswired(8). */
int index_anew(const struct conf *);

#endif

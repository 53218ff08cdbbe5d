// SPDX-License-Identifier: MIT
/* store_run: private to the store's rooms. The keys of a sealed segment: sorted, in buckets by their hash,
 * each a row; and a Bloom filter, kept in memory, that turns away nearly every key that is not there (all but
 * one in twenty thousand: a wrong answer costs a look at the disk). */
#ifndef DAEMON_HANDS_STORE_RUN_H
#define DAEMON_HANDS_STORE_RUN_H

#include "daemon/hands/store_keys.h"
#include "daemon/hands/store_sql.h"

#define RUN_BUCKETS 1024 /* of some 100 entries: one page each */

/* The filters of all files that have a run, as they are there. */
struct store_filters {
    struct store_filter {
        uint64_t n; /* number of its segment */
        int state;  /* as what it was read: for the owner to compare */
        size_t blocks;
        uint8_t *bits;
    } * at; /* by number */
    size_t n;
};
void store_filters_free(struct store_filters *);
/* Reads one, to be the i-th; takes the i-th out. */
enum fate store_filters_put(struct store_filters *, size_t i, uint64_t n, int state, sqlite3 *db,
                            struct err *e);
void store_filters_drop(struct store_filters *, size_t i);
/* Says that a key will be looked for in all of them, of which hundreds do not fit into a cache; `hash` is the
 * key's.
 */
void store_filters_fetch(const struct store_filters *, uint64_t hash);
/* Whether it may be in the i-th of them. */
bool store_filters_maybe(const struct store_filters *, size_t i, uint64_t hash);

/* Writes both into a segment, within the caller's transaction. */
enum fate store_run_write(sqlite3 *, const struct store_keys *, struct err *e);
/* The numbers under a key, newest first, at most `max`. `q` is the statement "run". */
enum fate store_run_find(struct sql *q, const struct store_key *, uint64_t *values, size_t max, size_t *n,
                         struct err *e);
/* Adds what a run has of one kind. */
enum fate store_run_collect(sqlite3 *, enum store_key_kind, struct store_keys *, struct err *e);

#endif

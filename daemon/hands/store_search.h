// SPDX-License-Identifier: MIT
/* store_search: the words of all that is stored. An index (FTS5) per segment, in files of its own below the
 * store's directory, made from the store and nothing else: each can be taken away at any time, and is made
 * anew. Nobody waits for it: it reads what was committed, as any reader does.
 *
 * How far an index has come stands in the index, in the transaction that brought it there. */
#ifndef DAEMON_HANDS_STORE_SEARCH_H
#define DAEMON_HANDS_STORE_SEARCH_H

#include "daemon/base/arena.h"
#include "daemon/hands/store.h"
#include "daemon/pure/search.h"

/* --- the indexer: one per store, by the daemon ---------------------------------------------------------- */
struct store_indexer;

/* NULL with the reason. */
struct store_indexer *store_indexer_open(const char *directory, struct err *e);
void store_indexer_close(struct store_indexer *); /* NULL is fine */

/* A bit of what there is to do: some records into the index of the newest segment that lacks any; else some
 * merging. *more: there is more to do at once. FATE_RETRY: a look at it again later may do; what is damaged
 * has been taken away by then. FATE_STOP: the store is damaged. */
enum fate store_indexer_step(struct store_indexer *, bool *more, struct err *e);
/* Looks whether indexes were taken away, and takes away those whose segment is gone. Now and then. */
enum fate store_indexer_look(struct store_indexer *, struct err *e);
/* The store's head at the last step, less the records that no index has: == head when it has caught up. */
uint64_t store_indexer_done(const struct store_indexer *);

/* Takes away all indexes of a store. */
enum fate store_search_clear(const char *directory, struct err *e);

/* --- finding: any process that may read the files ------------------------------------------------------- */
struct store_search;

struct store_hit {
    struct store_record record; /* until the next hit */
    const struct newswire_dispatch *dispatch;
    /* Headline, and a piece of the body, with each found word between STORE_HIT_BEGIN and STORE_HIT_END. */
    const char *headline, *piece;
};
#define STORE_HIT_BEGIN "\xef\xb7\x90" /* U+FDD0, U+FDD1: no text has them */
#define STORE_HIT_END "\xef\xb7\x91"

/* NULL with the reason. */
struct store_search *store_search_open(const char *directory, struct err *e);
void store_search_close(struct store_search *); /* NULL is fine */

/* Begins to look for it, newest first, or `best` first among the newest STORE_SEARCH_BEST that match. Of a
 * dispatch with several records one is given. */
#define STORE_SEARCH_BEST 50000
bool store_search_begin(struct store_search *, const struct search *, bool best, struct err *e);
/* The next one. False: there is none, or `*failed`, with the reason. */
bool store_search_next(struct store_search *, struct store_hit *, bool *failed, struct err *e);
/* Records that no index has yet, of all that were there at the begin. */
uint64_t store_search_lacking(const struct store_search *);
/* There were more than STORE_SEARCH_BEST. */
bool store_search_cut(const struct store_search *);

#endif

// SPDX-License-Identifier: MIT
/* store_catalogue: private to the store's rooms. newswire.db: which segments there are, what lies in each,
 * and how often each topic was given in the sealed ones. It is made from the segments, which are the truth;
 * it is written when one is sealed or goes, each time in one transaction. It has a write-ahead log as a
 * segment has, so that nobody who reads it holds up the writer.
 *
 * Nothing is put into a segment before the catalogue names it: so whoever reads the catalogue knows of every
 * record. */
#ifndef DAEMON_HANDS_STORE_CATALOGUE_H
#define DAEMON_HANDS_STORE_CATALOGUE_H

#include "daemon/hands/store_segment.h"

enum part_state { PART_OPEN = 1, PART_SEALED, PART_IDS };
struct store_part {
    uint64_t n;
    enum part_state state;
    uint64_t first, last; /* its records; of the open one only `first` */
    int64_t stored;
};
/* All its records lie behind the horizon; not so of one that has none, only files. */
static inline bool store_part_behind(const struct store_part *p, uint64_t oldest)
{
    return p->first <= p->last && p->last < oldest;
}

struct store_catalogue {
    sqlite3 *db;
    struct store_part
        *parts; /* by number: what is left of old segments, those that are sealed, the open one */
    size_t n;
};

/* Opens, or makes an empty one with `write`. Close it in any case. */
enum fate store_catalogue_open(struct store_catalogue *, const char *directory, bool write, struct err *e);
void store_catalogue_close(struct store_catalogue *);
/* Reads the list. */
enum fate store_catalogue_read(struct store_catalogue *, struct err *e);

/* Each is one transaction, and the list is read anew. */
/* Fills an empty one. */
enum fate store_catalogue_fill(struct store_catalogue *, const struct store_part *, size_t n, struct err *e);
/* The open segment was sealed as `part` says: its topics are counted, the next one is open. */
enum fate store_catalogue_seal(struct store_catalogue *, const struct store_part *, struct store_segment *,
                               struct err *e);
/* A sealed segment leaves: its topics are no longer counted. `from` NULL: it is not there any more. What is
 * left of it are its `ids`, or nothing; they have those of segment `joined` with them, of which nothing is
 * left, 0 none. */
enum fate store_catalogue_leave(struct store_catalogue *, const struct store_part *,
                                struct store_segment *from, bool ids, uint64_t joined, struct err *e);
enum fate store_catalogue_forget(struct store_catalogue *, uint64_t n, struct err *e);

/* The part of that number, NULL if there is none. */
const struct store_part *store_catalogue_part(const struct store_catalogue *, uint64_t n);
/* The part in which the record lies, NULL if it lies behind the horizon (or the head). */
const struct store_part *store_catalogue_find(const struct store_catalogue *, uint64_t seq);

#endif

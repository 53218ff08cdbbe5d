// SPDX-License-Identifier: MIT
/* store_reader: private to store_read.c, store_page.c, store_list.c and store_brought.c: a reader from
 * inside. */
#ifndef DAEMON_HANDS_STORE_READER_H
#define DAEMON_HANDS_STORE_READER_H

#include "daemon/hands/store.h"
#include "daemon/hands/store_index.h"
#include "daemon/hands/store_sealed.h"

struct store_reader {
    char *directory;
    struct store_catalogue catalogue;
    struct store_sealed sealed;
    struct store_segment open; /* the newest segment */
    struct store_head head;    /* of the snapshot */
    struct store_index index;  /* of the open segment, as far as it was needed */
    bool behind;               /* the catalogue must be read anew */
};

/* Begins a snapshot and reads its head into `out` (all else there is zero). */
enum fate store_snapshot(struct store_reader *, struct store_page *out, struct err *e);
/* Ends it; due whatever happened. */
void store_snapshot_end(struct store_reader *);
/* Ends it, and says whether to do all of it again, from a new one: what lies in sealed segments never
 * changes, but one may be taken away meanwhile. `tries` counts. */
bool store_snapshot_again(struct store_reader *, enum fate, int *tries);

/* The segment in which the record lies; NULL with *fate. *last: its newest record in the snapshot. */
struct store_segment *store_reader_segment(struct store_reader *, uint64_t seq, uint64_t *last,
                                           enum fate *fate, struct err *e);
/* The same of a part of the catalogue, which may be the open one. */
struct store_segment *store_reader_part(struct store_reader *, const struct store_part *, enum fate *fate,
                                        struct err *e);

/* Brings r->index up to the snapshot. */
enum fate store_reader_index(struct store_reader *, struct err *e);

/* page.check for the record at `after`. */
enum fate store_check(struct store_reader *, uint64_t after, uint64_t *check, struct err *e);

/* Topics one a line, as record.topics has them, in a list that ends with NULL. False: memory ran out. */
bool store_split_topics(struct arena *, char *text, const char *const **out, size_t *n);

/* Bytes of a column in the caller's arena. NULL with *fate when memory ran out. */
char *store_column_text(struct arena *, struct sql *, int column, enum fate *fate, struct err *e);

#endif

// SPDX-License-Identifier: MIT
/* store_index: private to the store's rooms. What a sealed segment has on the disk, the open one has in
 * memory: the keys of its rows and the records of each topic. The writer adds to it as it writes; whoever
 * comes later (a start, a reader) makes it from the rows, which are all that is kept. */
#ifndef DAEMON_HANDS_STORE_INDEX_H
#define DAEMON_HANDS_STORE_INDEX_H

#include "daemon/hands/store_keys.h"
#include "daemon/hands/store_sql.h"
#include "daemon/hands/store_topics.h"
#include "newswire/newswire.h"

struct store_posting {
    uint32_t topic, record; /* record: seq - first */
};
struct store_index {
    uint64_t first; /* seq of the segment's first record, there or to come */
    struct store_keys keys;
    struct store_topics topics;
    struct store_posting *postings; /* in order of seq */
    size_t npostings, postings_room;
    int64_t *stored; /* of each record */
    size_t nrecords, records_room;
    uint64_t file; /* newest file.n that it knows */
};
/* How far it goes, to come back to. */
struct store_index_mark {
    size_t keys, postings, records;
    uint64_t file;
};

/* Empty, for a segment that begins at record `first`, with files after `file`. */
void store_index_begin(struct store_index *, uint64_t first, uint64_t file);
void store_index_free(struct store_index *);
struct store_index_mark store_index_mark(const struct store_index *);
void store_index_cut(struct store_index *, const struct store_index_mark *);

/* What goes in. False when memory ran out, and then only a cut may follow. */
struct store_index_record {
    uint64_t seq, first; /* first: of version 1, 0 = it is that one */
    enum newswire_kind kind;
    const uint8_t *identity;
    int64_t stored;
    const char *topics; /* one a line */
};
bool store_index_record(struct store_index *, const struct store_index_record *);
bool store_index_file(struct store_index *, uint64_t n, const char *claim, const uint8_t digest[32],
                      const char *feed, bool brought);
bool store_index_again(struct store_index *, uint64_t dispatch, const uint8_t id[NEWSWIRE_ID_LEN]);

/* Adds the rows of the segment that it does not know yet. */
enum fate store_index_catch_up(struct store_index *, sqlite3 *, struct err *e);

/* The topics with their records: in order of name, those without a record left out. */
struct store_posted {
    const char *name;   /* belongs to the index */
    size_t records, at; /* in `order`, rising */
};
struct store_postings {
    struct store_posted *topics;
    size_t n;
    uint32_t *order; /* seq - first of each posting, topic by topic */
};
/* False when memory ran out. Free it either way. */
bool store_index_postings(const struct store_index *, struct store_postings *out);
void store_postings_free(struct store_postings *);

/* The postings of one topic as a blob, and back. `out` has room for 5 bytes each. */
size_t store_postings_pack(const uint32_t *records, size_t n, uint8_t *out);
/* The first `max` seqs after `after`; returns how many. */
size_t store_postings_unpack(const uint8_t *p, size_t n, uint64_t first, uint64_t after, uint64_t *seqs,
                             size_t max);

#endif

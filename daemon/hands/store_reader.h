// SPDX-License-Identifier: MIT
/* store_reader: private to store_read.c, store_page.c and store_brought.c: a reader from inside. */
#ifndef DAEMON_HANDS_STORE_READER_H
#define DAEMON_HANDS_STORE_READER_H

#include "daemon/hands/store.h"
#include "daemon/hands/store_sql.h"

enum reader_statement {
    R_BEGIN, R_END, R_HEAD, R_CHECK, R_RECORD, R_SCAN, R_TOPIC_SEQS, R_TOPICS_FROM,
    R_LIST_TOPICS, R_STORED_AT, R_FIND_FILE,
    R_FIND_DISPATCH, R_BROUGHT_BY, R_BROUGHT, R_BROUGHT_NEWEST, R_BROUGHT_AGAIN,
    R_COUNT
};

struct store_reader {
    sqlite3 *db;
    struct sql sql[R_COUNT];
};

/* Begins a snapshot and reads its head into `out` (all else there is zero). Ends it, whatever happened. */
enum fate store_snapshot(struct store_reader *, struct store_page *out, uint64_t *dispatches, struct err *e);
void store_snapshot_end(struct store_reader *);

/* page.check for the record at `after`. */
enum fate store_check(struct store_reader *, uint64_t after, uint64_t *check, struct err *e);

/* Bytes of a column in the caller's arena. NULL with *fate when memory ran out. */
char *store_column_text(struct arena *, struct sql *, int column, enum fate *fate, struct err *e);

/* Topics one a line, as record.topics has them, in a list that ends with NULL. False: memory ran out. */
bool store_split_topics(struct arena *, char *text, const char *const **out, size_t *n);

#endif

// SPDX-License-Identifier: MIT
/* store_writer: private to store.c and store_*.c: the writer from inside. store.c makes and ends it,
 * store_write.c takes files in, store_put.c their dispatches, store_prune.c takes old records out. */
#ifndef DAEMON_HANDS_STORE_WRITER_H
#define DAEMON_HANDS_STORE_WRITER_H

#include "daemon/hands/store.h"
#include "daemon/hands/store_sql.h"
#include "daemon/hands/store_topics.h"

#include <sys/stat.h>

enum store_statement {
    W_BEGIN, W_COMMIT, W_ROLLBACK, W_SAVEPOINT, W_RELEASE, W_ROLLBACK_TO, W_HEAD, W_SET_HEAD,
    W_FIND_CLAIM, W_PUT_FILE, W_END_FILE, W_FIND_REPEAT, W_SEE_FILE,
    W_FIND_DISPATCH, W_SEE_DISPATCH, W_PUT_AGAIN, W_PUT_DISPATCH, W_NEWEST, W_PUT_RECORD, W_SET_RECORD,
    W_FIND_TOPIC, W_PUT_TOPIC, W_PUT_RECORD_TOPIC, W_COUNT_TOPIC,
    W_PRUNE_UPTO, W_PRUNE_TOPICS, W_PRUNE_RECORD_TOPIC, W_UNCOUNT_TOPIC, W_PRUNE_BLOBS, W_PRUNE_RECORDS,
    W_SET_OLDEST, W_FORGET_FIRST, W_FORGET,
    W_COUNT
};

/* The numbers that rise. Read from the head's row when a transaction begins, so that they are never ahead of
 * it. */
struct store_numbers {
    uint64_t seq, dispatches;
};

struct store {
    sqlite3 *db;
    struct sql sql[W_COUNT];
    char *directory;
    struct stat file_id; /* newswire.db as it was opened: dev and ino */
    int lock;          /* .lock, held under an open file description lock */
    int mark;          /* -1: there is none, or it cannot be written */
    uint64_t epoch, head; /* as committed */
    bool restored;
    int64_t forgotten; /* dispatch.n up to which ids were looked at for forgetting */
    int wal_pages;     /* in the log after the last commit, 0 once they were moved into the database */

    /* The transaction. */
    struct store_numbers next; /* last number given */
    uint64_t oldest;
    int64_t now;               /* what its records say was their time, ms */
    struct store_topics topics;
    char topics_text[TOPICS_PER_RECORD * (TOPIC_MAX + 1)];

    /* The file in hand. */
    bool in_file;
    bool broken;               /* a call failed: only store_file_undo or store_abort may follow */
    struct store_numbers before; /* `next` when it was begun */
    int64_t file;              /* file.n */
    uint64_t fresh, seen;
};

/* Begins a transaction and reads the head's row; and lets go of one, if SQLite did not do so already. */
enum fate store_transaction(struct store *, struct err *e);
void store_transaction_drop(struct store *);
/* Commits, or drops: no transaction is open when it returns. */
enum fate store_transaction_commit(struct store *, struct err *e);

/* Whether the transaction is still there and whole; and what every call between begin and commit returns
 * through. */
enum fate store_usable(struct store *, struct err *e);
enum fate store_ended(struct store *, enum fate);

/* The topic of that name, touched; made if it is not there. */
enum fate store_topic_number(struct store *, const char *name, int64_t *n, struct err *e);

/* Checkpoints if more than `pages` are in the log. Waits for nobody, and a failure is left to the next
 * time. */
void store_checkpoint(struct store *, int pages);

/* Milliseconds since 1970. */
int64_t store_now(void);

/* Writes (epoch, head) into the mark, if it can. */
void store_mark(struct store *);
/* newswire.db is still the file that was opened. */
bool store_there(const struct store *);

#endif

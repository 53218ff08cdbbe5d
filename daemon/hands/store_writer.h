// SPDX-License-Identifier: MIT
/* store_writer: private to store.c and store_*.c: the writer from inside. store.c makes and ends it,
 * store_write.c takes files in, store_put.c their dispatches, store_seal.c goes from one segment to the next,
 * store_prune.c takes old ones out. */
#ifndef DAEMON_HANDS_STORE_WRITER_H
#define DAEMON_HANDS_STORE_WRITER_H

#include "daemon/hands/store.h"
#include "daemon/hands/store_index.h"
#include "daemon/hands/store_sealed.h"
#include "daemon/hands/store_tend.h"

#include <sys/stat.h>

enum store_statement {
    W_BEGIN,
    W_COMMIT,
    W_ROLLBACK,
    W_SAVEPOINT,
    W_RELEASE,
    W_ROLLBACK_TO,
    W_SET_HEAD,
    W_SET_OLDEST,
    W_PUT_FILE,
    W_PUT_RECORD,
    W_PUT_DISPATCH,
    W_PUT_AGAIN,
    W_COUNT
};

struct store {
    char *directory;
    int lock;                             /* .lock, held under an open file description lock */
    int mark;                             /* -1: there is none, or it cannot be written */
    struct stat catalogue_id, segment_id; /* as they were opened: dev and ino */

    struct store_catalogue catalogue;
    struct store_sealed sealed;
    struct store_tender *tender;

    /* The open segment. */
    sqlite3 *db;
    struct sql sql[W_COUNT];
    struct store_segment reads; /* the same connection, for reading: it sees what is not committed yet */
    struct store_head head;     /* as committed */
    struct store_index index;
    uint64_t rows, bytes;      /* in it, about: when to seal */
    int wal_pages, rung_pages; /* in its log after the last commit, and when the tender was last told */
    uint64_t sealed_bytes;     /* of all others, on the disk */
    bool settling;             /* there were logs among them that are being put away */
    bool restored;

    /* The transaction. */
    bool open;              /* what is in memory may be ahead of what is committed */
    struct store_head next; /* `head` as it will be */
    int64_t now;            /* what its records say was their time, ms */
    struct store_index_mark index_before;
    uint64_t rows_before, bytes_before;
    char topics_text[TOPICS_PER_RECORD * (TOPIC_MAX + 1)];

    /* The file in hand. */
    bool in_file;
    bool broken;              /* a call failed: only store_file_undo or store_abort may follow */
    struct store_file file;   /* texts belong to the caller, who keeps them until file_end */
    struct store_head before; /* `next` when it was begun */
    struct store_index_mark index_file;
    uint64_t rows_file, bytes_file;
    uint64_t fresh, seen, again; /* again: rows */
};

/* Begins a transaction and reads the head's row; and lets go of one, if SQLite did not do so already. */
enum fate store_transaction(struct store *, struct err *e);
void store_transaction_drop(struct store *);
/* Writes the head and commits, or drops: no transaction is open when it returns. */
enum fate store_transaction_commit(struct store *, struct err *e);

/* Whether the transaction is still there and whole; and what every call between begin and commit returns
 * through. */
enum fate store_usable(struct store *, struct err *e);
enum fate store_ended(struct store *, enum fate);
/* Out of memory for the index. */
enum fate store_indexed(bool good, struct err *e);

/* A dispatch that is stored already was met in the file in hand. */
struct store_again {
    uint64_t dispatch;
    const uint8_t *id;
    bool spanned; /* it is known where: */
    uint64_t offset, length;
};
enum fate store_put_again(struct store *, const struct store_again *, struct err *e);

/* What is under a key, newest first; in the open segment too. */
enum fate store_find(struct store *, const struct store_key *, struct store_place *out, size_t max, size_t *n,
                     struct err *e);
/* A segment to read in, the open one too. NULL with *fate. */
struct store_segment *store_segment_of(struct store *, uint64_t segment, enum fate *fate, struct err *e);

/* Opens the newest segment, however far the catalogue is behind; makes the first one if there is none. */
enum fate store_open_newest(struct store *, struct err *e);
/* `db` is the segment of that head, and is written from now on, instead of the one before. After a failure
 * `db` is closed and all is as it was. */
enum fate store_take_over(struct store *, sqlite3 *db, const struct store_head *, struct err *e);
void store_close_segment(struct store *);
/* Another segment is open, or some went: the tender is told, files and sizes are looked at. False with errno.
 */
bool store_opened(struct store *);
/* Seals the open segment within the transaction. */
enum fate store_seal(struct store *, struct err *e);
/* After a seal: the next segment is the open one. Nothing to do if the open one is not sealed. */
enum fate store_next_segment(struct store *, struct err *e);
/* The head with which the segment after a sealed one begins; and that one's name in the catalogue, once it is
 * made. */
struct store_head store_head_after(const struct store_head *sealed);
enum fate store_name_next(struct store *, const struct store_head *sealed, struct err *e);
/* At a start: takes away what lies before the oldest record, and what a crash amid that has left; and reads
 * the filters of all that stays. */
enum fate store_finish_leaving(struct store *, struct err *e);

/* Adds up what the other segments take on the disk. */
void store_measure(struct store *);
/* Milliseconds since 1970. */
int64_t store_now(void);
/* 0 only when the kernel has no random numbers yet. */
uint64_t store_random_epoch(void);
/* Writes (epoch, head) into the mark, if it can. */
void store_mark(struct store *);
/* newswire.db and the open segment are still the files that were opened. */
bool store_there(const struct store *);

#endif

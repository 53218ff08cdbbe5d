// SPDX-License-Identifier: MIT
/* store: what was taken in, for ever. The store's rooms (store*.c, store.sql) are the only ones that see
 * SQLite; nothing outside knows its tables, its files or their names.
 *
 * It is a row of segments, each a database of some 64 k rows, of which only the newest is written; so that it
 * is as fast with millions of dispatches as with none, and old ones go by unlinking a file.
 *
 * One writer (the ingest thread) and any number of readers (each born, used and closed on one thread).
 * What is committed is on the disk (WAL, synchronous=FULL); what is not committed no reader ever sees. */
#ifndef DAEMON_HANDS_STORE_H
#define DAEMON_HANDS_STORE_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "newswire/newswire.h"
#include "proto/err.h"
#include "proto/frames.h"

/* --- the writer ----------------------------------------------------------------------------------------- */
struct store;

/* Opens or creates. Takes the lock of the directory (one daemon per store). `mark` is a file outside of
 * `directory` that remembers (epoch, head): a store whose head is behind it was restored from an older
 * copy, and gets a new epoch. NULL with *fate: FATE_STOP when the store is of another version or corrupt
 * (text says what to do), FATE_RETRY when the disk is full or the directory not writable, FATE_BAD when
 * another daemon holds it. */
struct store *store_open(const char *directory, const char *mark, enum fate *fate, struct err *e);
void store_close(struct store *);

uint64_t store_epoch(const struct store *);
uint64_t store_head(const struct store *);     /* newest committed seq, 0 = none */
bool store_was_restored(const struct store *); /* the epoch was renewed at this open */

struct store_file {
    const char *claim; /* unique id of this drop: the same after a crash, another for a file dropped again */
    const char *name, *feed;
    uint64_t size;
    uint8_t digest[32];
    uint8_t rules[16]; /* rules_digest() under which it was read */
    int64_t arrival;   /* ms since 1970 */
};

/* One transaction takes many whole files: begin, then per file file_begin .. put .. file_end (or
 * file_undo), commit. After any FATE other than DONE from a call between begin and commit:
 * store_rolled_back() tells whether the whole transaction is gone (a full disk does that) and the batch's
 * files must be done again one by one. */
enum fate store_begin(struct store *, struct err *e);
/* *settled: FILE_UNKNOWN, or what this claim was settled as before (a crash came between commit and move;
 * of FILE_BAD the reason is in `e`): then only the move is left to do, and the file was not begun: nothing
 * is put and nothing ended. */
enum fate store_file_begin(struct store *, const struct store_file *, enum file_fate *settled, struct err *e);
/* *whole: a file of the same feed with the same digest was accepted whole under the same rules; its
 * dispatches were counted as seen again (*seen of them) and nothing more is to be put. Call after
 * file_begin. */
enum fate store_file_repeat(struct store *, const struct store_file *, bool *whole, uint64_t *seen,
                            struct err *e);
/* Stores a dispatch under its topics as a record of kind NEW and gives its seq; *seq = 0: seen before,
 * counted. The blob is made here from the view (dispatch_pack) once. Topics as from the tagger. */
enum fate store_put(struct store *, const struct newswire_dispatch *, const char *const *topics,
                    size_t ntopics, uint64_t *seq, struct err *e);
/* Stores a further version of the dispatch whose version 1 is number `first` (struct store_held): a record of
 * `kind` REVISED, CORRECTED or CANCELED. d->id is the identity of the new text; id and version of the blob
 * are set here. FATE_BAD: all of that dispatch lies behind the horizon. */
enum fate store_revise(struct store *, uint64_t first, enum newswire_kind kind,
                       const struct newswire_dispatch *, const char *const *topics, size_t ntopics,
                       uint64_t *seq, struct err *e);
/* A record of kind RETAGGED: the newest version of that dispatch under these topics instead. */
enum fate store_retag(struct store *, uint64_t first, const char *const *topics, size_t ntopics,
                      uint64_t *seq, struct err *e);
/* n dispatches of the file in hand are in the store already, and stay as they are. */
void store_file_kept(struct store *, uint64_t n);
/* Ends the file: `why` NULL = done, else it is recorded as rejected for that reason (and nothing was put). */
enum fate store_file_end(struct store *, uint32_t rejected_slices, const char *why, struct err *e);
/* Takes the file back, its neighbours stay; fine when it was not begun. Then too store_rolled_back() may
 * be true. */
void store_file_undo(struct store *);
/* FATE_DONE: durable now. Else nothing of the batch is stored, and no transaction is open. */
enum fate store_commit(struct store *, struct err *e);
void store_abort(struct store *);
bool store_rolled_back(const struct store *);

/* Takes out the oldest segment, if all its records were stored before `before` (ms); *pruned of them, 0 =
 * there is nothing more to do now. A segment spans at most an eighth of the time that is kept, so records
 * stay for at most that much longer. Ids without a record are forgotten if last seen before `remember_before`
 * (0: never), a segment's ids together. Not between begin and commit. */
enum fate store_prune(struct store *, int64_t before, int64_t remember_before, size_t *pruned, struct err *e);

/* Bytes on disk, and free on that file system. */
void store_sizes(const struct store *, uint64_t *bytes, uint64_t *free_bytes);
/* Lets the log be moved into the database when it has grown; call when idle. Never waits. */
void store_tidy(struct store *);

/* Seams of the tests. */
struct store_seams {
    uint64_t segment_rows, segment_bytes; /* a segment with so much in it is sealed */
    int64_t (*now_ms)(void);
};
extern struct store_seams store_seams;

/* --- readers -------------------------------------------------------------------------------------------- */
struct store_reader;

/* mode=ro on a store that a writer has opened before. */
struct store_reader *store_reader_open(const char *directory, struct err *e);
void store_reader_close(struct store_reader *);
/* Lets go of what is no longer the store's, or no longer written: for a reader that is seldom asked, since
 * what it has open holds back the log of a sealed segment and the room of a pruned one. */
void store_reader_rest(struct store_reader *);

struct store_record {
    uint64_t seq;
    enum newswire_kind kind;
    uint8_t id[NEWSWIRE_ID_LEN];
    uint32_t version;
    int64_t stored;
    const char *const *topics; /* ends with NULL; without "all/" */
    size_t ntopics;
    const uint8_t *blob; /* the packed Dispatch, as it was stored */
    size_t blob_n;
};

/* A page of records: everything from one read transaction that has ended when the call returns. */
struct store_page {
    const struct store_record *records; /* in the arena of the caller */
    size_t n;
    uint64_t upto; /* every record up to here was looked at: == head unless the page was cut short */
    uint64_t head, oldest, epoch; /* oldest: the oldest seq that can be had, head + 1 if none */
    uint64_t
        check; /* first 8 bytes of the id of the record at `after`, big endian; 0 if after is 0 or pruned */
};
/* Records after `after` under any of `topics` (prefixes in normal form; TOPIC_ALL or ntopics 0: all), at
 * most `max_n` records and about `max_bytes` of blobs (at least one record), looking at a bounded number
 * of rows. */
enum fate store_reader_page(struct store_reader *, struct arena *, uint64_t after, const char *const *topics,
                            size_t ntopics, size_t max_n, size_t max_bytes, struct store_page *out,
                            struct err *e);

/* Where to begin for "the first record stored at or after `time`" (ms; INT64_MAX = behind the head):
 * `after` is the seq before it. Check as above. */
enum fate store_reader_locate(struct store_reader *, int64_t time, uint64_t *after, struct store_page *out,
                              struct err *e);

/* Topics beginning with `prefix` that come after `past`, in order, at most `max`. */
enum fate store_reader_topics(struct store_reader *, struct arena *, const char *prefix, const char *past,
                              size_t max, struct topic_count **out, size_t *n, struct err *e);

/* What became of the newest file of that name and feed with arrival >= since (ms), of the newest 20,000
 * files. fate FILE_UNKNOWN: no such. */
enum fate store_reader_file(struct store_reader *, struct arena *, const char *feed, const char *name,
                            int64_t since, struct file_outcome *out, struct err *e);

/* Head, oldest, epoch, and the number of dispatches ever stored. */
enum fate store_reader_counts(struct store_reader *, struct store_page *out, uint64_t *dispatches,
                              struct err *e);

/* A dispatch as the store has it now. */
struct store_held {
    uint64_t first;                    /* number of its version 1, for store_revise */
    uint32_t version;                  /* its newest */
    uint8_t identity[NEWSWIRE_ID_LEN]; /* of the text of that */
    enum newswire_kind kind;           /* of the newest record; 0: that lies behind the horizon */
    const char *const *topics;         /* of it; ends with NULL */
    size_t ntopics;
    const uint8_t *blob; /* NULL: behind the horizon */
    size_t blob_n;
};
struct store_span {
    uint64_t offset, length;
};
/* What drop files of these bytes brought to that feed. */
struct store_brought {
    bool known;       /* there was one, and it is not behind the horizon */
    const char *name; /* of the first of them */
    int64_t arrival;
    struct store_held *held; /* dispatches that came with them first */
    size_t nheld;
    struct store_span
        *again; /* where they hold a dispatch that another file brought, or the same one twice */
    size_t nagain;
};
enum fate store_reader_brought(struct store_reader *, struct arena *, const uint8_t digest[32],
                               const char *feed, struct store_brought *out, struct err *e);

/* Whether a text of that identity was ever stored, as far as that is remembered. */
enum fate store_reader_knows(struct store_reader *, const uint8_t id[NEWSWIRE_ID_LEN], bool *known,
                             struct err *e);

#endif

// SPDX-License-Identifier: MIT
/* store_write: whole drop files into one transaction, a savepoint each.
 *
 * Refuses to write outside of a transaction: when SQLite has rolled one back by itself (a full disk does
 * that), a further insert would be committed singly, without its file. Invariant: seqs are given out of the
 * head's row as it was read in this transaction, so that what is rolled back takes its numbers along and none
 * is ever left out. */
#include "daemon/hands/store_writer.h"

#include <assert.h>
#include <string.h>
#include <time.h>

/* Under load nobody is idle for store_tidy: the log is moved at 64 MB, some 15,000 dispatches. */
#define BUSY_PAGES 4000

/* A clock set back by less than this stands still for our records, so that a time lies at one place of the
 * wire. */
#define CLOCK_BACK_MS (3600 * 1000)

/* --- transactions --------------------------------------------------------------------------------------- */

int64_t store_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum fate read_head(struct store *s, struct err *e)
{
    struct sql *q = &s->sql[W_HEAD];
    bool row;
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "it has no head");
    s->epoch = (uint64_t)sqlite3_column_int64(q->stmt, 0);
    s->next.seq = (uint64_t)sqlite3_column_int64(q->stmt, 1);
    s->oldest = (uint64_t)sqlite3_column_int64(q->stmt, 2);
    s->next.dispatches = (uint64_t)sqlite3_column_int64(q->stmt, 3);
    int64_t last = sqlite3_column_int64(q->stmt, 4);
    sql_reset(q);

    s->now = store_now();
    if (s->now < last && last - s->now < CLOCK_BACK_MS)
        s->now = last;
    return FATE_DONE;
}

enum fate store_transaction(struct store *s, struct err *e)
{
    assert(sqlite3_get_autocommit(s->db));
    enum fate fate = sql_run(&s->sql[W_BEGIN], e);
    if (fate == FATE_DONE)
        fate = read_head(s, e);
    if (fate != FATE_DONE)
        store_transaction_drop(s);
    return fate;
}

void store_transaction_drop(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        sql_run(&s->sql[W_ROLLBACK], NULL);
    // Topics made in it are gone, and their numbers will be given to others.
    store_topics_forget(&s->topics);
    store_topics_settle(&s->topics);
    s->in_file = s->broken = false;
}

enum fate store_transaction_commit(struct store *s, struct err *e)
{
    enum fate fate = sql_run(&s->sql[W_COMMIT], e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    s->head = s->next.seq;
    store_topics_settle(&s->topics);
    store_mark(s);
    return FATE_DONE;
}

enum fate store_usable(struct store *s, struct err *e)
{
    if (sqlite3_get_autocommit(s->db))
        err_set(e, "store: the transaction was rolled back");
    else if (s->broken)
        err_set(e, "store: a call failed, and its file was not undone");
    else
        return FATE_DONE;
    return FATE_RETRY;
}

enum fate store_ended(struct store *s, enum fate fate)
{
    if (fate != FATE_DONE)
        s->broken = true;
    if (sqlite3_get_autocommit(s->db))
        store_topics_forget(&s->topics);
    return fate;
}

enum fate store_begin(struct store *s, struct err *e)
{
    if (!store_there(s)) {
        err_set(e, "store: newswire.db was removed or replaced under the running daemon: nothing more is "
                   "written to it; put it back, or start on what is there now");
        return FATE_STOP;
    }
    return store_transaction(s, e);
}

static enum fate count_topics(struct store *s, struct err *e)
{
    struct sql *q = &s->sql[W_COUNT_TOPIC];
    enum fate fate = FATE_DONE;
    for (size_t i = 0; i < s->topics.ntouched && fate == FATE_DONE; i++) {
        sql_int(q, 1, s->topics.touched[i]);
        sql_int(q, 2, s->now);
        fate = sql_run(q, e);
    }
    return fate;
}

static enum fate set_head(struct store *s, struct err *e)
{
    struct sql *q = &s->sql[W_SET_HEAD];
    if (s->next.seq == s->head)
        return FATE_DONE; // nothing was new
    sql_int(q, 1, (int64_t)s->next.seq);
    sql_int(q, 2, (int64_t)s->next.dispatches);
    return sql_run(q, e);
}

enum fate store_commit(struct store *s, struct err *e)
{
    assert(!s->in_file);
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = count_topics(s, e);
    if (fate == FATE_DONE)
        fate = set_head(s, e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    fate = store_transaction_commit(s, e);
    if (fate == FATE_DONE)
        store_checkpoint(s, BUSY_PAGES);
    return fate;
}

void store_abort(struct store *s)
{
    store_transaction_drop(s);
}

bool store_rolled_back(const struct store *s)
{
    return sqlite3_get_autocommit(s->db);
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* *settled FILE_BAD: the recorded reason goes to `e`. */
static enum fate find_claim(struct store *s, const char *claim, enum file_fate *settled, struct err *e)
{
    struct sql *q = &s->sql[W_FIND_CLAIM];
    bool found;
    sql_text(q, 1, claim);
    enum fate fate = sql_row(q, &found, e);
    if (!found)
        return fate;
    *settled = (enum file_fate)sqlite3_column_int(q->stmt, 0);
    const char *why = (const char *)sqlite3_column_text(q->stmt, 1);
    if (why != NULL)
        err_set(e, "%s", why);
    sql_reset(q);
    return fate;
}

static enum fate put_file(struct store *s, const struct store_file *f, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_FILE];
    sql_text(q, 1, f->claim);
    sql_text(q, 2, f->name);
    sql_text(q, 3, f->feed);
    sql_int(q, 4, (int64_t)f->size);
    sql_blob(q, 5, f->digest, sizeof f->digest);
    sql_blob(q, 6, f->rules, sizeof f->rules);
    sql_int(q, 7, f->arrival);
    sql_int(q, 8, (int64_t)s->next.dispatches + 1);
    enum fate fate = sql_run(q, e);
    s->file = sqlite3_last_insert_rowid(s->db);
    return fate;
}

enum fate store_file_begin(struct store *s, const struct store_file *f, enum file_fate *settled,
                           struct err *e)
{
    assert(!s->in_file);
    *settled = FILE_UNKNOWN;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_claim(s, f->claim, settled, e);
    if (fate != FATE_DONE || *settled != FILE_UNKNOWN)
        return store_ended(s, fate);

    s->before = s->next;
    s->fresh = s->seen = 0;
    fate = sql_run(&s->sql[W_SAVEPOINT], e);
    s->in_file = fate == FATE_DONE;
    if (fate == FATE_DONE)
        fate = put_file(s, f, e);
    return store_ended(s, fate);
}

/* The newest file that said the same: its dispatches by their numbers. */
static enum fate find_repeat(struct store *s, const struct store_file *f, bool *found, int64_t *first,
                             int64_t *count, struct err *e)
{
    struct sql *q = &s->sql[W_FIND_REPEAT];
    sql_blob(q, 1, f->digest, sizeof f->digest);
    sql_text(q, 2, f->feed);
    sql_blob(q, 3, f->rules, sizeof f->rules);
    enum fate fate = sql_row(q, found, e);
    if (*found) {
        *first = sqlite3_column_int64(q->stmt, 0);
        *count = sqlite3_column_int64(q->stmt, 1);
        sql_reset(q);
    }
    return fate;
}

enum fate store_file_repeat(struct store *s, const struct store_file *f, bool *whole, uint64_t *seen,
                            struct err *e)
{
    int64_t first, count;
    bool found = false;
    *whole = false;
    *seen = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_repeat(s, f, &found, &first, &count, e);
    if (fate != FATE_DONE || !found)
        return store_ended(s, fate);

    struct sql *q = &s->sql[W_SEE_FILE];
    sql_int(q, 1, first);
    sql_int(q, 2, count);
    sql_int(q, 3, s->now);
    sql_int(q, 4, s->file);
    fate = sql_run(q, e);
    // Fewer, when some were forgotten meanwhile: then the file is read, and those counted here are not
    // counted again.
    if (fate == FATE_DONE && sqlite3_changes64(s->db) == count) {
        *whole = true;
        *seen = s->seen = (uint64_t)count;
    }
    return store_ended(s, fate);
}

static enum fate end_file(struct store *s, uint32_t rejected_slices, const char *why, struct err *e)
{
    struct sql *q = &s->sql[W_END_FILE];
    bool any = s->next.seq > s->before.seq;
    sql_int(q, 1, s->file);
    sql_int(q, 2, s->now);
    sql_int(q, 3, why == NULL ? FILE_DONE : FILE_BAD);
    sql_text(q, 4, why);
    sql_int(q, 5, (int64_t)s->fresh);
    sql_int(q, 6, (int64_t)s->seen);
    sql_int(q, 7, rejected_slices);
    sql_int(q, 8, any ? (int64_t)s->before.seq + 1 : 0);
    sql_int(q, 9, any ? (int64_t)s->next.seq : 0);
    return sql_run(q, e);
}

enum fate store_file_end(struct store *s, uint32_t rejected_slices, const char *why, struct err *e)
{
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE) {
        assert(s->in_file && (why == NULL || s->fresh + s->seen == 0));
        fate = end_file(s, rejected_slices, why, e);
    }
    if (fate == FATE_DONE)
        fate = sql_run(&s->sql[W_RELEASE], e);
    if (fate == FATE_DONE)
        s->in_file = false;
    return store_ended(s, fate);
}

void store_file_kept(struct store *s, uint64_t n)
{
    assert(s->in_file);
    s->seen += n;
}

void store_file_undo(struct store *s)
{
    bool gone = sqlite3_get_autocommit(s->db);
    if (s->in_file && !gone)
        // What cannot be undone singly must not be committed either: then all of it goes.
        gone = sql_run(&s->sql[W_ROLLBACK_TO], NULL) != FATE_DONE ||
               sql_run(&s->sql[W_RELEASE], NULL) != FATE_DONE;
    if (gone) {
        store_transaction_drop(s);
        return;
    }
    store_topics_forget(&s->topics);
    if (s->in_file)
        s->next = s->before;
    s->in_file = s->broken = false;
}

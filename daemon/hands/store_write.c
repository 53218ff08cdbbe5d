// SPDX-License-Identifier: MIT
/* store_write: whole drop files into one transaction, a savepoint each.
 *
 * Refuses to write outside of a transaction: when SQLite has rolled one back by itself (a full disk does
 * that), a further insert would be committed singly, without its file. Invariant: seqs are given out of the
 * head's row as it was read in this transaction, so that what is rolled back takes its numbers along and none
 * is ever left out; and the index in memory goes no further than the rows. */
#include "daemon/hands/store_writer.h"

#include "daemon/base/crash.h"

#include <assert.h>
#include <string.h>
#include <time.h>

/* The log is moved at 16 MB. */
#define RING_PAGES 1000

/* A clock set back by less than this stands still for our records, so that a time lies at one place of the
 * wire. */
#define CLOCK_BACK_MS (3600 * 1000)

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 64 k rows: some 5 ms to seal, 200 MB of ordinary dispatches to unlink at a time. */
struct store_seams store_seams = {
    .segment_rows = 65536,
    .segment_bytes = 1 << 30,
    .now_ms = clock_ms,
};

int64_t store_now(void)
{
    return store_seams.now_ms();
}

/* --- transactions --------------------------------------------------------------------------------------- */

enum fate store_transaction(struct store *s, struct err *e)
{
    assert(sqlite3_get_autocommit(s->db));
    enum fate fate = sql_run(&s->sql[W_BEGIN], e);
    if (fate == FATE_DONE)
        fate = store_segment_head(&s->reads, &s->next, e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    s->now = store_now();
    if (s->now < s->next.stored && s->next.stored - s->now < CLOCK_BACK_MS)
        s->now = s->next.stored;
    s->index_before = store_index_mark(&s->index);
    s->rows_before = s->rows;
    s->bytes_before = s->bytes;
    s->open = true;
    return FATE_DONE;
}

/* What is in memory goes back to where the transaction began. */
static void forget(struct store *s)
{
    if (!s->open)
        return;
    store_index_cut(&s->index, &s->index_before);
    s->rows = s->rows_before;
    s->bytes = s->bytes_before;
    s->open = false;
}

void store_transaction_drop(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        sql_run(&s->sql[W_ROLLBACK], NULL);
    forget(s);
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    s->in_file = s->broken = false;
}

static enum fate set_head(struct store *s, struct err *e)
{
    struct sql *q = &s->sql[W_SET_HEAD];
    sql_int(q, 1, (int64_t)s->next.seq);
    sql_int(q, 2, (int64_t)s->next.dispatches);
    sql_int(q, 3, (int64_t)s->next.files);
    sql_int(q, 4, s->now);
    sql_int(q, 5, s->next.sealed);
    return sql_run(q, e);
}

enum fate store_transaction_commit(struct store *s, struct err *e)
{
    s->next.stored = s->now;
    enum fate fate = set_head(s, e);
    if (fate == FATE_DONE)
        fate = sql_run(&s->sql[W_COMMIT], e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    s->open = false;
    s->head = s->next;
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    store_mark(s);
    if (s->head.sealed)
        crash_point("store-sealed", NULL);
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
        forget(s);
    return fate;
}

enum fate store_indexed(bool good, struct err *e)
{
    if (!good)
        err_set(e, "store: index: out of memory");
    return good ? FATE_DONE : FATE_RETRY;
}

enum fate store_begin(struct store *s, struct err *e)
{
    if (!store_there(s)) {
        err_set(e,
                "store: newswire.db or segment-%08llu.db was removed or replaced under the running daemon: "
                "nothing more is written to it; put it back, or start on what is there now",
                (unsigned long long)s->head.segment);
        return FATE_STOP;
    }
    enum fate fate = store_next_segment(s, e);
    if (fate == FATE_DONE) // nothing to do, but after a failure: an id that is not looked for is news
        fate = store_sealed_filters(&s->sealed, &s->catalogue, e);
    return fate == FATE_DONE ? store_transaction(s, e) : fate;
}

static bool full(const struct store *s)
{
    return s->rows >= store_seams.segment_rows || s->bytes >= store_seams.segment_bytes;
}

enum fate store_commit(struct store *s, struct err *e)
{
    assert(!s->in_file);
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE && full(s))
        fate = store_seal(s, e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    fate = store_transaction_commit(s, e);
    if (fate == FATE_DONE && s->wal_pages - s->rung_pages >= RING_PAGES) {
        s->rung_pages = s->wal_pages;
        store_tend_ring(s->tender, s->head.segment);
    }
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

/* --- what is there -------------------------------------------------------------------------------------- */

enum fate store_find(struct store *s, const struct store_key *key, struct store_place *out, size_t max,
                     size_t *n, struct err *e)
{
    uint64_t values[64];
    size_t more = 0, most = sizeof values / sizeof *values;
    *n = store_keys_find(&s->index.keys, key, values, max < most ? max : most);
    for (size_t i = 0; i < *n; i++)
        out[i] = (struct store_place){s->head.segment, values[i]};
    if (*n == max)
        return FATE_DONE;
    enum fate fate = store_sealed_find(&s->sealed, &s->catalogue, key, out + *n, max - *n, &more, e);
    *n += more;
    return fate;
}

struct store_segment *store_segment_of(struct store *s, uint64_t segment, enum fate *fate, struct err *e)
{
    *fate = FATE_DONE;
    if (segment == s->head.segment)
        return &s->reads;
    return store_sealed_open(&s->sealed, store_catalogue_part(&s->catalogue, segment), fate, e);
}

/* Reads the row of a file: q is to be reset. NULL with *fate. */
static struct sql *read_file(struct store *s, const struct store_place *at, enum fate *fate, struct err *e)
{
    struct store_segment *segment = store_segment_of(s, at->segment, fate, e);
    struct sql *q = segment != NULL ? store_segment_sql(segment, S_FILE, fate, e) : NULL;
    bool row = false;
    if (q == NULL)
        return NULL;
    sql_int(q, 1, (int64_t)at->value);
    *fate = sql_row(q, &row, e);
    if (*fate == FATE_DONE && !row)
        *fate = sql_damaged(e, "segment %llu: file %llu is missing", (unsigned long long)at->segment,
                            (unsigned long long)at->value);
    return row ? q : NULL;
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* *settled FILE_BAD: the recorded reason goes to `e`. */
static enum fate find_claim(struct store *s, const char *claim, enum file_fate *settled, struct err *e)
{
    struct store_key key = store_key_claim(claim);
    struct store_place at;
    size_t n;
    enum fate fate = store_find(s, &key, &at, 1, &n, e);
    struct sql *q = n > 0 ? read_file(s, &at, &fate, e) : NULL;
    if (q == NULL)
        return fate;
    *settled = (enum file_fate)sqlite3_column_int(q->stmt, F_FATE);
    const char *why = (const char *)sqlite3_column_text(q->stmt, F_WHY);
    if (why != NULL)
        err_set(e, "%s", why);
    sql_reset(q);
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

    s->file = *f;
    s->before = s->next;
    s->index_file = store_index_mark(&s->index);
    s->rows_file = s->rows;
    s->bytes_file = s->bytes;
    s->fresh = s->seen = s->again = 0;
    s->next.files++;
    fate = sql_run(&s->sql[W_SAVEPOINT], e);
    s->in_file = fate == FATE_DONE;
    return store_ended(s, fate);
}

/* Whether the row is of a file that can only say the same: of the same bytes and feed (its key says so),
 * under the same rules, taken whole, all its dispatches its own. */
static bool says_the_same(const struct sql *q, const struct store_file *f)
{
    const void *rules = sqlite3_column_blob(q->stmt, F_RULES);
    return rules != NULL && sqlite3_column_bytes(q->stmt, F_RULES) == sizeof f->rules &&
           memcmp(rules, f->rules, sizeof f->rules) == 0 &&
           sqlite3_column_int(q->stmt, F_FATE) == FILE_DONE && sqlite3_column_int64(q->stmt, F_SEEN) == 0 &&
           sqlite3_column_int64(q->stmt, F_REJECTED) == 0;
}

struct span {
    uint64_t segment;
    int64_t first, last; /* records; first 0: none */
};

/* The newest file that said the same. */
static enum fate find_repeat(struct store *s, const struct store_file *f, bool *found, struct span *span,
                             struct err *e)
{
    struct store_key key = store_key_file(f->digest, f->feed);
    struct store_place at[64];
    size_t n;
    enum fate fate = store_find(s, &key, at, sizeof at / sizeof *at, &n, e);
    for (size_t i = 0; i < n && fate == FATE_DONE && !*found; i++) {
        struct sql *q = read_file(s, &at[i], &fate, e);
        if (q == NULL)
            break;
        *found = says_the_same(q, f);
        *span = (struct span){at[i].segment, sqlite3_column_int64(q->stmt, F_FIRST_SEQ),
                              sqlite3_column_int64(q->stmt, F_LAST_SEQ)};
        sql_reset(q);
    }
    return fate;
}

enum fate store_put_again(struct store *s, const struct store_again *again, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_AGAIN];
    bool older = again->dispatch < s->head.first;
    sql_int(q, 1, (int64_t)s->next.files);
    sql_int(q, 2, (int64_t)++s->again);
    sql_int(q, 3, (int64_t)again->dispatch);
    if (again->spanned) {
        sql_int(q, 4, (int64_t)again->offset);
        sql_int(q, 5, (int64_t)again->length);
    }
    if (older)
        sql_blob(q, 6, again->id, NEWSWIRE_ID_LEN);
    enum fate fate = sql_run(q, e);
    if (fate == FATE_DONE && older)
        fate = store_indexed(store_index_again(&s->index, again->dispatch, again->id), e);
    s->seen++;
    s->rows++;
    return fate;
}

/* Each of its dispatches was met again. */
static enum fate see_span(struct store *s, const struct span *span, struct err *e)
{
    bool row = true;
    enum fate fate;
    struct store_segment *segment = store_segment_of(s, span->segment, &fate, e);
    struct sql *q = segment != NULL ? store_segment_sql(segment, S_IDS_BETWEEN, &fate, e) : NULL;
    if (q == NULL)
        return fate;
    sql_int(q, 1, span->first);
    sql_int(q, 2, span->last);
    while (fate == FATE_DONE && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        struct store_again again = {.dispatch = (uint64_t)sqlite3_column_int64(q->stmt, 0),
                                    .id = sqlite3_column_blob(q->stmt, 1)};
        fate = store_put_again(s, &again, e);
    }
    sql_reset(q);
    return fate;
}

enum fate store_file_repeat(struct store *s, const struct store_file *f, bool *whole, uint64_t *seen,
                            struct err *e)
{
    struct span span = {0};
    *whole = false;
    *seen = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_repeat(s, f, whole, &span, e);
    if (fate == FATE_DONE && *whole && span.first > 0)
        fate = see_span(s, &span, e);
    *seen = s->seen;
    return store_ended(s, fate);
}

static enum fate put_file(struct store *s, uint32_t rejected_slices, const char *why, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_FILE];
    const struct store_file *f = &s->file;
    bool any = s->next.seq > s->before.seq;
    sql_int(q, 1, (int64_t)s->next.files);
    sql_text(q, 2, f->claim);
    sql_text(q, 3, f->name);
    sql_text(q, 4, f->feed);
    sql_int(q, 5, (int64_t)f->size);
    sql_blob(q, 6, f->digest, sizeof f->digest);
    sql_blob(q, 7, f->rules, sizeof f->rules);
    sql_int(q, 8, f->arrival);
    sql_int(q, 9, s->now);
    sql_int(q, 10, why == NULL ? FILE_DONE : FILE_BAD);
    sql_text(q, 11, why);
    sql_int(q, 12, (int64_t)s->fresh);
    sql_int(q, 13, (int64_t)s->seen);
    sql_int(q, 14, rejected_slices);
    sql_int(q, 15, any ? (int64_t)s->before.seq + 1 : 0);
    sql_int(q, 16, any ? (int64_t)s->next.seq : 0);
    enum fate fate = sql_run(q, e);
    s->rows++;
    return fate == FATE_DONE ? store_indexed(store_index_file(&s->index, s->next.files, f->claim, f->digest,
                                                              f->feed, s->fresh > 0),
                                             e)
                             : fate;
}

enum fate store_file_end(struct store *s, uint32_t rejected_slices, const char *why, struct err *e)
{
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE) {
        assert(s->in_file && (why == NULL || s->fresh + s->seen == 0));
        fate = put_file(s, rejected_slices, why, e);
    }
    if (fate == FATE_DONE)
        fate = sql_run(&s->sql[W_RELEASE], e);
    if (fate == FATE_DONE)
        s->in_file = false;
    return store_ended(s, fate);
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
    if (s->in_file) {
        s->next = s->before;
        store_index_cut(&s->index, &s->index_file);
        s->rows = s->rows_file;
        s->bytes = s->bytes_file;
    }
    s->in_file = s->broken = false;
}

// SPDX-License-Identifier: MIT
/* store_read: what readers ask, but for pages (store_page.c). Every answer comes from one read transaction
 * that has ended when the call returns: a reader that is slow to send holds up no checkpoint. */
#include "daemon/hands/store_reader.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[R_COUNT] = {
    [R_BEGIN] = "begin_read", [R_END] = "end_read", [R_HEAD] = "head", [R_CHECK] = "check",
    [R_RECORD] = "record", [R_SCAN] = "scan", [R_TOPIC_SEQS] = "topic_seqs", [R_TOPICS_FROM] = "topics_from",
    [R_LIST_TOPICS] = "list_topics", [R_STORED_AT] = "stored_at", [R_FIND_FILE] = "find_file",
    [R_FIND_DISPATCH] = "find_dispatch", [R_BROUGHT_BY] = "brought_by", [R_BROUGHT] = "brought",
    [R_BROUGHT_NEWEST] = "brought_newest", [R_BROUGHT_AGAIN] = "brought_again",
};

static enum fate open_database(struct store_reader *r, const char *directory, struct err *e)
{
    enum fate fate = FATE_DONE;
    bool empty;
    r->db = sql_open(directory, SQLITE_OPEN_READONLY, &fate, e);
    if (r->db != NULL)
        fate = sql_recognise(r->db, directory, &empty, e);
    if (fate == FATE_DONE && empty) {
        err_set(e, "store: %s is empty: no newswired has opened it yet", directory);
        return FATE_RETRY;
    }
    return fate == FATE_DONE ? sql_prepare(r->db, r->sql, names, R_COUNT, e) : fate;
}

struct store_reader *store_reader_open(const char *directory, struct err *e)
{
    struct store_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        err_set(e, "store: out of memory");
        return NULL;
    }
    if (open_database(r, directory, e) == FATE_DONE)
        return r;
    store_reader_close(r);
    return NULL;
}

void store_reader_close(struct store_reader *r)
{
    if (r == NULL)
        return;
    sql_finalize(r->sql, R_COUNT);
    sql_close(r->db);
    free(r);
}

/* --- snapshots ------------------------------------------------------------------------------------------ */

static enum fate read_head(struct store_reader *r, struct store_page *out, uint64_t *dispatches,
                           struct err *e)
{
    struct sql *q = &r->sql[R_HEAD];
    bool row;
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "it has no head");
    out->epoch = (uint64_t)sqlite3_column_int64(q->stmt, 0);
    out->head = (uint64_t)sqlite3_column_int64(q->stmt, 1);
    out->oldest = (uint64_t)sqlite3_column_int64(q->stmt, 2);
    if (dispatches != NULL)
        *dispatches = (uint64_t)sqlite3_column_int64(q->stmt, 3);
    sql_reset(q);
    return FATE_DONE;
}

enum fate store_snapshot(struct store_reader *r, struct store_page *out, uint64_t *dispatches, struct err *e)
{
    *out = (struct store_page){0};
    enum fate fate = sql_run(&r->sql[R_BEGIN], e);
    return fate == FATE_DONE ? read_head(r, out, dispatches, e) : fate;
}

void store_snapshot_end(struct store_reader *r)
{
    if (!sqlite3_get_autocommit(r->db))
        sql_run(&r->sql[R_END], NULL);
}

enum fate store_check(struct store_reader *r, uint64_t after, uint64_t *check, struct err *e)
{
    struct sql *q = &r->sql[R_CHECK];
    bool row;
    *check = 0;
    if (after == 0)
        return FATE_DONE;
    sql_int(q, 1, (int64_t)after);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE || !row)
        return fate;
    const uint8_t *id = sqlite3_column_blob(q->stmt, 0);
    int n = sqlite3_column_bytes(q->stmt, 0);
    for (int i = 0; i < 8 && i < n; i++)
        *check = *check << 8 | id[i];
    sql_reset(q);
    return FATE_DONE;
}

char *store_column_text(struct arena *a, struct sql *q, int column, enum fate *fate, struct err *e)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, column);
    char *copy = arena_text(a, text != NULL ? text : "", (size_t)sqlite3_column_bytes(q->stmt, column));
    if (copy == NULL) {
        err_set(e, "store: %s: out of memory", q->name);
        *fate = FATE_RETRY;
    }
    return copy;
}

enum fate store_reader_counts(struct store_reader *r, struct store_page *out, uint64_t *dispatches,
                              struct err *e)
{
    enum fate fate = store_snapshot(r, out, dispatches, e);
    store_snapshot_end(r);
    return fate;
}

/* --- locate --------------------------------------------------------------------------------------------- */

static enum fate stored_at(struct store_reader *r, uint64_t seq, int64_t *stored, struct err *e)
{
    struct sql *q = &r->sql[R_STORED_AT];
    bool row;
    sql_int(q, 1, (int64_t)seq);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "record %llu is missing", (unsigned long long)seq);
    *stored = sqlite3_column_int64(q->stmt, 0);
    sql_reset(q);
    return FATE_DONE;
}

/* By halves, because `stored` rises with seq. */
static enum fate locate(struct store_reader *r, int64_t time, uint64_t *after, struct store_page *out,
                        struct err *e)
{
    enum fate fate = store_snapshot(r, out, NULL, e);
    uint64_t low = out->oldest, high = out->head + 1;
    while (fate == FATE_DONE && low < high) {
        uint64_t middle = low + (high - low) / 2;
        int64_t stored = 0;
        fate = stored_at(r, middle, &stored, e);
        if (fate == FATE_DONE && stored < time)
            low = middle + 1;
        else
            high = middle;
    }
    if (fate != FATE_DONE)
        return fate;
    *after = out->upto = low - 1;
    return store_check(r, *after, &out->check, e);
}

enum fate store_reader_locate(struct store_reader *r, int64_t time, uint64_t *after, struct store_page *out,
                              struct err *e)
{
    enum fate fate = locate(r, time, after, out, e);
    store_snapshot_end(r);
    return fate;
}

/* --- topics --------------------------------------------------------------------------------------------- */

/* Steps through the rows that q gives while they begin with `prefix`. */
static enum fate read_topics(struct sql *q, struct arena *a, const char *prefix, struct topic_count *out,
                             size_t *n, struct err *e)
{
    bool row;
    enum fate fate;
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        char *name = store_column_text(a, q, 0, &fate, e);
        if (name == NULL || strncmp(name, prefix, strlen(prefix)) != 0)
            break;
        out[(*n)++] = (struct topic_count){
            .topic = name,
            .records = (uint64_t)sqlite3_column_int64(q->stmt, 1),
            .last_seq = (uint64_t)sqlite3_column_int64(q->stmt, 2),
            .last = sqlite3_column_int64(q->stmt, 3),
        };
    }
    sql_reset(q);
    return fate;
}

enum fate store_reader_topics(struct store_reader *r, struct arena *a, const char *prefix, const char *past,
                              size_t max, struct topic_count **out, size_t *n, struct err *e)
{
    struct sql *q = &r->sql[R_LIST_TOPICS];
    *n = 0;
    *out = arena_alloc(a, max * sizeof **out);
    if (*out == NULL) {
        err_set(e, "store: list_topics: out of memory");
        return FATE_RETRY;
    }
    sql_text(q, 1, strcmp(past, prefix) > 0 ? past : prefix);
    sql_text(q, 2, past);
    sql_int(q, 3, (int64_t)max);
    return read_topics(q, a, prefix, *out, n, e);
}

/* --- files ---------------------------------------------------------------------------------------------- */

enum fate store_reader_file(struct store_reader *r, struct arena *a, const char *feed, const char *name,
                            int64_t since, struct file_outcome *out, struct err *e)
{
    struct sql *q = &r->sql[R_FIND_FILE];
    bool row;
    *out = (struct file_outcome){.fate = FILE_UNKNOWN};
    sql_text(q, 1, name);
    sql_text(q, 2, feed);
    sql_int(q, 3, since);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE || !row)
        return fate;
    *out = (struct file_outcome){
        .fate = (enum file_fate)sqlite3_column_int(q->stmt, 0),
        .first = (uint64_t)sqlite3_column_int64(q->stmt, 1),
        .last = (uint64_t)sqlite3_column_int64(q->stmt, 2),
        .fresh = (uint64_t)sqlite3_column_int64(q->stmt, 3),
        .seen = (uint64_t)sqlite3_column_int64(q->stmt, 4),
        .rejected = (uint64_t)sqlite3_column_int64(q->stmt, 5),
    };
    if (sqlite3_column_type(q->stmt, 6) != SQLITE_NULL)
        out->why = store_column_text(a, q, 6, &fate, e);
    sql_reset(q);
    return fate;
}

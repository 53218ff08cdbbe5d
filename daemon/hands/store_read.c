// SPDX-License-Identifier: MIT
/* store_read: readers, and what they ask but for pages (store_page.c) and lists (store_list.c). Every answer
 * comes from one read transaction on the open segment, which has ended when the call returns: a reader that
 * is slow to send holds up no checkpoint. */
#include "daemon/hands/store_reader.h"

#include <stdlib.h>
#include <string.h>

/* --- opening -------------------------------------------------------------------------------------------- */

static uint64_t newest(const struct store_reader *r)
{
    return r->catalogue.n > 0 ? r->catalogue.parts[r->catalogue.n - 1].n : 0;
}

/* Goes over to the segment that the catalogue calls open. *moved: that is another one than before. */
static enum fate open_newest(struct store_reader *r, bool *moved, struct err *e)
{
    enum fate fate = store_catalogue_read(&r->catalogue, e);
    if (fate == FATE_DONE && r->catalogue.n == 0) {
        err_set(e, "store: %s is empty: no newswired has opened it yet", r->directory);
        fate = FATE_RETRY;
    }
    *moved = fate == FATE_DONE && newest(r) != r->open.n;
    if (!*moved)
        return fate;
    store_segment_close(&r->open);
    store_index_free(&r->index);
    fate = store_segment_open(&r->open, r->directory, newest(r), ".db", e);
    if (fate != FATE_DONE)
        store_segment_close(&r->open);
    return fate;
}

static enum fate open_store(struct store_reader *r, const char *directory, struct err *e)
{
    bool moved;
    if ((r->directory = strdup(directory)) == NULL) {
        err_set(e, "store: out of memory");
        return FATE_RETRY;
    }
    r->sealed.directory = r->directory;
    enum fate fate = store_catalogue_open(&r->catalogue, directory, false, e);
    return fate == FATE_DONE ? open_newest(r, &moved, e) : fate;
}

struct store_reader *store_reader_open(const char *directory, struct err *e)
{
    struct store_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        err_set(e, "store: out of memory");
        return NULL;
    }
    if (open_store(r, directory, e) == FATE_DONE)
        return r;
    store_reader_close(r);
    return NULL;
}

void store_reader_close(struct store_reader *r)
{
    if (r == NULL)
        return;
    store_segment_close(&r->open);
    store_sealed_close(&r->sealed);
    store_catalogue_close(&r->catalogue);
    store_index_free(&r->index);
    free(r->directory);
    free(r);
}

/* --- snapshots ------------------------------------------------------------------------------------------ */

static enum fate begin(struct store_reader *r, struct err *e)
{
    enum fate fate = FATE_DONE;
    struct sql *q = store_segment_sql(&r->open, S_BEGIN, &fate, e);
    if (q != NULL)
        fate = sql_run(q, e);
    return fate == FATE_DONE ? store_segment_head(&r->open, &r->head, e) : fate;
}

/* In the newest segment: one that was sealed has a successor, once the catalogue names it. */
static enum fate begin_newest(struct store_reader *r, struct err *e)
{
    uint64_t oldest = r->head.oldest;
    bool moved = r->open.db == NULL;
    enum fate fate = moved ? open_newest(r, &moved, e) : FATE_DONE;
    if (fate == FATE_DONE)
        fate = begin(r, e);
    while (fate == FATE_DONE && r->head.sealed) {
        store_snapshot_end(r);
        fate = open_newest(r, &moved, e);
        if (fate == FATE_DONE)
            fate = begin(r, e);
        if (!moved)
            break;
    }
    if (fate == FATE_DONE && (r->behind || r->head.oldest != oldest)) {
        fate = store_catalogue_read(&r->catalogue, e);
        r->behind = fate != FATE_DONE;
    }
    return fate;
}

enum fate store_snapshot(struct store_reader *r, struct store_page *out, struct err *e)
{
    *out = (struct store_page){0};
    enum fate fate = begin_newest(r, e);
    if (fate == FATE_DONE) {
        out->epoch = r->head.epoch;
        out->head = r->head.seq;
        out->oldest = r->head.oldest;
    }
    return fate;
}

void store_snapshot_end(struct store_reader *r)
{
    enum fate fate;
    struct sql *q = r->open.db != NULL && !sqlite3_get_autocommit(r->open.db)
                        ? store_segment_sql(&r->open, S_END, &fate, NULL)
                        : NULL;
    if (q != NULL)
        sql_run(q, NULL);
    store_sealed_rest(&r->sealed, &r->catalogue, r->head.oldest);
}

bool store_snapshot_again(struct store_reader *r, enum fate fate, int *tries)
{
    store_snapshot_end(r);
    r->behind = fate == FATE_RETRY;
    return fate == FATE_RETRY && ++*tries < 3;
}

void store_reader_rest(struct store_reader *r)
{
    struct store_page page;
    store_snapshot(r, &page, NULL);
    store_snapshot_end(r);
}

struct store_segment *store_reader_part(struct store_reader *r, const struct store_part *part,
                                        enum fate *fate, struct err *e)
{
    *fate = FATE_DONE;
    return part->n == r->open.n ? &r->open : store_sealed_open(&r->sealed, part, fate, e);
}

struct store_segment *store_reader_segment(struct store_reader *r, uint64_t seq, uint64_t *last,
                                           enum fate *fate, struct err *e)
{
    const struct store_part *part = store_catalogue_find(&r->catalogue, seq);
    if (part == NULL) {
        *fate = sql_damaged(e, "no segment has record %llu", (unsigned long long)seq);
        return NULL;
    }
    *last = part->n == r->open.n ? r->head.seq : part->last;
    return store_reader_part(r, part, fate, e);
}

enum fate store_reader_index(struct store_reader *r, struct err *e)
{
    const struct store_index *x = &r->index;
    if (x->first != r->head.first)
        store_index_begin(&r->index, r->head.first, 0);
    else if (x->first + x->nrecords == r->head.seq + 1 && x->file == r->head.files)
        return FATE_DONE;
    enum fate fate = store_index_catch_up(&r->index, r->open.db, e);
    if (fate != FATE_DONE) // half a row may be in it
        store_index_free(&r->index);
    return fate;
}

enum fate store_check(struct store_reader *r, uint64_t after, uint64_t *check, struct err *e)
{
    bool row;
    uint64_t last;
    enum fate fate = FATE_DONE;
    *check = 0;
    if (after < r->head.oldest || after > r->head.seq)
        return FATE_DONE;
    struct store_segment *segment = store_reader_segment(r, after, &last, &fate, e);
    struct sql *q = segment != NULL ? store_segment_sql(segment, S_CHECK, &fate, e) : NULL;
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)after);
    fate = sql_row(q, &row, e);
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
    enum fate fate = store_snapshot(r, out, e);
    *dispatches = r->head.dispatches;
    store_snapshot_end(r);
    return fate;
}

/* --- locate --------------------------------------------------------------------------------------------- */

static enum fate stored_at(struct store_segment *segment, uint64_t seq, int64_t *stored, struct err *e)
{
    bool row;
    enum fate fate;
    struct sql *q = store_segment_sql(segment, S_STORED_AT, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)seq);
    fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "record %llu is missing", (unsigned long long)seq);
    *stored = sqlite3_column_int64(q->stmt, 0);
    sql_reset(q);
    return FATE_DONE;
}

/* The first record from `low` to `high` that was stored at or after `time`, by halves, because `stored` rises
 * with seq; high + 1 if there is none. */
static enum fate locate_in(struct store_segment *segment, uint64_t low, uint64_t high, int64_t time,
                           uint64_t *found, struct err *e)
{
    enum fate fate = FATE_DONE;
    high++;
    while (fate == FATE_DONE && low < high) {
        uint64_t middle = low + (high - low) / 2;
        int64_t stored = 0;
        fate = stored_at(segment, middle, &stored, e);
        if (fate == FATE_DONE && stored < time)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low;
    return fate;
}

/* The segment that has it is the first whose newest transaction was not before. */
static enum fate locate(struct store_reader *r, int64_t time, uint64_t *after, struct store_page *out,
                        struct err *e)
{
    enum fate fate = store_snapshot(r, out, e);
    const struct store_part *part = r->catalogue.parts, *last = part + r->catalogue.n - 1;
    if (fate != FATE_DONE)
        return fate;
    while (part < last && (part->state != PART_SEALED || part->last < out->oldest || part->stored < time))
        part++;
    struct store_segment *segment = store_reader_part(r, part, &fate, e);
    uint64_t from = part->first > out->oldest ? part->first : out->oldest, found = from;
    if (segment != NULL)
        fate = locate_in(segment, from, part == last ? out->head : part->last, time, &found, e);
    if (fate != FATE_DONE)
        return fate;
    *after = out->upto = found - 1;
    return store_check(r, *after, &out->check, e);
}

enum fate store_reader_locate(struct store_reader *r, int64_t time, uint64_t *after, struct store_page *out,
                              struct err *e)
{
    int tries = 0;
    enum fate fate;
    do
        fate = locate(r, time, after, out, e);
    while (store_snapshot_again(r, fate, &tries));
    return fate;
}

/* --- files ---------------------------------------------------------------------------------------------- */

#define FILES_LOOK 20000 /* rows for one answer: some 2 ms */

/* Among files after number `after`. */
static enum fate file_in(struct store_segment *segment, struct arena *a, const char *feed, const char *name,
                         int64_t since, uint64_t after, struct file_outcome *out, struct err *e)
{
    bool row;
    enum fate fate;
    struct sql *q = store_segment_sql(segment, S_FIND_FILE, &fate, e);
    if (q == NULL)
        return fate;
    sql_text(q, 1, name);
    sql_text(q, 2, feed);
    sql_int(q, 3, since);
    sql_int(q, 4, (int64_t)after);
    fate = sql_row(q, &row, e);
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

/* Whoever asks asks for what he just dropped: older segments, which cannot have it, are not looked at. */
static enum fate find_file(struct store_reader *r, struct arena *a, const char *feed, const char *name,
                           int64_t since, struct file_outcome *out, struct err *e)
{
    struct store_page page;
    enum fate fate = store_snapshot(r, &page, e);
    struct store_head head = r->head;
    uint64_t after = head.files > FILES_LOOK ? head.files - FILES_LOOK : 0;
    for (size_t i = r->catalogue.n; i-- > 0 && fate == FATE_DONE && out->fate == FILE_UNKNOWN;) {
        const struct store_part *part = &r->catalogue.parts[i];
        bool open = part->n == r->open.n;
        if (!open &&
            (part->state != PART_SEALED || store_part_behind(part, page.oldest) || part->stored < since))
            break;
        struct store_segment *segment = store_reader_part(r, part, &fate, e);
        if (segment != NULL && !open)
            fate = store_segment_head(segment, &head, e);
        if (head.files <= after)
            break;
        if (segment != NULL && fate == FATE_DONE)
            fate = file_in(segment, a, feed, name, since, after, out, e);
    }
    return fate;
}

enum fate store_reader_file(struct store_reader *r, struct arena *a, const char *feed, const char *name,
                            int64_t since, struct file_outcome *out, struct err *e)
{
    int tries = 0;
    enum fate fate;
    *out = (struct file_outcome){.fate = FILE_UNKNOWN};
    do
        fate = find_file(r, a, feed, name, since, out, e);
    while (store_snapshot_again(r, fate, &tries));
    return fate;
}

// SPDX-License-Identifier: MIT
/* store_brought: what the store knows of a drop file by its bytes: the dispatches that came with it, as they
 * are now. For --reparse, which reads the same bytes again. */
#include "daemon/hands/store_reader.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX 256 /* drops of the same bytes that are looked at */
#define HELD_FIRST 64 /* dispatches of a file; more are made room for */

static enum fate no_memory(struct err *e)
{
    err_set(e, "store: brought: out of memory");
    return FATE_RETRY;
}

/* What is under a key in all segments, as of the snapshot. */
static enum fate find(struct store_reader *r, const struct store_key *key, struct store_place *out,
                      size_t max, size_t *n, struct err *e)
{
    uint64_t values[FILES_MAX];
    size_t more = 0;
    *n = 0;
    enum fate fate = store_reader_index(r, e);
    if (fate == FATE_DONE)
        fate = store_sealed_filters(&r->sealed, &r->catalogue, e);
    if (fate != FATE_DONE)
        return fate;
    *n = store_keys_find(&r->index.keys, key, values, max < FILES_MAX ? max : FILES_MAX);
    for (size_t i = 0; i < *n; i++)
        out[i] = (struct store_place){r->open.n, values[i]};
    fate = store_sealed_find(&r->sealed, &r->catalogue, key, out + *n, max - *n, &more, e);
    *n += more;
    return fate;
}

/* A statement on the segment of that number. NULL with *fate. */
static struct sql *statement(struct store_reader *r, uint64_t segment, enum segment_statement which,
                             enum fate *fate, struct err *e)
{
    const struct store_part *part = store_catalogue_part(&r->catalogue, segment);
    struct store_segment *s = store_reader_part(r, part, fate, e);
    return s != NULL ? store_segment_sql(s, which, fate, e) : NULL;
}

/* Room for one more element in a list of the arena; the room it had is given back with the arena. */
static void *more(struct arena *a, void *list, size_t n, size_t size)
{
    bool full = n == 0 || (n >= HELD_FIRST && (n & (n - 1)) == 0);
    if (!full)
        return list;
    void *larger = arena_alloc(a, (n < HELD_FIRST ? HELD_FIRST : 2 * n) * size);
    return larger != NULL && n > 0 ? memcpy(larger, list, n * size) : larger;
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* *first, *last: its records; *last 0: none, or it was rejected. */
static enum fate read_file(struct store_reader *r, struct arena *a, const struct store_place *at,
                           struct store_brought *out, int64_t *first, int64_t *last, struct err *e)
{
    enum fate fate;
    bool row = false;
    struct sql *q = statement(r, at->segment, S_FILE, &fate, e);
    *first = *last = 0;
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)at->value);
    fate = sql_row(q, &row, e);
    if (fate != FATE_DONE || !row)
        return fate;
    if (sqlite3_column_int(q->stmt, F_FATE) == FILE_DONE) {
        *first = sqlite3_column_int64(q->stmt, F_FIRST_SEQ);
        *last = sqlite3_column_int64(q->stmt, F_LAST_SEQ);
        if (!out->known) { // the first of them speaks for all
            out->name = store_column_text(a, q, F_NAME, &fate, e);
            out->arrival = sqlite3_column_int64(q->stmt, F_ARRIVAL);
        }
        out->known = true;
    }
    sql_reset(q);
    return fate;
}

static enum fate read_numbers(struct store_reader *r, struct arena *a, uint64_t segment, int64_t first,
                              int64_t last, struct store_brought *out, struct err *e)
{
    enum fate fate;
    bool row;
    struct sql *q = statement(r, segment, S_BROUGHT, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, first);
    sql_int(q, 2, last);
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        out->held = more(a, out->held, out->nheld, sizeof *out->held);
        if (out->held == NULL) {
            sql_reset(q);
            return no_memory(e);
        }
        out->held[out->nheld++] = (struct store_held){.first = (uint64_t)sqlite3_column_int64(q->stmt, 0)};
    }
    return fate;
}

static enum fate read_again(struct store_reader *r, struct arena *a, const struct store_place *at,
                            struct store_brought *out, struct err *e)
{
    enum fate fate;
    bool row;
    struct sql *q = statement(r, at->segment, S_BROUGHT_AGAIN, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)at->value);
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        out->again = more(a, out->again, out->nagain, sizeof *out->again);
        if (out->again == NULL) {
            sql_reset(q);
            return no_memory(e);
        }
        out->again[out->nagain++] = (struct store_span){(uint64_t)sqlite3_column_int64(q->stmt, 0),
                                                        (uint64_t)sqlite3_column_int64(q->stmt, 1)};
    }
    return fate;
}

static int compare_held(const void *a, const void *b)
{
    uint64_t x = ((const struct store_held *)a)->first, y = ((const struct store_held *)b)->first;
    return (x > y) - (x < y);
}

static int compare_spans(const void *a, const void *b)
{
    uint64_t x = ((const struct store_span *)a)->offset, y = ((const struct store_span *)b)->offset;
    return (x > y) - (x < y);
}

/* All files of these bytes, oldest first; each dispatch once. */
static enum fate read_files(struct store_reader *r, struct arena *a, const struct store_key *key,
                            struct store_brought *out, struct err *e)
{
    struct store_place at[FILES_MAX];
    size_t n, kept = 0;
    int64_t first, last;
    enum fate fate = find(r, key, at, FILES_MAX, &n, e);
    while (n-- > 0 && fate == FATE_DONE) {
        fate = read_file(r, a, &at[n], out, &first, &last, e);
        if (fate == FATE_DONE && last > 0)
            fate = read_numbers(r, a, at[n].segment, first, last, out, e);
        if (fate == FATE_DONE)
            fate = read_again(r, a, &at[n], out, e);
    }
    if (out->nheld > 0)
        qsort(out->held, out->nheld, sizeof *out->held, compare_held);
    for (size_t i = 0; i < out->nheld; i++)
        if (kept == 0 || out->held[kept - 1].first != out->held[i].first)
            out->held[kept++] = out->held[i];
    out->nheld = kept;
    if (out->nagain > 0)
        qsort(out->again, out->nagain, sizeof *out->again, compare_spans);
    return fate;
}

/* --- dispatches ----------------------------------------------------------------------------------------- */

static enum fate copy_version(struct arena *a, struct sql *q, struct store_held *held, struct err *e)
{
    enum fate fate = FATE_DONE;
    int own = sqlite3_column_type(q->stmt, V_IDENTITY) == SQLITE_NULL ? V_ID : V_IDENTITY;
    const void *id = sqlite3_column_blob(q->stmt, own), *blob = sqlite3_column_blob(q->stmt, V_BLOB);
    if (id == NULL || sqlite3_column_bytes(q->stmt, own) != NEWSWIRE_ID_LEN || blob == NULL)
        return sql_damaged(e, "dispatch %llu has no id", (unsigned long long)held->first);
    memcpy(held->identity, id, NEWSWIRE_ID_LEN);
    held->version = (uint32_t)sqlite3_column_int64(q->stmt, V_VERSION);
    held->kind = (enum newswire_kind)sqlite3_column_int(q->stmt, V_KIND);
    held->blob_n = (size_t)sqlite3_column_bytes(q->stmt, V_BLOB);
    uint8_t *copy = arena_alloc(a, held->blob_n);
    char *topics = store_column_text(a, q, V_TOPICS, &fate, e);
    if (copy == NULL || topics == NULL || !store_split_topics(a, topics, &held->topics, &held->ntopics))
        return no_memory(e);
    held->blob = memcpy(copy, blob, held->blob_n);
    return FATE_DONE;
}

/* Its newest record; left as it is when that lies behind the horizon. */
static enum fate read_newest(struct store_reader *r, struct arena *a, struct store_held *held, struct err *e)
{
    struct store_key key = store_key_newest(held->first);
    struct store_place at;
    size_t n;
    bool row = false;
    enum fate fate = find(r, &key, &at, 1, &n, e);
    const struct store_part *part = store_catalogue_find(&r->catalogue, held->first);
    if (fate != FATE_DONE || (n == 0 && (part == NULL || held->first < r->head.oldest)))
        return fate;
    if (n == 0)
        at = (struct store_place){part->n, held->first};
    struct sql *q = statement(r, at.segment, S_HELD, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)at.value);
    fate = sql_row(q, &row, e);
    if (fate == FATE_DONE && row)
        fate = copy_version(a, q, held, e);
    sql_reset(q);
    return fate;
}

static enum fate brought(struct store_reader *r, struct arena *a, const struct store_key *key,
                         struct store_brought *out, struct err *e)
{
    struct store_page page;
    *out = (struct store_brought){0};
    enum fate fate = store_snapshot(r, &page, e);
    if (fate == FATE_DONE)
        fate = read_files(r, a, key, out, e);
    for (size_t i = 0; fate == FATE_DONE && i < out->nheld; i++)
        fate = read_newest(r, a, &out->held[i], e);
    return fate;
}

enum fate store_reader_brought(struct store_reader *r, struct arena *a, const uint8_t digest[32],
                               const char *feed, struct store_brought *out, struct err *e)
{
    struct store_key key = store_key_file(digest, feed);
    int tries = 0;
    enum fate fate;
    do
        fate = brought(r, a, &key, out, e);
    while (store_snapshot_again(r, fate, &tries));
    return fate;
}

enum fate store_reader_knows(struct store_reader *r, const uint8_t id[NEWSWIRE_ID_LEN], bool *known,
                             struct err *e)
{
    struct store_key key = store_key_id(id);
    struct store_place at;
    struct store_page page;
    size_t n = 0;
    int tries = 0;
    enum fate fate;
    do {
        fate = store_snapshot(r, &page, e);
        if (fate == FATE_DONE)
            fate = find(r, &key, &at, 1, &n, e);
    } while (store_snapshot_again(r, fate, &tries));
    *known = n > 0;
    return fate;
}

// SPDX-License-Identifier: MIT
/* store_brought: what the store knows of a drop file by its bytes: the dispatches that came with it, as they
 * are now. For --reparse, which reads the same bytes again. */
#include "daemon/hands/store_reader.h"

#include <string.h>

#define HELD_FIRST 64 /* dispatches of a file; more are made room for */

static enum fate no_memory(struct err *e)
{
    err_set(e, "store: brought: out of memory");
    return FATE_RETRY;
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

static void bind_file(struct sql *q, const uint8_t digest[32], const char *feed)
{
    sql_blob(q, 1, digest, 32);
    sql_text(q, 2, feed);
}

static enum fate read_first(struct store_reader *r, struct arena *a, const uint8_t digest[32],
                            const char *feed, struct store_brought *out, struct err *e)
{
    struct sql *q = &r->sql[R_BROUGHT_BY];
    bind_file(q, digest, feed);
    enum fate fate = sql_row(q, &out->known, e);
    if (!out->known)
        return fate;
    out->name = store_column_text(a, q, 0, &fate, e);
    out->arrival = sqlite3_column_int64(q->stmt, 1);
    sql_reset(q);
    return fate;
}

static enum fate read_numbers(struct store_reader *r, struct arena *a, const uint8_t digest[32],
                              const char *feed, struct store_brought *out, struct err *e)
{
    struct sql *q = &r->sql[R_BROUGHT];
    enum fate fate;
    bool row;
    bind_file(q, digest, feed);
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

static enum fate copy_newest(struct arena *a, struct sql *q, struct store_held *held, struct err *e)
{
    enum fate fate = FATE_DONE;
    const void *id = sqlite3_column_blob(q->stmt, 1), *blob = sqlite3_column_blob(q->stmt, 2);
    if (id == NULL || sqlite3_column_bytes(q->stmt, 1) < NEWSWIRE_ID_LEN)
        return sql_damaged(e, "dispatch %llu has no id", (unsigned long long)held->first);
    held->version = (uint32_t)sqlite3_column_int(q->stmt, 0);
    memcpy(held->identity, id, NEWSWIRE_ID_LEN);
    held->kind = (enum newswire_kind)sqlite3_column_int(q->stmt, 3);
    if (held->kind == 0 || blob == NULL)
        return FATE_DONE;
    held->blob_n = (size_t)sqlite3_column_bytes(q->stmt, 2);
    uint8_t *copy = arena_alloc(a, held->blob_n);
    char *topics = store_column_text(a, q, 4, &fate, e);
    if (copy == NULL || topics == NULL || !store_split_topics(a, topics, &held->topics, &held->ntopics))
        return no_memory(e);
    held->blob = memcpy(copy, blob, held->blob_n);
    return FATE_DONE;
}

static enum fate read_newest(struct store_reader *r, struct arena *a, struct store_held *held, struct err *e)
{
    struct sql *q = &r->sql[R_BROUGHT_NEWEST];
    bool row;
    sql_int(q, 1, (int64_t)held->first);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE || !row)
        return fate;
    fate = copy_newest(a, q, held, e);
    sql_reset(q);
    return fate;
}

static enum fate read_again(struct store_reader *r, struct arena *a, const uint8_t digest[32],
                            const char *feed, struct store_brought *out, struct err *e)
{
    struct sql *q = &r->sql[R_BROUGHT_AGAIN];
    enum fate fate;
    bool row;
    bind_file(q, digest, feed);
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

static enum fate read_all(struct store_reader *r, struct arena *a, const uint8_t digest[32], const char *feed,
                          struct store_brought *out, struct err *e)
{
    struct store_page page;
    enum fate fate = store_snapshot(r, &page, NULL, e);
    if (fate == FATE_DONE)
        fate = read_first(r, a, digest, feed, out, e);
    if (fate == FATE_DONE)
        fate = read_numbers(r, a, digest, feed, out, e);
    for (size_t i = 0; fate == FATE_DONE && i < out->nheld; i++)
        fate = read_newest(r, a, &out->held[i], e);
    if (fate == FATE_DONE)
        fate = read_again(r, a, digest, feed, out, e);
    return fate;
}

enum fate store_reader_brought(struct store_reader *r, struct arena *a, const uint8_t digest[32],
                               const char *feed, struct store_brought *out, struct err *e)
{
    *out = (struct store_brought){0};
    enum fate fate = read_all(r, a, digest, feed, out, e);
    store_snapshot_end(r);
    return fate;
}

enum fate store_reader_knows(struct store_reader *r, const uint8_t id[NEWSWIRE_ID_LEN], bool *known,
                             struct err *e)
{
    struct sql *q = &r->sql[R_FIND_DISPATCH];
    sql_blob(q, 1, id, NEWSWIRE_ID_LEN);
    enum fate fate = sql_row(q, known, e);
    if (*known)
        sql_reset(q);
    return fate;
}

// SPDX-License-Identifier: MIT
/* store_catalogue: see store_catalogue.h. */
#include "daemon/hands/store_catalogue.h"

#include <stdio.h>
#include <stdlib.h>

enum fate store_catalogue_open(struct store_catalogue *c, const char *directory, bool write, struct err *e)
{
    char path[SEGMENT_PATH];
    enum fate fate = FATE_DONE;
    bool empty = false;
    *c = (struct store_catalogue){0};
    if (snprintf(path, sizeof path, "%s/newswire.db", directory) >= (int)sizeof path) {
        err_set(e, "store: %s: the path is too long", directory);
        return FATE_RETRY;
    }
    if (write)
        fate = store_make_file(path, e);
    if (fate == FATE_DONE)
        c->db = sql_open(path, write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, &fate, e);
    if (fate == FATE_DONE)
        fate = sql_recognise(c->db, &empty, e);
    if (fate == FATE_DONE && empty && !write) {
        err_set(e, "store: %s is empty: no newswired has opened it yet", directory);
        return FATE_RETRY;
    }
    if (fate == FATE_DONE && write)
        fate = sql_script(c->db, "pragmas_catalogue", e);
    if (fate == FATE_DONE && write)
        fate = sql_check_wal(c->db, e);
    if (fate == FATE_DONE && empty)
        fate = sql_script(c->db, "begin", e);
    if (fate == FATE_DONE && empty)
        fate = sql_script(c->db, "schema_catalogue", e);
    if (fate == FATE_DONE && empty)
        fate = sql_script(c->db, "commit", e);
    if (fate == FATE_DONE && write)
        sql_keep_log(c->db);
    return fate == FATE_DONE ? store_catalogue_read(c, e) : fate;
}

void store_catalogue_close(struct store_catalogue *c)
{
    sql_close(c->db);
    free(c->parts);
    *c = (struct store_catalogue){0};
}

/* --- the list ------------------------------------------------------------------------------------------- */

static bool follows(const struct store_part *part, const struct store_part *before)
{
    if (before->state == PART_IDS)
        return part->n > before->n;
    return before->state == PART_SEALED && part->state != PART_IDS && part->n == before->n + 1 &&
           part->first == before->last + 1;
}

static enum fate append(struct store_catalogue *c, struct sql *q, struct err *e)
{
    struct store_part *more = realloc(c->parts, (c->n + 1) * sizeof *more);
    if (more == NULL) {
        err_set(e, "store: list_segments: out of memory");
        return FATE_RETRY;
    }
    c->parts = more;
    c->parts[c->n++] = (struct store_part){
        .n = (uint64_t)sqlite3_column_int64(q->stmt, 0),
        .state = (enum part_state)sqlite3_column_int(q->stmt, 1),
        .first = (uint64_t)sqlite3_column_int64(q->stmt, 2),
        .last = (uint64_t)sqlite3_column_int64(q->stmt, 3),
        .stored = sqlite3_column_int64(q->stmt, 4),
    };
    const struct store_part *part = &c->parts[c->n - 1], *before = part - 1;
    if (c->n > 1 && !follows(part, before))
        return sql_damaged(e, "newswire.db: segment %llu does not follow segment %llu",
                           (unsigned long long)part->n, (unsigned long long)before->n);
    return FATE_DONE;
}

enum fate store_catalogue_read(struct store_catalogue *c, struct err *e)
{
    const char *const name = "list_segments";
    struct store_catalogue fresh = {0};
    struct sql q;
    bool row = true;
    enum fate fate = sql_prepare(c->db, &q, &name, 1, e);
    while (fate == FATE_DONE && (fate = sql_row(&q, &row, e)) == FATE_DONE && row)
        fate = append(&fresh, &q, e);
    sql_finalize(&q, 1);
    if (fate == FATE_DONE && fresh.n > 0 && fresh.parts[fresh.n - 1].state != PART_OPEN)
        fate = sql_damaged(e, "newswire.db names no open segment");
    if (fate == FATE_DONE) {
        struct store_part *old = c->parts;
        c->parts = fresh.parts;
        c->n = fresh.n;
        fresh.parts = old;
    }
    free(fresh.parts);
    return fate;
}

const struct store_part *store_catalogue_part(const struct store_catalogue *c, uint64_t n)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->parts[middle].n < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && c->parts[low].n == n ? &c->parts[low] : NULL;
}

const struct store_part *store_catalogue_find(const struct store_catalogue *c, uint64_t seq)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->parts[middle].first <= seq)
            low = middle + 1;
        else
            high = middle;
    }
    const struct store_part *part = low > 0 ? &c->parts[low - 1] : NULL;
    bool has =
        part != NULL && (part->state == PART_OPEN || (part->state == PART_SEALED && seq <= part->last));
    return has ? part : NULL;
}

/* --- changes -------------------------------------------------------------------------------------------- */

static enum fate put(struct store_catalogue *c, const struct store_part *part, struct err *e)
{
    const char *const name = "put_segment";
    struct sql q;
    enum fate fate = sql_prepare(c->db, &q, &name, 1, e);
    if (fate == FATE_DONE) {
        sql_int(&q, 1, (int64_t)part->n);
        sql_int(&q, 2, part->state);
        sql_int(&q, 3, (int64_t)part->first);
        sql_int(&q, 4, (int64_t)part->last);
        sql_int(&q, 5, part->stored);
        fate = sql_run(&q, e);
    }
    sql_finalize(&q, 1);
    return fate;
}

static enum fate forget(struct store_catalogue *c, uint64_t n, struct err *e)
{
    const char *const name = "forget_segment";
    struct sql q;
    enum fate fate = sql_prepare(c->db, &q, &name, 1, e);
    if (fate == FATE_DONE) {
        sql_int(&q, 1, (int64_t)n);
        fate = sql_run(&q, e);
    }
    sql_finalize(&q, 1);
    return fate;
}

/* Adds what the segment says of its topics to the sums, or takes it from them. */
static enum fate each_topic(struct store_catalogue *c, struct store_segment *from, const char *name,
                            struct err *e)
{
    struct sql put_topic;
    bool row = true;
    enum fate fate;
    struct sql *q = store_segment_sql(from, S_TOPICS_FROM, &fate, e);
    if (q == NULL)
        return fate;
    sql_text(q, 1, "");
    fate = sql_prepare(c->db, &put_topic, &name, 1, e);
    while (fate == FATE_DONE && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        sql_text(&put_topic, 1, (const char *)sqlite3_column_text(q->stmt, 0));
        sql_int(&put_topic, 2, sqlite3_column_int64(q->stmt, 1));
        if (sqlite3_bind_parameter_count(put_topic.stmt) > 2) {
            sql_int(&put_topic, 3, sqlite3_column_int64(q->stmt, 2));
            sql_int(&put_topic, 4, sqlite3_column_int64(q->stmt, 3));
        }
        fate = sql_run(&put_topic, e);
    }
    sql_reset(q);
    sql_finalize(&put_topic, 1);
    return fate;
}

/* Commits, or takes back, and reads the list anew. */
static enum fate finish(struct store_catalogue *c, enum fate fate, struct err *e)
{
    if (fate == FATE_DONE)
        fate = sql_script(c->db, "commit", e);
    if (!sqlite3_get_autocommit(c->db))
        sql_script(c->db, "rollback", NULL);
    return fate == FATE_DONE ? store_catalogue_read(c, e) : fate;
}

enum fate store_catalogue_fill(struct store_catalogue *c, const struct store_part *parts, size_t n,
                               struct err *e)
{
    enum fate fate = sql_script(c->db, "begin", e);
    for (size_t i = 0; i < n && fate == FATE_DONE; i++)
        fate = put(c, &parts[i], e);
    return finish(c, fate, e);
}

enum fate store_catalogue_seal(struct store_catalogue *c, const struct store_part *part,
                               struct store_segment *segment, struct err *e)
{
    struct store_part next = {.n = part->n + 1, .state = PART_OPEN, .first = part->last + 1};
    enum fate fate = sql_script(c->db, "begin", e);
    if (fate == FATE_DONE)
        fate = put(c, part, e);
    if (fate == FATE_DONE)
        fate = each_topic(c, segment, "add_topic", e);
    if (fate == FATE_DONE)
        fate = put(c, &next, e);
    return finish(c, fate, e);
}

enum fate store_catalogue_leave(struct store_catalogue *c, const struct store_part *part,
                                struct store_segment *from, bool ids, uint64_t joined, struct err *e)
{
    struct store_part left = *part;
    left.state = PART_IDS;
    enum fate fate = sql_script(c->db, "begin", e);
    if (fate == FATE_DONE && from != NULL)
        fate = each_topic(c, from, "take_topic", e);
    if (fate == FATE_DONE && from != NULL)
        fate = sql_script(c->db, "drop_topics", e);
    if (fate == FATE_DONE && joined != 0)
        fate = forget(c, joined, e);
    if (fate == FATE_DONE)
        fate = ids ? put(c, &left, e) : forget(c, left.n, e);
    return finish(c, fate, e);
}

enum fate store_catalogue_forget(struct store_catalogue *c, uint64_t n, struct err *e)
{
    enum fate fate = sql_script(c->db, "begin", e);
    return finish(c, fate == FATE_DONE ? forget(c, n, e) : fate, e);
}

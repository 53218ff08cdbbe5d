// SPDX-License-Identifier: MIT
/* store_prune: takes out what lies behind the horizon, a bounded number of records in a transaction of its
 * own. What is left is always a run of records without a gap, from `oldest` to the head; the head itself
 * never moves.
 *
 * Refuses to run within a batch. The id of a dispatch outlives its records until it is to be forgotten
 * too. */
#include "daemon/hands/store_writer.h"

#include <string.h>

/* The newest record to go, 0 = none. */
static enum fate find_cut(struct store *s, int64_t before, size_t max, uint64_t *cut, struct err *e)
{
    struct sql *q = &s->sql[W_PRUNE_UPTO];
    bool row;
    sql_int(q, 1, (int64_t)s->oldest);
    sql_int(q, 2, (int64_t)max);
    sql_int(q, 3, before);
    enum fate fate = sql_row(q, &row, e);
    *cut = row ? (uint64_t)sqlite3_column_int64(q->stmt, 0) : 0;
    if (row)
        sql_reset(q);
    return fate;
}

/* Touches every topic of a record. */
static enum fate touch(struct store *s, const char *lines, struct err *e)
{
    enum fate fate = FATE_DONE;
    while (*lines != '\0' && fate == FATE_DONE) {
        char name[TOPIC_MAX + 1];
        size_t n = strcspn(lines, "\n");
        int64_t number;
        if (n > TOPIC_MAX)
            return sql_damaged(e, "a topic of %zu bytes", n);
        memcpy(name, lines, n);
        name[n] = '\0';
        fate = store_topic_number(s, name, &number, e);
        lines += n + (lines[n] == '\n');
    }
    return fate;
}

static enum fate touch_topics(struct store *s, uint64_t cut, struct err *e)
{
    struct sql *q = &s->sql[W_PRUNE_TOPICS];
    bool row = true;
    enum fate fate = FATE_DONE;
    sql_int(q, 1, (int64_t)cut);
    while (fate == FATE_DONE && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        const char *lines = (const char *)sqlite3_column_text(q->stmt, 0);
        fate = touch(s, lines != NULL ? lines : "", e);
    }
    sql_reset(q);
    return fate;
}

/* Per topic and not per record: its rows up to the cut lie side by side. */
static enum fate prune_topics(struct store *s, uint64_t cut, struct err *e)
{
    struct sql *prune = &s->sql[W_PRUNE_RECORD_TOPIC], *uncount = &s->sql[W_UNCOUNT_TOPIC];
    enum fate fate = touch_topics(s, cut, e);
    for (size_t i = 0; i < s->topics.ntouched && fate == FATE_DONE; i++) {
        sql_int(prune, 1, s->topics.touched[i]);
        sql_int(prune, 2, (int64_t)cut);
        fate = sql_run(prune, e);
        if (fate != FATE_DONE)
            break;
        sql_int(uncount, 1, s->topics.touched[i]);
        sql_int(uncount, 2, sqlite3_changes64(s->db));
        fate = sql_run(uncount, e);
    }
    return fate;
}

static enum fate run_with(struct store *s, enum store_statement which, uint64_t number, struct err *e)
{
    sql_int(&s->sql[which], 1, (int64_t)number);
    return sql_run(&s->sql[which], e);
}

static enum fate prune_records(struct store *s, int64_t before, size_t max, size_t *pruned, struct err *e)
{
    uint64_t cut;
    enum fate fate = find_cut(s, before, max, &cut, e);
    if (fate != FATE_DONE || cut == 0)
        return fate;
    fate = prune_topics(s, cut, e);
    if (fate == FATE_DONE)
        fate = run_with(s, W_PRUNE_BLOBS, cut, e);
    if (fate == FATE_DONE)
        fate = run_with(s, W_PRUNE_RECORDS, cut, e);
    if (fate == FATE_DONE)
        fate = run_with(s, W_SET_OLDEST, cut + 1, e);
    if (fate == FATE_DONE)
        *pruned = (size_t)(cut + 1 - s->oldest);
    return fate;
}

/* One window of numbers per call, so that ids which are dropped again and again at the front hold up
 * nothing. */
static enum fate forget(struct store *s, int64_t remember_before, size_t max, struct err *e)
{
    struct sql *first = &s->sql[W_FORGET_FIRST], *q = &s->sql[W_FORGET];
    bool row;
    sql_int(first, 1, s->forgotten);
    enum fate fate = sql_row(first, &row, e);
    int64_t from = row ? sqlite3_column_int64(first->stmt, 0) - 1 : 0;
    bool young = !row || sqlite3_column_int64(first->stmt, 1) >= remember_before;
    if (row)
        sql_reset(first);
    if (fate != FATE_DONE || young) {
        s->forgotten = 0;
        return fate;
    }
    sql_int(q, 1, from);
    sql_int(q, 2, (int64_t)max);
    sql_int(q, 3, remember_before);
    s->forgotten = from + (int64_t)max;
    return sql_run(q, e);
}

enum fate store_prune(struct store *s, int64_t before, int64_t remember_before, size_t max, size_t *pruned,
                      struct err *e)
{
    *pruned = 0;
    enum fate fate = store_transaction(s, e);
    if (fate != FATE_DONE)
        return fate;
    fate = prune_records(s, before, max, pruned, e);
    if (fate == FATE_DONE && remember_before > 0)
        fate = forget(s, remember_before, max, e);
    if (fate == FATE_DONE)
        fate = store_transaction_commit(s, e);
    else
        store_transaction_drop(s);
    if (fate != FATE_DONE)
        *pruned = 0;
    return fate;
}

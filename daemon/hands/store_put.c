// SPDX-License-Identifier: MIT
/* store_put: dispatches and their records into the file in hand: new ones, further versions of old ones, and
 * old ones under other topics.
 *
 * Refuses to change what was stored: a version is a row of its own, its blob stays as it is, and only the
 * number of its newest record moves. */
#include "daemon/hands/store_writer.h"

#include <assert.h>
#include <string.h>

/* --- dispatches ----------------------------------------------------------------------------------------- */

static enum fate find_dispatch(struct store *s, const uint8_t *id, int64_t *n, struct err *e)
{
    struct sql *q = &s->sql[W_FIND_DISPATCH];
    bool row;
    sql_blob(q, 1, id, NEWSWIRE_ID_LEN);
    enum fate fate = sql_row(q, &row, e);
    *n = row ? sqlite3_column_int64(q->stmt, 0) : 0;
    if (row)
        sql_reset(q);
    return fate;
}

static enum fate see_dispatch(struct store *s, int64_t n, const struct newswire_dispatch *d, struct err *e)
{
    struct sql *q = &s->sql[W_SEE_DISPATCH];
    sql_int(q, 1, n);
    sql_int(q, 2, s->now);
    sql_int(q, 3, s->file);
    enum fate fate = sql_run(q, e);
    if (fate != FATE_DONE)
        return fate;
    q = &s->sql[W_PUT_AGAIN];
    sql_int(q, 1, s->file);
    sql_int(q, 2, (int64_t)d->offset);
    sql_int(q, 3, (int64_t)d->length);
    sql_int(q, 4, n);
    return sql_run(q, e);
}

/* What a row is known by, and which it is a version of. */
struct row {
    uint8_t id[NEWSWIRE_ID_LEN + 8];
    size_t id_n;
    int64_t revises; /* 0: nothing, it is a version 1 */
};

static enum fate put_dispatch(struct store *s, const struct newswire_dispatch *d, const struct row *row,
                              struct err *e)
{
    struct sql *q = &s->sql[W_PUT_DISPATCH];
    struct bytes blob;
    if (!dispatch_pack(d, &blob)) {
        err_set(e, "store: put_dispatch: out of memory");
        return FATE_RETRY;
    }
    if (blob.n > FRAMES_BYTES_MAX) {
        err_set(e, "a dispatch of %zu bytes: no frame takes more than %u", blob.n, FRAMES_BYTES_MAX);
        bytes_free(&blob);
        return FATE_BAD;
    }
    sql_int(q, 1, (int64_t)s->next.dispatches + 1);
    sql_blob(q, 2, row->id, row->id_n);
    sql_int(q, 3, d->version);
    sql_int(q, 4, s->file);
    sql_int(q, 5, s->now);
    sql_int(q, 6, (int64_t)s->next.seq + 1);
    sql_text(q, 7, d->agency);
    sql_text(q, 8, d->headline);
    sql_text(q, 9, d->located);
    sql_text(q, 10, d->content_created);
    sql_blob(q, 11, blob.p, blob.n);
    if (row->revises != 0)
        sql_int(q, 12, row->revises);
    enum fate fate = sql_run(q, e);
    bytes_free(&blob);
    return fate;
}

static const char *join_topics(struct store *s, const char *const *topics, size_t ntopics)
{
    char *end = s->topics_text;
    for (size_t i = 0; i < ntopics; i++) {
        size_t n = strlen(topics[i]);
        assert(n <= TOPIC_MAX);
        if (i > 0)
            *end++ = '\n';
        memcpy(end, topics[i], n);
        end += n;
    }
    *end = '\0';
    return s->topics_text;
}

static enum fate put_row(struct store *s, int64_t dispatch, enum newswire_kind kind,
                         const char *const *topics, size_t ntopics, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_RECORD];
    sql_int(q, 1, (int64_t)s->next.seq + 1);
    sql_int(q, 2, dispatch);
    sql_int(q, 3, kind);
    sql_int(q, 4, s->now);
    sql_text(q, 5, join_topics(s, topics, ntopics));
    return sql_run(q, e);
}

/* The topic's number from the table, or a new one. */
static enum fate look_up_topic(struct store *s, const char *name, int64_t *n, struct err *e)
{
    struct sql *q = &s->sql[W_FIND_TOPIC];
    bool row;
    sql_text(q, 1, name);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (row) {
        *n = sqlite3_column_int64(q->stmt, 0);
        sql_reset(q);
        return FATE_DONE;
    }
    q = &s->sql[W_PUT_TOPIC];
    sql_text(q, 1, name);
    fate = sql_run(q, e);
    *n = sqlite3_last_insert_rowid(s->db);
    return fate;
}

enum fate store_topic_number(struct store *s, const char *name, int64_t *n, struct err *e)
{
    struct store_topic *topic = store_topics_find(&s->topics, name);
    if (topic == NULL) {
        enum fate fate = look_up_topic(s, name, n, e);
        if (fate != FATE_DONE)
            return fate;
        topic = store_topics_add(&s->topics, name, *n);
    }
    if (topic == NULL || !store_topics_touch(&s->topics, topic)) {
        err_set(e, "store: topics: out of memory");
        return FATE_RETRY;
    }
    *n = topic->n;
    return FATE_DONE;
}

static enum fate put_topics(struct store *s, const char *const *topics, size_t ntopics, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_RECORD_TOPIC];
    enum fate fate = FATE_DONE;
    for (size_t i = 0; i < ntopics && fate == FATE_DONE; i++) {
        int64_t n;
        fate = store_topic_number(s, topics[i], &n, e);
        if (fate != FATE_DONE)
            break;
        sql_int(q, 1, n);
        sql_int(q, 2, (int64_t)s->next.seq + 1);
        fate = sql_run(q, e);
    }
    return fate;
}

/* The next record: of the dispatch in that row. */
static enum fate put_record(struct store *s, int64_t dispatch, enum newswire_kind kind,
                            const char *const *topics, size_t ntopics, struct err *e)
{
    assert(ntopics <= TOPICS_PER_RECORD);
    enum fate fate = put_row(s, dispatch, kind, topics, ntopics, e);
    if (fate == FATE_DONE)
        fate = put_topics(s, topics, ntopics, e);
    if (fate == FATE_DONE)
        s->next.seq++;
    return fate;
}

/* --- what callers put ----------------------------------------------------------------------------------- */

enum fate store_put(struct store *s, const struct newswire_dispatch *d, const char *const *topics,
                    size_t ntopics, uint64_t *seq, struct err *e)
{
    int64_t known = 0;
    struct row row = {.id_n = sizeof d->id};
    memcpy(row.id, d->id, sizeof d->id);
    *seq = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_dispatch(s, d->id, &known, e);
    if (fate == FATE_DONE && known != 0) {
        fate = see_dispatch(s, known, d, e);
        s->seen++;
        return store_ended(s, fate);
    }
    if (fate == FATE_DONE)
        fate = put_dispatch(s, d, &row, e);
    if (fate == FATE_DONE)
        fate = put_record(s, (int64_t)s->next.dispatches + 1, NEWSWIRE_NEW, topics, ntopics, e);
    if (fate == FATE_DONE) {
        s->next.dispatches++;
        s->fresh++;
        *seq = s->next.seq;
    }
    return store_ended(s, fate);
}

/* The newest version of a dispatch, and the id that all have. */
static enum fate find_newest(struct store *s, uint64_t first, int64_t *n, uint32_t *version,
                             uint8_t id[NEWSWIRE_ID_LEN], struct err *e)
{
    struct sql *q = &s->sql[W_NEWEST];
    bool row;
    sql_int(q, 1, (int64_t)first);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row || sqlite3_column_bytes(q->stmt, 2) != NEWSWIRE_ID_LEN) {
        sql_reset(q);
        return sql_damaged(e, "dispatch %llu is missing", (unsigned long long)first);
    }
    *n = sqlite3_column_int64(q->stmt, 0);
    *version = (uint32_t)sqlite3_column_int(q->stmt, 1);
    memcpy(id, sqlite3_column_blob(q->stmt, 2), NEWSWIRE_ID_LEN);
    sql_reset(q);
    return FATE_DONE;
}

/* Known by the identity of its text, or, if that is another row's, by nothing that could be dropped. */
static enum fate name_row(struct store *s, const uint8_t *identity, struct row *row, struct err *e)
{
    int64_t known = 0;
    enum fate fate = find_dispatch(s, identity, &known, e);
    uint64_t n = s->next.dispatches + 1;
    memcpy(row->id, identity, NEWSWIRE_ID_LEN);
    row->id_n = NEWSWIRE_ID_LEN;
    for (int shift = 56; known != 0 && shift >= 0; shift -= 8)
        row->id[row->id_n++] = (uint8_t)(n >> shift);
    return fate;
}

enum fate store_revise(struct store *s, uint64_t first, enum newswire_kind kind,
                       const struct newswire_dispatch *d, const char *const *topics, size_t ntopics,
                       uint64_t *seq, struct err *e)
{
    struct newswire_dispatch next = *d;
    struct row row = {.revises = (int64_t)first};
    int64_t newest;
    *seq = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_newest(s, first, &newest, &next.version, next.id, e);
    if (fate == FATE_DONE)
        fate = name_row(s, d->id, &row, e);
    next.version++;
    if (fate == FATE_DONE)
        fate = put_dispatch(s, &next, &row, e);
    if (fate == FATE_DONE)
        fate = put_record(s, (int64_t)s->next.dispatches + 1, kind, topics, ntopics, e);
    if (fate == FATE_DONE) {
        s->next.dispatches++;
        s->fresh++;
        *seq = s->next.seq;
    }
    return store_ended(s, fate);
}

enum fate store_retag(struct store *s, uint64_t first, const char *const *topics, size_t ntopics,
                      uint64_t *seq, struct err *e)
{
    int64_t newest;
    uint32_t version;
    uint8_t id[NEWSWIRE_ID_LEN];
    *seq = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = find_newest(s, first, &newest, &version, id, e);
    if (fate == FATE_DONE)
        fate = put_record(s, newest, NEWSWIRE_RETAGGED, topics, ntopics, e);
    if (fate == FATE_DONE) {
        struct sql *q = &s->sql[W_SET_RECORD];
        sql_int(q, 1, newest);
        sql_int(q, 2, (int64_t)s->next.seq);
        fate = sql_run(q, e);
    }
    if (fate == FATE_DONE) {
        s->seen++;
        *seq = s->next.seq;
    }
    return store_ended(s, fate);
}

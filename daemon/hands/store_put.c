// SPDX-License-Identifier: MIT
/* store_put: dispatches and their records into the file in hand.
 *
 * Refuses to change what was stored: whatever is said about a dispatch later is a further row, in the segment
 * that is open then. */
#include "daemon/hands/store_writer.h"

#include <assert.h>
#include <string.h>

/* The text as it is kept and sent. Here, and in store_page.c where it is taken out again, it could be packed
 * tighter than protobuf does. */
static enum fate pack(const struct newswire_dispatch *d, struct bytes *out, struct err *e)
{
    if (!dispatch_pack(d, out)) {
        err_set(e, "store: put_dispatch: out of memory");
        return FATE_RETRY;
    }
    if (out->n <= FRAMES_BYTES_MAX)
        return FATE_DONE;
    err_set(e, "a dispatch of %zu bytes: no frame takes more than %u", out->n, FRAMES_BYTES_MAX);
    bytes_free(out);
    return FATE_BAD;
}

static enum fate put_dispatch(struct store *s, const struct newswire_dispatch *d, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_DISPATCH];
    struct bytes blob;
    enum fate fate = pack(d, &blob, e);
    if (fate != FATE_DONE)
        return fate;
    sql_int(q, 1, (int64_t)s->next.seq + 1);
    sql_text(q, 2, d->agency);
    sql_text(q, 3, d->headline);
    sql_text(q, 4, d->located);
    sql_text(q, 5, d->content_created);
    sql_blob(q, 6, blob.p, blob.n);
    fate = sql_run(q, e);
    s->bytes += blob.n;
    bytes_free(&blob);
    return fate;
}

static const char *join_topics(struct store *s, const char *const *topics, size_t ntopics)
{
    char *end = s->topics_text;
    assert(ntopics <= TOPICS_PER_RECORD);
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

/* `r` without seq, stored and topics: those are given here. */
static enum fate put_record(struct store *s, struct store_index_record *r, const struct newswire_dispatch *d,
                            const char *const *topics, size_t ntopics, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_RECORD];
    r->seq = s->next.seq + 1;
    r->stored = s->now;
    r->topics = join_topics(s, topics, ntopics);
    sql_int(q, 1, (int64_t)r->seq);
    sql_int(q, 2, r->kind);
    sql_blob(q, 3, d->id, NEWSWIRE_ID_LEN);
    sql_int(q, 4, d->version);
    sql_int(q, 5, r->stored);
    sql_int(q, 6, (int64_t)s->next.files);
    if (r->first != 0)
        sql_int(q, 7, (int64_t)r->first);
    if (memcmp(r->identity, d->id, NEWSWIRE_ID_LEN) != 0)
        sql_blob(q, 8, r->identity, NEWSWIRE_ID_LEN);
    sql_text(q, 9, r->topics);
    enum fate fate = sql_run(q, e);
    return fate == FATE_DONE ? store_indexed(store_index_record(&s->index, r), e) : fate;
}

/* The next record is there, with its text. */
static void advance(struct store *s, uint64_t *seq)
{
    s->rows++;
    *seq = ++s->next.seq;
}

/* A record with a text that was not there before. */
static enum fate put(struct store *s, struct store_index_record *r, const struct newswire_dispatch *d,
                     const char *const *topics, size_t ntopics, uint64_t *seq, struct err *e)
{
    enum fate fate = put_dispatch(s, d, e);
    if (fate == FATE_DONE)
        fate = put_record(s, r, d, topics, ntopics, e);
    if (fate != FATE_DONE)
        return fate;
    s->next.dispatches++;
    s->fresh++;
    advance(s, seq);
    return FATE_DONE;
}

enum fate store_put(struct store *s, const struct newswire_dispatch *d, const char *const *topics,
                    size_t ntopics, uint64_t *seq, struct err *e)
{
    struct store_key key = store_key_id(d->id);
    struct store_index_record r = {.kind = NEWSWIRE_NEW, .identity = d->id};
    struct store_place known;
    size_t n = 0;
    *seq = 0;
    enum fate fate = store_usable(s, e);
    if (fate == FATE_DONE)
        fate = store_find(s, &key, &known, 1, &n, e);
    if (fate == FATE_DONE && n > 0) {
        struct store_again again = {known.value, d->id, true, d->offset, d->length};
        return store_ended(s, store_put_again(s, &again, e));
    }
    if (fate == FATE_DONE)
        fate = put(s, &r, d, topics, ntopics, seq, e);
    return store_ended(s, fate);
}

/* --- what is said later --------------------------------------------------------------------------------- */

/* The newest record of the dispatch whose version 1 is `first`; q is to be reset. NULL with *fate. */
static struct sql *read_newest(struct store *s, uint64_t first, enum fate *fate, struct err *e)
{
    struct store_key key = store_key_newest(first);
    struct store_place at;
    size_t n;
    bool row = false;
    *fate = store_find(s, &key, &at, 1, &n, e);
    if (*fate != FATE_DONE)
        return NULL;
    const struct store_part *part = store_catalogue_find(&s->catalogue, first);
    if (n == 0 && part != NULL)
        at = (struct store_place){part->n, first};
    struct store_segment *segment = n > 0 || part != NULL ? store_segment_of(s, at.segment, fate, e) : NULL;
    struct sql *q = segment != NULL ? store_segment_sql(segment, S_HELD, fate, e) : NULL;
    if (q != NULL) {
        sql_int(q, 1, (int64_t)at.value);
        *fate = sql_row(q, &row, e);
    }
    if (*fate == FATE_DONE && !row) {
        err_set(e, "dispatch %llu lies behind the horizon", (unsigned long long)first);
        *fate = FATE_BAD;
    }
    return row ? q : NULL;
}

/* The id that all versions have, and the identity of this one's text. */
static enum fate read_ids(const struct sql *q, uint8_t id[NEWSWIRE_ID_LEN], uint8_t identity[NEWSWIRE_ID_LEN],
                          struct err *e)
{
    int own = sqlite3_column_type(q->stmt, V_IDENTITY) == SQLITE_NULL ? V_ID : V_IDENTITY;
    if (sqlite3_column_bytes(q->stmt, V_ID) != NEWSWIRE_ID_LEN ||
        sqlite3_column_bytes(q->stmt, own) != NEWSWIRE_ID_LEN)
        return sql_damaged(e, "a record has no id");
    memcpy(id, sqlite3_column_blob(q->stmt, V_ID), NEWSWIRE_ID_LEN);
    memcpy(identity, sqlite3_column_blob(q->stmt, own), NEWSWIRE_ID_LEN);
    return FATE_DONE;
}

enum fate store_revise(struct store *s, uint64_t first, enum newswire_kind kind,
                       const struct newswire_dispatch *d, const char *const *topics, size_t ntopics,
                       uint64_t *seq, struct err *e)
{
    struct newswire_dispatch next = *d;
    struct store_index_record r = {.kind = kind, .identity = d->id, .first = first};
    uint8_t identity[NEWSWIRE_ID_LEN];
    *seq = 0;
    enum fate fate = store_usable(s, e);
    struct sql *q = fate == FATE_DONE ? read_newest(s, first, &fate, e) : NULL;
    if (q != NULL) {
        next.version = (uint32_t)sqlite3_column_int64(q->stmt, V_VERSION) + 1;
        fate = read_ids(q, next.id, identity, e);
        sql_reset(q);
    }
    if (fate == FATE_DONE)
        fate = put(s, &r, &next, topics, ntopics, seq, e);
    return store_ended(s, fate);
}

/* The text as it is: a segment needs no other. */
static enum fate copy_dispatch(struct store *s, struct sql *from, struct err *e)
{
    struct sql *q = &s->sql[W_PUT_DISPATCH];
    sql_int(q, 1, (int64_t)s->next.seq + 1);
    for (int i = V_AGENCY; i <= V_CREATED; i++)
        sql_text(q, 2 + i - V_AGENCY, (const char *)sqlite3_column_text(from->stmt, i));
    size_t n = (size_t)sqlite3_column_bytes(from->stmt, V_BLOB);
    sql_blob(q, 6, sqlite3_column_blob(from->stmt, V_BLOB), n);
    s->bytes += n;
    return sql_run(q, e);
}

enum fate store_retag(struct store *s, uint64_t first, const char *const *topics, size_t ntopics,
                      uint64_t *seq, struct err *e)
{
    uint8_t identity[NEWSWIRE_ID_LEN];
    struct store_index_record r = {.kind = NEWSWIRE_RETAGGED, .identity = identity, .first = first};
    struct newswire_dispatch d = {.version = 0};
    *seq = 0;
    enum fate fate = store_usable(s, e);
    struct sql *q = fate == FATE_DONE ? read_newest(s, first, &fate, e) : NULL;
    if (q == NULL)
        return store_ended(s, fate);
    d.version = (uint32_t)sqlite3_column_int64(q->stmt, V_VERSION);
    fate = read_ids(q, d.id, identity, e);
    if (fate == FATE_DONE)
        fate = copy_dispatch(s, q, e);
    sql_reset(q);
    if (fate == FATE_DONE)
        fate = put_record(s, &r, &d, topics, ntopics, e);
    if (fate == FATE_DONE) {
        s->seen++;
        advance(s, seq);
    }
    return store_ended(s, fate);
}

void store_file_kept(struct store *s, uint64_t n)
{
    assert(s->in_file);
    s->seen += n;
}

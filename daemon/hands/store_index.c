// SPDX-License-Identifier: MIT
/* store_index: see store_index.h. Invariant: made from the rows it is the same as what the writer had, so
 * that a crash changes nothing of what is found. */
#include "daemon/hands/store_index.h"

#include <stdlib.h>
#include <string.h>

/* Doubles a list of elements of `size` bytes when it is full. False when memory ran out. */
static bool make_room(void **list, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room == 0 ? 4096 : 2 * *room;
    void *larger = realloc(*list, more * size);
    if (larger == NULL)
        return false;
    *list = larger;
    *room = more;
    return true;
}

void store_index_free(struct store_index *x)
{
    store_keys_free(&x->keys);
    store_topics_free(&x->topics);
    free(x->postings);
    free(x->stored);
    *x = (struct store_index){0};
}

void store_index_begin(struct store_index *x, uint64_t first, uint64_t file)
{
    store_index_free(x);
    x->first = first;
    x->file = file;
}

struct store_index_mark store_index_mark(const struct store_index *x)
{
    return (struct store_index_mark){x->keys.n, x->npostings, x->nrecords, x->file};
}

/* Names of topics stay: one without a record says nothing. */
void store_index_cut(struct store_index *x, const struct store_index_mark *mark)
{
    store_keys_cut(&x->keys, mark->keys);
    x->npostings = mark->postings;
    x->nrecords = mark->records;
    x->file = mark->file;
}

/* --- what goes in --------------------------------------------------------------------------------------- */

static bool add_topics(struct store_index *x, const char *topics, uint32_t record)
{
    while (*topics != '\0') {
        size_t n = strcspn(topics, "\n");
        uint32_t topic;
        if (!store_topics_number(&x->topics, topics, n, &topic) ||
            !make_room((void **)&x->postings, x->npostings, &x->postings_room, sizeof *x->postings))
            return false;
        x->postings[x->npostings++] = (struct store_posting){topic, record};
        topics += n + (topics[n] == '\n');
    }
    return true;
}

static bool add_key(struct store_index *x, struct store_key key, uint64_t value)
{
    return store_keys_add(&x->keys, &key, value);
}

bool store_index_record(struct store_index *x, const struct store_index_record *r)
{
    if (!make_room((void **)&x->stored, x->nrecords, &x->records_room, sizeof *x->stored))
        return false;
    x->stored[x->nrecords++] = r->stored;
    // Under other topics it is still the text that was known before.
    if (r->kind != NEWSWIRE_RETAGGED && !add_key(x, store_key_id(r->identity), r->seq))
        return false;
    if (r->first != 0 && !add_key(x, store_key_newest(r->first), r->seq))
        return false;
    return add_topics(x, r->topics, (uint32_t)(r->seq - x->first));
}

bool store_index_file(struct store_index *x, uint64_t n, const char *claim, const uint8_t digest[32],
                      const char *feed, bool brought)
{
    uint64_t other;
    struct store_key key = store_key_file(digest, feed);
    x->file = n;
    if (!add_key(x, store_key_claim(claim), n))
        return false;
    // A file dropped over and over is found by the first of it: so one key has few numbers.
    return (!brought && store_keys_find(&x->keys, &key, &other, 1) > 0) || add_key(x, key, n);
}

bool store_index_again(struct store_index *x, uint64_t dispatch, const uint8_t id[NEWSWIRE_ID_LEN])
{
    uint64_t other;
    struct store_key key = store_key_id(id);
    return store_keys_find(&x->keys, &key, &other, 1) > 0 || add_key(x, key, dispatch);
}

/* --- from the rows -------------------------------------------------------------------------------------- */

static const void *column_bytes(struct sql *q, int column, int n)
{
    return sqlite3_column_bytes(q->stmt, column) == n ? sqlite3_column_blob(q->stmt, column) : NULL;
}

static const char *column_text(struct sql *q, int column)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, column);
    return text != NULL ? text : "";
}

static enum fate added(bool good, struct err *e)
{
    if (!good)
        err_set(e, "store: index: out of memory");
    return good ? FATE_DONE : FATE_RETRY;
}

static enum fate row_of_record(struct store_index *x, struct sql *q, struct err *e)
{
    bool same = sqlite3_column_type(q->stmt, 3) == SQLITE_NULL;
    struct store_index_record r = {
        .seq = (uint64_t)sqlite3_column_int64(q->stmt, 0),
        .kind = (enum newswire_kind)sqlite3_column_int(q->stmt, 1),
        .identity = column_bytes(q, same ? 2 : 3, NEWSWIRE_ID_LEN),
        .first = (uint64_t)sqlite3_column_int64(q->stmt, 4),
        .stored = sqlite3_column_int64(q->stmt, 5),
        .topics = column_text(q, 6),
    };
    if (r.identity == NULL || r.seq != x->first + x->nrecords)
        return sql_damaged(e, "record %llu is missing or has no id",
                           (unsigned long long)(x->first + x->nrecords));
    return added(store_index_record(x, &r), e);
}

static enum fate row_of_file(struct store_index *x, struct sql *q, struct err *e)
{
    uint64_t n = (uint64_t)sqlite3_column_int64(q->stmt, 0);
    const uint8_t *digest = column_bytes(q, 3, 32);
    bool brought = sqlite3_column_int64(q->stmt, 5) > 0;
    if (digest == NULL)
        return sql_damaged(e, "file %llu has no digest", (unsigned long long)n);
    return added(store_index_file(x, n, column_text(q, 1), digest, column_text(q, 2), brought), e);
}

static enum fate row_of_again(struct store_index *x, struct sql *q, struct err *e)
{
    const uint8_t *id = column_bytes(q, 1, NEWSWIRE_ID_LEN);
    if (id == NULL)
        return sql_damaged(e, "a dispatch that was met again has no id");
    return added(store_index_again(x, (uint64_t)sqlite3_column_int64(q->stmt, 0), id), e);
}

static enum fate each_row(struct store_index *x, struct sql *q, int64_t after,
                          enum fate (*take)(struct store_index *, struct sql *, struct err *), struct err *e)
{
    bool row = true;
    sql_int(q, 1, after);
    enum fate fate;
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row)
        if ((fate = take(x, q, e)) != FATE_DONE)
            break;
    sql_reset(q);
    return fate;
}

enum fate store_index_catch_up(struct store_index *x, sqlite3 *db, struct err *e)
{
    static const char *const names[] = {"index_records", "index_files", "index_again"};
    struct sql q[3];
    int64_t file = (int64_t)x->file;
    enum fate fate = sql_prepare(db, q, names, 3, e);
    if (fate == FATE_DONE)
        fate = each_row(x, &q[0], (int64_t)(x->first + x->nrecords) - 1, row_of_record, e);
    if (fate == FATE_DONE)
        fate = each_row(x, &q[1], file, row_of_file, e);
    if (fate == FATE_DONE)
        fate = each_row(x, &q[2], file, row_of_again, e);
    sql_finalize(q, 3);
    return fate;
}

/* --- by topic ------------------------------------------------------------------------------------------- */

static int compare_posted(const void *a, const void *b)
{
    return strcmp(((const struct store_posted *)a)->name, ((const struct store_posted *)b)->name);
}

/* Sorted by counting: the postings of a topic follow one another, in order of seq as they came. */
static void arrange(const struct store_index *x, struct store_postings *out)
{
    size_t at = 0;
    for (size_t i = 0; i < x->npostings; i++)
        out->topics[x->postings[i].topic].records++;
    for (size_t t = 0; t < x->topics.n; t++) {
        out->topics[t].name = x->topics.names[t];
        out->topics[t].at = at;
        at += out->topics[t].records;
        out->topics[t].records = 0;
    }
    for (size_t i = 0; i < x->npostings; i++) {
        struct store_posted *topic = &out->topics[x->postings[i].topic];
        uint32_t record = x->postings[i].record, *own = &out->order[topic->at];
        if (topic->records == 0 || own[topic->records - 1] != record) // a topic given twice is given once
            own[topic->records++] = record;
    }
}

bool store_index_postings(const struct store_index *x, struct store_postings *out)
{
    *out = (struct store_postings){
        .topics = calloc(x->topics.n + 1, sizeof *out->topics),
        .order = malloc((x->npostings + 1) * sizeof *out->order),
    };
    if (out->topics == NULL || out->order == NULL)
        return false;
    arrange(x, out);
    for (size_t t = 0; t < x->topics.n; t++)
        if (out->topics[t].records > 0)
            out->topics[out->n++] = out->topics[t];
    qsort(out->topics, out->n, sizeof *out->topics, compare_posted);
    return true;
}

void store_postings_free(struct store_postings *p)
{
    free(p->topics);
    free(p->order);
    *p = (struct store_postings){0};
}

size_t store_postings_pack(const uint32_t *records, size_t n, uint8_t *out)
{
    uint8_t *end = out;
    uint32_t last = (uint32_t)-1; // the first distance is from first - 1, so that none is 0
    for (size_t i = 0; i < n; i++) {
        uint32_t distance = records[i] - last;
        for (; distance >= 0x80; distance >>= 7)
            *end++ = (uint8_t)(distance | 0x80);
        *end++ = (uint8_t)distance;
        last = records[i];
    }
    return (size_t)(end - out);
}

size_t store_postings_unpack(const uint8_t *p, size_t n, uint64_t first, uint64_t after, uint64_t *seqs,
                             size_t max)
{
    size_t found = 0;
    uint64_t seq = first - 1;
    for (const uint8_t *end = p + n; p < end && found < max;) {
        uint32_t distance = 0;
        for (int shift = 0; p < end && shift < 32; shift += 7) {
            distance |= (uint32_t)(*p & 0x7f) << shift;
            if (*p++ < 0x80)
                break;
        }
        seq += distance;
        if (seq > after)
            seqs[found++] = seq;
    }
    return found;
}

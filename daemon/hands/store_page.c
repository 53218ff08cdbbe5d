// SPDX-License-Identifier: MIT
/* store_page: pages of records. In two steps within one snapshot: pick the seqs, then fetch their records, so
 * that blobs are read only for what is given out.
 *
 * Invariant, on which no client ever loses a record: every record of the wanted topics with after < seq <=
 * upto is in the page. Whatever cuts a page short (records, bytes, rows looked at) lowers upto. */
#include "daemon/hands/store_reader.h"

#include <stdlib.h>
#include <string.h>

#define FEW_TOPICS 64   /* so many index scans at most; each may give as many seqs as the page takes */
#define LOOK_MAX 20000  /* rows per page whose topics are looked at one by one: some 20 ms */

/* --- what is wanted ------------------------------------------------------------------------------------- */

/* Prefixes in order, none of which begins with another: so at most one can begin a topic, the last one not
 * after it. */
struct wanted {
    const char **prefixes;
    size_t n;
    int64_t topics[FEW_TOPICS];
    size_t ntopics; /* FEW_TOPICS + 1: more than that */
};

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Leaves no prefix when all records are wanted. False when memory ran out. */
static bool compile(struct wanted *w, const char *const *topics, size_t ntopics)
{
    w->n = 0;
    w->prefixes = malloc((ntopics + 1) * sizeof *w->prefixes);
    if (w->prefixes == NULL)
        return false;
    for (size_t i = 0; i < ntopics; i++) {
        if (strcmp(topics[i], TOPIC_ALL) == 0)
            return true;
        w->prefixes[i] = topics[i];
    }
    qsort(w->prefixes, ntopics, sizeof *w->prefixes, compare_texts);
    for (size_t i = 0; i < ntopics; i++)
        if (w->n == 0 || !begins(w->prefixes[i], w->prefixes[w->n - 1]))
            w->prefixes[w->n++] = w->prefixes[i];
    return true;
}

static bool wants_topic(const struct wanted *w, const char *topic)
{
    size_t low = 0, high = w->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(w->prefixes[middle], topic) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && begins(topic, w->prefixes[low - 1]);
}

/* `topics` as in the record's row, one a line. */
static bool wants_record(const struct wanted *w, const char *topics)
{
    while (*topics != '\0') {
        char topic[TOPIC_MAX + 1];
        size_t n = strcspn(topics, "\n");
        if (n <= TOPIC_MAX) {
            memcpy(topic, topics, n);
            topic[n] = '\0';
            if (wants_topic(w, topic))
                return true;
        }
        topics += n + (topics[n] == '\n');
    }
    return false;
}

/* The numbers of the stored topics that begin with `prefix`, until there are too many. */
static enum fate resolve(struct store_reader *r, struct wanted *w, const char *prefix, struct err *e)
{
    struct sql *q = &r->sql[R_TOPICS_FROM];
    bool row;
    enum fate fate;
    sql_text(q, 1, prefix);
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        const char *name = (const char *)sqlite3_column_text(q->stmt, 1);
        if (name == NULL || !begins(name, prefix))
            break;
        if (w->ntopics >= FEW_TOPICS) {
            w->ntopics = FEW_TOPICS + 1;
            break;
        }
        w->topics[w->ntopics++] = sqlite3_column_int64(q->stmt, 0);
    }
    sql_reset(q);
    return fate;
}

/* --- picking seqs --------------------------------------------------------------------------------------- */

struct picks {
    uint64_t *seqs; /* rising */
    size_t n, max;
    uint64_t after, upto;
};

/* There is a record for every seq, so nothing has to be read. */
static enum fate pick_all(struct picks *p, const struct store_page *page)
{
    uint64_t seq = page->oldest > p->after ? page->oldest : p->after + 1;
    for (; seq <= page->head && p->n < p->max; seq++)
        p->seqs[p->n++] = seq;
    return FATE_DONE;
}

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The first seqs of each topic; the first of all of them are among these. `seqs` has room for ntopics *
 * max. */
static enum fate pick_few(struct store_reader *r, const struct wanted *w, struct picks *p, struct err *e)
{
    struct sql *q = &r->sql[R_TOPIC_SEQS];
    enum fate fate = FATE_DONE;
    size_t n = 0;
    for (size_t i = 0; i < w->ntopics && fate == FATE_DONE; i++) {
        bool row = true;
        sql_int(q, 1, w->topics[i]);
        sql_int(q, 2, (int64_t)p->after);
        sql_int(q, 3, (int64_t)p->max);
        while ((fate = sql_row(q, &row, e)) == FATE_DONE && row)
            p->seqs[n++] = (uint64_t)sqlite3_column_int64(q->stmt, 0);
    }
    qsort(p->seqs, n, sizeof *p->seqs, compare_seqs);
    for (size_t i = 0; i < n && p->n < p->max; i++)
        if (p->n == 0 || p->seqs[p->n - 1] != p->seqs[i])
            p->seqs[p->n++] = p->seqs[i];
    return fate;
}

static enum fate pick_many(struct store_reader *r, const struct wanted *w, struct picks *p, struct err *e)
{
    struct sql *q = &r->sql[R_SCAN];
    uint64_t looked = 0, last = 0;
    bool row = true;
    enum fate fate = FATE_DONE;
    sql_int(q, 1, (int64_t)p->after);
    sql_int(q, 2, LOOK_MAX);
    while (p->n < p->max && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        const char *topics = (const char *)sqlite3_column_text(q->stmt, 1);
        last = (uint64_t)sqlite3_column_int64(q->stmt, 0);
        looked++;
        if (topics != NULL && wants_record(w, topics))
            p->seqs[p->n++] = last;
    }
    sql_reset(q);
    if (looked == LOOK_MAX)
        p->upto = last;
    return fate;
}

static enum fate pick_wanted(struct store_reader *r, struct wanted *w, struct picks *p,
                             const struct store_page *page, struct err *e)
{
    enum fate fate = FATE_DONE;
    w->ntopics = 0;
    for (size_t i = 0; i < w->n && w->ntopics <= FEW_TOPICS && fate == FATE_DONE; i++)
        fate = resolve(r, w, w->prefixes[i], e);
    if (fate != FATE_DONE)
        return fate;

    bool few = w->n > 0 && w->ntopics <= FEW_TOPICS;
    p->seqs = malloc((few ? w->ntopics : 1) * p->max * sizeof *p->seqs + 1);
    if (p->seqs == NULL) {
        err_set(e, "store: page: out of memory");
        return FATE_RETRY;
    }
    fate = w->n == 0 ? pick_all(p, page) : few ? pick_few(r, w, p, e) : pick_many(r, w, p, e);
    // There may be more behind a full page.
    if (p->n == p->max)
        p->upto = p->seqs[p->n - 1];
    return fate;
}

static enum fate pick(struct store_reader *r, struct picks *p, const char *const *topics, size_t ntopics,
                      const struct store_page *page, struct err *e)
{
    struct wanted w;
    enum fate fate = FATE_RETRY;
    if (compile(&w, topics, ntopics))
        fate = pick_wanted(r, &w, p, page, e);
    else
        err_set(e, "store: page: out of memory");
    free(w.prefixes);
    return fate;
}

/* --- fetching records ----------------------------------------------------------------------------------- */

/* Cuts the lines of `text` apart, in place. */
bool store_split_topics(struct arena *a, char *text, const char *const **out, size_t *out_n)
{
    size_t n = *text != '\0';
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        n++;
    const char **topics = arena_alloc(a, (n + 1) * sizeof *topics);
    if (topics == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        topics[i] = text;
        text += strcspn(text, "\n");
        *text++ = '\0';
    }
    *out = topics;
    *out_n = n;
    return true;
}

static enum fate copy_record(struct arena *a, struct sql *q, struct store_record *out, struct err *e)
{
    enum fate fate = FATE_DONE;
    const void *id = sqlite3_column_blob(q->stmt, 3), *blob = sqlite3_column_blob(q->stmt, 5);
    if (id == NULL || sqlite3_column_bytes(q->stmt, 3) != NEWSWIRE_ID_LEN || blob == NULL)
        return sql_damaged(e, "record %llu has no dispatch", (unsigned long long)out->seq);
    memcpy(out->id, id, NEWSWIRE_ID_LEN);
    out->kind = (enum newswire_kind)sqlite3_column_int(q->stmt, 0);
    out->stored = sqlite3_column_int64(q->stmt, 1);
    out->version = (uint32_t)sqlite3_column_int64(q->stmt, 4);
    out->blob_n = (size_t)sqlite3_column_bytes(q->stmt, 5);

    char *topics = store_column_text(a, q, 2, &fate, e);
    uint8_t *copy = arena_alloc(a, out->blob_n);
    if (topics == NULL || copy == NULL || !store_split_topics(a, topics, &out->topics, &out->ntopics)) {
        err_set(e, "store: record: out of memory");
        return FATE_RETRY;
    }
    out->blob = memcpy(copy, blob, out->blob_n);
    return FATE_DONE;
}

/* One record. *bytes: what is left of the page's bytes; *full: it did not fit, and nothing was copied. */
static enum fate fetch(struct store_reader *r, struct arena *a, struct store_record *out, bool first,
                       size_t *bytes, bool *full, struct err *e)
{
    struct sql *q = &r->sql[R_RECORD];
    bool row;
    sql_int(q, 1, (int64_t)out->seq);
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "record %llu is missing", (unsigned long long)out->seq);
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, 5);
    *full = !first && n > *bytes;
    if (!*full) {
        fate = copy_record(a, q, out, e);
        *bytes -= n < *bytes ? n : *bytes;
    }
    sql_reset(q);
    return fate;
}

static enum fate fetch_all(struct store_reader *r, struct arena *a, const struct picks *p, size_t max_bytes,
                           struct store_page *out, struct err *e)
{
    struct store_record *records = arena_alloc(a, p->n * sizeof *records);
    if (records == NULL) {
        err_set(e, "store: page: out of memory");
        return FATE_RETRY;
    }
    enum fate fate = FATE_DONE;
    bool full = false;
    out->records = records;
    out->upto = p->upto;
    while (out->n < p->n && fate == FATE_DONE) {
        struct store_record *record = &records[out->n];
        record->seq = p->seqs[out->n];
        fate = fetch(r, a, record, out->n == 0, &max_bytes, &full, e);
        if (full)
            out->upto = p->seqs[out->n - 1];
        if (full || fate != FATE_DONE)
            break;
        out->n++;
    }
    return fate;
}

static enum fate page_of(struct store_reader *r, struct arena *a, struct picks *p, const char *const *topics,
                         size_t ntopics, size_t max_bytes, struct store_page *out, struct err *e)
{
    enum fate fate = store_snapshot(r, out, NULL, e);
    p->upto = out->head;
    if (fate == FATE_DONE)
        fate = store_check(r, p->after, &out->check, e);
    if (fate == FATE_DONE)
        fate = pick(r, p, topics, ntopics, out, e);
    if (fate == FATE_DONE)
        fate = fetch_all(r, a, p, max_bytes, out, e);
    return fate;
}

enum fate store_reader_page(struct store_reader *r, struct arena *a, uint64_t after,
                            const char *const *topics, size_t ntopics, size_t max_n, size_t max_bytes,
                            struct store_page *out, struct err *e)
{
    struct picks p = {.after = after, .max = max_n > 0 ? max_n : 1};
    enum fate fate = page_of(r, a, &p, topics, ntopics, max_bytes, out, e);
    store_snapshot_end(r);
    free(p.seqs);
    return fate;
}

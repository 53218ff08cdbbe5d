// SPDX-License-Identifier: MIT
/* store_page: pages of records, segment by segment. In two steps: pick the seqs, then fetch their records, so
 * that blobs are read only for what is given out.
 *
 * Invariant, on which no client ever loses a record: every record of the wanted topics with after < seq <=
 * upto is in the page. Whatever cuts a page short (records, bytes, rows looked at) lowers upto. */
#include "daemon/hands/store_reader.h"

#include <stdlib.h>
#include <string.h>

#define FEW_TOPICS 64    /* so many postings at most; each may give as many seqs as the page takes */
#define LOOK_MAX 20000   /* rows per page that are looked at one by one: some 20 ms */
#define SEGMENT_LOOK 600 /* what looking into one more segment costs, in such rows */
#define OPEN_LOOK 600    /* more of them in the open segment: its index is brought up to them instead */

/* --- what is wanted ------------------------------------------------------------------------------------- */

/* Prefixes in order, none of which begins with another: so at most one can begin a topic, the last one not
 * after it. */
struct wanted {
    const char **prefixes;
    size_t n; /* 0: everything is wanted */
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

/* --- picking seqs --------------------------------------------------------------------------------------- */

struct picks {
    uint64_t *seqs; /* rising */
    size_t n, max;
    uint64_t after, upto; /* to be looked at; upto falls to what was */
    size_t looked;        /* rows, for this page */
};

/* There is a record for every seq, so nothing has to be read. */
static void pick_all(struct picks *p)
{
    for (uint64_t seq = p->after + 1; seq <= p->upto && p->n < p->max; seq++)
        p->seqs[p->n++] = seq;
}

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The first seqs of each topic that begins with `prefix`, until there are too many topics. `seqs` has room
 * for FEW_TOPICS * max. */
static enum fate gather_prefix(struct sql *q, const char *prefix, uint64_t first, struct picks *p, size_t *n,
                               size_t *topics, struct err *e)
{
    bool row;
    enum fate fate;
    sql_text(q, 1, prefix);
    while ((fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        const char *name = (const char *)sqlite3_column_text(q->stmt, 0);
        p->looked++;
        if (name == NULL || !begins(name, prefix))
            break;
        if (++*topics > FEW_TOPICS)
            break;
        *n += store_postings_unpack(sqlite3_column_blob(q->stmt, 4), (size_t)sqlite3_column_bytes(q->stmt, 4),
                                    first, p->after, p->seqs + *n, p->max);
    }
    sql_reset(q);
    return fate;
}

/* The first seqs of all topics are among the first of each. */
static void keep_first(struct picks *p, size_t n)
{
    qsort(p->seqs, n, sizeof *p->seqs, compare_seqs);
    for (size_t i = 0; i < n && p->n < p->max; i++)
        if (p->n == 0 || p->seqs[p->n - 1] != p->seqs[i])
            p->seqs[p->n++] = p->seqs[i];
}

/* In a sealed segment; *few: its wanted topics were not too many. */
static enum fate pick_few(struct store_segment *segment, uint64_t first, const struct wanted *w,
                          struct picks *p, bool *few, struct err *e)
{
    size_t n = 0, topics = 0;
    enum fate fate;
    struct sql *q = store_segment_sql(segment, S_TOPICS_FROM, &fate, e);
    for (size_t i = 0; q != NULL && i < w->n && topics <= FEW_TOPICS && fate == FATE_DONE; i++)
        fate = gather_prefix(q, w->prefixes[i], first, p, &n, &topics, e);
    *few = topics <= FEW_TOPICS;
    if (fate == FATE_DONE && *few)
        keep_first(p, n);
    return fate;
}

static enum fate pick_many(struct store_segment *segment, const struct wanted *w, struct picks *p,
                           struct err *e)
{
    uint64_t last = p->after;
    bool row = true;
    enum fate fate;
    struct sql *q = store_segment_sql(segment, S_SCAN, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)p->after);
    sql_int(q, 2, (int64_t)p->upto);
    sql_int(q, 3, p->looked < LOOK_MAX ? (int64_t)(LOOK_MAX - p->looked) : 1);
    while (p->n < p->max && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        const char *topics = (const char *)sqlite3_column_text(q->stmt, 1);
        last = (uint64_t)sqlite3_column_int64(q->stmt, 0);
        p->looked++;
        if (topics != NULL && wants_record(w, topics))
            p->seqs[p->n++] = last;
    }
    sql_reset(q);
    if (p->looked >= LOOK_MAX)
        p->upto = last;
    return fate;
}

/* In the open segment, by its index: postings are in order of seq. */
static enum fate pick_open(struct store_reader *r, const struct wanted *w, struct picks *p, struct err *e)
{
    const struct store_index *x = &r->index;
    enum fate fate = store_reader_index(r, e);
    if (fate != FATE_DONE)
        return fate;
    bool *wanted = calloc(x->topics.n + 1, sizeof *wanted);
    if (wanted == NULL) {
        err_set(e, "store: page: out of memory");
        return FATE_RETRY;
    }
    for (size_t t = 0; t < x->topics.n; t++)
        wanted[t] = wants_topic(w, x->topics.names[t]);
    for (size_t i = 0; i < x->npostings && p->n < p->max; i++) {
        uint64_t seq = x->first + x->postings[i].record;
        if (seq > p->after && wanted[x->postings[i].topic] && (p->n == 0 || p->seqs[p->n - 1] != seq))
            p->seqs[p->n++] = seq;
    }
    free(wanted);
    return FATE_DONE;
}

/* In one segment, whose first record is `first`. */
static enum fate pick(struct store_reader *r, struct store_segment *segment, uint64_t first,
                      const struct wanted *w, struct picks *p, struct err *e)
{
    enum fate fate = FATE_DONE;
    bool picked = true;
    p->n = 0;
    if (w->n == 0)
        pick_all(p);
    else if (segment == &r->open && p->upto - p->after > OPEN_LOOK)
        fate = pick_open(r, w, p, e);
    else if (segment != &r->open && w->n <= FEW_TOPICS)
        fate = pick_few(segment, first, w, p, &picked, e);
    else
        picked = false;
    if (!picked && fate == FATE_DONE)
        fate = pick_many(segment, w, p, e);
    // There may be more behind a full page.
    if (p->n == p->max)
        p->upto = p->seqs[p->n - 1];
    return fate;
}

/* --- fetching records ----------------------------------------------------------------------------------- */

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

enum { C_SEQ, C_KIND, C_STORED, C_TOPICS, C_ID, C_VERSION, C_BLOB }; /* columns of "records" */

static enum fate copy_record(struct arena *a, struct sql *q, struct store_record *out, struct err *e)
{
    enum fate fate = FATE_DONE;
    const void *id = sqlite3_column_blob(q->stmt, C_ID), *blob = sqlite3_column_blob(q->stmt, C_BLOB);
    if (id == NULL || sqlite3_column_bytes(q->stmt, C_ID) != NEWSWIRE_ID_LEN || blob == NULL)
        return sql_damaged(e, "record %llu has no dispatch", (unsigned long long)out->seq);
    memcpy(out->id, id, NEWSWIRE_ID_LEN);
    out->kind = (enum newswire_kind)sqlite3_column_int(q->stmt, C_KIND);
    out->stored = sqlite3_column_int64(q->stmt, C_STORED);
    out->version = (uint32_t)sqlite3_column_int64(q->stmt, C_VERSION);
    out->blob_n = (size_t)sqlite3_column_bytes(q->stmt, C_BLOB);

    char *topics = store_column_text(a, q, C_TOPICS, &fate, e);
    uint8_t *copy = arena_alloc(a, out->blob_n);
    if (topics == NULL || copy == NULL || !store_split_topics(a, topics, &out->topics, &out->ntopics)) {
        err_set(e, "store: record: out of memory");
        return FATE_RETRY;
    }
    out->blob = memcpy(copy, blob, out->blob_n);
    return FATE_DONE;
}

/* What is put together. */
struct making {
    struct arena *arena;
    struct store_record *records; /* room for the page's max_n */
    size_t n, bytes;              /* bytes: what is left of them */
    bool full;
};

/* The record in q's row, which must be `seq`. */
static enum fate take(struct making *m, struct sql *q, uint64_t seq, struct err *e)
{
    struct store_record *out = &m->records[m->n];
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, C_BLOB);
    if ((uint64_t)sqlite3_column_int64(q->stmt, C_SEQ) != seq)
        return sql_damaged(e, "record %llu is missing", (unsigned long long)seq);
    m->full = m->n > 0 && n > m->bytes;
    if (m->full)
        return FATE_DONE;
    out->seq = seq;
    enum fate fate = copy_record(m->arena, q, out, e);
    m->bytes -= n < m->bytes ? n : m->bytes;
    m->n += fate == FATE_DONE;
    return fate;
}

/* Records first to last, all of which are there. */
static enum fate fetch_run(struct making *m, struct store_segment *segment, uint64_t first, uint64_t last,
                           struct err *e)
{
    bool row;
    enum fate fate;
    struct sql *q = store_segment_sql(segment, S_RECORDS, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)first);
    sql_int(q, 2, (int64_t)last);
    for (uint64_t seq = first; seq <= last && !m->full && fate == FATE_DONE; seq++) {
        fate = sql_row(q, &row, e);
        if (fate == FATE_DONE)
            fate =
                row ? take(m, q, seq, e) : sql_damaged(e, "record %llu is missing", (unsigned long long)seq);
    }
    sql_reset(q);
    return fate;
}

/* What was picked, a run of neighbours at a time. */
static enum fate fetch(struct making *m, struct store_segment *segment, struct picks *p, struct err *e)
{
    enum fate fate = FATE_DONE;
    for (size_t i = 0, end; i < p->n && !m->full && fate == FATE_DONE; i = end) {
        for (end = i + 1; end < p->n && p->seqs[end] == p->seqs[end - 1] + 1;)
            end++;
        fate = fetch_run(m, segment, p->seqs[i], p->seqs[end - 1], e);
    }
    if (m->full)
        p->upto = m->records[m->n - 1].seq;
    return fate;
}

/* --- a page --------------------------------------------------------------------------------------------- */

/* The next segment's share: *upto rises to where it was looked. */
static enum fate add_segment(struct store_reader *r, const struct wanted *w, struct picks *p,
                             struct making *m, size_t max_n, uint64_t *upto, struct err *e)
{
    enum fate fate;
    uint64_t last;
    struct store_segment *segment = store_reader_segment(r, *upto + 1, &last, &fate, e);
    if (segment == NULL)
        return fate;
    const struct store_part *part = store_catalogue_find(&r->catalogue, *upto + 1);
    p->after = *upto;
    p->upto = last;
    p->max = max_n - m->n;
    p->looked += SEGMENT_LOOK;
    fate = pick(r, segment, part->first, w, p, e);
    if (fate == FATE_DONE)
        fate = fetch(m, segment, p, e);
    *upto = p->upto;
    return fate;
}

static enum fate fill(struct store_reader *r, const struct wanted *w, struct picks *p, struct making *m,
                      uint64_t after, size_t max_n, struct store_page *out, struct err *e)
{
    enum fate fate = FATE_DONE;
    uint64_t upto = after + 1 < out->oldest ? out->oldest - 1 : after;
    while (upto < out->head && m->n < max_n && !m->full && p->looked < LOOK_MAX && fate == FATE_DONE)
        fate = add_segment(r, w, p, m, max_n, &upto, e);
    out->records = m->records;
    out->n = m->n;
    out->upto = upto < out->head ? upto : out->head;
    return fate;
}

static enum fate page_of(struct store_reader *r, const struct wanted *w, struct picks *p, struct making *m,
                         uint64_t after, size_t max_n, struct store_page *out, struct err *e)
{
    enum fate fate = store_snapshot(r, out, e);
    if (fate == FATE_DONE)
        fate = store_check(r, after, &out->check, e);
    return fate == FATE_DONE ? fill(r, w, p, m, after, max_n, out, e) : fate;
}

enum fate store_reader_page(struct store_reader *r, struct arena *a, uint64_t after,
                            const char *const *topics, size_t ntopics, size_t max_n, size_t max_bytes,
                            struct store_page *out, struct err *e)
{
    struct wanted w = {0};
    struct picks p = {0};
    struct making m;
    int tries = 0;
    enum fate fate = FATE_RETRY;
    max_n = max_n > 0 ? max_n : 1;
    if (compile(&w, topics, ntopics))
        p.seqs = malloc((w.n > 0 ? FEW_TOPICS : 1) * max_n * sizeof *p.seqs);
    struct store_record *records = arena_alloc(a, max_n * sizeof *records);
    if (p.seqs == NULL || records == NULL)
        err_set(e, "store: page: out of memory");
    else
        do {
            m = (struct making){.arena = a, .records = records, .bytes = max_bytes};
            p.looked = 0;
            fate = page_of(r, &w, &p, &m, after, max_n, out, e);
        } while (store_snapshot_again(r, fate, &tries));
    free(w.prefixes);
    free(p.seqs);
    return fate;
}

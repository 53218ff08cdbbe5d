// SPDX-License-Identifier: MIT
/* store_search_find: finding; see store_search.h. An index says which records may match, the store has them;
 * what was only a hash in the index is compared here. */
#include "daemon/hands/store_search.h"

#include "daemon/hands/store_catalogue.h"
#include "daemon/hands/store_search_file.h"

#include <stdlib.h>
#include <string.h>

#define WILD_MAX 1000                                          /* topics that one term may mean */
#define TOPICS_PAGE 1000                                       /* topics that are listed at once */
#define ARENA_BYTES ((size_t)2 * FRAMES_BYTES_MAX + (4 << 20)) /* one record and its tokens */

struct scored {
    uint64_t seq;
    double score; /* the less, the better */
};

struct given {
    uint8_t id[NEWSWIRE_ID_LEN];
};

struct store_search {
    char *directory;
    struct store_catalogue catalogue;
    struct store_reader *reader;
    struct arena *arena;
    uint64_t head, oldest;

    const struct search *asked;
    char *match; /* FTS5's expression of it */
    uint64_t lacking;
    bool cut;

    /* Newest first. */
    size_t at; /* parts before this one, from the newest on, are done */
    struct search_file file;
    struct sql *rows; /* NULL: the next part is to be opened */

    /* Best first. */
    bool best;
    struct scored *scored;
    size_t nscored, next;

    struct given *given; /* dispatches */
    size_t ngiven;
    struct newswire_dispatch *dispatch; /* of the last hit */

    sqlite3 *shown; /* in memory: the last hit alone */
    struct sql put, clear, show;
};

/* --- opening -------------------------------------------------------------------------------------------- */

static bool open_shown(struct store_search *s, struct err *e)
{
    enum fate fate;
    s->shown = sql_open(":memory:", SQLITE_OPEN_READWRITE, &fate, e);
    return s->shown != NULL && sql_script(s->shown, "schema_shown", e) == FATE_DONE &&
           sql_need(s->shown, &s->put, "put_words", e) == FATE_DONE &&
           sql_need(s->shown, &s->clear, "clear_shown", e) == FATE_DONE &&
           sql_need(s->shown, &s->show, "shown", e) == FATE_DONE;
}

struct store_search *store_search_open(const char *directory, struct err *e)
{
    struct store_search *s = calloc(1, sizeof *s);
    if (s == NULL || (s->directory = strdup(directory)) == NULL ||
        (s->arena = arena_new(ARENA_BYTES)) == NULL)
        err_set(e, "search: out of memory");
    else if ((s->reader = store_reader_open(directory, e)) != NULL &&
             store_catalogue_open(&s->catalogue, directory, false, e) == FATE_DONE && open_shown(s, e))
        return s;
    store_search_close(s);
    return NULL;
}

static void forget(struct store_search *s)
{
    search_file_close(&s->file);
    sqlite3_free(s->match);
    free(s->scored);
    free(s->given);
    dispatch_free(s->dispatch);
    s->match = NULL;
    s->scored = NULL;
    s->given = NULL;
    s->dispatch = NULL;
    s->rows = NULL;
    s->at = s->nscored = s->next = s->ngiven = 0;
    s->lacking = 0;
    s->cut = false;
}

void store_search_close(struct store_search *s)
{
    if (s == NULL)
        return;
    forget(s);
    sql_finalize(&s->put, 1);
    sql_finalize(&s->clear, 1);
    sql_finalize(&s->show, 1);
    sql_close(s->shown);
    store_catalogue_close(&s->catalogue);
    store_reader_close(s->reader);
    arena_free(s->arena);
    free(s->directory);
    free(s);
}

/* --- FTS5's expression ---------------------------------------------------------------------------------- */

/* Every topic that a pattern with a `*` means, of those there are; one that nothing has, if there is none. */
static bool say_wild(sqlite3_str *out, struct store_search *s, const struct topic_pattern *p, struct err *e)
{
    const char *prefix = strcmp(p->prefix, TOPIC_ALL) != 0 ? p->prefix : "";
    char token[SEARCH_TOKEN_MAX], past[TOPIC_MAX + 1] = "";
    struct topic_count *topics;
    size_t n, told = 0;
    search_token(token, topic_hash(p->text, strlen(p->text)));
    sqlite3_str_appendf(out, "topics : (%s", token);
    do {
        arena_reset(s->arena);
        if (store_reader_topics(s->reader, s->arena, prefix, past, TOPICS_PAGE, &topics, &n, e) != FATE_DONE)
            return false;
        for (size_t i = 0; i < n; i++) {
            if (!topic_matches(p, topics[i].topic))
                continue;
            if (++told > WILD_MAX)
                return err_set(e, "topic '%s' means more than %d topics: name more of it", p->text, WILD_MAX);
            search_token(token, topic_hash(topics[i].topic, strlen(topics[i].topic)));
            sqlite3_str_appendf(out, " OR %s", token);
        }
        if (n > 0)
            memcpy(past, topics[n - 1].topic, strlen(topics[n - 1].topic) + 1);
    } while (n > 0);
    sqlite3_str_appendall(out, ")");
    return true;
}

static bool say_topic(sqlite3_str *out, struct store_search *s, const struct topic_pattern *p, struct err *e)
{
    char token[SEARCH_TOKEN_MAX] = SEARCH_TOKEN_ALL;
    if (p->wild)
        return say_wild(out, s, p, e);
    if (strcmp(p->text, TOPIC_ALL) != 0)
        search_token(token, topic_hash(p->text, strlen(p->text)));
    sqlite3_str_appendf(out, "topics : %s", token);
    return true;
}

/* Words go in as a string of FTS5, so that nothing in them is an operator. */
static bool say_term(sqlite3_str *out, struct store_search *s, const struct search_term *t, struct err *e)
{
    static const char *const columns[] = {"{headline body author}", "headline", "body", "author"};
    if (t->where == SEARCH_TOPIC)
        return say_topic(out, s, t->topic, e);
    sqlite3_str_appendf(out, "%s : \"", columns[t->where]);
    for (const char *p = t->text; *p != '\0'; p++)
        sqlite3_str_append(out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    sqlite3_str_appendall(out, t->begins ? "\" *" : "\"");
    return true;
}

/* ((a OR b) AND c) NOT (d OR e) */
static bool say_all(sqlite3_str *out, struct store_search *s, struct err *e)
{
    const struct search_term *t = s->asked->terms, *end = t + s->asked->n;
    size_t wanted = 0, left_out = 0;
    bool good = true;
    sqlite3_str_appendall(out, "((");
    for (; t < end && good; t++) {
        if (t->exclude)
            continue;
        sqlite3_str_appendall(out, wanted++ == 0 ? "" : t->alternative ? " OR " : ") AND (");
        good = say_term(out, s, t, e);
    }
    sqlite3_str_appendall(out, wanted == 0 ? "topics : " SEARCH_TOKEN_ALL "))" : "))");
    for (t = s->asked->terms; t < end && good; t++) {
        if (!t->exclude)
            continue;
        sqlite3_str_appendall(out, left_out++ == 0 ? " NOT (" : " OR ");
        good = say_term(out, s, t, e);
    }
    sqlite3_str_appendall(out, left_out > 0 ? ")" : "");
    return good;
}

/* Into s->match. */
static bool make_match(struct store_search *s, struct err *e)
{
    sqlite3_str *out = sqlite3_str_new(NULL);
    bool good = say_all(out, s, e);
    s->match = sqlite3_str_finish(out);
    return good && (s->match != NULL || err_set(e, "search: out of memory"));
}

/* --- indexes -------------------------------------------------------------------------------------------- */

static bool is_timed(const struct search *asked)
{
    return asked->after != INT64_MIN || asked->before != INT64_MAX;
}

static bool may_have(const struct search *asked, const struct search_head *h)
{
    return h->timed && h->high >= asked->after && h->low < asked->before;
}

static uint64_t last_of(const struct store_search *s, const struct store_part *part)
{
    return part->state == PART_OPEN ? s->head : part->last;
}

static bool is_here(const struct store_search *s, const struct store_part *part)
{
    return part->state != PART_IDS && part->first <= last_of(s, part) && last_of(s, part) >= s->oldest;
}

/* The index of a part, and what it lacks. s->file.db stays NULL where there is none. */
static enum fate open_part(struct store_search *s, const struct store_part *part, struct err *e)
{
    uint64_t last = last_of(s, part), done = part->first - 1;
    search_file_close(&s->file);
    enum fate fate = search_file_open(&s->file, s->directory, part->n, false, NULL, NULL);
    if (fate == FATE_DONE)
        done = s->file.head.done;
    else
        search_file_close(&s->file);
    s->lacking += done < last ? last - done : 0;
    if (fate == FATE_STOP)
        err_set(e, "the search index of segment %llu is damaged: 'newswired --reindex' makes it anew",
                (unsigned long long)part->n);
    return fate == FATE_STOP ? fate : FATE_DONE;
}

/* The statement over the open index, ready for its first row; NULL: nothing can be in it, or *fate. */
static struct sql *begin_rows(struct store_search *s, enum search_statement which, size_t limit,
                              enum fate *fate, struct err *e)
{
    *fate = FATE_DONE;
    if (s->file.db == NULL || !may_have(s->asked, &s->file.head))
        return NULL;
    struct sql *q = search_sql(&s->file, which, fate, e);
    if (q == NULL)
        return NULL;
    sql_text(q, 1, s->match);
    if (is_timed(s->asked)) {
        sql_int(q, 2, s->asked->after);
        sql_int(q, 3, s->asked->before);
    } else
        sql_text(q, 2, NULL);
    if (which == X_BEST)
        sql_int(q, 4, (int64_t)limit);
    return q;
}

/* --- newest first --------------------------------------------------------------------------------------- */

/* *seq 0: there is no more. */
static enum fate newest(struct store_search *s, uint64_t *seq, struct err *e)
{
    enum fate fate = FATE_DONE;
    bool row = false;
    while (fate == FATE_DONE) {
        if (s->rows != NULL && (fate = sql_row(s->rows, &row, e)) == FATE_DONE && row) {
            *seq = (uint64_t)sqlite3_column_int64(s->rows->stmt, 0);
            return FATE_DONE;
        }
        s->rows = NULL;
        if (fate != FATE_DONE || s->at == s->catalogue.n)
            break;
        const struct store_part *part = &s->catalogue.parts[s->catalogue.n - ++s->at];
        if (is_here(s, part) && (fate = open_part(s, part, e)) == FATE_DONE)
            s->rows = begin_rows(s, X_NEWEST, 0, &fate, e);
    }
    *seq = 0;
    return fate;
}

/* --- best first ----------------------------------------------------------------------------------------- */

static int compare_scored(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->seq < y->seq) - (x->seq > y->seq);
}

/* The scores of one part say how rare the words are in it; parts are large and alike enough to compare them.
 */
static enum fate score_part(struct store_search *s, struct err *e)
{
    enum fate fate;
    bool row = false;
    size_t left = STORE_SEARCH_BEST - s->nscored;
    struct sql *q = begin_rows(s, X_BEST, left + 1, &fate, e);
    while (q != NULL && (fate = sql_row(q, &row, e)) == FATE_DONE && row) {
        if (s->nscored == STORE_SEARCH_BEST) {
            s->cut = true;
            sql_reset(q);
            break;
        }
        s->scored[s->nscored++] =
            (struct scored){(uint64_t)sqlite3_column_int64(q->stmt, 0), sqlite3_column_double(q->stmt, 1)};
    }
    return fate;
}

static enum fate score_all(struct store_search *s, struct err *e)
{
    enum fate fate = FATE_DONE;
    s->scored = malloc(STORE_SEARCH_BEST * sizeof *s->scored);
    if (s->scored == NULL) {
        err_set(e, "search: out of memory");
        return FATE_RETRY;
    }
    for (size_t i = s->catalogue.n; i-- > 0 && fate == FATE_DONE && !s->cut;)
        if (is_here(s, &s->catalogue.parts[i]) &&
            (fate = open_part(s, &s->catalogue.parts[i], e)) == FATE_DONE)
            fate = score_part(s, e);
    search_file_close(&s->file);
    qsort(s->scored, s->nscored, sizeof *s->scored, compare_scored);
    return fate;
}

/* --- hits ----------------------------------------------------------------------------------------------- */

bool store_search_begin(struct store_search *s, const struct search *asked, bool best, struct err *e)
{
    struct store_page page;
    uint64_t dispatches;
    forget(s);
    s->asked = asked;
    s->best = best;
    // The head first: every record up to it is in a part that the catalogue has then.
    if (store_reader_counts(s->reader, &page, &dispatches, e) != FATE_DONE ||
        store_catalogue_read(&s->catalogue, e) != FATE_DONE)
        return false;
    s->head = page.head;
    s->oldest = page.oldest;
    return make_match(s, e) && (!best || score_all(s, e) == FATE_DONE);
}

/* In the index a topic is a hash, which another topic may share. */
static bool is_wanted(const struct search *asked, const struct store_record *r)
{
    for (size_t i = 0; i < asked->n; i++) {
        const struct search_term *t = &asked->terms[i];
        bool joined = t->alternative || (i + 1 < asked->n && asked->terms[i + 1].alternative);
        if (t->topic != NULL && !joined && topic_wanted(t->topic, 1, r->topics, r->ntopics) == t->exclude)
            return false;
    }
    return true;
}

static bool was_given(const struct store_search *s, const uint8_t id[NEWSWIRE_ID_LEN])
{
    for (size_t i = 0; i < s->ngiven; i++)
        if (memcmp(s->given[i].id, id, NEWSWIRE_ID_LEN) == 0)
            return true;
    return false;
}

static bool remember(struct store_search *s, const uint8_t id[NEWSWIRE_ID_LEN], struct err *e)
{
    if ((s->ngiven & (s->ngiven - 1)) == 0) {
        struct given *more = realloc(s->given, (s->ngiven > 0 ? 2 * s->ngiven : 1) * sizeof *more);
        if (more == NULL)
            return err_set(e, "search: out of memory");
        s->given = more;
    }
    memcpy(s->given[s->ngiven++].id, id, NEWSWIRE_ID_LEN);
    return true;
}

static const char *column(struct store_search *s, int at)
{
    const char *text = (const char *)sqlite3_column_text(s->show.stmt, at);
    return text != NULL ? arena_text(s->arena, text, strlen(text)) : NULL;
}

/* Headline and piece with their words marked; as they are, if there are none. */
static enum fate mark_words(struct store_search *s, struct store_hit *hit, struct err *e)
{
    bool row = false;
    enum fate fate = sql_run(&s->clear, e);
    if (fate == FATE_DONE)
        fate = search_put(&s->put, s->arena, &hit->record, s->dispatch, e);
    sql_text(&s->show, 1, s->match);
    if (fate == FATE_DONE)
        fate = sql_row(&s->show, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row) // cannot be, as the index is made of the same text; but then it is shown without
        return FATE_DONE;
    hit->headline = column(s, 0);
    hit->piece = column(s, 1);
    sql_reset(&s->show);
    return FATE_DONE;
}

/* *good: it is one. Else it is not what was asked for, was given before, or went behind the horizon. */
static enum fate look_at(struct store_search *s, uint64_t seq, struct store_hit *hit, bool *good,
                         struct err *e)
{
    struct store_page page;
    *good = false;
    arena_reset(s->arena);
    enum fate fate = store_reader_page(s->reader, s->arena, seq - 1, NULL, 0, 1, 1, &page, e);
    if (fate != FATE_DONE || page.n == 0 || page.records[0].seq != seq ||
        !is_wanted(s->asked, &page.records[0]) || was_given(s, page.records[0].id))
        return fate;
    dispatch_free(s->dispatch);
    s->dispatch = dispatch_unpack(page.records[0].blob, page.records[0].blob_n, e);
    if (s->dispatch == NULL || !remember(s, page.records[0].id, e))
        return FATE_RETRY;
    *hit = (struct store_hit){
        .record = page.records[0], .dispatch = s->dispatch, .headline = s->dispatch->headline};
    *good = true;
    return mark_words(s, hit, e);
}

bool store_search_next(struct store_search *s, struct store_hit *hit, bool *failed, struct err *e)
{
    bool good = false;
    enum fate fate = FATE_DONE;
    while (fate == FATE_DONE && !good) {
        uint64_t seq = 0;
        if (s->best)
            seq = s->next < s->nscored ? s->scored[s->next++].seq : 0;
        else
            fate = newest(s, &seq, e);
        if (seq == 0)
            break;
        fate = look_at(s, seq, hit, &good, e);
    }
    *failed = fate != FATE_DONE;
    return good && !*failed;
}

uint64_t store_search_lacking(const struct store_search *s)
{
    return s->lacking;
}

bool store_search_cut(const struct store_search *s)
{
    return s->cut;
}

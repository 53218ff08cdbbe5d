// SPDX-License-Identifier: MIT
/* store_list: the topics there are, with their counts: the sums of the catalogue for what is sealed, and the
 * open segment's own, two lists in order of name that are merged. */
#include "daemon/hands/store_reader.h"

#include <string.h>

/* The list on its way out. */
struct list {
    struct arena *arena;
    const char *prefix, *past;
    struct topic_count *at;
    size_t n, max;
};

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum fate no_memory(struct err *e)
{
    err_set(e, "store: list_topics: out of memory");
    return FATE_RETRY;
}

static bool add(struct list *l, const char *name, const struct topic_count *count)
{
    struct topic_count *out = &l->at[l->n++];
    *out = *count;
    return (out->topic = arena_text(l->arena, name, strlen(name))) != NULL;
}

/* What the open segment says of a topic. */
static struct topic_count counted(const struct store_index *x, const struct store_postings *all,
                                  const struct store_posted *topic)
{
    uint32_t last = all->order[topic->at + topic->records - 1];
    return (struct topic_count){
        .records = topic->records,
        .last_seq = x->first + last,
        .last = x->stored[last],
    };
}

/* A step of the merge: the lesser of the catalogue's row and the open segment's topic, or both. *took: the
 * row. */
static bool merge(struct list *l, const struct store_index *x, const struct store_postings *all, size_t *at,
                  const char *name, const struct topic_count *sum, bool *took)
{
    const struct store_posted *topic = *at < all->n ? &all->topics[*at] : NULL;
    int order = topic == NULL ? -1 : name == NULL ? 1 : strcmp(name, topic->name);
    struct topic_count count = order < 0 ? *sum : counted(x, all, topic);
    *took = order <= 0;
    if (order == 0)
        count.records += sum->records;
    *at += order >= 0;
    return add(l, order < 0 ? name : topic->name, &count);
}

/* Topics of the open segment that are wanted: `all` is cut down to them. */
static void cut(const struct list *l, struct store_postings *all, size_t *at)
{
    while (*at < all->n &&
           (strcmp(all->topics[*at].name, l->past) <= 0 || strcmp(all->topics[*at].name, l->prefix) < 0))
        ++*at;
    size_t end = *at;
    while (end < all->n && begins(all->topics[end].name, l->prefix))
        end++;
    all->n = end;
}

static enum fate merge_all(struct list *l, struct sql *q, const struct store_index *x,
                           struct store_postings *all, struct err *e)
{
    size_t at = 0;
    bool row = true, took = true;
    enum fate fate = FATE_DONE;
    cut(l, all, &at);
    sql_text(q, 1, l->prefix);
    sql_text(q, 2, l->past);
    while (l->n < l->max && fate == FATE_DONE) {
        if (took && row)
            fate = sql_row(q, &row, e);
        if (fate != FATE_DONE)
            break;
        const char *name = row ? (const char *)sqlite3_column_text(q->stmt, 0) : NULL;
        struct topic_count sum = {0};
        if (name != NULL && begins(name, l->prefix))
            sum = (struct topic_count){.records = (uint64_t)sqlite3_column_int64(q->stmt, 1),
                                       .last_seq = (uint64_t)sqlite3_column_int64(q->stmt, 2),
                                       .last = sqlite3_column_int64(q->stmt, 3)};
        else
            name = NULL;
        if (name == NULL && at == all->n)
            break;
        if (!merge(l, x, all, &at, name, &sum, &took))
            fate = no_memory(e);
    }
    sql_reset(q);
    return fate;
}

/* Both lists as of one moment: a segment that is sealed meanwhile would be in both. */
static enum fate same_moment(struct store_reader *r, struct err *e)
{
    enum fate fate = sql_script(r->catalogue.db, "begin_read", e);
    if (fate == FATE_DONE)
        fate = store_catalogue_read(&r->catalogue, e);
    if (fate == FATE_DONE && r->catalogue.parts[r->catalogue.n - 1].n != r->open.n) {
        err_set(e, "store: list_topics: a segment was sealed meanwhile");
        return FATE_RETRY;
    }
    return fate;
}

static enum fate list_topics(struct store_reader *r, struct list *l, struct err *e)
{
    const char *const name = "list_topics";
    struct store_page page;
    struct store_postings all = {0};
    struct sql q = {0};
    enum fate fate = store_snapshot(r, &page, e);
    if (fate == FATE_DONE)
        fate = same_moment(r, e);
    if (fate == FATE_DONE)
        fate = store_reader_index(r, e);
    if (fate == FATE_DONE && !store_index_postings(&r->index, &all))
        fate = no_memory(e);
    if (fate == FATE_DONE)
        fate = sql_prepare(r->catalogue.db, &q, &name, 1, e);
    if (fate == FATE_DONE)
        fate = merge_all(l, &q, &r->index, &all, e);
    sql_finalize(&q, 1);
    store_postings_free(&all);
    if (!sqlite3_get_autocommit(r->catalogue.db))
        sql_script(r->catalogue.db, "end_read", NULL);
    return fate;
}

enum fate store_reader_topics(struct store_reader *r, struct arena *a, const char *prefix, const char *past,
                              size_t max, struct topic_count **out, size_t *n, struct err *e)
{
    struct list l = {.arena = a, .prefix = prefix, .past = past, .max = max};
    int tries = 0;
    enum fate fate;
    *n = 0;
    l.at = *out = arena_alloc(a, max * sizeof **out);
    if (*out == NULL)
        return no_memory(e);
    do {
        l.n = 0;
        fate = list_topics(r, &l, e);
    } while (store_snapshot_again(r, fate, &tries));
    *n = l.n;
    return fate;
}

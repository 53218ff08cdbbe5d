// SPDX-License-Identifier: MIT
/* answers: see answers.h. */
#include "daemon/flows/answers.h"

#include "daemon/base/stats.h"

#include <string.h>

static enum fate no_memory(struct err *e)
{
    err_set(e, "no memory for the answer");
    return FATE_RETRY;
}

static enum fate located(struct store_reader *store, const struct ask *ask, struct answer *out, struct err *e)
{
    struct store_page page = {0};
    enum fate fate = store_reader_locate(store, ask->time, &out->after, &page, e);
    out->type = ANSWER_LOCATED;
    out->epoch = page.epoch;
    out->check = page.check;
    out->head = page.head;
    out->oldest = page.oldest;
    return fate;
}

static enum fate topics(struct store_reader *store, struct arena *arena, const struct ask *ask,
                        struct answer *out, struct err *e)
{
    struct topic_count *counts = NULL;
    out->type = ANSWER_TOPICS;
    enum fate fate =
        store_reader_topics(store, arena, ask->prefix != NULL ? ask->prefix : "",
                            ask->past != NULL ? ask->past : "", ANSWERS_TOPICS, &counts, &out->ntopics, e);
    out->topics = counts;
    return fate;
}

static enum fate file(struct store_reader *store, struct arena *arena, const struct ask *ask,
                      struct answer *out, struct err *e)
{
    out->type = ANSWER_FILE;
    return store_reader_file(store, arena, ask->feed != NULL ? ask->feed : "default", ask->name, ask->time,
                             &out->file, e);
}

static bool fill_feeds(struct arena *arena, struct status *s)
{
    struct stats_feed *all = arena_alloc(arena, STATS_FEEDS_MAX * sizeof *all);
    struct status_feed *out = arena_alloc(arena, STATS_FEEDS_MAX * sizeof *out);
    if (all == NULL || out == NULL)
        return false;
    s->nfeeds = stats_feeds(all, STATS_FEEDS_MAX);
    for (size_t i = 0; i < s->nfeeds; i++)
        out[i] = (struct status_feed){
            .name = all[i].name,
            .files = all[i].files,
            .dispatches = all[i].dispatches,
            .last = all[i].last,
            .expect_ms = all[i].expect_ms,
            .overdue = stats_feed_overdue(&all[i], s->now),
        };
    s->feeds = out;
    return true;
}

/* A copy of a text of the house; "" is told as `none`. False: no memory. */
static bool fill_text(struct arena *arena, enum stat_text which, const char *none, const char **out)
{
    char text[STATS_TEXT_MAX];
    stats_read(which, text);
    *out = text[0] != '\0' ? arena_text(arena, text, strlen(text)) : none;
    return text[0] == '\0' || *out != NULL;
}

static void fill_numbers(struct status *s)
{
    s->version = NEWSWIRE_VERSION;
    s->started = (int64_t)stats_get(STAT_STARTED);
    s->rate_1m = (double)stats_get(STAT_RATE_1M) / 1000;
    s->rate_15m = (double)stats_get(STAT_RATE_15M) / 1000;
    s->backlog = stats_get(STAT_BACKLOG);
    s->backlog_oldest = (int64_t)stats_get(STAT_BACKLOG_OLDEST);
    s->done = stats_get(STAT_DONE);
    s->bad = stats_get(STAT_BAD);
    s->retry = stats_get(STAT_RETRY);
    s->fresh = stats_get(STAT_FRESH);
    s->seen = stats_get(STAT_SEEN);
    s->slices_rejected = stats_get(STAT_SLICES_REJECTED);
    s->store_bytes = stats_get(STAT_STORE_BYTES);
    s->store_free_bytes = stats_get(STAT_STORE_FREE);
    s->indexed = stats_get(STAT_INDEXED);
    s->subscribers = stats_get(STAT_SUBSCRIBERS);
    s->replays = stats_get(STAT_REPLAYS);
    s->replaying = stats_get(STAT_REPLAYING);
    s->published = stats_get(STAT_PUBLISHED);
    s->last_error_at = (int64_t)stats_get(STAT_LAST_ERROR_AT);
}

static enum fate status(struct store_reader *store, struct arena *arena, int64_t now_ms, struct answer *out,
                        struct err *e)
{
    struct store_page page = {0};
    struct status *s = arena_alloc(arena, sizeof *s);
    if (s == NULL)
        return no_memory(e);
    enum fate fate = store_reader_counts(store, &page, &s->dispatches, e);
    if (fate != FATE_DONE)
        return fate;
    s->now = now_ms;
    s->epoch = page.epoch;
    s->head = page.head;
    s->oldest = page.oldest;
    fill_numbers(s);
    if (!fill_text(arena, TEXT_WATCHING, "", &s->watching) ||
        !fill_text(arena, TEXT_PAUSED, NULL, &s->paused) ||
        !fill_text(arena, TEXT_LAST_ERROR, NULL, &s->last_error) || !fill_feeds(arena, s))
        return no_memory(e);
    out->type = ANSWER_STATUS;
    out->status = s;
    return FATE_DONE;
}

enum fate answers_make(struct store_reader *store, struct arena *arena, const struct ask *ask, int64_t now_ms,
                       struct answer *out, struct err *e)
{
    *out = (struct answer){.rid = ask->rid};
    switch (ask->type) {
    case ASK_LOCATE:
        return located(store, ask, out, e);
    case ASK_TOPICS:
        return topics(store, arena, ask, out, e);
    case ASK_STATUS:
        return status(store, arena, now_ms, out, e);
    case ASK_FILE:
        return file(store, arena, ask, out, e);
    case ASK_REQUEST:
        break;
    }
    err_set(e, "an ask of type %d is not answered here", (int)ask->type);
    return FATE_BAD;
}

// SPDX-License-Identifier: MIT
/* frames_status: the status of a daemon, inside an Answer; see frames.h and frames_pb.h. */
#include "proto/frames_pb.h"

#include <math.h>
#include <stdlib.h>

static void fill_numbers(Newswire__V1__Status *m, const struct status *s)
{
    m->started = s->started;
    m->now = s->now;
    m->epoch = s->epoch;
    m->head = s->head;
    m->oldest = s->oldest;
    m->dispatches = s->dispatches;
    m->rate_1m = s->rate_1m;
    m->rate_15m = s->rate_15m;
    m->backlog = s->backlog;
    m->backlog_oldest = s->backlog_oldest;
    m->done = s->done;
    m->bad = s->bad;
    m->retry = s->retry;
    m->fresh = s->fresh;
    m->seen = s->seen;
    m->slices_rejected = s->slices_rejected;
    m->store_bytes = s->store_bytes;
    m->store_free_bytes = s->store_free_bytes;
    m->indexed = s->indexed;
    m->subscribers = s->subscribers;
    m->replays = s->replays;
    m->replaying = s->replaying;
    m->published = s->published;
    m->last_error_at = s->last_error_at;
}

bool frames_status_fill(Newswire__V1__Status *m, const struct status *s)
{
    newswire__v1__status__init(m);
    fill_numbers(m, s);
    m->version = frames_text(s->version);
    m->watching = frames_text(s->watching);
    m->paused = frames_text(s->paused);
    m->last_error = frames_text(s->last_error);

    Newswire__V1__Status__Feed *feeds = calloc(s->nfeeds + 1, sizeof *feeds);
    m->feeds = calloc(s->nfeeds + 1, sizeof(Newswire__V1__Status__Feed *));
    if (feeds == NULL || m->feeds == NULL) {
        free(feeds);
        return false;
    }
    m->n_feeds = s->nfeeds;
    m->feeds[0] = feeds; // frames_status_drop frees it there, also when there are none
    for (size_t i = 0; i < s->nfeeds; i++) {
        newswire__v1__status__feed__init(&feeds[i]);
        feeds[i].name = frames_text(s->feeds[i].name);
        feeds[i].files = s->feeds[i].files;
        feeds[i].dispatches = s->feeds[i].dispatches;
        feeds[i].last = s->feeds[i].last;
        feeds[i].expect_ms = s->feeds[i].expect_ms;
        feeds[i].overdue = s->feeds[i].overdue;
        m->feeds[i] = &feeds[i];
    }
    return true;
}

void frames_status_drop(Newswire__V1__Status *m)
{
    if (m->feeds != NULL)
        free(m->feeds[0]);
    free(m->feeds);
}

static void view_numbers(struct status *s, const Newswire__V1__Status *m)
{
    s->started = m->started;
    s->now = m->now;
    s->epoch = m->epoch;
    s->head = m->head;
    s->oldest = m->oldest;
    s->dispatches = m->dispatches;
    s->rate_1m = m->rate_1m;
    s->rate_15m = m->rate_15m;
    s->backlog = m->backlog;
    s->backlog_oldest = m->backlog_oldest;
    s->done = m->done;
    s->bad = m->bad;
    s->retry = m->retry;
    s->fresh = m->fresh;
    s->seen = m->seen;
    s->slices_rejected = m->slices_rejected;
    s->store_bytes = m->store_bytes;
    s->store_free_bytes = m->store_free_bytes;
    s->indexed = m->indexed;
    s->subscribers = m->subscribers;
    s->replays = m->replays;
    s->replaying = m->replaying;
    s->published = m->published;
    s->last_error_at = m->last_error_at;
}

static bool status_check(const Newswire__V1__Status *m, struct err *e)
{
    if (m->n_feeds > FRAMES_FEEDS_MAX)
        return err_set(e, "%zu feeds, more than %d", m->n_feeds, FRAMES_FEEDS_MAX);
    if (!isfinite(m->rate_1m) || !isfinite(m->rate_15m)) // JSON cannot say those
        return err_set(e, "a rate is no number");
    for (size_t i = 0; i < m->n_feeds; i++)
        if (m->feeds[i]->name[0] == '\0')
            return err_set(e, "a feed without a name");
    return true;
}

struct status_box {
    struct status view;
    struct status_feed feeds[];
};

struct status *frames_status_view(const Newswire__V1__Status *m, struct err *e)
{
    if (!status_check(m, e))
        return NULL;
    struct status_box *box = calloc(1, sizeof *box + m->n_feeds * sizeof box->feeds[0]);
    if (box == NULL) {
        err_set(e, "memory ran out");
        return NULL;
    }
    struct status *s = &box->view;
    view_numbers(s, m);
    s->version = frames_said(m->version);
    s->watching = frames_said(m->watching);
    s->paused = frames_said(m->paused);
    s->last_error = frames_said(m->last_error);
    for (size_t i = 0; i < m->n_feeds; i++) {
        const Newswire__V1__Status__Feed *from = m->feeds[i];
        box->feeds[i] = (struct status_feed){
            .name = from->name,
            .files = from->files,
            .dispatches = from->dispatches,
            .last = from->last,
            .expect_ms = from->expect_ms,
            .overdue = from->overdue,
        };
    }
    s->feeds = box->feeds;
    s->nfeeds = m->n_feeds;
    return s;
}

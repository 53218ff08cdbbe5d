// SPDX-License-Identifier: MIT
/* catchup: see catchup.h, and proto/README.md for why each rule is what it is.
 *
 * Two numbers carry the proof. `seen` is D: everything of mine up to it was handed out. `proven` >= seen:
 * whatever of mine lies in seen+1..proven is in the hold. Events only move `proven` and fill the hold;
 * catchup_next() moves `seen` after it. Refuses what is damaged by doing nothing: the timer, the silence or
 * the next trail asks again. */
#include "clients/catchup.h"

#include "clients/filter.h"
#include "clients/hold.h"
#include "proto/frames.h"

#include <stdlib.h>

/* A rule without which a dispatch can be lost, doubled or made up. The test breaks each by its name, by
 * taking the condition for true whatever it is, and wants to see the loss. */
#ifndef LAW
#define LAW(name, condition) (condition)
#endif

#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 30000
#define SILENCE_MIN_MS 3000 // three trails of an idle daemon
#define SILENCE_MAX_MS 60000
#define HERD_MS 2000 // after a silence all subscribers see a gap at the same time: they ask spread over this

struct catchup {
    struct catchup_limits limits;
    struct filter *filter;
    struct hold hold;
    bool started, live;

    uint64_t epoch, seen, proven;
    uint64_t check, checked; // check of the record at `checked`, the last one that was seen as a copy
    uint64_t head, trail_head;

    uint64_t rid, expected, asked_after; // of the last request
    int64_t retry, retry_at;             // CATCHUP: how long an answer may stay out, until when
    int64_t silence, silent_at;          // LIVE: the same for trails
    int64_t trail_at, ask_at;            // when the last trail came; 0, or when to ask after a silence

    // What catchup_next() still has to say, besides what lies in the hold.
    bool tell_epoch, tell_save, tell_ask;
    uint64_t gone_to;
};

struct catchup *catchup_new(const struct catchup_limits *limits, uint64_t epoch, uint64_t seen,
                            uint64_t check, catchup_drop_fn *drop)
{
    struct catchup *c = calloc(1, sizeof *c);
    if (c == NULL || (c->filter = filter_new(NULL, 0)) == NULL) {
        free(c);
        return NULL;
    }
    c->limits = *limits;
    c->hold.drop = drop;
    c->epoch = epoch;
    c->seen = c->proven = c->checked = seen;
    c->check = check;
    c->retry = RETRY_MIN_MS;
    c->silence = SILENCE_MIN_MS;
    return c;
}

void catchup_free(struct catchup *c)
{
    if (c == NULL)
        return;
    hold_free(&c->hold);
    filter_free(c->filter);
    free(c);
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void ask(struct catchup *c, int64_t now, double jitter)
{
    c->live = false;
    c->rid++;
    c->expected = 0;
    c->tell_ask = true;
    c->ask_at = 0;
    c->retry_at = now + c->retry / 2 + (int64_t)(jitter * (double)c->retry);
}

void catchup_start(struct catchup *c, int64_t now, double jitter)
{
    c->started = true;
    c->trail_at = now;
    ask(c, now, jitter);
}

bool catchup_subscribe(struct catchup *c, const struct topic_pattern *patterns, size_t n, int64_t now,
                       double jitter)
{
    struct filter *filter = filter_new(patterns, n);
    if (filter == NULL)
        return false;
    filter_free(c->filter);
    c->filter = filter;
    if (!c->started)
        return true;
    // What is held and what is proven was judged by the old subscription.
    bool unsaid = c->proven > c->seen;
    hold_clear(&c->hold);
    c->proven = c->seen;
    c->tell_save = true;
    if (!c->live || unsaid)
        ask(c, now, jitter);
    return true;
}

/* --- what comes in -------------------------------------------------------------------------------------- */

/* When the bound is passed the lowest go: those a replay brings first. None up to `keep`. */
static void evict(struct catchup *c, uint64_t keep)
{
    while (!LAW(bounded, c->hold.n <= c->limits.copies && c->hold.bytes <= c->limits.bytes)
           && hold_lowest(&c->hold)->copy.seq > keep)
        hold_drop(&c->hold);
}

/* Takes a copy in, or notes that its record is not mine: a copy carries every topic of its record, so that
 * this is known. False: no memory, it is as if the copy had not come. */
static bool hold(struct catchup *c, struct catchup_copy *copy, uint64_t keep)
{
    struct held held = {.copy = *copy, .wanted = true};
    if (hold_has(&c->hold, copy->seq)) {
        c->hold.drop(copy->frames);
        return true;
    }
    if (!LAW(wanted, filter_wants(c->filter, copy->topics, copy->ntopics))) {
        c->hold.drop(copy->frames);
        held.wanted = false;
        held.copy.size = 0;
        held.copy.frames = NULL;
    }
    held.copy.topics = NULL;
    if (!hold_put(&c->hold, &held)) {
        if (held.wanted)
            c->hold.drop(copy->frames);
        return false;
    }
    evict(c, keep);
    return true;
}

void catchup_copy(struct catchup *c, struct catchup_copy *copy)
{
    if (LAW(copy_epoch, copy->epoch == c->epoch) && LAW(copy_fresh, copy->seq > c->seen))
        hold(c, copy, c->seen + 1);
    else
        c->hold.drop(copy->frames);
}

/* Goes along the trail as far as every record is held or not mine. False: there is a gap. */
static bool follow(struct catchup *c, const struct trail *t)
{
    while (c->proven < t->head) {
        uint64_t seq = c->proven + 1;
        const struct trail_set *set = seq >= t->from ? &t->sets[seq - t->from] : NULL;
        if (!LAW(trail_reach, set != NULL))
            return false;
        bool mine = set != NULL && filter_may_want(c->filter, set->hashes, set->n);
        if (mine && !LAW(trail_held, hold_has(&c->hold, seq)))
            return false;
        c->proven = seq;
    }
    return true;
}

/* True: all that the trail knows of is accounted for. */
static bool judge_trail(struct catchup *c, const struct trail *t)
{
    if (!LAW(trail_epoch, t->epoch == c->epoch))
        return false;
    if (!LAW(trail_forward, t->head >= c->trail_head)) {
        // The store went back to an older copy of itself: nothing that is held can be trusted. Until I have
        // asked because of it the higher head is remembered.
        hold_clear(&c->hold);
        if (c->live)
            c->trail_head = t->head;
        return false;
    }
    c->trail_head = t->head;
    c->head = max_of(c->head, t->head);
    return follow(c, t);
}

void catchup_trail(struct catchup *c, const struct trail *t, int64_t now, double jitter)
{
    bool was_silent = now - c->trail_at >= SILENCE_MIN_MS;
    c->trail_at = now;
    c->silence = SILENCE_MIN_MS;
    c->silent_at = now + c->silence;
    if (judge_trail(c, t) || !c->live || c->ask_at != 0)
        return;
    if (was_silent)
        c->ask_at = now + 1 + (int64_t)(jitter * HERD_MS);
    else
        ask(c, now, jitter);
}

static bool is_awaited(const struct catchup *c, uint64_t rid)
{
    return LAW(reply_rid, rid == c->rid) && !c->live;
}

/* Asks on when the answer brought something. One that brought nothing is not worth a request at once: a
 * daemon that always answered so would be asked without end. The timer does it. */
static void ask_on(struct catchup *c, int64_t now, double jitter)
{
    if (max_of(c->proven, c->gone_to) <= c->asked_after)
        return;
    c->retry = RETRY_MIN_MS;
    ask(c, now, jitter);
}

void catchup_entry(struct catchup *c, uint64_t rid, uint64_t idx, struct catchup_copy *copy, int64_t now)
{
    uint64_t seq = copy->seq;
    if (!is_awaited(c, rid) || !LAW(entry_order, idx == c->expected) ||
        !LAW(entry_epoch, copy->epoch == c->epoch)) {
        c->hold.drop(copy->frames);
        return;
    }
    if (!LAW(entry_fresh, seq > c->seen))
        c->hold.drop(copy->frames);
    else if (!hold(c, copy, seq))
        return;
    // The entries before it came too: nothing else of mine lies below it.
    c->proven = max_of(c->proven, seq);
    c->expected++;
    if (c->retry_at < now + c->retry)
        c->retry_at = now + c->retry;
}

void catchup_end(struct catchup *c, uint64_t rid, uint64_t count, uint64_t upto, uint64_t head, int64_t now,
                 double jitter)
{
    if (!is_awaited(c, rid) || !LAW(end_count, count == c->expected) || !LAW(end_upto, upto <= head))
        return;
    c->proven = max_of(c->proven, upto);
    c->head = max_of(c->head, head);
    if (!LAW(page_last, c->proven >= head)) {
        ask_on(c, now, jitter);
        return;
    }
    c->live = true;
    c->retry = RETRY_MIN_MS;
    c->silent_at = now + c->silence + (int64_t)(jitter * (double)c->silence / 2);
}

void catchup_gone(struct catchup *c, uint64_t rid, uint64_t oldest, int64_t now, double jitter)
{
    if (!is_awaited(c, rid))
        return;
    if (oldest > c->proven + 1)
        c->gone_to = oldest - 1;
    ask_on(c, now, jitter);
}

void catchup_epoch(struct catchup *c, uint64_t rid, uint64_t epoch, int64_t now, double jitter)
{
    // Ours again, though nothing was asked for but the start: that is no answer.
    bool is_nonsense = epoch == 0 || (epoch == c->epoch && c->seen == 0);
    if (!is_awaited(c, rid) || is_nonsense)
        return;
    // Its own epoch again is an older copy of the store: seqs begin anew all the same.
    c->tell_epoch = c->epoch != 0;
    c->tell_save = c->epoch == 0;
    c->epoch = epoch;
    c->seen = c->proven = c->gone_to = 0;
    c->check = c->checked = 0;
    c->head = c->trail_head = 0;
    hold_clear(&c->hold);
    c->retry = RETRY_MIN_MS;
    ask(c, now, jitter);
}

static int64_t twice(int64_t ms, int64_t max)
{
    return 2 * ms < max ? 2 * ms : max;
}

int catchup_tick(struct catchup *c, int64_t now, double jitter)
{
    if (!c->live && now >= c->retry_at) {
        c->retry = twice(c->retry, RETRY_MAX_MS);
        ask(c, now, jitter);
    } else if (c->live && c->ask_at != 0 && now >= c->ask_at) {
        ask(c, now, jitter);
    } else if (c->live && now >= c->silent_at) {
        c->silence = twice(c->silence, SILENCE_MAX_MS);
        ask(c, now, jitter);
    }
    int64_t due = !c->live ? c->retry_at : c->silent_at;
    if (c->live && c->ask_at != 0 && c->ask_at < due)
        due = c->ask_at;
    return due > now ? (int)(due - now) : 0;
}

/* --- what goes out -------------------------------------------------------------------------------------- */

static void move_to(struct catchup *c, uint64_t seq)
{
    c->seen = seq;
    c->proven = max_of(c->proven, seq);
    c->head = max_of(c->head, seq);
}

/* The next copy whose turn has come; passes over what is not mine. */
static bool next_copy(struct catchup *c, struct catchup_copy *out)
{
    const struct held *lowest;
    while ((lowest = hold_lowest(&c->hold)) != NULL
           && (lowest->copy.seq <= c->proven || LAW(copy_turn, lowest->copy.seq == c->proven + 1))) {
        struct held held;
        hold_take(&c->hold, &held);
        move_to(c, held.copy.seq);
        c->check = held.copy.check;
        c->checked = held.copy.seq;
        *out = held.copy;
        if (held.wanted)
            return true;
    }
    move_to(c, c->proven);
    return false;
}

static void next_gone(struct catchup *c, struct catchup_todo *out)
{
    out->what = CATCHUP_GONE;
    out->from = c->seen + 1;
    out->to = c->gone_to;
    move_to(c, c->gone_to);
    c->gone_to = 0;
    while (c->hold.n > 0 && hold_lowest(&c->hold)->copy.seq <= c->seen)
        hold_drop(&c->hold);
}

static void next_ask(struct catchup *c, struct catchup_todo *out)
{
    out->what = CATCHUP_ASK;
    out->rid = c->rid;
    out->after = c->asked_after = c->seen;
    out->check = catchup_check(c);
    out->credit = c->limits.credit;
    c->tell_ask = false;
}

void catchup_next(struct catchup *c, struct catchup_todo *out)
{
    *out = (struct catchup_todo){.what = CATCHUP_NOTHING, .epoch = c->epoch};
    if (c->tell_epoch) {
        out->what = CATCHUP_EPOCH;
        c->tell_epoch = false;
    } else if (c->tell_save) {
        out->what = CATCHUP_SAVE;
        c->tell_save = false;
    } else if (c->gone_to > c->seen) {
        next_gone(c, out);
    } else if (next_copy(c, &out->copy)) {
        out->what = CATCHUP_DELIVER;
    } else if (c->tell_ask) {
        next_ask(c, out);
    }
}

uint64_t catchup_seen(const struct catchup *c)
{
    return c->seen;
}

uint64_t catchup_check(const struct catchup *c)
{
    return LAW(check_exact, c->checked == c->seen) ? c->check : 0;
}

uint64_t catchup_epoch_now(const struct catchup *c)
{
    return c->epoch;
}

uint64_t catchup_head(const struct catchup *c)
{
    return c->head;
}

bool catchup_live(const struct catchup *c)
{
    return c->live;
}

size_t catchup_buffered(const struct catchup *c, size_t *bytes, uint64_t *lowest)
{
    *bytes = c->hold.bytes;
    *lowest = c->hold.n > 0 ? hold_lowest(&c->hold)->copy.seq : 0;
    return c->hold.n;
}

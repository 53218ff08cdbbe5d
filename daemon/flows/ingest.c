// SPDX-License-Identifier: MIT
/* ingest: see ingest.h. Hints wake, scans decide: a hint only makes the next look due at once.
 *
 * Invariant: every claimed file is in exactly one list: the batch in hand, `held` (to be done again, one per transaction) or
 * `moving` (its fate is committed, its move failed and is tried again). */
#include "daemon/flows/ingest.h"

#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/ahead.h"
#include "daemon/flows/take.h"
#include "daemon/flows/upkeep.h"
#include "daemon/hands/bell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_FILES 64              /* files in one transaction: beyond 16 the fsync is shared enough (make bench) */
#define AHEAD_BYTES (1u << 20)      /* more are not in memory at a time, but for one: reading takes 16 times so much */
#define BATCH_BYTES (8u << 20)      /* and their bytes: a batch must not outgrow the page cache of the writer */
#define MOVING_MAX 1024             /* moves that failed; beyond it intake waits for them */
#define SLEEP_MS 1000               /* the longest sleep: rates and the watchdog want a turn a second */
#define LOOK_MS (60 * 1000)         /* a look without any hint, though inotify works */
#define MOVE_FIRST_MS 5000
#define DEATHS_SURE 5               /* so often is no bad luck, even if it can be read (take.c tries after SPOOL_DEATHS_MAX) */
#define PAUSE_FIRST_MS 500
#define PAUSE_MOST_MS (30 * 1000)   /* between attempts, of moves too */

struct jobs {
    struct job *at;
    size_t n;
};

struct ingest {
    struct ingest_hands hands;
    struct take_settings with;
    struct ahead *ahead;
    struct arena *arenas[AHEAD_FILES]; /* for the file that is stored, and those that are read meanwhile */
    struct taking takings[AHEAD_FILES];
    size_t given;                   /* so many of the batch were given to `ahead` */
    struct upkeep upkeep;
    const struct spool_name *names; /* of the last look, next..n-1 still to be claimed */
    size_t next, n;
    bool recovering;                /* work/ may hold files of a dead daemon */
    struct jobs batch, held, moving;
    int64_t look_at;                /* monotonic ms; 0 = at once */
    int64_t move_at;                /* when to try `moving` again */
    int64_t move_ms;                /* the wait before that */
    struct err why_unmoved, why_stuck;
    bool crowded;                   /* paused because `moving` is full */
    int64_t resume_at;              /* while paused */
    int64_t pause_ms;               /* 0 = not paused */
    struct err why_paused;
    bool unsynced;                  /* there are claims that are not durable yet */
    size_t waiting, claimed;        /* drop files seen at the last look, and taken away since */
    bool unripe;                    /* some of them are too young */
    bool fruitless;                 /* nothing of the last look could be claimed */
    bool gone;                      /* incoming/ is not there */
    uint64_t rejected;
};

static int64_t mono(void)
{
    return spool_seams.mono_ms();
}

static bool make_arenas(struct ingest *in)
{
    for (size_t i = 0; i < AHEAD_FILES; i++)
        if ((in->arenas[i] = arena_new(TAKE_MEMORY)) == NULL)
            return false;
    return true;
}

struct ingest *ingest_new(const struct ingest_hands *hands, struct err *e)
{
    struct ingest *in = calloc(1, sizeof *in);
    if (in != NULL) {
        in->hands = *hands;
        in->recovering = in->unsynced = true;
        in->batch.at = calloc(BATCH_FILES, sizeof *in->batch.at);
        in->held.at = calloc(BATCH_FILES, sizeof *in->held.at);
        in->moving.at = calloc(MOVING_MAX, sizeof *in->moving.at);
    }
    if (in == NULL || !make_arenas(in) || in->batch.at == NULL || in->held.at == NULL || in->moving.at == NULL)
        err_set(e, "out of memory");
    else if ((in->ahead = ahead_start(e)) != NULL)
        return in;
    ingest_free(in);
    return NULL;
}

void ingest_free(struct ingest *in)
{
    if (in == NULL)
        return;
    ahead_stop(in->ahead);
    for (size_t i = 0; i < AHEAD_FILES; i++)
        arena_free(in->arenas[i]);
    free(in->batch.at);
    free(in->held.at);
    free(in->moving.at);
    free(in);
}

void ingest_settings(struct ingest *in, const struct conf *conf, const struct rules *rules,
                     const struct tagger *tagger)
{
    struct stats_feed known[STATS_FEEDS_MAX];
    size_t n = stats_feeds(known, STATS_FEEDS_MAX);
    in->with = (struct take_settings){conf, rules, tagger};
    in->look_at = 0;
    for (size_t i = 0; i < n; i++) // Nothing is expected any more of a feed that went out of the configuration.
        stats_feed_expect(known[i].name, 0);
    for (size_t i = 0; i < conf->nfeeds; i++)
        stats_feed_expect(conf->feeds[i].name, conf->feeds[i].expect_ms);
}

bool ingest_idle(const struct ingest *in, bool impatient)
{
    return !in->recovering && in->next == in->n && in->held.n == 0 && (!in->unripe || impatient) &&
           (in->waiting == 0 || in->fruitless);
}

const char *ingest_unmoved(const struct ingest *in)
{
    return in->moving.n > 0 ? in->why_unmoved.text : NULL;
}

const char *ingest_stuck(const struct ingest *in)
{
    return in->why_stuck.text[0] != '\0' ? in->why_stuck.text : NULL;
}

const char *ingest_paused(const struct ingest *in)
{
    return in->pause_ms > 0 ? in->why_paused.text : NULL;
}

uint64_t ingest_rejected(const struct ingest *in)
{
    return in->rejected;
}

// --- pausing --------------------------------------------------------------------------------------------------------

/* The world is at fault. Nothing more is claimed until the wait is over; each wait is twice as long as the one before. */
static void pause_intake(struct ingest *in, const struct err *why)
{
    if (in->pause_ms == 0) // The status tells what the reason is by now.
        log_at(LOG_ERROR, "ingest", "intake is paused; it resumes by itself", "why=%s", why->text);
    in->why_paused = *why;
    in->pause_ms = in->pause_ms == 0 ? PAUSE_FIRST_MS : in->pause_ms * 2;
    if (in->pause_ms > PAUSE_MOST_MS)
        in->pause_ms = PAUSE_MOST_MS;
    in->resume_at = mono() + in->pause_ms;
    stats_say(TEXT_PAUSED, why->text);
    stats_add(STAT_RETRY, 1);
}

static void resume_intake(struct ingest *in)
{
    if (in->pause_ms == 0)
        return;
    log_at(LOG_NOTICE, "ingest", "intake resumes", "was=%s", in->why_paused.text);
    in->pause_ms = 0;
    stats_say(TEXT_PAUSED, "");
}

/* Better to stop while there is room for the write-ahead log than to find out in the middle of a commit. */
static bool store_has_room(struct ingest *in, struct err *e)
{
    uint64_t bytes, free_bytes;
    store_sizes(in->hands.store, &bytes, &free_bytes);
    if (free_bytes >= in->with.conf->store.reserve)
        return true;
    return err_set(e, "disk full: %" PRIu64 " KiB are free for the store in %s, [store] reserve is %" PRIu64 " KiB",
                   free_bytes >> 10, in->with.conf->store.directory, in->with.conf->store.reserve >> 10);
}

// --- looking and claiming ---------------------------------------------------------------------------------------------

static bool trusts_close(const struct ingest *in, const char *feed)
{
    struct conf_feed scratch;
    return conf_feed(in->with.conf, feed, &scratch)->trust_close;
}

static void hear_hints(struct ingest *in)
{
    const char *feed, *name;
    enum watch_hint hint;
    while (in->hands.watch != NULL && (hint = watch_next(in->hands.watch, &feed, &name)) != WATCH_NOTHING) {
        in->look_at = 0;
        if (hint == WATCH_MOVED || (hint == WATCH_CLOSED && trusts_close(in, feed)))
            spool_complete(in->hands.spool, feed, name);
        if (hint == WATCH_OVERFLOW) {
            log_at(LOG_NOTICE, "watch", "more came than inotify could tell; everything is looked at", NULL);
            watch_refresh(in->hands.watch);
        }
    }
}

static int64_t look_interval(const struct ingest *in)
{
    bool polling = in->hands.watch == NULL || watch_polling(in->hands.watch);
    return polling || in->gone ? in->with.conf->spool.poll_ms : LOOK_MS;
}

static void look(struct ingest *in)
{
    struct err e = {""};
    int again_ms = -1;
    int64_t oldest = 0;
    if (in->hands.watch != NULL)
        watch_refresh(in->hands.watch);
    in->next = in->n = in->waiting = in->claimed = 0;
    bool there = spool_look(in->hands.spool, &in->names, &in->n, &in->waiting, &again_ms, &oldest, &e);
    if (!there && !in->gone)
        log_at(LOG_ERROR, "spool", "cannot look at the drop directory; tried again until it is back", "why=%s",
               e.text);
    if (there && in->gone)
        log_at(LOG_NOTICE, "spool", "the drop directory is back", NULL);
    in->gone = !there;
    in->unripe = again_ms >= 0;
    in->fruitless = true;
    in->why_stuck.text[0] = '\0';
    in->look_at = mono() + look_interval(in);
    if (in->gone)
        in->look_at = mono() + SLEEP_MS;
    else if (in->unripe && again_ms < look_interval(in))
        in->look_at = mono() + again_ms;
    if (in->gone)
        err_in(&e, "gone: ");
    if (in->hands.watch != NULL)
        stats_say(TEXT_WATCHING, in->gone ? e.text : watch_how(in->hands.watch));
    stats_set(STAT_BACKLOG_OLDEST, (uint64_t)oldest);
}

static struct job *job_add(struct jobs *jobs)
{
    struct job *job = &jobs->at[jobs->n++];
    memset(job, 0, sizeof *job);
    return job;
}

/* Claims names of the last look into the batch until it is full. */
static void claim_names(struct ingest *in)
{
    uint64_t bytes = 0;
    while (in->next < in->n && in->batch.n < BATCH_FILES && bytes < BATCH_BYTES) {
        const struct spool_name *name = &in->names[in->next++];
        struct job *job = job_add(&in->batch);
        enum fate fate = spool_claim(in->hands.spool, name, &job->claim, &job->why);
        if (fate == FATE_RETRY || fate == FATE_STOP) { // Not now: the next look finds it again.
            if (job->why.text[0] != '\0')
                log_at(LOG_DEBUG, "spool", "not taken now", "file=%s why=%s", name->name, job->why.text);
            if (job->claim.stuck)
                in->why_stuck = job->why;
            in->batch.n--;
            int64_t again = mono() + in->with.conf->spool.settle_ms / 2 + 50;
            in->look_at = in->look_at < again ? in->look_at : again;
            continue;
        }
        job->refused = fate == FATE_BAD;
        in->unsynced = true;
        in->fruitless = false;
        in->claimed++;
        bytes += (uint64_t)job->claim.stat.st_size;
        crash_point("claimed", job->claim.name);
    }
    if (in->next == in->n && !in->fruitless) // Keep looking until nothing more is taken away.
        in->look_at = 0;
}

/* What a dead daemon left behind runs one file per transaction, so that the one at fault is known. */
static bool recover_one(struct ingest *in)
{
    struct job *job = job_add(&in->batch);
    if (!in->recovering || !spool_recover(in->hands.spool, &job->claim)) {
        in->recovering = false;
        in->batch.n--;
        return false;
    }
    log_at(LOG_NOTICE, "ingest", "recovered", "file=%s claim=%s deaths=%u", job->claim.name, job->claim.id,
           job->claim.deaths);
    if (job->claim.deaths >= DEATHS_SURE) {
        job->refused = true;
        err_set(&job->why, "ended the daemon %u times", job->claim.deaths);
    }
    return true;
}

static void gather(struct ingest *in)
{
    in->batch.n = 0;
    if (in->held.n > 0) {
        in->batch.at[in->batch.n++] = in->held.at[0];
        return;
    }
    if (in->recovering && recover_one(in))
        return;
    if (in->next == in->n && mono() >= in->look_at)
        look(in);
    claim_names(in);
}

// --- one batch ----------------------------------------------------------------------------------------------------------

/* Gives the batch's next file to be read. From here on it is in hand: what ends a process is nearly always reading. */
static void give(struct ingest *in)
{
    size_t i = in->given++, place = i % AHEAD_FILES;
    spool_in_hand(in->hands.spool, place, &in->batch.at[i].claim);
    take_load(in->hands.spool, &in->with, in->arenas[place], &in->batch.at[i], &in->takings[place]);
    ahead_give(in->ahead, &in->takings[place]);
}

/* Gives files to be read, from the i-th on, which is stored next. */
static void give_from(struct ingest *in, size_t i)
{
    uint64_t bytes = 0;
    for (size_t n = i; n < in->batch.n && n < i + AHEAD_FILES; n++) {
        bytes += (uint64_t)in->batch.at[n].claim.stat.st_size;
        if (n > i && bytes > AHEAD_BYTES)
            return;
        if (n == in->given)
            give(in);
    }
}

/* Puts the i-th file into the transaction, while the next ones are read. */
static enum fate store_one(struct ingest *in, size_t i, struct err *e)
{
    struct taking *t = &in->takings[i % AHEAD_FILES];
    give_from(in, i);
    ahead_await(in->ahead);
    if (t->loaded && t->fate == FATE_DONE)
        crash_point("parsed", t->job->claim.name);
    enum fate fate = take_store(in->hands.spool, in->hands.store, t, e);
    arena_reset(t->arena);
    return fate;
}

/* A claim must be on the disk before its file is: else a power cut makes a settled file a new one. */
static enum fate sync_claims(struct ingest *in, struct err *e)
{
    enum fate fate = in->unsynced ? spool_claimed(in->hands.spool, e) : FATE_DONE;
    in->unsynced = fate != FATE_DONE;
    crash_point("claims-durable", NULL);
    return fate;
}

/* Puts the batch into one transaction and commits it. Anything but FATE_DONE: nothing of it is committed. The first
 * files are read while the disk takes the claims. */
static enum fate commit_batch(struct ingest *in, struct err *e)
{
    struct store *store = in->hands.store;
    in->given = 0;
    give_from(in, 0);
    enum fate fate = sync_claims(in, e);
    if (fate == FATE_DONE)
        fate = store_begin(store, e);
    for (size_t i = 0; fate == FATE_DONE && i < in->batch.n; i++)
        fate = store_one(in, i, e);
    ahead_await_all(in->ahead);
    spool_laid_down(in->hands.spool);
    if (fate == FATE_DONE) {
        crash_point("before-commit", NULL);
        fate = store_commit(store, e);
    }
    if (fate != FATE_DONE && !store_rolled_back(store))
        store_abort(store);
    if (fate == FATE_RETRY)
        err_in(e, "spool %s, store %s: ", in->with.conf->spool.directory, in->with.conf->store.directory);
    return fate;
}

static void count(struct ingest *in, const struct job *job)
{
    const struct claim *c = &job->claim;
    if (job->fate == FATE_RETRY) {
        stats_add(STAT_RETRY, 1);
        return;
    }
    stats_feed_count(c->feed, 1, job->fresh, c->arrival);
    stats_add(job->fate == FATE_DONE ? STAT_DONE : STAT_BAD, 1);
    stats_add(STAT_FRESH, job->fresh);
    stats_add(STAT_SEEN, job->seen);
    stats_add(STAT_SLICES_REJECTED, job->rejected);
    if (job->fate == FATE_BAD)
        log_at(LOG_WARN, "ingest", "rejected", "file=%s feed=%s why=%s", c->name, c->feed, job->why.text);
    else if (job->rejected > 0)
        log_at(LOG_WARN, "ingest", "taken in part", "file=%s feed=%s new=%llu seen=%llu rejected=%u", c->name,
               c->feed, (unsigned long long)job->fresh, (unsigned long long)job->seen, job->rejected);
    else
        log_at(LOG_DEBUG, "ingest", "taken", "file=%s feed=%s new=%llu seen=%llu", c->name, c->feed,
               (unsigned long long)job->fresh, (unsigned long long)job->seen);
    if (job->fate == FATE_BAD || job->rejected > 0)
        in->rejected++;
}

/* `place`: the one that it is to have in `moving` if it fails. The reason of the first one there is said, once, and not
 * that of each of a thousand files at each attempt. */
static bool settle(struct ingest *in, const struct job *job, size_t place)
{
    struct err e = {""};
    if (spool_settle(in->hands.spool, &job->claim, job->fate, job->why.text, &e)) {
        crash_point("settled", job->claim.name);
        return true;
    }
    if (place > 0)
        return false;
    if (strcmp(in->why_unmoved.text, e.text) != 0)
        log_at(LOG_ERROR, "spool", "settled in the store, but could not be moved out of work/; tried again",
               "file=%s why=%s", job->claim.name, e.text);
    in->why_unmoved = e;
    return false;
}

/* The batch is committed: ring, then move. A move that fails changes nothing of that. */
static void settle_batch(struct ingest *in)
{
    crash_point("committed", NULL);
    for (size_t i = 0; i < 2; i++)
        if (in->hands.bells[i] >= 0)
            bell_ring(in->hands.bells[i]);
    crash_point("rung", NULL);
    for (size_t i = 0; i < in->batch.n; i++) {
        struct job *job = &in->batch.at[i];
        count(in, job);
        if (!settle(in, job, in->moving.n))
            in->moving.at[in->moving.n++] = *job;
    }
}

/* The batch failed as a whole: its files are done again one by one, so that one bad file never holds up another. */
static void hold_batch(struct ingest *in)
{
    if (in->held.n > 0) // It was a held one: it stays at the front.
        return;
    memcpy(in->held.at, in->batch.at, in->batch.n * sizeof in->batch.at[0]);
    in->held.n = in->batch.n;
}

static void unhold_first(struct ingest *in)
{
    if (in->held.n == 0)
        return;
    in->held.n--;
    memmove(in->held.at, in->held.at + 1, in->held.n * sizeof in->held.at[0]);
}

static enum fate run_batch(struct ingest *in, struct err *e)
{
    bool single = in->batch.n == 1;
    enum fate fate = store_has_room(in, e) ? commit_batch(in, e) : FATE_RETRY;
    if (fate == FATE_STOP)
        return fate;
    if (fate != FATE_DONE) {
        hold_batch(in);
        if (single || !store_has_room(in, e))
            pause_intake(in, e);
        return FATE_DONE;
    }
    settle_batch(in);
    unhold_first(in);
    resume_intake(in);
    return FATE_DONE;
}

static void move_again(struct ingest *in)
{
    size_t left = 0;
    if (in->moving.n == 0 || mono() < in->move_at)
        return;
    for (size_t i = 0; i < in->moving.n; i++) {
        if (!settle(in, &in->moving.at[i], left))
            in->moving.at[left++] = in->moving.at[i];
    }
    in->move_ms = left < in->moving.n || in->move_ms == 0 ? MOVE_FIRST_MS : in->move_ms * 2;
    if (in->move_ms > PAUSE_MOST_MS)
        in->move_ms = PAUSE_MOST_MS;
    in->move_at = mono() + in->move_ms;
    in->moving.n = left;
    if (left == 0)
        in->why_unmoved.text[0] = '\0';
}

/* Whether all of one more batch would find room in `moving`; if not, that is why intake is paused. */
static bool room_to_move(struct ingest *in)
{
    struct err why;
    bool room = in->moving.n + BATCH_FILES <= MOVING_MAX;
    if (room && in->crowded)
        resume_intake(in);
    if (!room && (in->pause_ms == 0 || mono() >= in->resume_at)) {
        err_set(&why, "too many files are settled in the store, but cannot be moved out of work/: %s",
                in->why_unmoved.text);
        pause_intake(in, &why);
    }
    in->crowded = !room;
    return room;
}

// --- one turn -----------------------------------------------------------------------------------------------------------

static int sleep_for(const struct ingest *in)
{
    int64_t now = mono(), until = now + SLEEP_MS;
    if (in->pause_ms > 0)
        until = in->resume_at < until ? in->resume_at : until;
    else if (in->held.n > 0 || in->recovering || in->next < in->n)
        until = now;
    else if (in->look_at < until)
        until = in->look_at;
    return until > now ? (int)(until - now) : 0;
}

enum fate ingest_turn(struct ingest *in, int *sleep_ms, struct err *e)
{
    enum fate fate = FATE_DONE;
    bool more = false;
    crash_point("ingest-turn", NULL);
    stats_add(STAT_BEAT_INGEST, 1);
    hear_hints(in);
    move_again(in);
    in->batch.n = 0;
    if (room_to_move(in) && (in->pause_ms == 0 || mono() >= in->resume_at)) {
        gather(in);
        if (in->batch.n > 0)
            fate = run_batch(in, e);
    }
    stats_set(STAT_BACKLOG, in->waiting - in->claimed + in->held.n);
    if (fate == FATE_DONE)
        fate = upkeep_turn(&in->upkeep, in->hands.spool, in->hands.store, in->with.conf, in->batch.n == 0, &more, e);
    *sleep_ms = in->batch.n > 0 || more ? 0 : sleep_for(in);
    if (in->pause_ms > 0)
        *sleep_ms = sleep_for(in);
    return fate;
}

// SPDX-License-Identifier: MIT
/* upkeep: see upkeep.h. */
#include "daemon/flows/upkeep.h"

#include "daemon/base/log.h"

#include <math.h>

#define MEASURE_MS 1000
#define PRUNE_MS (60 * 1000)
#define PRUNE_BUSY_MS (10 * PRUNE_MS) /* a wire that is never idle is pruned too */

/* Averages that forget with a time constant, as the load average does. */
static double forget(double average, double now, double seconds, double constant)
{
    return now + (average - now) * exp(-seconds / constant);
}

/* The quiet-feed alarm: once per silence. */
static void watch_feeds(struct upkeep *u)
{
    struct stats_feed feeds[STATS_FEEDS_MAX];
    size_t n = stats_feeds(feeds, STATS_FEEDS_MAX);
    for (size_t i = 0; i < n; i++) { // a feed keeps its place for ever
        bool overdue = stats_feed_overdue(&feeds[i], spool_seams.now_ms());
        if (overdue && !u->overdue[i])
            log_at(LOG_WARN, "feed", "nothing came for longer than it should", "feed=%s expect_s=%llu", feeds[i].name,
                   (unsigned long long)feeds[i].expect_ms / 1000);
        u->overdue[i] = overdue;
    }
}

static void measure(struct upkeep *u, const struct store *store, int64_t now)
{
    double seconds = (double)(now - u->measured) / 1000;
    uint64_t fresh = stats_get(STAT_FRESH);
    if (u->measured != 0) {
        double rate = (double)(fresh - u->counted) / seconds;
        u->rate_1m = forget(u->rate_1m, rate, seconds, 60);
        u->rate_15m = forget(u->rate_15m, rate, seconds, 15 * 60);
    }
    u->measured = now;
    u->counted = fresh;
    stats_set(STAT_RATE_1M, (uint64_t)(u->rate_1m * 1000));
    stats_set(STAT_RATE_15M, (uint64_t)(u->rate_15m * 1000));
    uint64_t bytes, free_bytes;
    store_sizes(store, &bytes, &free_bytes);
    stats_set(STAT_STORE_BYTES, bytes);
    stats_set(STAT_STORE_FREE, free_bytes);
}

static enum fate prune(struct spool *spool, struct store *store, const struct conf *conf, bool *more,
                       struct err *e)
{
    int64_t now = spool_seams.now_ms();
    *more = spool_archive_prune(spool, now);
    if (conf->store.keep_ms == 0)
        return FATE_DONE;
    size_t pruned = 0;
    int64_t remember = conf->store.remember_ms == 0 ? 0 : now - conf->store.remember_ms;
    enum fate fate = store_prune(store, now - conf->store.keep_ms, remember, &pruned, e);
    if (fate == FATE_RETRY || fate == FATE_BAD)
        log_at(LOG_WARN, "store", "could not prune; tried again in a minute", "why=%s", e->text);
    if (pruned > 0) // one segment at a time, so that no file waits long behind it
        *more = true;
    return fate == FATE_STOP ? FATE_STOP : FATE_DONE;
}

enum fate upkeep_turn(struct upkeep *u, struct spool *spool, struct store *store, const struct conf *conf,
                      bool idle, bool *more, struct err *e)
{
    int64_t now = spool_seams.mono_ms();
    *more = false;
    if (now - u->measured >= MEASURE_MS) {
        measure(u, store, now);
        watch_feeds(u);
    }
    if (idle)
        store_tidy(store);
    if (now - u->pruned < (idle ? PRUNE_MS : PRUNE_BUSY_MS))
        return FATE_DONE;
    enum fate fate = prune(spool, store, conf, more, e);
    if (!*more)
        u->pruned = now;
    return fate;
}

// SPDX-License-Identifier: MIT
/* live: see live.h. It never waits for a subscriber and never publishes twice: it begins at the head as it
 * was found at the start. A copy that could not be made is a gap like any other: the trail shows it,
 * replay heals it. So is all that was committed while the store could not be read: it goes out late, or is
 * asked for. */
#include "daemon/flows/live.h"

#include "daemon/base/arena.h"
#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/record.h"
#include "daemon/flows/trails.h"
#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"

#include <stdlib.h>

#define IDLE_MS 1000                /* between trails when nothing goes out */
#define PATIENCE_MS 1000            /* between looks at a store that cannot be read now ... */
#define PATIENCE_STOP_MS 10000      /* ... or that no retry is likely to mend */
#define RUN_BYTES ((size_t)4 << 20) /* about so many bytes of blobs are read at once */
/* A run, the one blob that may go past it, and the topics of each record. */
#define ARENA_BYTES (RUN_BYTES + FRAMES_BYTES_MAX + (size_t)TRAILS_RUN * TOPICS_PER_RECORD * (TOPIC_MAX + 56))

struct live {
    struct worker worker;
    /* Only while it starts. */
    struct bus *bus;
    const struct conf *conf;
    const char *directory;
    /* The thread's own. */
    struct bus_pub *pub;
    struct store_reader *store;
    struct arena *arena;
    struct trails *trails;
    uint64_t epoch, head; /* the newest record that went out */
    int64_t trail_due, look_due;
    bool failing; /* the store could not be read: said once */
};

/* --- sending -------------------------------------------------------------------------------------------- */
static bool send_copies(struct live *l, const struct store_record *r, struct bus_blob *head,
                        struct bus_blob *blob)
{
    if (head == NULL || blob == NULL)
        return false;
    bool ok = true;
    for (size_t i = 0; i < r->ntopics; i++)
        ok = bus_pub_send(l->pub, r->topics[i], head, blob) && ok;
    return bus_pub_send(l->pub, TOPIC_ALL, head, blob) && ok;
}

static void publish(struct live *l, const struct store_record *r)
{
    struct head head = record_head(r, l->epoch);
    struct bytes packed = {0};
    struct bus_blob *first = head_pack(&head, &packed) ? bus_blob(packed.p, packed.n) : NULL;
    struct bus_blob *second = bus_blob(r->blob, r->blob_n);
    if (send_copies(l, r, first, second))
        stats_add(STAT_PUBLISHED, r->ntopics + 1);
    else
        log_at(LOG_WARN, "live", "no memory for a copy; subscribers will ask for it", "seq=%llu",
               (unsigned long long)r->seq);
    bus_blob_done(second);
    bus_blob_done(first);
    bytes_free(&packed);
}

static void send_trail(struct live *l)
{
    struct trail trail;
    struct bytes packed = {0};
    trails_make(l->trails, worker_now(), &trail);
    struct bus_blob *blob = trail_pack(&trail, &packed) ? bus_blob(packed.p, packed.n) : NULL;
    if (blob != NULL)
        bus_pub_send(l->pub, TOPIC_TRAIL, blob, NULL);
    bus_blob_done(blob);
    bytes_free(&packed);
    l->trail_due = worker_now() + IDLE_MS;
}

/* --- reading -------------------------------------------------------------------------------------------- */
/* The store could not be read. The ingest thread decides whether that ends the daemon. */
static void store_failed(struct live *l, enum fate fate, const struct err *e)
{
    if (!l->failing)
        log_at(fate == FATE_STOP ? LOG_ERROR : LOG_WARN, "live", "cannot read the store; trying again",
               "why=%s", e->text);
    l->failing = true;
    l->look_due = worker_now() + (fate == FATE_STOP ? PATIENCE_STOP_MS : PATIENCE_MS);
}

/* Everything of a page goes out, in order, then its trail. */
static void send_page(struct live *l, const struct store_page *page)
{
    if (page->epoch != l->epoch) {
        log_at(LOG_WARN, "live", "the store has another epoch", "epoch=%llx",
               (unsigned long long)page->epoch);
        l->epoch = page->epoch;
        l->head = page->head;
        trails_restart(l->trails, l->epoch, l->head);
        return;
    }
    for (size_t i = 0; i < page->n; i++) {
        publish(l, &page->records[i]);
        trails_add(l->trails, page->records[i].seq, page->records[i].topics, page->records[i].ntopics,
                   worker_now());
        l->head = page->records[i].seq;
    }
    if (page->upto > l->head) { // pruned before they went out
        l->head = page->upto;
        trails_restart(l->trails, l->epoch, l->head);
    }
    send_trail(l);
}

/* One run of at most TRAILS_RUN records; true: there is more to be had at once. */
static bool run(struct live *l)
{
    struct store_page page = {0};
    struct err e = {""};
    arena_reset(l->arena);
    stats_add(STAT_BEAT_LIVE, 1);
    enum fate fate =
        store_reader_page(l->store, l->arena, l->head, NULL, 0, TRAILS_RUN, RUN_BYTES, &page, &e);
    if (fate != FATE_DONE) {
        store_failed(l, fate, &e);
        return false;
    }
    if (l->failing)
        log_at(LOG_NOTICE, "live", "the store can be read again", "head=%llu", (unsigned long long)page.head);
    l->failing = false;
    if (page.epoch == l->epoch && page.upto <= l->head)
        return false;
    send_page(l, &page);
    return page.upto < page.head;
}

/* --- the thread ----------------------------------------------------------------------------------------- */
static int until(int64_t due)
{
    int64_t ms = due - worker_now();
    return ms < 0 ? 0 : ms > IDLE_MS ? IDLE_MS : (int)ms;
}

static void live_turn(void *self)
{
    struct live *l = self;
    bus_wait(NULL, l->worker.bell, until(l->trail_due));
    bell_hush(l->worker.bell);
    if (worker_now() >= l->look_due)
        while (run(l))
            continue;
    if (worker_now() >= l->trail_due)
        send_trail(l);
    stats_set(STAT_SUBSCRIBERS, bus_pub_peers(l->pub));
    crash_point("live-turn", NULL);
    stats_add(STAT_BEAT_LIVE, 1);
}

static void live_last(void *self)
{
    struct live *l = self;
    while (run(l))
        continue;
    send_trail(l);
}

static bool live_open(void *self, struct err *e)
{
    struct live *l = self;
    struct store_page page = {0};
    uint64_t dispatches;
    l->pub = bus_pub_open(l->bus, l->conf->publish.bind, l->conf->publish.nbind, l->conf->publish.sndhwm, e);
    if (l->pub == NULL)
        return err_in(e, "publish: ");
    l->store = store_reader_open(l->directory, e);
    if (l->store == NULL || store_reader_counts(l->store, &page, &dispatches, e) != FATE_DONE)
        return err_in(e, "publish: ");
    l->epoch = page.epoch;
    l->head = page.head;
    l->arena = arena_new(ARENA_BYTES);
    l->trails = trails_new(l->epoch, l->head);
    return (l->arena != NULL && l->trails != NULL) || err_set(e, "publish: no memory");
}

static void live_close(void *self)
{
    struct live *l = self;
    bus_pub_close(l->pub);
    store_reader_close(l->store);
    trails_free(l->trails);
    arena_free(l->arena);
}

struct live *live_start(struct bus *bus, const struct conf *conf, const char *store_directory, struct err *e)
{
    static const struct worker_job job = {"live", live_open, live_turn, live_last, live_close};
    struct live *l = calloc(1, sizeof *l);
    if (l == NULL) {
        err_sys(e, "publish");
        return NULL;
    }
    l->bus = bus;
    l->conf = conf;
    l->directory = store_directory;
    if (worker_start(&l->worker, &job, l, e))
        return l;
    free(l);
    return NULL;
}

int live_bell(const struct live *l)
{
    return l->worker.bell;
}

void live_stop(struct live *l)
{
    if (l == NULL)
        return;
    worker_stop(&l->worker);
    free(l);
}

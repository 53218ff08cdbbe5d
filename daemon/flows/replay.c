// SPDX-License-Identifier: MIT
/* replay: see replay.h. An ask is answered as it is heard; ZeroMQ takes asks from all peers in turn. A
 * page is read whole, so that its rows and its head are of one snapshot, and no read transaction is open
 * while it is sent. What does not fit into a peer's pipe is kept for a while and bounded; past the bound
 * it is forgotten, and the client's timer asks again. */
#include "daemon/flows/replay.h"

#include "daemon/base/arena.h"
#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/answers.h"
#include "daemon/flows/record.h"
#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDLE_MS 1000
#define PARK_MS 50                   /* a parked peer is tried again, if it does not ask before */
#define PARKED_MAX 256               /* pages that wait ... */
#define PARKED_BYTES ((size_t)256 << 20) /* ... and their memory in all */
#define BURST 64                     /* asks heard before parked peers have their turn */
#define PAGE_BYTES ((size_t)4 << 20) /* about so many bytes of blobs in a page */
#define FORGOT_MS 60000              /* a page forgotten for lack of room is told of so often */
/* A page, the one blob that may go past it, the topics of each record, and the pointers to what was asked
 * for. */
#define ARENA_BYTES                                                                                          \
    (PAGE_BYTES + FRAMES_BYTES_MAX + (size_t)FRAMES_CREDIT_MAX * TOPICS_PER_RECORD * (TOPIC_MAX + 56) +      \
     FRAMES_TOPICS_MAX * sizeof(char *))

/* A page under way to a peer. */
struct page {
    struct bus_peer peer;
    uint64_t rid, epoch, head, upto;
    const struct store_record *records;
    const char *const *topics; /* of each record the one it is sent under */
    size_t n, next;
    struct arena *arena; /* that all this lies in */
    int64_t due;         /* when parked: try again then */
};

struct replay {
    struct worker worker;
    /* Only while it starts. */
    struct bus *bus;
    const struct conf *conf;
    const char *directory;
    /* The thread's own. */
    struct bus_router *router;
    struct store_reader *store;
    struct arena *arena; /* for the answer in hand */
    struct page parked[PARKED_MAX];
    size_t nparked;
    bool failing;        /* the store could not be read: said once */
    int64_t forgot_said; /* when last; 0 never */
};

/* --- sending -------------------------------------------------------------------------------------------- */
static enum bus_sent send_answer(struct replay *r, const struct bus_peer *peer, const struct answer *a)
{
    struct bytes packed = {0};
    if (!answer_pack(a, &packed))
        return BUS_FULL;
    enum bus_sent sent = bus_router_send(r->router, peer, &(struct bus_frame){packed.p, packed.n}, 1);
    bytes_free(&packed);
    return sent;
}

static enum bus_sent send_entry(struct replay *r, const struct page *p)
{
    const struct store_record *record = &p->records[p->next];
    struct answer entry = {.type = ANSWER_ENTRY, .rid = p->rid, .idx = p->next};
    struct head head = record_head(record, p->epoch);
    const char *topic = p->topics[p->next];
    struct bytes first = {0}, third = {0};
    enum bus_sent sent = BUS_FULL; // no memory now is no room now
    if (answer_pack(&entry, &first) && head_pack(&head, &third)) {
        const struct bus_frame frames[] = {
            {first.p, first.n}, {topic, strlen(topic)}, {third.p, third.n}, {record->blob, record->blob_n}};
        sent = bus_router_send(r->router, &p->peer, frames, 4);
    }
    bytes_free(&third);
    bytes_free(&first);
    return sent;
}

/* BUS_FULL: it goes on where it stood when called again. */
static enum bus_sent send_page(struct replay *r, struct page *p)
{
    for (; p->next < p->n; p->next++) {
        enum bus_sent sent = send_entry(r, p);
        if (sent != BUS_SENT)
            return sent;
    }
    struct answer end = {.type = ANSWER_END, .rid = p->rid, .count = p->n, .upto = p->upto, .head = p->head};
    return send_answer(r, &p->peer, &end);
}

/* --- parking -------------------------------------------------------------------------------------------- */
static void unpark(struct replay *r, size_t i)
{
    arena_free(r->parked[i].arena);
    r->parked[i] = r->parked[--r->nparked];
    stats_set(STAT_REPLAYING, r->nparked);
}

static void forget_peer(struct replay *r, const struct bus_peer *peer)
{
    for (size_t i = 0; i < r->nparked; i++)
        if (r->parked[i].peer.n == peer->n && memcmp(r->parked[i].peer.id, peer->id, peer->n) == 0) {
            unpark(r, i);
            return;
        }
}

static bool has_room(const struct replay *r, size_t bytes)
{
    for (size_t i = 0; i < r->nparked; i++)
        bytes += arena_used(r->parked[i].arena);
    return r->nparked < PARKED_MAX && bytes <= PARKED_BYTES;
}

/* The page keeps the arena it lies in; the next answer gets a new one. */
static void park(struct replay *r, const struct page *p)
{
    struct arena *next = has_room(r, arena_used(p->arena)) ? arena_new(ARENA_BYTES) : NULL;
    if (next == NULL) {
        int64_t now = worker_now();
        if (r->forgot_said == 0 || now - r->forgot_said >= FORGOT_MS) {
            log_at(LOG_WARN, "replay", "too many slow peers; their pages are forgotten until they ask again",
                   "parked=%zu", r->nparked);
            r->forgot_said = now;
        }
        return;
    }
    r->parked[r->nparked] = *p;
    r->parked[r->nparked].due = worker_now() + PARK_MS;
    r->nparked++;
    r->arena = next;
    stats_set(STAT_REPLAYING, r->nparked);
}

static void resume(struct replay *r)
{
    for (size_t i = r->nparked; i-- > 0;) {
        struct page *p = &r->parked[i];
        if (worker_now() < p->due)
            continue;
        if (send_page(r, p) == BUS_FULL)
            p->due = worker_now() + PARK_MS;
        else
            unpark(r, i);
    }
}

static int until_next(const struct replay *r)
{
    int64_t now = worker_now(), due = now + IDLE_MS;
    for (size_t i = 0; i < r->nparked; i++)
        if (r->parked[i].due < due)
            due = r->parked[i].due;
    return due > now ? (int)(due - now) : 0;
}

/* --- requests ------------------------------------------------------------------------------------------- */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Topics as asked for (ask_unpack has checked them), sorted; NULL: no memory. */
static const char **sorted_topics(struct arena *arena, const struct ask *ask)
{
    const char **sorted = arena_alloc(arena, (ask->ntopics + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    memcpy(sorted, ask->topics, ask->ntopics * sizeof *sorted);
    qsort(sorted, ask->ntopics, sizeof *sorted, by_text);
    return sorted;
}

/* Whether the topic or an ancestor of it was asked for. */
static bool is_requested(const char *topic, const char *const *sorted, size_t n)
{
    char prefix[TOPIC_MAX + 1];
    const char *key = prefix;
    for (size_t i = 0; i < TOPIC_MAX && topic[i] != '\0'; i++) {
        prefix[i] = topic[i];
        prefix[i + 1] = '\0';
        if (topic[i] == '/' && bsearch(&key, sorted, n, sizeof *sorted, by_text) != NULL)
            return true;
    }
    return false;
}

static const char *sent_under(const struct store_record *record, const char *const *sorted, size_t n)
{
    if (n == 1 && strcmp(sorted[0], TOPIC_ALL) == 0) // most replays; comparing topics takes a tenth of sending a record
        return TOPIC_ALL;
    for (size_t i = 0; i < record->ntopics; i++)
        if (is_requested(record->topics[i], sorted, n))
            return record->topics[i];
    return TOPIC_ALL;
}

/* False: the store could not be read, which is told once. The ingest thread decides whether that ends the
 * daemon. */
static bool store_answered(struct replay *r, enum fate fate, const struct err *e)
{
    bool failed = fate != FATE_DONE;
    if (failed && !r->failing)
        log_at(fate == FATE_STOP ? LOG_ERROR : LOG_WARN, "replay",
               "cannot read the store; peers will ask again", "why=%s", e->text);
    r->failing = failed;
    return !failed;
}

/* What must be said instead of rows: the client is of another epoch, or behind the horizon. False:
 * nothing. */
static bool instead(const struct ask *ask, const struct store_page *page, struct answer *out)
{
    *out = (struct answer){.rid = ask->rid, .epoch = page->epoch, .oldest = page->oldest};
    bool check_differs = ask->check != 0 && page->check != 0 && ask->check != page->check;
    if (ask->epoch != page->epoch || ask->after > page->head || check_differs)
        out->type = ANSWER_EPOCH;
    else if (ask->after + 1 < page->oldest)
        out->type = ANSWER_GONE;
    return out->type != 0;
}

/* Makes a page of what the store gave; false: no memory. */
static bool fill_page(struct replay *r, const struct ask *ask, const struct store_page *from,
                      const char *const *sorted, struct page *p)
{
    const char **topics = arena_alloc(r->arena, (from->n + 1) * sizeof *topics);
    if (topics == NULL)
        return false;
    for (size_t i = 0; i < from->n; i++)
        topics[i] = sent_under(&from->records[i], sorted, ask->ntopics);
    p->rid = ask->rid;
    p->epoch = from->epoch;
    p->head = from->head;
    p->upto = from->upto;
    p->records = from->records;
    p->n = from->n;
    p->topics = topics;
    p->arena = r->arena;
    return true;
}

static void answer_request(struct replay *r, const struct bus_peer *peer, const struct ask *ask)
{
    struct err e = {""};
    struct answer other;
    struct page page = {.peer = *peer};
    struct store_page from = {0};
    const char **sorted = sorted_topics(r->arena, ask);
    if (sorted == NULL)
        return;
    uint32_t credit = ask->credit < FRAMES_CREDIT_MAX ? ask->credit : FRAMES_CREDIT_MAX;
    enum fate fate = store_reader_page(r->store, r->arena, ask->after, sorted, ask->ntopics, credit,
                                       PAGE_BYTES, &from, &e);
    if (!store_answered(r, fate, &e))
        return;
    stats_add(STAT_REPLAYS, 1);
    if (instead(ask, &from, &other))
        send_answer(r, peer, &other);
    else if (fill_page(r, ask, &from, sorted, &page) && send_page(r, &page) == BUS_FULL)
        park(r, &page);
}

/* --- the thread ----------------------------------------------------------------------------------------- */
/* What is answered in one message and finds no room is forgotten: the peer asks again. */
static void answer_other(struct replay *r, const struct bus_peer *peer, const struct ask *ask)
{
    struct timespec now;
    struct answer out;
    struct err e = {""};
    clock_gettime(CLOCK_REALTIME, &now);
    enum fate fate =
        answers_make(r->store, r->arena, ask, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, &out, &e);
    if (store_answered(r, fate, &e))
        send_answer(r, peer, &out);
}

/* Who writes a client wants to know what is wrong with it. Under rid 0: its own cannot be known. */
static void refuse(struct replay *r, const struct bus_peer *peer, const struct err *e)
{
    log_at(LOG_DEBUG, "replay", "refused what is no ask", "why=%s", e->text);
    send_answer(r, peer, &(struct answer){.type = ANSWER_REFUSED, .reason = e->text});
}

static void answer_ask(struct replay *r, const struct bus_peer *peer, const struct ask *ask)
{
    arena_reset(r->arena);
    if (ask->type != ASK_REQUEST) {
        answer_other(r, peer, ask);
        return;
    }
    forget_peer(r, peer); // whoever asks anew does not want the rest of the old page
    answer_request(r, peer, ask);
}

/* Hears one ask and answers it; false: none is there. */
static bool hear(struct replay *r)
{
    struct bus_peer peer;
    const uint8_t *p = NULL;
    size_t n = 0;
    struct err e = {""};
    int got = bus_router_recv(r->router, &peer, &p, &n);
    if (got == 0)
        return false;
    if (got < 0) {
        log_at(LOG_DEBUG, "replay", "dropped what is no ask", "why=%s",
               "more than one frame, as a REQ sends");
        return true;
    }
    struct ask *ask = ask_unpack(p, n, &e);
    if (ask != NULL)
        answer_ask(r, &peer, ask);
    else
        refuse(r, &peer, &e);
    ask_free(ask);
    return true;
}

static void replay_turn(void *self)
{
    struct replay *r = self;
    bus_wait(r->router, r->worker.bell, until_next(r));
    bell_hush(r->worker.bell);
    int heard = 0;
    for (; heard < BURST && hear(r); heard++)
        stats_add(STAT_BEAT_REPLAY, 1);
    if (heard == 0)
        store_reader_rest(r->store);
    resume(r);
    crash_point("replay-turn", NULL);
    stats_add(STAT_BEAT_REPLAY, 1);
}

static bool replay_open(void *self, struct err *e)
{
    struct replay *r = self;
    r->router = bus_router_open(r->bus, r->conf->replay.bind, r->conf->replay.nbind, e);
    if (r->router == NULL)
        return err_in(e, "replay: ");
    r->store = store_reader_open(r->directory, e);
    if (r->store == NULL)
        return err_in(e, "replay: ");
    r->arena = arena_new(ARENA_BYTES);
    return r->arena != NULL || err_set(e, "replay: no memory");
}

static void replay_close(void *self)
{
    struct replay *r = self;
    while (r->nparked > 0)
        unpark(r, r->nparked - 1);
    bus_router_close(r->router);
    store_reader_close(r->store);
    arena_free(r->arena);
}

struct replay *replay_start(struct bus *bus, const struct conf *conf, const char *store_directory,
                            struct err *e)
{
    static const struct worker_job job = {"replay", replay_open, replay_turn, NULL, replay_close};
    struct replay *r = calloc(1, sizeof *r);
    if (r == NULL) {
        err_sys(e, "replay");
        return NULL;
    }
    r->bus = bus;
    r->conf = conf;
    r->directory = store_directory;
    if (worker_start(&r->worker, &job, r, e))
        return r;
    free(r);
    return NULL;
}

void replay_stop(struct replay *r)
{
    if (r == NULL)
        return;
    worker_stop(&r->worker);
    free(r);
}

// SPDX-License-Identifier: MIT
/* catchup_model: a publisher and a network for the test of catchup. The publisher does what proto/README.md
 * asks of a daemon, in memory; the network loses, cuts and delays, but keeps the order within each of its two
 * ways, as ZeroMQ does. Everything random comes from one seed.
 *
 * Copies, sets and pages carry a record's topics as a mask over six names, so that a record is sixteen bytes.
 * A hash collision is a set that holds the hashes of a topic too many: to the client that is what a collision
 * looks like. */
#ifndef TESTS_CATCHUP_MODEL_H
#define TESTS_CATCHUP_MODEL_H

#include "proto/topic.h"

#include <stdlib.h>
#include <string.h>

#define TOPICS 6
#define MASKS (1 << TOPICS)
#define RECORDS_MAX 3000
#define STORES_MAX 12
#define SETS_MAX 48
#define QUEUE_MAX 1024 // a power of two

static const char *const topic_names[TOPICS] = {"a/x/", "a/y/", "b/x/", "b/y/z/", "c/", "a/x/q/"};

/* Subscriptions that the desk changes between: up to three patterns each. */
static const char *const subscription_texts[][3] = {
    {"a"},   {"a/x"},   {"b/x"},          {"c"},           {"a/x", "c"},   {"b", "a/y", "c"},
    {"all"}, {"*/x"},   {"b/*/z", "c"},   {"!b/x"},        {"a", "!a/y"},  {NULL},
    {"c", "*/y"},       {"a/*/q", "!c"},
};
#define SUBSCRIPTIONS (sizeof subscription_texts / sizeof subscription_texts[0])

struct record {
    uint8_t topics;
    bool delivered, done, gone; // what the desk made of it
    uint64_t check;
};
struct store {
    uint64_t epoch, head, oldest; // oldest: seq that can still be had
    struct record records[RECORDS_MAX + 1];
};

enum message_type { COPY, TRAIL, ENTRY, END, GONE, EPOCH, REQUEST };
struct message {
    enum message_type type;
    uint8_t topics, nsets, subscription;
    uint8_t sets[SETS_MAX];
    uint64_t epoch, seq, check, rid, idx;
    uint64_t count, upto, head, from, oldest, after, credit;
};
struct queue {
    struct message slots[QUEUE_MAX];
    unsigned first, n;
};

/* Deliberately wrong publishers: what the daemon must not do. */
enum wrong_publisher {
    PUBLISHER_FINE,
    PUBLISHER_CUT_PAGE_SAYS_HEAD, // End.upto = head though credit cut the page
    PUBLISHER_HEAD_READ_LATER,    // End is of a later snapshot than the rows
    PUBLISHER_PAGE_UNORDERED,
    PUBLISHER_NO_ANCESTORS,       // sets without "a/" for "a/x/"
    PUBLISHER_EPOCH_KEPT,         // a recreated store with the old epoch
    PUBLISHER_PRUNES_SILENTLY,    // no Gone
};

struct world {
    uint64_t random;
    struct store *stores[STORES_MAX];
    unsigned nstores;
    struct store *store; // the publisher's now
    uint64_t published,
        cap; // cap: a restored store grows no further until the desk has heard of it; 0 = none
    enum wrong_publisher wrong;
    int64_t now;
    // The network, per mille; and what is cut.
    unsigned loss, damage, collisions, look, reach;
    bool live_cut, replay_cut;
    struct queue live, requests, replies;
    unsigned subscription, subscription_before; // what the SUB socket filters by, late or not
};

/* --- randomness and tables ------------------------------------------------------------------------------ */

static uint64_t draw(struct world *w)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return w->random * 0x2545f4914f6cdd1dull;
}

static unsigned below(struct world *w, unsigned n)
{
    return (unsigned)((draw(w) >> 33) % n);
}

static bool chance(struct world *w, unsigned per_mille)
{
    return below(w, 1000) < per_mille;
}

static double jitter(struct world *w)
{
    return (double)(draw(w) >> 11) / (double)(1ull << 53);
}

struct hash_list {
    uint32_t hashes[4 * TOPICS];
    size_t n;
};
static struct tables {
    const char *topics[MASKS][TOPICS + 1];
    size_t ntopics[MASKS];
    struct hash_list sets[MASKS], flat[MASKS]; // flat: without ancestors
    struct topic_pattern patterns[SUBSCRIPTIONS][3];
    size_t npatterns[SUBSCRIPTIONS];
    bool wanted[SUBSCRIPTIONS][MASKS];   // by the whole subscription
    bool prefixed[SUBSCRIPTIONS][MASKS]; // by what the socket filters: prefixes only
} tables;

static void fill_mask(unsigned mask)
{
    for (unsigned t = 0; t < TOPICS; t++) {
        if (!(mask & 1u << t))
            continue;
        struct hash_list *set = &tables.sets[mask], *flat = &tables.flat[mask];
        tables.topics[mask][tables.ntopics[mask]++] = topic_names[t];
        set->n += topic_hashes(topic_names[t], set->hashes + set->n, 4 * TOPICS - set->n);
        flat->hashes[flat->n++] = topic_hash(topic_names[t], strlen(topic_names[t]));
    }
}

static void fill_subscription(unsigned s)
{
    struct topic_pattern prefixes[3];
    size_t nprefixes = 0, n = 0;
    for (; n < 3 && subscription_texts[s][n] != NULL; n++) {
        struct topic_pattern *p = &tables.patterns[s][n];
        topic_pattern(subscription_texts[s][n], p, NULL);
        if (!p->exclude)
            topic_pattern(p->prefix, &prefixes[nprefixes++], NULL);
    }
    tables.npatterns[s] = n;
    for (unsigned mask = 1; mask < MASKS; mask++) {
        const char *const *topics = tables.topics[mask];
        tables.wanted[s][mask] = topic_wanted(tables.patterns[s], n, topics, tables.ntopics[mask]);
        tables.prefixed[s][mask] = topic_wanted(prefixes, nprefixes, topics, tables.ntopics[mask]);
    }
}

static void fill_tables(void)
{
    memset(&tables, 0, sizeof tables);
    for (unsigned mask = 1; mask < MASKS; mask++)
        fill_mask(mask);
    for (unsigned s = 0; s < SUBSCRIPTIONS; s++)
        fill_subscription(s);
}

/* --- the network ---------------------------------------------------------------------------------------- */

static struct message *push(struct queue *q)
{
    if (q->n == QUEUE_MAX)
        return NULL;
    struct message *m = &q->slots[(q->first + q->n++) % QUEUE_MAX];
    memset(m, 0, sizeof *m);
    return m;
}

/* On its way, or lost: then NULL. */
static struct message *push_live(struct world *w, enum message_type type)
{
    struct message *m = w->live_cut || chance(w, w->loss) ? NULL : push(&w->live);
    if (m != NULL)
        m->type = type;
    return m;
}

static void push_reply(struct world *w, const struct message *reply)
{
    struct message *m = w->replay_cut || chance(w, w->damage) ? NULL : push(&w->replies);
    if (m != NULL)
        *m = *reply;
}

static bool pop(struct queue *q, struct message *out)
{
    if (q->n == 0)
        return false;
    *out = q->slots[q->first];
    q->first = (q->first + 1) % QUEUE_MAX;
    q->n--;
    return true;
}

static void cut_live(struct world *w)
{
    w->live.n = 0;
}

static void cut_replay(struct world *w)
{
    w->requests.n = w->replies.n = 0;
}

/* --- the publisher: store ------------------------------------------------------------------------------- */

static void commit(struct world *w)
{
    struct store *s = w->store;
    if (s->head >= RECORDS_MAX || (w->cap != 0 && s->head >= w->cap))
        return;
    struct record *r = &s->records[++s->head];
    *r = (struct record){.topics = (uint8_t)(1u << below(w, TOPICS)), .check = draw(w) | 1};
    if (chance(w, 300))
        r->topics |= (uint8_t)(1u << below(w, TOPICS));
}

static bool recreate(struct world *w)
{
    if (w->nstores == STORES_MAX)
        return false;
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return false;
    bool kept = w->wrong == PUBLISHER_EPOCH_KEPT && w->store != NULL;
    s->epoch = kept ? w->store->epoch : draw(w) | 1;
    s->oldest = 1;
    w->store = w->stores[w->nstores++] = s;
    w->published = w->cap = 0;
    return true;
}

/* The store comes back as it was at `head`, under its old epoch, and goes another way from there. */
static bool restore(struct world *w, uint64_t head, uint64_t cap)
{
    const struct store *old = w->store;
    uint64_t epoch = old->epoch;
    if (!recreate(w))
        return false;
    struct store *s = w->store;
    memcpy(s->records, old->records, (head + 1) * sizeof s->records[0]);
    for (uint64_t seq = 1; seq <= head; seq++)
        s->records[seq].delivered = s->records[seq].done = s->records[seq].gone = false;
    s->epoch = epoch;
    s->head = w->published = head;
    s->oldest = old->oldest;
    w->cap = cap;
    cut_live(w);
    cut_replay(w);
    return true;
}

static void prune(struct world *w)
{
    struct store *s = w->store;
    s->oldest += below(w, 8);
    if (s->oldest > s->head + 1)
        s->oldest = s->head + 1;
}

/* --- the publisher: live -------------------------------------------------------------------------------- */

static void send_trail(struct world *w)
{
    struct message *m = push_live(w, TRAIL);
    if (m == NULL)
        return;
    uint64_t reach = below(w, w->reach + 1);
    m->epoch = w->store->epoch;
    m->head = w->published;
    m->from = w->published > reach ? w->published - reach + 1 : 1;
    for (uint64_t seq = m->from; seq <= m->head; seq++) {
        uint8_t collided = chance(w, w->collisions) ? (uint8_t)(1u << below(w, TOPICS)) : 0;
        m->sets[m->nsets++] = w->store->records[seq].topics | collided;
    }
}

static void publish(struct world *w)
{
    for (unsigned n = 1 + below(w, 8); n > 0 && w->published < w->store->head; n--) {
        const struct record *r = &w->store->records[++w->published];
        bool passes = tables.prefixed[w->subscription][r->topics]
                      || (chance(w, 500) && tables.prefixed[w->subscription_before][r->topics]);
        for (unsigned copies = passes ? 1 + below(w, 2) : 0; copies > 0; copies--) {
            struct message *m = push_live(w, COPY);
            if (m == NULL)
                continue;
            m->epoch = w->store->epoch;
            m->seq = w->published;
            m->topics = r->topics;
            m->check = r->check;
        }
    }
    send_trail(w);
}

/* --- the publisher: replay ------------------------------------------------------------------------------ */

static bool is_other_store(const struct store *s, const struct message *q)
{
    if (q->epoch != s->epoch || q->after > s->head)
        return true;
    return q->check != 0 && q->after >= s->oldest && s->records[q->after].check != q->check;
}

static void send_page(struct world *w, const struct message *q)
{
    const struct store *s = w->store;
    struct message end = {.type = END, .rid = q->rid, .upto = q->after, .head = s->head};
    struct message page[RECORDS_MAX < 64 ? RECORDS_MAX : 64];
    unsigned looked = 0;
    while (end.upto < s->head && end.count < q->credit && looked++ < w->look) {
        const struct record *r = &s->records[++end.upto];
        if (end.upto < s->oldest || !tables.prefixed[q->subscription][r->topics])
            continue;
        page[end.count] = (struct message){.type = ENTRY, .rid = q->rid, .idx = end.count, .epoch = s->epoch};
        page[end.count].seq = end.upto;
        page[end.count].topics = r->topics;
        page[end.count++].check = r->check;
    }
    if (w->wrong == PUBLISHER_PAGE_UNORDERED && end.count > 1) {
        struct message first = page[0];
        page[0] = page[end.count - 1];
        page[end.count - 1] = first;
        page[end.count - 1].idx = end.count - 1;
        page[0].idx = 0;
    }
    if (w->wrong == PUBLISHER_CUT_PAGE_SAYS_HEAD)
        end.upto = end.head;
    if (w->wrong == PUBLISHER_HEAD_READ_LATER && end.upto == end.head) {
        commit(w);
        end.upto = end.head = s->head;
    }
    for (unsigned i = 0; i < end.count; i++) {
        if (chance(w, w->damage / 2))
            page[i].epoch = draw(w);
        push_reply(w, &page[i]);
    }
    if (chance(w, w->damage / 2))
        end.upto = end.head + 1 + below(w, 5);
    push_reply(w, &end);
}

/* Answers one request, all of it from the store as it is now. */
static void serve(struct world *w)
{
    struct message q;
    if (!pop(&w->requests, &q))
        return;
    const struct store *s = w->store;
    if (is_other_store(s, &q))
        push_reply(w, &(struct message){.type = EPOCH, .rid = q.rid, .epoch = s->epoch});
    else if (q.after + 1 < s->oldest && w->wrong != PUBLISHER_PRUNES_SILENTLY)
        push_reply(w, &(struct message){.type = GONE, .rid = q.rid, .oldest = s->oldest});
    else
        send_page(w, &q);
}

#endif

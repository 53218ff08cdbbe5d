// SPDX-License-Identifier: MIT
/* fake_daemon: just enough of a daemon to see what a client does with each answer: raw sockets, records in
 * memory, and switches for what a good daemon does only on a bad day. It runs in the test's own thread:
 * fake_serve() answers what has come, nothing happens in between. */
#ifndef TESTS_FAKE_DAEMON_H
#define TESTS_FAKE_DAEMON_H

#include "proto/frames.h"
#include "tests/peer.h"

#define FAKE_RECORDS 64

struct fake {
    void *context, *live, *replay; // XPUB, to see subscriptions arrive; ROUTER
    char directory[128], publish[160], answer[160];
    uint64_t epoch, head, oldest;
    const char *topics[FAKE_RECORDS][4]; // of record i, up to a NULL
    // What is asked for.
    bool mute, refuse, damage; // answer no request; refuse them; send a broken page once
    int64_t located_at;        // the time of the last Locate
    uint64_t after;            // of the last Request ...
    unsigned requests, locates, subscriptions; // how many came; topics subscribed to now
    bool hears_trails;         // "@trail/" was subscribed to, and thus all before it
    unsigned page;             // entries per page at most
};

static void fake_bind(struct fake *f)
{
    int all = 1;
    f->live = peer_socket(f->context, ZMQ_XPUB, 0);
    f->replay = peer_socket(f->context, ZMQ_ROUTER, 0);
    assert_int_equal(zmq_setsockopt(f->live, ZMQ_XPUB_VERBOSER, &all, sizeof all), 0);
    PEER_UNTIL(zmq_bind(f->live, f->publish) == 0);
    PEER_UNTIL(zmq_bind(f->replay, f->answer) == 0);
    f->subscriptions = 0;
    f->hears_trails = false;
}

static void fake_unbind(struct fake *f)
{
    assert_int_equal(zmq_close(f->live), 0);
    assert_int_equal(zmq_close(f->replay), 0);
}

static void fake_open(struct fake *f)
{
    memset(f, 0, sizeof *f);
    peer_tmp(f->directory);
    snprintf(f->publish, sizeof f->publish, "ipc://%s/p", f->directory);
    snprintf(f->answer, sizeof f->answer, "ipc://%s/r", f->directory);
    f->context = zmq_ctx_new();
    f->epoch = 0xe1;
    f->oldest = 1;
    f->page = 1000;
    fake_bind(f);
}

static void fake_close(struct fake *f)
{
    fake_unbind(f);
    assert_int_equal(zmq_ctx_term(f->context), 0);
    peer_tmp_gone(f->directory);
}

/* Commits a record; up to three topics. */
static uint64_t fake_commit(struct fake *f, const char *a, const char *b, const char *c)
{
    assert_true(f->head + 1 < FAKE_RECORDS);
    const char **topics = f->topics[++f->head];
    topics[0] = a;
    topics[1] = b;
    topics[2] = b != NULL ? c : NULL;
    return f->head;
}

static size_t fake_ntopics(const struct fake *f, uint64_t seq)
{
    size_t n = 0;
    while (f->topics[seq][n] != NULL)
        n++;
    return n;
}

static void fake_send(void *socket, const void *p, size_t n, bool more)
{
    assert_true(zmq_send(socket, p, n, more ? ZMQ_SNDMORE : 0) >= 0);
}

/* Head | Dispatch of a record: id = its seq in the first eight bytes. */
static void fake_send_record(struct fake *f, void *socket, uint64_t seq)
{
    char headline[40];
    struct bytes head, dispatch;
    snprintf(headline, sizeof headline, "Item %llu", (unsigned long long)seq);
    struct head h = {.epoch = f->epoch,
                     .seq = seq,
                     .kind = NEWSWIRE_NEW,
                     .version = 1,
                     .stored = 1000 * (int64_t)seq,
                     .topics = f->topics[seq],
                     .ntopics = fake_ntopics(f, seq)};
    static const char *const none[] = {NULL};
    struct newswire_dispatch d = {.version = 1, .feed = "default", .headline = headline, .body = "Text.",
                                  .warnings = none, .time_precision = "none", .file = "a.txt", .index = 1};
    h.id[7] = d.id[7] = (uint8_t)seq;
    assert_true(head_pack(&h, &head) && dispatch_pack(&d, &dispatch));
    fake_send(socket, head.p, head.n, true);
    fake_send(socket, dispatch.p, dispatch.n, false);
    bytes_free(&head);
    bytes_free(&dispatch);
}

static void fake_publish(struct fake *f, uint64_t seq)
{
    for (size_t i = 0; i <= fake_ntopics(f, seq); i++) {
        const char *topic = f->topics[seq][i] != NULL ? f->topics[seq][i] : TOPIC_ALL;
        fake_send(f->live, topic, strlen(topic), true);
        fake_send_record(f, f->live, seq);
    }
}

/* A trail from `from` to the head. */
static void fake_trail(struct fake *f, uint64_t from)
{
    static uint32_t hashes[FAKE_RECORDS][32];
    struct trail_set sets[FAKE_RECORDS];
    struct trail t = {.epoch = f->epoch, .head = f->head, .from = from, .sets = sets};
    for (uint64_t seq = from; seq <= f->head; seq++) {
        struct trail_set *set = &sets[t.nsets++];
        *set = (struct trail_set){.hashes = hashes[seq]};
        for (size_t i = 0; i < fake_ntopics(f, seq); i++)
            set->n += topic_hashes(f->topics[seq][i], hashes[seq] + set->n, 32 - set->n);
    }
    struct bytes packed;
    assert_true(trail_pack(&t, &packed));
    fake_send(f->live, TOPIC_TRAIL, strlen(TOPIC_TRAIL), true);
    fake_send(f->live, packed.p, packed.n, false);
    bytes_free(&packed);
}

static void fake_answer(struct fake *f, struct peer_message *from, const struct answer *a, uint64_t seq)
{
    struct bytes packed;
    assert_true(answer_pack(a, &packed));
    fake_send(f->replay, peer_bytes(from, 0), peer_size(from, 0), true);
    fake_send(f->replay, packed.p, packed.n, seq != 0);
    bytes_free(&packed);
    if (seq != 0) {
        fake_send(f->replay, f->topics[seq][0], strlen(f->topics[seq][0]), true);
        fake_send_record(f, f->replay, seq);
    }
}

static bool fake_matches(const struct fake *f, const struct ask *q, uint64_t seq)
{
    struct topic_pattern p;
    for (size_t i = 0; i < q->ntopics; i++)
        if (topic_pattern(q->topics[i], &p, NULL) &&
            topic_wanted(&p, 1, f->topics[seq], fake_ntopics(f, seq)))
            return true;
    return false;
}

static void fake_page(struct fake *f, struct peer_message *m, const struct ask *q)
{
    struct answer end = {.type = ANSWER_END, .rid = q->rid, .upto = q->after, .head = f->head};
    unsigned credit = q->credit < f->page ? q->credit : f->page;
    while (end.upto < f->head && end.count < credit) {
        if (!fake_matches(f, q, ++end.upto))
            continue;
        struct answer entry = {.type = ANSWER_ENTRY, .rid = q->rid, .idx = end.count++};
        if (f->damage) // an entry whose frames are missing
            fake_answer(f, m, &entry, 0);
        else
            fake_answer(f, m, &entry, end.upto);
    }
    f->damage = false;
    fake_answer(f, m, &end, 0);
}

static void fake_request(struct fake *f, struct peer_message *m, const struct ask *q)
{
    f->requests++;
    f->after = q->after;
    if (f->mute)
        return;
    bool check = q->check == 0 || q->check == (q->after & 0xff);
    if (f->refuse)
        fake_answer(f, m, &(struct answer){.type = ANSWER_REFUSED, .reason = "not today"}, 0);
    else if (q->epoch != f->epoch || q->after > f->head || !check)
        fake_answer(f, m, &(struct answer){.type = ANSWER_EPOCH, .rid = q->rid, .epoch = f->epoch}, 0);
    else if (q->after + 1 < f->oldest)
        fake_answer(f, m, &(struct answer){.type = ANSWER_GONE, .rid = q->rid, .oldest = f->oldest}, 0);
    else
        fake_page(f, m, q);
}

/* The k-th record was stored at 1000 k. */
static void fake_locate(struct fake *f, struct peer_message *m, const struct ask *q)
{
    f->locates++;
    f->located_at = q->time;
    uint64_t after = q->time <= 0 ? 0 : (uint64_t)(q->time - 1) / 1000;
    if (after > f->head)
        after = f->head;
    if (after + 1 < f->oldest)
        after = f->oldest - 1;
    fake_answer(f, m,
                &(struct answer){.type = ANSWER_LOCATED,
                                 .rid = q->rid,
                                 .epoch = f->epoch,
                                 .after = after,
                                 .check = after,
                                 .head = f->head,
                                 .oldest = f->oldest},
                0);
}

static bool fake_recv(void *socket, struct peer_message *m)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, 0) > 0 && peer_recv(socket, m);
}

/* Everything that has come so far. */
static void fake_serve(struct fake *f)
{
    struct peer_message m;
    while (fake_recv(f->live, &m)) {
        const uint8_t *p = peer_bytes(&m, 0);
        f->subscriptions += p[0] == 1 ? 1u : -1u;
        f->hears_trails =
            f->hears_trails || (p[0] == 1 && peer_size(&m, 0) == 8 && memcmp(p + 1, TOPIC_TRAIL, 7) == 0);
        peer_done(&m);
    }
    while (fake_recv(f->replay, &m)) {
        struct err e = {""};
        struct ask *q = ask_unpack(peer_bytes(&m, 1), peer_size(&m, 1), &e);
        if (q == NULL)
            fail_msg("what the client sent does not unpack: %s", e.text);
        else if (q->type == ASK_REQUEST)
            fake_request(f, &m, q);
        else if (q->type == ASK_LOCATE)
            fake_locate(f, &m, q);
        else
            fake_answer(f, &m, &(struct answer){.type = ANSWER_REFUSED, .reason = "not today"}, 0);
        ask_free(q);
        peer_done(&m);
    }
}

#endif

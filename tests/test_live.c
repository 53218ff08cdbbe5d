// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/live.h"
#include "daemon/flows/trails.h"
#include "daemon/hands/bell.h"
#include "tests/fake_store.h"
#include "tests/peer.h"

struct desk {
    char directory[128];
    struct conf conf;
    struct bus *bus;
    struct live *live;
    void *ctx, *sub;
    uint64_t seq;  /* the last record heard */
    uint64_t told; /* head of the last trail */
};

static atomic_int said;

static void count_words(enum log_level level, const char *text)
{
    (void)level;
    (void)text;
    said++;
}

static int set_up(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    peer_tmp(d->directory);
    snprintf(d->conf.publish.bind[0], sizeof d->conf.publish.bind[0], "ipc://%s/publish", d->directory);
    d->conf.publish.nbind = 1;
    d->conf.publish.sndhwm = 10000;
    d->bus = bus_new(NULL);
    d->ctx = zmq_ctx_new();
    log_tap(count_words);
    fake_reset(5);
    *state = d;
    return 0;
}

/* Each test ends with it. One that failed does not come so far: closing what it left open would wait for
 * ever. */
static void leave(struct desk *d)
{
    live_stop(d->live);
    assert_int_equal(fake.open, 0);
    bus_free(d->bus);
    if (d->sub != NULL)
        zmq_close(d->sub);
    zmq_ctx_term(d->ctx);
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    peer_tmp_gone(d->directory);
    free(d);
    return 0;
}

/* The next trail or copy; a trail is checked for what holds of all. */
static struct trail *hear(struct desk *d, struct peer_message *m)
{
    assert_true(peer_recv(d->sub, m));
    if (!peer_says(m, 0, TOPIC_TRAIL))
        return NULL;
    assert_int_equal(m->n, 2);
    struct trail *t = trail_unpack(peer_bytes(m, 1), peer_size(m, 1), NULL);
    assert_non_null(t);
    assert_true(t->nsets == t->head - t->from + 1);
    return t;
}

/* Starts publishing and subscribes to everything; returns when the first trail is there. */
static void begin(struct desk *d)
{
    struct err e = {""};
    d->live = live_start(d->bus, &d->conf, "nowhere", &e);
    assert_string_equal(e.text, "");
    assert_non_null(d->live);
    d->sub = peer_socket(d->ctx, ZMQ_SUB, 0);
    zmq_setsockopt(d->sub, ZMQ_SUBSCRIBE, "", 0);
    assert_int_equal(zmq_connect(d->sub, d->conf.publish.bind[0]), 0);
    struct peer_message m;
    struct trail *t = hear(d, &m);
    assert_non_null(t);
    assert_int_equal(t->epoch, 0xfeed);
    assert_int_equal(t->head, 5);
    assert_int_equal(t->from, 6);
    trail_free(t);
    peer_done(&m);
    d->seq = d->told = 5;
}

static void assert_head(struct peer_message *m, uint64_t seq)
{
    struct head *h = head_unpack(peer_bytes(m, 1), peer_size(m, 1), NULL);
    assert_non_null(h);
    assert_int_equal(h->epoch, fake.epoch);
    assert_int_equal(h->seq, seq);
    assert_int_equal(h->kind, NEWSWIRE_NEW);
    assert_int_equal(h->version, 1);
    assert_int_equal(h->stored, 1000 + seq);
    assert_int_equal(h->id[7], fake_check(seq) & 0xff);
    char own[3][40];
    assert_int_equal(h->ntopics, fake_topics(seq, own));
    for (size_t i = 0; i < h->ntopics; i++)
        assert_string_equal(h->topics[i], own[i]);
    head_free(h);
}

static void assert_copy(struct peer_message *m, const char *topic, uint64_t seq)
{
    uint8_t blob[8192];
    assert_int_equal(m->n, 3);
    assert_true(peer_says(m, 0, topic));
    assert_head(m, seq);
    assert_int_equal(peer_size(m, 2), fake.blob_n);
    fake_blob(seq, blob, fake.blob_n);
    assert_memory_equal(peer_bytes(m, 2), blob, fake.blob_n);
}

static bool has(const struct trail_set *set, const char *topic)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->hashes[i] == topic_hash(topic, strlen(topic)))
            return true;
    return false;
}

/* A trail goes back at least to the last one, over runs of at most TRAILS_RUN, and tells the topics of
 * each record. */
static void assert_trail(struct desk *d, const struct trail *t)
{
    assert_int_equal(t->head, d->seq);
    assert_true(t->from <= d->told + 1);
    assert_true(t->head - d->told <= TRAILS_RUN);
    for (uint64_t seq = t->from; seq <= t->head; seq++) {
        const struct trail_set *set = &t->sets[seq - t->from];
        assert_true(has(set, "feed/") && has(set, "feed/default/") && has(set, "agency/"));
        assert_int_equal(has(set, "subject/sport/"), seq % 5 == 0);
    }
    d->told = t->head;
}

/* Hears all copies up to `seq` in order, none missing, each record's all/ last, and the trail that tells
 * of `seq`. */
static void hear_up_to(struct desk *d, uint64_t seq)
{
    char own[3][40];
    size_t copy = 0;
    while (d->told < seq) {
        struct peer_message m;
        struct trail *t = hear(d, &m);
        if (t != NULL) {
            assert_int_equal(copy, 0);
            assert_trail(d, t);
        } else {
            size_t n = fake_topics(d->seq + 1, own);
            assert_copy(&m, copy < n ? own[copy] : TOPIC_ALL, d->seq + 1);
            d->seq += copy == n;
            copy = copy == n ? 0 : copy + 1;
        }
        trail_free(t);
        peer_done(&m);
    }
}

static void publishes_from_the_head_on(void **state)
{
    struct desk *d = *state;
    uint64_t before = stats_get(STAT_PUBLISHED), beat = stats_get(STAT_BEAT_LIVE);
    begin(d);
    assert_int_equal(stats_get(STAT_PUBLISHED), before); // what was committed before goes out no more
    fake.head = 8;
    bell_ring(live_bell(d->live));
    hear_up_to(d, 8);
    assert_int_equal(stats_get(STAT_PUBLISHED) - before, 3 + 3 + 3);
    fake.head = 1000;
    bell_ring(live_bell(d->live));
    hear_up_to(d, 1000);
    assert_true(stats_get(STAT_BEAT_LIVE) > beat);
    PEER_UNTIL(stats_get(STAT_SUBSCRIBERS) == 1);
    leave(d);
}

static void finds_what_no_bell_told_of(void **state)
{
    struct desk *d = *state;
    begin(d);
    fake.head = 9;
    hear_up_to(d, 9);
    leave(d);
}

static void trails_go_on_when_idle(void **state)
{
    struct desk *d = *state;
    begin(d);
    fake.head = 7;
    bell_ring(live_bell(d->live));
    hear_up_to(d, 7);
    for (int i = 0; i < 2; i++) {
        struct peer_message m;
        struct trail *t = hear(d, &m);
        assert_non_null(t);
        assert_int_equal(t->from, 6); // young records are told again
        assert_int_equal(t->head, 7);
        trail_free(t);
        peer_done(&m);
    }
    leave(d);
}

static void a_store_that_fails_is_told_once_and_tried_again(void **state)
{
    struct desk *d = *state;
    begin(d);
    said = 0;
    fake.fate = FATE_RETRY;
    fake.head = 7;
    bell_ring(live_bell(d->live));
    for (int i = 0; i < 2; i++) { // trails go on, of what went out
        struct peer_message m;
        struct trail *t = hear(d, &m);
        assert_non_null(t);
        assert_int_equal(t->head, 5);
        trail_free(t);
        peer_done(&m);
    }
    assert_int_equal(said, 1);
    fake.fate = FATE_DONE;
    hear_up_to(d, 7);
    leave(d);
}

static void what_was_pruned_unseen_is_told_of(void **state)
{
    struct desk *d = *state;
    begin(d);
    fake.oldest = 51;
    fake.head = 52;
    bell_ring(live_bell(d->live));
    struct peer_message m;
    struct trail *t;
    while ((t = hear(d, &m)) == NULL || t->head == 5) {
        trail_free(t);
        peer_done(&m);
    }
    assert_int_equal(t->head, 52);
    assert_int_equal(t->from, 51); // whoever is behind must ask, and is told that they are gone
    trail_free(t);
    peer_done(&m);
    fake.oldest = 61;
    fake.head = 60;
    bell_ring(live_bell(d->live));
    do {
        assert_non_null(t = hear(d, &m));
        d->told = t->head;
        d->seq = t->from;
        trail_free(t);
        peer_done(&m);
    } while (d->told < 60);
    assert_int_equal(d->seq, 61);
    leave(d);
}

static void another_epoch_is_told_of(void **state)
{
    struct desk *d = *state;
    begin(d);
    fake.head = 2;
    fake.epoch = 0xbeef;
    struct peer_message m;
    for (uint64_t epoch = 0; epoch != 0xbeef;) {
        struct trail *t = hear(d, &m);
        assert_non_null(t);
        epoch = t->epoch;
        d->told = d->seq = t->head;
        trail_free(t);
        peer_done(&m);
    }
    assert_int_equal(d->told, 2);
    fake.head = 4;
    bell_ring(live_bell(d->live));
    hear_up_to(d, 4);
    leave(d);
}

static void stops_after_the_last_record(void **state)
{
    struct desk *d = *state;
    begin(d);
    fake.head = 150;
    live_stop(d->live);
    d->live = NULL;
    hear_up_to(d, 150);
    leave(d);
}

static void says_why_it_cannot_start(void **state)
{
    struct desk *d = *state;
    struct err e = {""};
    begin(d);
    assert_null(live_start(d->bus, &d->conf, "nowhere", &e));
    assert_non_null(strstr(e.text, "another process answers"));
    snprintf(d->conf.publish.bind[0], sizeof d->conf.publish.bind[0], "tcp://127.0.0.1:*");
    fake.absent = true;
    assert_null(live_start(d->bus, &d->conf, "nowhere", &e));
    assert_non_null(strstr(e.text, "absent"));
    fake.absent = false;
    fake.fate = FATE_STOP;
    assert_null(live_start(d->bus, &d->conf, "nowhere", &e));
    assert_non_null(strstr(e.text, "fails"));
    leave(d);
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_DESK(publishes_from_the_head_on),
        AT_DESK(finds_what_no_bell_told_of),
        AT_DESK(trails_go_on_when_idle),
        AT_DESK(a_store_that_fails_is_told_once_and_tried_again),
        AT_DESK(what_was_pruned_unseen_is_told_of),
        AT_DESK(another_epoch_is_told_of),
        AT_DESK(stops_after_the_last_record),
        AT_DESK(says_why_it_cannot_start),
    };
    return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}

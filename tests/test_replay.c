// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/replay.h"
#include "tests/fake_store.h"
#include "tests/peer.h"

struct desk {
    char directory[128];
    struct conf conf;
    struct bus *bus;
    struct replay *replay;
    void *ctx, *dealer;
};

static void *dealer(struct desk *d)
{
    void *s = peer_socket(d->ctx, ZMQ_DEALER, 1);
    assert_int_equal(zmq_connect(s, d->conf.replay.bind[0]), 0);
    return s;
}

static void no_words(enum log_level level, const char *text)
{
    (void)level;
    (void)text;
}

static int set_up(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    struct err e = {""};
    peer_tmp(d->directory);
    snprintf(d->conf.replay.bind[0], sizeof d->conf.replay.bind[0], "ipc://%s/replay", d->directory);
    d->conf.replay.nbind = 1;
    d->bus = bus_new(NULL);
    d->ctx = zmq_ctx_new();
    log_tap(no_words);
    fake_reset(20);
    d->replay = replay_start(d->bus, &d->conf, "nowhere", &e);
    assert_string_equal(e.text, "");
    d->dealer = dealer(d);
    *state = d;
    return 0;
}

/* Each test ends with it. One that failed does not come so far: closing what it left open would wait for
 * ever. */
static void leave(struct desk *d)
{
    replay_stop(d->replay);
    assert_int_equal(fake.open, 0);
    bus_free(d->bus);
    zmq_close(d->dealer);
    zmq_ctx_term(d->ctx);
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    peer_tmp_gone(d->directory);
    free(d);
    return 0;
}

static void ask(void *s, const struct ask *a)
{
    struct bytes packed;
    assert_true(ask_pack(a, &packed));
    assert_int_equal(zmq_send(s, packed.p, packed.n, 0), packed.n);
    bytes_free(&packed);
}

static void request(void *s, uint64_t rid, uint64_t after, const char *topic, uint32_t credit)
{
    const char *const topics[] = {topic};
    ask(s, &(struct ask){.type = ASK_REQUEST,
                         .rid = rid,
                         .epoch = fake.epoch,
                         .after = after,
                         .topics = topics,
                         .ntopics = 1,
                         .credit = credit,
                         .check = after > 0 ? fake_check(after) : 0});
}

static struct answer *hear(void *s, struct peer_message *m)
{
    assert_true(peer_recv(s, m));
    struct answer *a = answer_unpack(peer_bytes(m, 0), peer_size(m, 0), NULL);
    assert_non_null(a);
    assert_int_equal(m->n, a->type == ANSWER_ENTRY ? 4 : 1);
    return a;
}

static void assert_entry(struct peer_message *m, const struct answer *a, uint64_t rid, uint64_t idx,
                         const char *topic, uint64_t seq)
{
    uint8_t blob[32768];
    assert_int_equal(a->type, ANSWER_ENTRY);
    assert_int_equal(a->rid, rid);
    assert_int_equal(a->idx, idx);
    assert_true(peer_says(m, 1, topic));
    struct head *h = head_unpack(peer_bytes(m, 2), peer_size(m, 2), NULL);
    assert_non_null(h);
    assert_int_equal(h->epoch, fake.epoch);
    assert_int_equal(h->seq, seq);
    assert_int_equal(h->id[0], fake_check(seq) >> 56);
    head_free(h);
    fake_blob(seq, blob, fake.blob_n);
    assert_int_equal(peer_size(m, 3), fake.blob_n);
    assert_memory_equal(peer_bytes(m, 3), blob, fake.blob_n);
}

/* Hears a page: entries of first, first + step ... up to last, then End. */
static void hear_page(void *s, uint64_t rid, const char *topic, uint64_t first, uint64_t last, uint64_t step,
                      uint64_t upto)
{
    struct peer_message m;
    struct answer *a;
    uint64_t idx = 0;
    for (uint64_t seq = first; seq <= last; seq += step, idx++) {
        a = hear(s, &m);
        assert_entry(&m, a, rid, idx, topic, seq);
        answer_free(a);
        peer_done(&m);
    }
    a = hear(s, &m);
    assert_int_equal(a->type, ANSWER_END);
    assert_int_equal(a->rid, rid);
    assert_int_equal(a->count, idx);
    assert_int_equal(a->upto, upto);
    assert_int_equal(a->head, fake.head);
    answer_free(a);
    peer_done(&m);
}

/* The next answer must be of this type and rid; it is the caller's. */
static struct answer *hear_one(void *s, uint64_t rid, enum answer_type type)
{
    struct peer_message m;
    struct answer *a = hear(s, &m);
    assert_int_equal(a->type, type);
    assert_int_equal(a->rid, rid);
    peer_done(&m);
    return a;
}

static void gives_out_pages(void **state)
{
    struct desk *d = *state;
    uint64_t replays = stats_get(STAT_REPLAYS);
    request(d->dealer, 1, 0, TOPIC_ALL, 100);
    hear_page(d->dealer, 1, TOPIC_ALL, 1, 20, 1, 20);
    request(d->dealer, 2, 3, "subject/", 100); // an ancestor of what the records have
    hear_page(d->dealer, 2, "subject/sport/football/", 5, 20, 5, 20);
    request(d->dealer, 3, 3, "subject/sport/football/", 2); // cut short: upto is the last row's
    hear_page(d->dealer, 3, "subject/sport/football/", 5, 10, 5, 10);
    request(d->dealer, 4, 20, TOPIC_ALL, 10);
    hear_page(d->dealer, 4, TOPIC_ALL, 1, 0, 1, 20);
    request(d->dealer, 5, 0, "subject/weather/", 10);
    hear_page(d->dealer, 5, "", 1, 0, 1, 20);
    fake.head = 2 * FAKE_LOOK; // no rows among those that were looked at is no proof of the rest
    request(d->dealer, 6, 20, "subject/weather/", 10);
    hear_page(d->dealer, 6, "", 1, 0, 1, 20 + FAKE_LOOK);
    assert_int_equal(stats_get(STAT_REPLAYS) - replays, 6);
    leave(d);
}

static void each_record_comes_once_under_its_first_topic(void **state)
{
    struct desk *d = *state;
    const char *const topics[] = {"subject/", "agency/a2/", "agency/a0/", "subject/sport/"};
    struct ask a = {.type = ASK_REQUEST, .rid = 9, .epoch = fake.epoch, .after = 13, .check = fake_check(13),
                    .topics = topics, .ntopics = 4, .credit = 10};
    ask(d->dealer, &a);
    const char *want[] = {"agency/a2/", "agency/a0/", "agency/a2/", "agency/a0/", "agency/a2/"};
    const uint64_t seqs[] = {14, 15, 17, 18, 20};
    for (size_t i = 0; i < 5; i++) {
        struct peer_message m;
        struct answer *got = hear(d->dealer, &m);
        assert_entry(&m, got, 9, i, want[i], seqs[i]);
        answer_free(got);
        peer_done(&m);
    }
    answer_free(hear_one(d->dealer, 9, ANSWER_END));
    leave(d);
}

static void pages_are_bounded(void **state)
{
    struct desk *d = *state;
    fake.head = 3000;
    request(d->dealer, 1, 0, TOPIC_ALL, 3000);
    hear_page(d->dealer, 1, TOPIC_ALL, 1, FRAMES_CREDIT_MAX, 1, FRAMES_CREDIT_MAX);
    fake.blob_n = 32768; // 128 of them are 4 MiB
    request(d->dealer, 2, 100, TOPIC_ALL, 3000);
    hear_page(d->dealer, 2, TOPIC_ALL, 101, 228, 1, 228);
    leave(d);
}

static void another_epoch_is_told(void **state)
{
    struct desk *d = *state;
    const char *const topics[] = {TOPIC_ALL};
    const struct ask right = {.type = ASK_REQUEST,
                              .rid = 7,
                              .epoch = fake.epoch,
                              .after = 10,
                              .check = fake_check(10),
                              .topics = topics,
                              .ntopics = 1,
                              .credit = 1};
    struct ask wrong[3] = {right, right, right};
    wrong[0].epoch = 1;
    wrong[1].after = 21;
    wrong[1].check = 0;
    wrong[2].check++;
    for (int i = 0; i < 3; i++) {
        ask(d->dealer, &wrong[i]);
        struct answer *a = hear_one(d->dealer, 7, ANSWER_EPOCH);
        assert_int_equal(a->epoch, fake.epoch);
        answer_free(a);
    }
    ask(d->dealer, &right);
    hear_page(d->dealer, 7, TOPIC_ALL, 11, 11, 1, 11);
    leave(d);
}

static void what_is_gone_is_told(void **state)
{
    struct desk *d = *state;
    fake.oldest = 11;
    request(d->dealer, 1, 9, TOPIC_ALL, 5);
    struct answer *a = hear_one(d->dealer, 1, ANSWER_GONE);
    assert_int_equal(a->oldest, 11);
    answer_free(a);
    request(d->dealer, 2, 10, TOPIC_ALL, 1); // stands at the edge: its check is not known any more
    hear_page(d->dealer, 2, TOPIC_ALL, 11, 11, 1, 11);
    leave(d);
}

static void what_is_no_ask_is_refused(void **state)
{
    struct desk *d = *state;
    void *req = peer_socket(d->ctx, ZMQ_REQ, 1);
    zmq_connect(req, d->conf.replay.bind[0]);
    zmq_send(req, "ask", 3, 0);
    zmq_send(d->dealer, "\xff\xff\xff", 3, 0);
    struct answer *a = hear_one(d->dealer, 0, ANSWER_REFUSED);
    assert_true(strlen(a->reason) > 0);
    answer_free(a);
    request(d->dealer, 1, 0, "Not/A Topic", 5);
    a = hear_one(d->dealer, 0, ANSWER_REFUSED);
    assert_non_null(strstr(a->reason, "Not/A Topic"));
    answer_free(a);
    request(d->dealer, 2, 19, TOPIC_ALL, 5);
    hear_page(d->dealer, 2, TOPIC_ALL, 20, 20, 1, 20);
    zmq_close(req);
    leave(d);
}

static void answers_where_a_time_lies(void **state)
{
    struct desk *d = *state;
    ask(d->dealer, &(struct ask){.type = ASK_LOCATE, .rid = 3, .time = 1008});
    struct answer *a = hear_one(d->dealer, 3, ANSWER_LOCATED);
    assert_int_equal(a->after, 7);
    assert_true(a->check == fake_check(7));
    assert_int_equal(a->epoch, fake.epoch);
    assert_int_equal(a->head, 20);
    assert_int_equal(a->oldest, 1);
    answer_free(a);
    leave(d);
}

static void answers_topics_and_files(void **state)
{
    struct desk *d = *state;
    ask(d->dealer, &(struct ask){.type = ASK_TOPICS, .rid = 1});
    struct answer *a = hear_one(d->dealer, 1, ANSWER_TOPICS);
    assert_int_equal(a->ntopics, 4);
    assert_string_equal(a->topics[3].topic, "feed/default/");
    answer_free(a);
    ask(d->dealer, &(struct ask){.type = ASK_TOPICS, .rid = 2, .prefix = "agency/", .past = "agency/a1/"});
    a = hear_one(d->dealer, 2, ANSWER_TOPICS);
    assert_int_equal(a->ntopics, 1);
    assert_string_equal(a->topics[0].topic, "agency/a2/");
    answer_free(a);
    ask(d->dealer, &(struct ask){.type = ASK_FILE, .rid = 3, .name = "a.txt", .time = 50});
    a = hear_one(d->dealer, 3, ANSWER_FILE);
    assert_int_equal(a->file.fate, FILE_BAD);
    assert_string_equal(a->file.why, "offset 0: not text");
    answer_free(a);
    ask(d->dealer, &(struct ask){.type = ASK_FILE, .rid = 4, .feed = "else", .name = "a.txt", .time = 50});
    a = hear_one(d->dealer, 4, ANSWER_FILE);
    assert_int_equal(a->file.fate, FILE_UNKNOWN);
    answer_free(a);
    leave(d);
}

static struct answer *ask_status(struct desk *d)
{
    ask(d->dealer, &(struct ask){.type = ASK_STATUS, .rid = 5});
    return hear_one(d->dealer, 5, ANSWER_STATUS);
}

static void answers_the_status(void **state)
{
    struct desk *d = *state;
    stats_set(STAT_STARTED, 1000);
    stats_set(STAT_RATE_1M, 2500);
    stats_say(TEXT_WATCHING, "inotify");
    stats_feed_expect("alarmed", 60000);
    stats_feed_expect("patient", INT64_MAX / 2);
    stats_feed_count("default", 3, 30, 5000);
    struct answer *a = ask_status(d);
    const struct status *s = a->status;
    assert_string_equal(s->version, NEWSWIRE_VERSION);
    assert_int_equal(s->head, 20);
    assert_int_equal(s->dispatches, 77);
    assert_true(s->epoch == fake.epoch);
    assert_int_equal(s->started, 1000);
    assert_true(s->now > 1000);
    assert_true(s->rate_1m > 2.49 && s->rate_1m < 2.51);
    assert_string_equal(s->watching, "inotify");
    assert_null(s->paused);
    assert_null(s->last_error);
    assert_int_equal(s->nfeeds, 3);
    assert_string_equal(s->feeds[0].name, "alarmed");
    assert_true(s->feeds[0].overdue);
    assert_false(s->feeds[1].overdue);
    assert_int_equal(s->feeds[2].dispatches, 30);
    assert_false(s->feeds[2].overdue);
    answer_free(a);
    stats_say(TEXT_PAUSED, "the disk is full");
    a = ask_status(d);
    assert_string_equal(a->status->paused, "the disk is full");
    answer_free(a);
    stats_say(TEXT_PAUSED, "");
    leave(d);
}

static void a_store_that_fails_is_tried_at_the_next_ask(void **state)
{
    struct desk *d = *state;
    uint64_t beat = stats_get(STAT_BEAT_REPLAY);
    fake.fate = FATE_RETRY;
    request(d->dealer, 1, 19, TOPIC_ALL, 5); // heard, not answered
    PEER_UNTIL(stats_get(STAT_BEAT_REPLAY) > beat + 1);
    fake.fate = FATE_DONE;
    request(d->dealer, 2, 19, TOPIC_ALL, 5);
    hear_page(d->dealer, 2, TOPIC_ALL, 20, 20, 1, 20);
    leave(d);
}

/* --- slow peers ----------------------------------------------------------------------------------------- */
/* Asks for pages without reading until one of them is parked. */
static void fill_pipe(struct desk *d, void *s, uint64_t *rid)
{
    fake.head = 2000;
    fake.blob_n = 4096;
    for (uint64_t before; stats_get(STAT_REPLAYING) == 0;) {
        before = stats_get(STAT_REPLAYS);
        request(s, ++*rid, 0, TOPIC_ALL, FRAMES_CREDIT_MAX);
        PEER_UNTIL(stats_get(STAT_REPLAYS) > before);
        // A turn later it is known to be parked.
        uint64_t beat = stats_get(STAT_BEAT_REPLAY);
        request(d->dealer, 1, 1999, TOPIC_ALL, 1);
        hear_page(d->dealer, 1, TOPIC_ALL, 2000, 2000, 1, 2000);
        PEER_UNTIL(stats_get(STAT_BEAT_REPLAY) > beat + 1);
    }
}

static void a_peer_that_does_not_read_is_parked_and_delays_nobody(void **state)
{
    struct desk *d = *state;
    void *slow = dealer(d);
    uint64_t rid = 100;
    fill_pipe(d, slow, &rid);
    assert_int_equal(stats_get(STAT_REPLAYING), 1);
    request(d->dealer, 2, 0, TOPIC_ALL, 200);
    hear_page(d->dealer, 2, TOPIC_ALL, 1, 200, 1, 200);
    // What is asked for anew replaces the page under way; it comes whole when the peer reads at last.
    uint64_t before = stats_get(STAT_REPLAYS);
    request(slow, ++rid, 1000, TOPIC_ALL, FRAMES_CREDIT_MAX);
    PEER_UNTIL(stats_get(STAT_REPLAYS) > before);
    PEER_UNTIL(stats_get(STAT_REPLAYING) == 1);
    struct peer_message m;
    struct answer *a = hear(slow, &m);
    for (uint64_t of = a->rid, idx = 0; a->rid < rid; idx++) {
        idx = a->rid == of ? idx : 0;
        of = a->rid;
        if (a->type == ANSWER_ENTRY)
            assert_int_equal(a->idx, idx);
        answer_free(a);
        peer_done(&m);
        a = hear(slow, &m);
    }
    assert_entry(&m, a, rid, 0, TOPIC_ALL, 1001);
    answer_free(a);
    peer_done(&m);
    for (uint64_t idx = 1; idx < FRAMES_CREDIT_MAX; idx++) {
        a = hear(slow, &m);
        assert_entry(&m, a, rid, idx, TOPIC_ALL, 1001 + idx);
        answer_free(a);
        peer_done(&m);
    }
    a = hear_one(slow, rid, ANSWER_END);
    assert_int_equal(a->count, FRAMES_CREDIT_MAX);
    answer_free(a);
    PEER_UNTIL(stats_get(STAT_REPLAYING) == 0);
    zmq_close(slow);
    leave(d);
}

static void a_peer_that_leaves_is_forgotten(void **state)
{
    struct desk *d = *state;
    void *slow = dealer(d);
    uint64_t rid = 0;
    fill_pipe(d, slow, &rid);
    zmq_close(slow);
    PEER_UNTIL(stats_get(STAT_REPLAYING) == 0);
    leave(d);
}

static void stops_with_a_page_under_way(void **state)
{
    struct desk *d = *state;
    void *slow = dealer(d);
    uint64_t rid = 0;
    fill_pipe(d, slow, &rid);
    replay_stop(d->replay);
    d->replay = NULL;
    assert_int_equal(stats_get(STAT_REPLAYING), 0);
    zmq_close(slow);
    leave(d);
}

static void says_why_it_cannot_start(void **state)
{
    struct desk *d = *state;
    struct err e = {""};
    assert_null(replay_start(d->bus, &d->conf, "nowhere", &e));
    assert_non_null(strstr(e.text, "another process answers"));
    fake.absent = true;
    snprintf(d->conf.replay.bind[0], sizeof d->conf.replay.bind[0], "tcp://127.0.0.1:*");
    assert_null(replay_start(d->bus, &d->conf, "nowhere", &e));
    assert_non_null(strstr(e.text, "absent"));
    leave(d);
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_DESK(gives_out_pages),
        AT_DESK(each_record_comes_once_under_its_first_topic),
        AT_DESK(pages_are_bounded),
        AT_DESK(another_epoch_is_told),
        AT_DESK(what_is_gone_is_told),
        AT_DESK(what_is_no_ask_is_refused),
        AT_DESK(answers_where_a_time_lies),
        AT_DESK(answers_topics_and_files),
        AT_DESK(answers_the_status),
        AT_DESK(a_store_that_fails_is_tried_at_the_next_ask),
        AT_DESK(a_peer_that_does_not_read_is_parked_and_delays_nobody),
        AT_DESK(a_peer_that_leaves_is_forgotten),
        AT_DESK(stops_with_a_page_under_way),
        AT_DESK(says_why_it_cannot_start),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}

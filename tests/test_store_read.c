// SPDX-License-Identifier: MIT
/* Readers: pages under any topics, cut in any way, give each wanted record once and pass none over; places in
 * time, topics, and what a reader sees while the writer works, or when it is another program that only may
 * read. */
#include "tests/store_kit.h"

#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define RECORDS 900 /* more than a reader looks at one by one in the open segment */
#define NAMES 240 /* topics in use: more than the reader scans one by one */
#define PER_RECORD 4

static unsigned seed;

static unsigned random_below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

/* A store of records under random topics, and what is in it. */
struct world {
    struct kit k;
    struct store *s;
    struct store_reader *r;
    struct arena *a;
    char names[NAMES][32];
    const char *topics[RECORDS + 1][PER_RECORD]; /* of seq */
    size_t ntopics[RECORDS + 1];
};

static void make_names(struct world *w)
{
    static const char *const tops[] = {
        "place/am/", "place/amb/", "subject/sport/", "subject/sport-law/", "agency/", "zz/",
    };
    for (size_t i = 0; i < NAMES; i++)
        snprintf(w->names[i], sizeof *w->names, "%st%zu/", tops[i % 6], i / 6);
}

static void pick_topics(struct world *w, uint64_t seq)
{
    for (size_t n = random_below(PER_RECORD + 1); w->ntopics[seq] < n;) {
        // Some topics are common, most are rare.
        const char *name = w->names[random_below(3) == 0 ? random_below(6) : random_below(NAMES)];
        bool has = false;
        for (size_t i = 0; i < w->ntopics[seq]; i++)
            has = has || w->topics[seq][i] == name;
        if (!has)
            w->topics[seq][w->ntopics[seq]++] = name;
    }
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err e = {""};
    *state = w;
    seed = 1;
    kit_new(&w->k);
    make_names(w);
    w->s = kit_open(&w->k);
    kit_done(store_begin(w->s, &e), &e);
    for (uint64_t seq = 1; seq <= RECORDS; seq++) {
        char claim[24];
        snprintf(claim, sizeof claim, "%llu", (unsigned long long)seq);
        pick_topics(w, seq);
        struct kit_file f = {.claim = claim, .first = seq, .count = 1, .size = random_below(2000),
                             .topics = w->topics[seq], .ntopics = w->ntopics[seq]};
        kit_done(kit_put(w->s, &f, &e), &e);
    }
    kit_done(store_commit(w->s, &e), &e);
    w->r = kit_reader(&w->k);
    w->a = arena_new(64 << 20);
    return w->a == NULL;
}

static int world_end(void **state)
{
    struct world *w = *state;
    arena_free(w->a);
    store_reader_close(w->r);
    store_close(w->s);
    kit_end(&w->k);
    free(w);
    return 0;
}

static bool wanted(const struct world *w, uint64_t seq, const char *const *topics, size_t ntopics)
{
    bool hit = ntopics == 0;
    for (size_t i = 0; i < ntopics && !hit; i++) {
        hit = strcmp(topics[i], TOPIC_ALL) == 0;
        for (size_t j = 0; j < w->ntopics[seq] && !hit; j++)
            hit = strncmp(w->topics[seq][j], topics[i], strlen(topics[i])) == 0;
    }
    return hit;
}

static void same_record(const struct world *w, const struct store_record *r)
{
    struct err e = {""};
    assert_int_equal(r->kind, NEWSWIRE_NEW);
    assert_int_equal(r->version, 1);
    assert_int_equal(r->ntopics, w->ntopics[r->seq]);
    for (size_t i = 0; i < r->ntopics; i++)
        assert_string_equal(r->topics[i], w->topics[r->seq][i]);
    assert_null(r->topics[r->ntopics]);
    uint64_t n;
    memcpy(&n, r->id + 9, sizeof n);
    assert_int_equal(n, r->seq);
    struct newswire_dispatch *d = dispatch_unpack(r->blob, r->blob_n, &e);
    assert_non_null(d);
    assert_memory_equal(d->id, r->id, NEWSWIRE_ID_LEN);
    dispatch_free(d);
}

/* From `after` to the head by pages: exactly what is wanted, in order, and upto right at each page. */
static void walk(struct world *w, uint64_t after, const char *const *topics, size_t ntopics, size_t max_n,
                 size_t max_bytes)
{
    struct err e = {""};
    struct store_page page;
    uint64_t at = after;
    do {
        arena_reset(w->a);
        kit_done(store_reader_page(w->r, w->a, at, topics, ntopics, max_n, max_bytes, &page, &e), &e);
        assert_int_equal(page.head, RECORDS);
        assert_int_equal(page.oldest, 1);
        assert_int_equal(page.epoch, store_epoch(w->s));
        assert_true(page.n <= max_n);
        assert_true(page.upto > at || at == page.head);
        size_t bytes = 0, i = 0;
        for (uint64_t seq = at + 1; seq <= page.upto; seq++) {
            if (!wanted(w, seq, topics, ntopics))
                continue;
            assert_true(i < page.n);
            assert_int_equal(page.records[i].seq, seq);
            same_record(w, &page.records[i]);
            bytes += page.records[i++].blob_n;
        }
        assert_int_equal(i, page.n);
        assert_true(page.n <= 1 || bytes <= max_bytes);
        if (page.upto < page.head)
            assert_int_equal(page.upto, page.records[page.n - 1].seq);
        at = page.upto;
    } while (at < RECORDS);
}

static void walk_all_ways(struct world *w, const char *const *topics, size_t ntopics)
{
    walk(w, 0, topics, ntopics, 1000, 1 << 24);
    walk(w, 0, topics, ntopics, 7, 1 << 24);
    walk(w, 0, topics, ntopics, 1000, 5000);
    walk(w, 300, topics, ntopics, 13, 9000);
    walk(w, RECORDS - 1, topics, ntopics, 1, 1);
    walk(w, RECORDS, topics, ntopics, 5, 1000);
}

static void test_pages(void **state)
{
    struct world *w = *state;
    static const char *const requests[][5] = {
        {TOPIC_ALL},
        {"place/am/t0/"},
        {"place/am/"},              // 40 topics, but not place/amb/
        {"place/am/", "place/am/t3/", "place/am/", "subject/sport/t7/"},
        {"place/", "subject/"},     // 160 topics: along the records
        {"agency/t1/", "nobody/", "zz/t2/"},
        {"nobody/"},
        {"subject/", TOPIC_ALL},
        {"subject/sport-law/t1/", "subject/sport/t1/", "zz/t1/"},
    };
    walk_all_ways(w, NULL, 0);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        size_t n = 0;
        while (n < 5 && requests[i][n] != NULL)
            n++;
        walk_all_ways(w, requests[i], n);
    }
}

/* A request for thousands of topics, few of which there are, and then for most there are. */
static void test_many_topics(void **state)
{
    struct world *w = *state;
    enum { MANY = 5000 };
    static char texts[MANY][32];
    static const char *topics[MANY];
    for (size_t i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "watch/w%zu/", i * 7919 % MANY);
        topics[i] = texts[i];
    }
    walk(w, 0, topics, MANY, 1000, 1 << 24);
    topics[4321] = "zz/t3/";
    topics[17] = "place/amb/t4/";
    walk_all_ways(w, topics, MANY);
    for (size_t i = 0; i < NAMES; i += 2)
        topics[i * 20] = w->names[i];
    walk_all_ways(w, topics, MANY);
}

static void test_check(void **state)
{
    struct world *w = *state;
    struct err e = {""};
    struct store_page page;
    for (uint64_t after = 0; after <= RECORDS + 1; after += 67) {
        kit_done(store_reader_page(w->r, w->a, after, NULL, 0, 1, 1, &page, &e), &e);
        struct kit_dispatch k;
        kit_dispatch(&k, after, 0);
        uint64_t check = 0;
        for (int i = 0; i < 8; i++)
            check = check << 8 | k.d.id[i];
        free(k.body);
        assert_true(page.check == (after == 0 || after > RECORDS ? 0 : check));
    }
    kit_done(store_reader_page(w->r, w->a, RECORDS + 5, NULL, 0, 1, 1, &page, &e), &e);
    assert_int_equal(page.check, 0);
    assert_int_equal(page.n, 0);
}

static void test_locate(void **state)
{
    struct world *w = *state;
    struct err e = {""};
    struct store_page page;
    uint64_t after;
    // Ten records at each time: 1000 for 1..10, 1010 for 11..20 ...
    kit_sql(&w->k, "update record set stored = 1000 + (seq - 1) / 10 * 10");
    static const struct {
        int64_t time;
        uint64_t after;
    } cases[] = {
        {INT64_MIN, 0}, {0, 0},     {1000, 0},   {1001, 10},  {1010, 10},
        {1011, 20},     {1890, 890}, {1891, 900}, {INT64_MAX, 900},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_done(store_reader_locate(w->r, cases[i].time, &after, &page, &e), &e);
        assert_int_equal(after, cases[i].after);
        assert_int_equal(page.head, RECORDS);
        assert_int_equal(page.oldest, 1);
        uint64_t check = page.check;
        kit_done(store_reader_page(w->r, w->a, after, NULL, 0, 1, 1, &page, &e), &e);
        assert_true(page.check == check);
    }
}

/* Records under exactly that topic. */
static uint64_t count(const struct world *w, const char *topic)
{
    uint64_t n = 0;
    for (uint64_t seq = 1; seq <= RECORDS; seq++)
        for (size_t i = 0; i < w->ntopics[seq]; i++)
            n += strcmp(w->topics[seq][i], topic) == 0;
    return n;
}

static void test_topics(void **state)
{
    struct world *w = *state;
    struct err e = {""};
    static const char *const prefixes[] = {"", "place/am/", "place/am", "subject/sport/", "sub", "x"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        char past[TOPIC_MAX + 1] = "";
        struct topic_count *page;
        uint64_t topics = 0, records = 0;
        size_t n;
        do {
            kit_done(store_reader_topics(w->r, w->a, prefixes[i], past, 7, &page, &n, &e), &e);
            for (size_t j = 0; j < n; j++) {
                assert_int_equal(strncmp(page[j].topic, prefixes[i], strlen(prefixes[i])), 0);
                assert_true(strcmp(page[j].topic, past) > 0);
                assert_true(page[j].last_seq > 0 && page[j].last > 0);
                snprintf(past, sizeof past, "%s", page[j].topic);
                records += page[j].records;
                topics++;
            }
        } while (n > 0);
        size_t wanted_topics = 0;
        uint64_t wanted_records = 0;
        for (size_t j = 0; j < NAMES; j++) {
            uint64_t has = strncmp(w->names[j], prefixes[i], strlen(prefixes[i])) == 0 ? count(w, w->names[j]) : 0;
            wanted_topics += has > 0;
            wanted_records += has;
        }
        assert_int_equal(topics, wanted_topics);
        assert_int_equal(records, wanted_records);
    }
}

/* --- while others are at work --------------------------------------------------------------------------- */

static void test_before_anything(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    struct store_page page;
    uint64_t seq, after;
    enum file_fate settled;
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct store_reader *r = kit_reader(&k);
    struct arena *a = arena_new(1 << 20);
    const char *topic[] = {"a/"};
    kit_done(store_reader_page(r, a, 0, topic, 1, 10, 1000, &page, &e), &e);
    assert_int_equal(page.n, 0);
    assert_int_equal(page.head, 0);
    assert_int_equal(page.upto, 0);
    assert_int_equal(page.oldest, 1);
    assert_true(page.epoch == store_epoch(s));
    kit_done(store_reader_locate(r, 0, &after, &page, &e), &e);
    assert_int_equal(after, 0);

    // What is not committed is not seen.
    struct kit_file f = {.claim = "a", .size = 10, .topics = topic, .ntopics = 1};
    struct store_file file = kit_store_file(&f);
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(kit_put_one(s, &f, 1, &seq, &e), &e);
    kit_done(store_file_end(s, 0, NULL, &e), &e);
    kit_done(store_reader_page(r, a, 0, NULL, 0, 10, 1000, &page, &e), &e);
    assert_int_equal(page.head, 0);
    kit_done(store_commit(s, &e), &e);
    kit_done(store_reader_page(r, a, 0, topic, 1, 10, 1000, &page, &e), &e);
    assert_int_equal(page.n, 1);
    arena_free(a);
    store_reader_close(r);
    store_close(s);
    kit_end(&k);
}

/* In a sealed segment, of so many topics that their postings do not help, more records than a page looks at: it
 * ends there, says so, and the next one goes on. */
static void test_look_is_bounded(void **state)
{
    (void)state;
    enum { TOPICS = 70, FILES = 21, EACH = 1000 };
    const struct store_seams usual = store_seams;
    struct kit k;
    struct err e = {""};
    char names[TOPICS][16];
    const char *topics[TOPICS], *common[] = {"common/"};
    kit_new(&k);
    struct store *s = kit_open(&k);
    for (size_t i = 0; i < TOPICS; i++) {
        snprintf(names[i], sizeof names[i], "rare/t%zu/", i);
        topics[i] = names[i];
    }
    kit_done(store_begin(s, &e), &e);
    for (uint64_t i = 0; i < FILES; i++) {
        char claim[24];
        snprintf(claim, sizeof claim, "%llu", (unsigned long long)i);
        struct kit_file f = {
            .claim = claim, .first = 1 + i * EACH, .count = EACH, .size = 1, .topics = common, .ntopics = 1,
        };
        kit_done(kit_put(s, &f, &e), &e);
    }
    struct kit_file last = {
        .claim = "last", .first = 1000000, .count = 1, .size = 1, .topics = topics, .ntopics = TOPICS,
    };
    kit_done(kit_put(s, &last, &e), &e);
    store_seams.segment_rows = 1;
    kit_done(store_commit(s, &e), &e);
    store_seams = usual;
    kit_done(store_begin(s, &e), &e);
    kit_done(store_commit(s, &e), &e);

    struct store_reader *r = kit_reader(&k);
    struct arena *a = arena_new(1 << 24);
    struct store_page page = {.upto = 0};
    uint64_t pages = 0, at = 0, head = FILES * EACH + 1;
    do {
        kit_done(store_reader_page(r, a, at, topics, TOPICS, 100, 100000, &page, &e), &e);
        assert_true(page.upto > at);
        assert_true(page.n == 0 || page.records[0].seq == head);
        at = page.upto;
        pages++;
    } while (at < head);
    assert_int_equal(page.n, 1);
    assert_int_equal(pages, 2);
    arena_free(a);
    store_reader_close(r);
    store_close(s);
    kit_end(&k);
}

struct watcher {
    const struct kit *k;
    atomic_bool stop;
    uint64_t seen;
    const char *failed;
};

/* Follows the head by pages: cmocka's assertions belong to the main thread, so this one only says what went
 * wrong. */
static void *watch(void *arg)
{
    struct watcher *w = arg;
    struct err e = {""};
    struct store_reader *r = store_reader_open(w->k->directory, &e);
    struct arena *a = arena_new(16 << 20);
    const char *topic[] = {"a/"};
    while (w->failed == NULL) {
        bool last = atomic_load(&w->stop);
        struct store_page page;
        arena_reset(a);
        if (store_reader_page(r, a, w->seen, topic, w->seen / 7 % 2, 50, 1 << 20, &page, &e) != FATE_DONE)
            w->failed = "a page failed";
        for (size_t i = 0; w->failed == NULL && i < page.n; i++)
            if (page.records[i].seq != ++w->seen)
                w->failed = "a record was passed over";
        if (w->failed == NULL && page.upto != w->seen)
            w->failed = "upto is not where the page ends";
        if (last && w->seen == page.head)
            break;
    }
    arena_free(a);
    store_reader_close(r);
    return NULL;
}

static void test_while_writing(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct watcher w = {.k = &k};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, watch, &w), 0);
    for (uint64_t i = 0; i < 150; i++) {
        char claim[24];
        snprintf(claim, sizeof claim, "%llu", (unsigned long long)i);
        kit_drop(s, claim, 1 + i * 5, 5, "a/");
        if (i % 10 == 0)
            store_tidy(s);
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    assert_null(w.failed);
    assert_int_equal(w.seen, 750);
    store_close(s);
    kit_end(&k);
}

/* --- other people's SQL --------------------------------------------------------------------------------- */

/* As a user who may only read: what mode=ro gives, -1 when it gives nothing. */
static int64_t as_a_reader(const struct kit *k, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int64_t number = -1;
    if (sqlite3_open_v2(k->database, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) {
        if (sqlite3_step(stmt) == SQLITE_ROW)
            number = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
    return number;
}

static int64_t in_the_group(const struct kit *k, const char *sql)
{
    enum { NOBODY = 65534 };
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(200);
        _exit((int)as_a_reader(k, sql) & 0xff);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_other_peoples_sql(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    // Root's own tests give the files to a group; anybody else's read as they are.
    assert_int_equal(mkdir(k.directory, 0750), 0);
    if (geteuid() == 0) {
        assert_int_equal(chmod(k.root, 0711), 0);
        assert_int_equal(chown(k.directory, (uid_t)-1, 65534), 0);
        assert_int_equal(chmod(k.directory, 02750), 0);
    }
    struct store *s = kit_open(&k);
    kit_drop(s, "a", 1, 3, "a/");
    assert_int_equal(in_the_group(&k, "select count(*) from records"), 3);
    kit_drop(s, "b", 4, 2, "a/");
    assert_int_equal(in_the_group(&k, "select count(*) from records"), 5);
    store_close(s);
    assert_int_equal(in_the_group(&k, "select count(*) from dispatches where headline like 'Headline %'"), 5);
    // And they do not stand in the way of the next start.
    s = kit_open(&k);
    kit_drop(s, "c", 6, 1, "a/");
    assert_int_equal(in_the_group(&k, "select max(seq) from records"), 6);
    store_close(s);
    kit_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages, world_new, world_end),
        cmocka_unit_test_setup_teardown(test_many_topics, world_new, world_end),
        cmocka_unit_test_setup_teardown(test_check, world_new, world_end),
        cmocka_unit_test_setup_teardown(test_locate, world_new, world_end),
        cmocka_unit_test_setup_teardown(test_topics, world_new, world_end),
        cmocka_unit_test(test_before_anything),
        cmocka_unit_test(test_look_is_bounded),
        cmocka_unit_test(test_while_writing),
        cmocka_unit_test(test_other_peoples_sql),
    };
    return cmocka_run_group_tests_name("store_read", tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The store against a plain model, by random steps, with segments of a few dozen rows: so that nearly every
 * step meets a seal, an old segment, or one that went. What the model says of ids, records, topics, files and
 * the horizon must be what readers and the writer find; also after a start, after a crash at each point of
 * the way from one segment to the next, and with the catalogue lost. */
#include "tests/store_kit.h"

#include "daemon/base/crash.h"

#include <signal.h>
#include <sys/wait.h>

/* Named, so that the linker takes the tests' half of crash.h. */
static void (*const points)(const char *, const char *) = crash_point;

#define IDS 3000 /* dispatches there are; more steps than that see some again */
#define NAMES 90
#define RECORDS_MAX 20000
#define FILES_MAX 8000

static struct {
    struct kit k;
    struct store *s;
    struct store_reader *r;
    struct arena *a;
    int64_t now;
    char names[NAMES][24];

    uint64_t head, oldest, dispatches, files;
    struct {
        unsigned dispatch;
        int64_t stored;
        const char *topics[4];
        size_t ntopics;
    } records[RECORDS_MAX];
    bool known[IDS];
    struct {
        bool settled;
        uint64_t first;
        unsigned count, id;
    } taken[FILES_MAX];
} m;

static unsigned seed;

static unsigned random_below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

static int64_t model_now(void)
{
    return m.now;
}

static void open_all(void)
{
    m.s = kit_open(&m.k);
    m.r = kit_reader(&m.k);
}

static void close_all(void)
{
    store_reader_close(m.r);
    store_close(m.s);
}

static int begin(void **state)
{
    (void)state;
    assert_non_null(points);
    memset(&m, 0, sizeof m);
    kit_new(&m.k);
    m.a = arena_new(64 << 20);
    m.now = 1000000;
    m.oldest = 1;
    for (size_t i = 0; i < NAMES; i++)
        snprintf(m.names[i], sizeof m.names[i], "%s/t%zu/", i % 3 == 0 ? "a" : i % 3 == 1 ? "b/c" : "b", i);
    store_seams.segment_rows = 40;
    store_seams.now_ms = model_now;
    open_all();
    return 0;
}

static int end(void **state)
{
    (void)state;
    close_all();
    kit_check_whole(&m.k);
    arena_free(m.a);
    kit_end(&m.k);
    return 0;
}

/* --- steps ---------------------------------------------------------------------------------------------- */

static size_t pick_topics(const char **topics)
{
    size_t n = random_below(4);
    unsigned at = random_below(NAMES);
    for (size_t i = 0; i < n; i++)
        topics[i] = m.names[(at + i * 7) % NAMES];
    return n;
}

/* One file of dispatches that follow one another. A few of its kind were dropped before. */
static void put_file(unsigned id, unsigned count, const char *const *topics, size_t ntopics)
{
    struct err e = {""};
    char claim[24];
    enum file_fate settled;
    snprintf(claim, sizeof claim, "%016llx", (unsigned long long)m.files);
    struct kit_file f = {.claim = claim,
                         .first = id,
                         .count = count,
                         .size = random_below(300),
                         .topics = topics,
                         .ntopics = ntopics};
    struct store_file file = kit_store_file(&f);
    file.arrival = m.now;
    bool whole;
    uint64_t seen, seq;
    kit_done(store_file_begin(m.s, &file, &settled, &e), &e);
    assert_int_equal(settled, FILE_UNKNOWN);
    kit_done(store_file_repeat(m.s, &file, &whole, &seen, &e), &e);
    if (whole)
        assert_int_equal(seen, count);
    for (unsigned n = id; n < id + count; n++) {
        if (whole) {
            assert_true(m.known[n]);
            continue;
        }
        kit_done(kit_put_one(m.s, &f, n, &seq, &e), &e);
        assert_int_equal(seq, m.known[n] ? 0 : m.head + 1);
        if (m.known[n])
            continue;
        m.known[n] = true;
        m.head++;
        m.dispatches++;
        assert_true(m.head < RECORDS_MAX);
        m.records[m.head].dispatch = n;
        m.records[m.head].stored = m.now;
        m.records[m.head].ntopics = ntopics;
        memcpy(m.records[m.head].topics, topics, ntopics * sizeof *topics);
    }
    kit_done(store_file_end(m.s, 0, NULL, &e), &e);
    m.files++;
    assert_true(m.files < FILES_MAX);
}

/* A file that is undone leaves nothing. */
static void put_and_undo(void)
{
    struct err e = {""};
    enum file_fate settled;
    uint64_t seq;
    struct kit_file f = {.claim = "undone", .first = random_below(IDS - 5), .count = 4, .size = 50};
    struct store_file file = kit_store_file(&f);
    kit_done(store_file_begin(m.s, &file, &settled, &e), &e);
    assert_int_equal(settled, FILE_UNKNOWN);
    for (unsigned i = 0; i < 3; i++)
        kit_done(kit_put_one(m.s, &f, f.first + i, &seq, &e), &e);
    store_file_undo(m.s);
    assert_false(store_rolled_back(m.s));
}

static void batch(void)
{
    struct err e = {""};
    m.now += random_below(1000);
    kit_done(store_begin(m.s, &e), &e);
    for (unsigned n = 1 + random_below(4); n > 0; n--) {
        const char *topics[4];
        size_t ntopics = pick_topics(topics);
        if (random_below(6) == 0)
            put_and_undo();
        // Whole files come again: they begin at multiples of four.
        put_file(4 * random_below(IDS / 4), random_below(3) == 0 ? 4 : 1 + random_below(4), topics, ntopics);
    }
    kit_done(store_commit(m.s, &e), &e);
    assert_int_equal(store_head(m.s), m.head);
}

static void aborted_batch(void)
{
    struct err e = {""};
    kit_done(store_begin(m.s, &e), &e);
    put_and_undo();
    store_abort(m.s);
    assert_int_equal(store_head(m.s), m.head);
}

/* --- what must be found --------------------------------------------------------------------------------- */

static bool wanted(uint64_t seq, const char *const *topics, size_t ntopics)
{
    bool hit = ntopics == 0;
    for (size_t i = 0; i < ntopics && !hit; i++)
        for (size_t j = 0; j < m.records[seq].ntopics && !hit; j++)
            hit = strncmp(m.records[seq].topics[j], topics[i], strlen(topics[i])) == 0;
    return hit;
}

static void same_record(const struct store_record *r)
{
    struct kit_dispatch k;
    kit_dispatch(&k, m.records[r->seq].dispatch, 0);
    assert_memory_equal(r->id, k.d.id, NEWSWIRE_ID_LEN);
    free(k.body);
    assert_int_equal(r->stored, m.records[r->seq].stored);
    assert_int_equal(r->ntopics, m.records[r->seq].ntopics);
    for (size_t i = 0; i < r->ntopics; i++)
        assert_string_equal(r->topics[i], m.records[r->seq].topics[i]);
}

static void check_walk(uint64_t at, const char *const *topics, size_t ntopics, size_t max_n)
{
    struct err e = {""};
    struct store_page page;
    do {
        size_t i = 0;
        arena_reset(m.a);
        kit_done(store_reader_page(m.r, m.a, at, topics, ntopics, max_n, 100000, &page, &e), &e);
        assert_int_equal(page.head, m.head);
        assert_int_equal(page.oldest, m.oldest);
        assert_true(page.upto > at || at >= m.head);
        for (uint64_t seq = at + 1 > m.oldest ? at + 1 : m.oldest; seq <= page.upto && seq <= m.head; seq++)
            if (wanted(seq, topics, ntopics)) {
                assert_true(i < page.n);
                assert_int_equal(page.records[i].seq, seq);
                same_record(&page.records[i++]);
            }
        assert_int_equal(i, page.n);
        at = page.upto;
    } while (at < m.head);
}

static void check_pages(void)
{
    const char *topics[] = {m.names[random_below(NAMES)], m.names[random_below(NAMES)], "b/c/"};
    uint64_t from = m.head > 100 && random_below(3) > 0 ? m.head - random_below(100) : 0;
    check_walk(from, topics, random_below(4), 1 + random_below(60));
}

static void check_topics(void)
{
    struct err e = {""};
    struct topic_count *out;
    size_t n, at = 0;
    arena_reset(m.a);
    kit_done(store_reader_topics(m.r, m.a, "b/", "", NAMES, &out, &n, &e), &e);
    for (size_t t = 0; t < n; t++) {
        uint64_t records = 0, last = 0;
        for (uint64_t seq = m.oldest; seq <= m.head; seq++)
            for (size_t i = 0; i < m.records[seq].ntopics; i++)
                if (strcmp(m.records[seq].topics[i], out[t].topic) == 0) {
                    records++;
                    last = seq;
                }
        assert_int_equal(out[t].records, records);
        assert_int_equal(out[t].last_seq, last);
        assert_int_equal(out[t].last, m.records[last].stored);
        assert_true(t == 0 || strcmp(out[t - 1].topic, out[t].topic) < 0);
        at += records > 0;
    }
    assert_int_equal(at, n);
}

static void check_locate(void)
{
    struct err e = {""};
    struct store_page page;
    uint64_t after, seq = m.oldest;
    int64_t time = m.now - random_below(200000);
    while (seq <= m.head && m.records[seq].stored < time)
        seq++;
    kit_done(store_reader_locate(m.r, time, &after, &page, &e), &e);
    assert_int_equal(after, seq - 1);
}

/* A claim is known for as long as its segment is here. */
static void check_claim(void)
{
    struct err e = {""};
    char claim[24];
    enum file_fate settled;
    if (m.files == 0)
        return;
    snprintf(claim, sizeof claim, "%016llx",
             (unsigned long long)m.files - 1 - random_below(m.files < 10 ? 1 : 10));
    struct store_file file = {.claim = claim, .name = "x", .feed = "default"};
    kit_done(store_begin(m.s, &e), &e);
    kit_done(store_file_begin(m.s, &file, &settled, &e), &e);
    assert_true(settled == FILE_DONE || m.oldest > m.head);
    store_abort(m.s);
}

static void check_counts(void)
{
    struct err e = {""};
    struct store_page page;
    uint64_t dispatches;
    kit_done(store_reader_counts(m.r, &page, &dispatches, &e), &e);
    assert_int_equal(dispatches, m.dispatches);
    assert_int_equal(page.epoch, store_epoch(m.s));
}

/* --- retention ------------------------------------------------------------------------------------------ */

/* Segments go whole: what is left is what the store says, but nothing goes that is younger than `before`, and
 * what is much older does not stay. */
static void prune(void)
{
    struct err e = {""};
    size_t pruned;
    int64_t before = m.now - 60000;
    do {
        kit_done(store_prune(m.s, before, 0, &pruned, &e), &e);
        for (uint64_t seq = m.oldest; seq < m.oldest + pruned; seq++)
            assert_true(m.records[seq].stored < before);
        m.oldest += pruned;
    } while (pruned > 0);
    if (m.oldest <= m.head)
        assert_true(m.records[m.oldest].stored >= before - 60000);
}

static void lose_catalogue(void)
{
    char path[400];
    close_all();
    snprintf(path, sizeof path, "%s/newswire.db", m.k.directory);
    assert_int_equal(unlink(path), 0);
    open_all();
}

static void step(void)
{
    switch (random_below(40)) {
    case 0:
        close_all();
        open_all();
        break;
    case 1:
        prune();
        break;
    case 2:
        aborted_batch();
        break;
    case 3:
        if (random_below(4) == 0)
            lose_catalogue();
        break;
    case 4:
    case 5:
        check_topics();
        break;
    case 6:
    case 7:
        check_locate();
        break;
    case 8:
        check_claim();
        break;
    case 9:
        check_counts();
        break;
    case 10:
    case 11:
    case 12:
    case 13:
        check_pages();
        break;
    case 14:
        store_tidy(m.s);
        break;
    default:
        batch();
    }
}

static void test_random_steps(void **state)
{
    (void)state;
    for (seed = 1; m.files < 3000;)
        step();
    check_walk(0, NULL, 0, 256);
    assert_true(m.oldest > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random_steps, begin, end),
    };
    return cmocka_run_group_tests_name("store_model", tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The search index: it finds what was stored and nothing else, over all segments; it goes on where it was;
 * and whatever is taken away from it or done to it, it is made anew. */
#include "tests/store_kit.h"

#include "daemon/hands/store_search.h"
#include "daemon/hands/store_segment.h"

#include <fcntl.h>
#include <inttypes.h>

#define RECORDS 60

static struct kit k;
static struct store *s;
static struct arena *arena;

static void put(uint64_t first, uint64_t count, const char *const *topics, size_t ntopics)
{
    struct err e = {""};
    char claim[24];
    snprintf(claim, sizeof claim, "%" PRIu64, first);
    struct kit_file f = {
        .claim = claim, .first = first, .count = count, .size = 100, .topics = topics, .ntopics = ntopics};
    kit_done(kit_try(s, &f, &e), &e);
}

static int begin(void **state)
{
    (void)state;
    static const char *const odd[] = {"subject/sport/football/", "place/am/yerevan/"};
    static const char *const even[] = {"subject/arts/", "place/fr/paris/"};
    kit_new(&k);
    arena = arena_new(1 << 20);
    store_seams.segment_rows = 15;
    s = kit_open(&k);
    for (uint64_t n = 1; n <= RECORDS; n += 5)
        put(n, 5, n % 2 == 0 ? even : odd, 2);
    return 0;
}

static int end(void **state)
{
    (void)state;
    store_close(s);
    arena_free(arena);
    kit_end(&k);
    return 0;
}

static struct store_indexer *open_indexer(void)
{
    struct err e = {""};
    struct store_indexer *x = store_indexer_open(k.directory, &e);
    if (x == NULL)
        fail_msg("%s", e.text);
    return x;
}

/* Until there is nothing more to do; what is made anew is tried again. Returns how often it was. */
static int index_all(struct store_indexer *x)
{
    struct err e = {""};
    bool more = true;
    int again = 0;
    kit_done(store_indexer_look(x, &e), &e);
    while (more) {
        enum fate fate = store_indexer_step(x, &more, &e);
        if (fate == FATE_RETRY && ++again < 20)
            more = true;
        else
            kit_done(fate, &e);
    }
    assert_int_equal(store_indexer_done(x), store_head(s));
    return again;
}

static void index_once(void)
{
    struct store_indexer *x = open_indexer();
    assert_int_equal(index_all(x), 0);
    store_indexer_close(x);
}

/* Seqs of all that is found, in order. */
static void finds_in(const char *query, bool best, size_t most, const char *wanted)
{
    struct err e = {""};
    struct search asked;
    struct store_hit hit;
    char got[2000] = "";
    bool failed = false;
    struct store_search *f = store_search_open(k.directory, &e);
    if (f == NULL || !search_read(arena, query, &asked, &e) || !store_search_begin(f, &asked, best, &e))
        fail_msg("%s: %s", query, e.text);
    for (size_t n = 0; n < most && store_search_next(f, &hit, &failed, &e); n++) {
        size_t at = strlen(got);
        snprintf(got + at, sizeof got - at, "%s%" PRIu64, n > 0 ? " " : "", hit.record.seq);
    }
    if (failed)
        fail_msg("%s: %s", query, e.text);
    assert_string_equal(got, wanted);
    store_search_close(f);
}

static void finds(const char *query, const char *wanted)
{
    finds_in(query, false, 5, wanted);
}

static uint64_t lacking(void)
{
    struct err e = {""};
    struct search asked;
    struct store_hit hit;
    bool failed = false;
    struct store_search *f = store_search_open(k.directory, &e);
    assert_non_null(f);
    assert_true(search_read(arena, "", &asked, &e) && store_search_begin(f, &asked, false, &e));
    while (store_search_next(f, &hit, &failed, &e))
        continue;
    assert_false(failed);
    uint64_t n = store_search_lacking(f);
    store_search_close(f);
    return n;
}

static void test_finds(void **state)
{
    (void)state;
    index_once();
    assert_int_equal(lacking(), 0);
    finds("headline", "60 59 58 57 56");
    finds("\"headline 17\"", "17");
    finds("headline:17", "17");
    finds("body:17", "");
    finds("\"head\"* 59 OR 3", "59 3");
    finds("HEADLINE -59 -60", "58 57 56 55 54");
    finds("17 18", "");
    finds("nothing", "");
    finds("", "60 59 58 57 56");
    finds_in("", false, 1000,
             "60 59 58 57 56 55 54 53 52 51 50 49 48 47 46 45 44 43 42 41 40 39 38 37 36 35 34 33 "
             "32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1");
}

static void test_topics_and_times(void **state)
{
    (void)state;
    index_once();
    finds("subject:sport 3 OR 7", "3");
    finds("topic:subject/sport/football 3 OR 7", "3");
    finds("topic:subject/spo 3", "");
    finds("topic:*/*/yerevan 3 OR 7", "3");
    finds("-topic:*/*/yerevan 3 OR 7", "7");
    finds("topic:place/*/nowhere", "");
    finds("topic:place/*/nowhere OR 7", "7");
    finds("-place:am 3 OR 7", "7");
    finds("place:fr OR 3", "60 59 58 57 56");
    finds("after:2100-01-01", "");
    finds("before:2100-01-01 after:2000-01-01 17", "17");
}

static void test_best(void **state)
{
    (void)state;
    index_once();
    finds_in("17 OR headline", true, 1, "17");
    finds_in("\"headline 41\" OR \"headline 42\"", true, 5, "42 41");
    finds_in("nothing", true, 5, "");
}

/* The words that are marked are those that were asked for. */
static void test_marks(void **state)
{
    (void)state;
    struct err e = {""};
    struct search asked;
    struct store_hit hit;
    bool failed;
    index_once();
    struct store_search *f = store_search_open(k.directory, &e);
    assert_non_null(f);
    assert_true(search_read(arena, "\"headline 17\"", &asked, &e) &&
                store_search_begin(f, &asked, false, &e));
    assert_true(store_search_next(f, &hit, &failed, &e));
    assert_string_equal(hit.headline, STORE_HIT_BEGIN "Headline 17" STORE_HIT_END);
    assert_string_equal(hit.dispatch->headline, "Headline 17");
    assert_string_equal(hit.piece, hit.dispatch->body);
    store_search_close(f);
}

/* Of a dispatch under other topics the newest record is found, and it once. */
static void test_once_each(void **state)
{
    (void)state;
    struct err e = {""};
    uint64_t seq;
    static const char *const topic[] = {"subject/weather/"};
    struct store_file file = {.claim = "again", .name = "again", .feed = "default", .arrival = 5000};
    enum file_fate settled;
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(store_retag(s, 17, topic, 1, &seq, &e), &e);
    kit_done(store_file_end(s, 0, NULL, &e), &e);
    kit_done(store_commit(s, &e), &e);
    index_once();
    assert_int_equal(seq, RECORDS + 1);
    finds("\"headline 17\"", "61");
    finds("subject:weather", "61");
}

static void test_goes_on(void **state)
{
    (void)state;
    struct err e = {""};
    bool more;
    struct store_indexer *x = open_indexer();
    kit_done(store_indexer_step(x, &more, &e), &e);
    assert_true(more && store_indexer_done(x) < RECORDS); // the newest segment first
    finds("\"headline 60\" OR \"headline 1\"", "60");
    assert_true(lacking() > 0);
    store_indexer_close(x);
    index_once();
    finds("\"headline 60\" OR \"headline 1\"", "60 1");
    put(RECORDS + 1, 5, NULL, 0);
    assert_int_equal(lacking(), 5);
    index_once();
    assert_int_equal(lacking(), 0);
    finds("headline", "65 64 63 62 61");
}

static void index_path(char out[400], uint64_t n, const char *ending)
{
    snprintf(out, 400, "%s/search/segment-%08" PRIu64 "%s", k.directory, n, ending);
}

static bool is_there(uint64_t n, const char *ending)
{
    char path[400];
    index_path(path, n, ending);
    return access(path, F_OK) == 0;
}

/* A sealed one is one file, and merged. */
static void test_sealed_is_one_file(void **state)
{
    (void)state;
    index_once();
    assert_true(is_there(1, ".db"));
    assert_false(is_there(1, ".db-wal"));
    assert_false(is_there(1, ".db-shm"));
    index_once(); // and stays so
    assert_false(is_there(1, ".db-wal"));
}

static void test_made_anew(void **state)
{
    (void)state;
    char path[400];
    struct store_indexer *x = open_indexer();
    index_all(x);
    for (uint64_t n = 1; n <= 5; n++) { // under the indexer, the open one too
        index_path(path, n, ".db");
        if (n != 3)
            remove(path);
    }
    assert_true(lacking() > 0);
    assert_int_equal(index_all(x), 0);
    assert_int_equal(lacking(), 0);
    store_indexer_close(x);
    for (uint64_t n = 1; n <= 4; n++) { // garbage, another database, nothing
        index_path(path, n, ".db");
        FILE *f = fopen(path, "r+");
        assert_non_null(f);
        assert_int_equal(ftruncate(fileno(f), n == 2 ? 0 : n == 3 ? 4096 : 16384), 0);
        for (int i = 0; i < 100; i++)
            fputs(n == 1 ? "no database at all" : "", f);
        fclose(f);
    }
    x = open_indexer();
    assert_true(index_all(x) > 0);
    store_indexer_close(x);
    assert_int_equal(lacking(), 0);
    finds("\"headline 1\" OR \"headline 20\" OR \"headline 40\"", "40 20 1");
}

/* A store that was put back has other records under the same numbers. */
static void test_restored(void **state)
{
    (void)state;
    put(RECORDS + 1, 3, NULL, 0);
    index_once();
    store_close(s);
    FILE *f = fopen(k.mark, "w"); // of another epoch, and further
    assert_non_null(f);
    fprintf(f, "newswire-mark 1 %016x %020d\n", 1, 1000);
    fclose(f);
    s = kit_open(&k);
    assert_true(store_was_restored(s));
    struct store_indexer *x = open_indexer();
    assert_int_equal(index_all(x), 1); // that of the open segment
    store_indexer_close(x);
    finds("headline", "63 62 61 60 59");
}

static void test_pruned(void **state)
{
    (void)state;
    struct err e = {""};
    size_t pruned;
    struct store_indexer *x = open_indexer();
    index_all(x);
    kit_done(store_prune(s, INT64_MAX, 0, &pruned, &e), &e);
    assert_true(pruned > 0);
    finds("\"headline 1\"", ""); // its index may still be there
    index_all(x);
    assert_false(is_there(1, ".db"));
    assert_true(is_there(2, ".db"));
    finds("headline", "60 59 58 57 56");
    store_indexer_close(x);
    kit_done(store_search_clear(k.directory, &e), &e);
    assert_false(is_there(2, ".db"));
    finds("headline", "");
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_finds),
        EACH(test_topics_and_times),
        EACH(test_best),
        EACH(test_marks),
        EACH(test_once_each),
        EACH(test_goes_on),
        EACH(test_sealed_is_one_file),
        EACH(test_made_anew),
        EACH(test_restored),
        EACH(test_pruned),
    };
    return cmocka_run_group_tests_name("store_search", tests, NULL, NULL);
}

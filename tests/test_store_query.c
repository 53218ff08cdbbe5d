// SPDX-License-Identifier: MIT
/* SQL over all segments: the same answer as over one, from either end, and nothing but reading. */
#include "tests/store_kit.h"

#include "daemon/hands/store_query.h"

#include <inttypes.h>

#define RECORDS 200

static struct kit k;

static int begin(void **state)
{
    (void)state;
    kit_new(&k);
    store_seams.segment_rows = 15;
    struct store *s = kit_open(&k);
    for (uint64_t n = 1; n <= RECORDS; n += 5) {
        char claim[24];
        snprintf(claim, sizeof claim, "%" PRIu64, n);
        kit_drop(s, claim, n, 5, n % 2 == 0 ? "even/" : NULL);
    }
    kit_drop(s, "again", 7, 1, NULL);
    kit_drop(s, "more", 11, 3, NULL);
    store_close(s);
    return 0;
}

static int end(void **state)
{
    (void)state;
    kit_end(&k);
    return 0;
}

/* All values of all rows, a blank between them. */
static void answers(const char *sql, bool json, const char *wanted)
{
    struct err e = {""};
    char got[2000] = "";
    bool failed;
    struct store_query *q = store_query_open(k.directory, &e);
    if (q == NULL || !store_query_begin(q, sql, json, &e))
        fail_msg("%s: %s", sql, e.text);
    while (store_query_row(q, &failed, &e))
        for (size_t i = 0; i < store_query_columns(q); i++) {
            size_t n, at = strlen(got);
            const char *text = store_query_text(q, i, &n);
            snprintf(got + at, sizeof got - at, "%s%s", at > 0 ? " " : "", text != NULL ? text : "-");
        }
    if (failed)
        fail_msg("%s: %s", sql, e.text);
    assert_string_equal(got, wanted);
    store_query_close(q);
}

static void test_answers(void **state)
{
    (void)state;
    answers("select count(*), min(seq), max(seq), sum(seq) from records", false, "200 1 200 20100");
    answers("select seq from records order by seq desc limit 3", false, "200 199 198");
    answers("select seq from records where seq > 150 and seq <= 153 order by seq", false, "151 152 153");
    answers("select seq from records where seq between 14 and 17", false, "14 15 16 17");
    answers("select seq from records where seq in (190, 3, 77, 201) order by 1", false, "3 77 190");
    answers("select seq from records where seq < 3.5 and seq > 1.5", false, "2 3");
    answers("select seq from records where seq > '199' or seq is null", false, "200");
    answers("select headline from dispatches where headline like 'Headline 10_' order by seq limit 2", false,
            "Headline 100 Headline 101");
    answers("select count(*) from files f join records r on r.seq between f.first_seq and f.last_seq", false,
            "200");
    answers("select n, seq from seen_again", false, "41 7 42 11 42 12 42 13");
    // Rows of one file are several, whichever way SQLite takes to an OR.
    answers("select seq from seen_again where (n < 42 and seq < 9) or (n > 41 and seq > 8) order by 1", false,
            "7 11 12 13");
    answers("select fate, sum(fresh) from files group by fate", false, "done 200");
    answers("with few as (select seq from records limit 2) select count(*) from few", false, "2");
    answers("select seq as Number, topics, 'a\"b' from records where seq = 6 -- six\n;", true,
            "{\"Number\":6,\"topics\":\"even/\",\"'a\\\"b'\":\"a\\\"b\"}");
}

/* Segments that are taken away amid a question are left out of the answer. */
static void test_pruned_meanwhile(void **state)
{
    (void)state;
    struct err e = {""};
    bool failed;
    size_t pruned, all = 0, n = 1;
    struct store *s = kit_open(&k);
    struct store_query *q = store_query_open(k.directory, &e);
    assert_non_null(q);
    assert_true(store_query_begin(q, "select seq from records order by seq desc", false, &e));
    assert_true(store_query_row(q, &failed, &e));
    do {
        assert_int_equal(store_prune(s, INT64_MAX, 0, &pruned, &e), FATE_DONE);
        all += pruned;
    } while (pruned > 0);
    assert_int_equal(all, RECORDS);
    while (store_query_row(q, &failed, &e))
        n++;
    assert_false(failed);
    assert_true(n < RECORDS);
    store_query_close(q);
    store_close(s);
}

static void test_refuses(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "delete from records",
        "create table t (a)",
        "attach 'x' as y",
        "pragma user_version = 3",
        "",
        "-- only words",
        "select 1; select 2",
        "select nothing from records",
        "vacuum into 'x'",
        "select load_extension('x')",
    };
    struct err e = {""};
    struct store_query *q = store_query_open(k.directory, &e);
    assert_non_null(q);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        bool failed = false;
        e.text[0] = '\0';
        if (store_query_begin(q, statements[i], i % 2 == 0, &e)) {
            store_query_row(q, &failed, &e);
            assert_true(failed);
        }
        assert_true(e.text[0] != '\0');
    }
    store_query_close(q);
    assert_null(store_query_open("/nowhere", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, begin, end),
        cmocka_unit_test_setup_teardown(test_pruned_meanwhile, begin, end),
        cmocka_unit_test_setup_teardown(test_refuses, begin, end),
    };
    return cmocka_run_group_tests_name("store_query", tests, NULL, NULL);
}

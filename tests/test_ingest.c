// SPDX-License-Identifier: MIT
/* ingest, take and upkeep: what goes in, in which order, what is waited for, and what is done now and then. */
#include "tests/ingest_world.h"

// --- batches --------------------------------------------------------------------------------------------------------

static void a_batch_is_one_commit_in_order_of_arrival(void **state)
{
    (void)state;
    drop_news("c");
    drop_news("a");
    drop_news("desk/b");
    some_turns();
    assert_records(0); // Too young.
    assert_false(rung());
    take_all();
    assert_int_equal(commits, 1);
    assert_true(rung());
    assert_records(3);
    assert_came_from(1, "c");
    assert_came_from(2, "a");
    assert_came_from(3, "b");
    assert_archived("default.a");
    assert_archived("default.c");
    assert_archived("desk.b");
    assert_int_equal(files("work/*", NULL), 0);
    assert_int_equal(since(STAT_DONE), 3);
    assert_int_equal(since(STAT_FRESH), 3);
    assert_int_equal(stats_get(STAT_BACKLOG), 0);
    assert_int_equal(ingest_rejected(in), 0);
}

static void a_bad_file_is_rejected_alone(void **state)
{
    (void)state;
    drop_news("a");
    drop(w, "junk", "");
    assert_int_equal(symlink("a", in_world(w, "incoming/link")), 0);
    drop_news("z");
    take_all();
    assert_int_equal(commits, 1);
    assert_records(2);
    assert_archived("default.a");
    assert_archived("default.z");
    assert_why("default.junk", "empty file\n");
    assert_why("default.link", "a symbolic link");
    assert_int_equal(since(STAT_DONE), 2);
    assert_int_equal(since(STAT_BAD), 2);
    assert_int_equal(ingest_rejected(in), 2);
    kit_holds(&kit, "count(*) = 2 from file where fate = 2 and why <> '' and fresh = 0");
}

static void a_broken_slice_is_set_aside_and_the_others_stored(void **state)
{
    (void)state;
    char text[4000], tail[1500];
    w->conf->spool.max_dispatch = 1000;
    snprintf(tail, sizeof tail, "%01200d", 7);
    snprintf(text, sizeof text, "%s\n\n", news("one"));
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s\n\n\n", news("two"), tail);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", news("three"));
    drop(w, "mixed", text);
    take_all();
    assert_records(2);
    assert_archived("default.mixed");
    assert_int_equal(files("rejected/*.default.mixed.*.why", NULL), 1);
    assert_int_equal(files("rejected/*", NULL), 2);
    assert_int_equal(since(STAT_SLICES_REJECTED), 1);
    assert_int_equal(since(STAT_DONE), 1);
    assert_int_equal(ingest_rejected(in), 1); // --once says 3.
}

static void the_same_file_again_is_seen_and_not_stored(void **state)
{
    (void)state;
    drop(w, "a", news("a"));
    take_all();
    drop(w, "again", news("a"));
    take_all();
    assert_records(1);
    assert_int_equal(since(STAT_SEEN), 1);
    assert_int_equal(since(STAT_DONE), 2);
    assert_archived("default.again");
}

static void append_to_a(const char *file)
{
    char path[600];
    if (strcmp(file, "a") != 0 || files("work/*.a", path) != 1)
        return;
    at_point = NULL;
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fprintf(f, "\n\n%s", news("more"));
    fclose(f);
}

static void change_after_reading(const char *point, const char *file)
{
    if (strcmp(point, "parsed") == 0)
        append_to_a(file);
}

static void what_changes_while_it_is_read_goes_back(void **state)
{
    (void)state;
    drop_news("a");
    drop_news("b");
    at_point = change_after_reading;
    push_clocks(5000);
    turn();
    assert_null(at_point);
    assert_records(1); // Nothing of it is stored; its neighbour is.
    assert_came_from(1, "b");
    assert_true(there(in_world(w, "incoming/a")));
    assert_int_equal(since(STAT_RETRY), 1);
    assert_int_equal(since(STAT_DONE), 1);
    assert_int_equal(kit_sql(&kit, "select count(*) from file"), 1);
    take_all();
    assert_records(3);
    assert_archived("default.a");
    assert_int_equal(since(STAT_FRESH), 3);
}

static void nothing_is_set_aside_of_what_goes_back(void **state)
{
    (void)state;
    char text[3000];
    w->conf->spool.max_dispatch = 1000;
    snprintf(text, sizeof text, "%s%01200d\n\n\n", news("one"), 7);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", news("two"));
    drop(w, "a", text);
    at_point = change_after_reading;
    push_clocks(5000);
    turn();
    assert_null(at_point);
    assert_true(there(in_world(w, "incoming/a")));
    assert_int_equal(files("rejected/*", NULL), 0);
    take_all();
    assert_records(2); // "two", and what was appended.
    assert_int_equal(files("rejected/*", NULL), 2);
    assert_int_equal(since(STAT_SLICES_REJECTED), 1);
}

// --- idle -----------------------------------------------------------------------------------------------------------

static void once_ends_when_nothing_can_become_ready(void **state)
{
    (void)state;
    assert_false(ingest_idle(in, true)); // work/ was not looked at.
    turns();
    assert_true(ingest_idle(in, false));
    assert_true(slept > 0);
    drop_news("young");
    push_clocks(100); // less than settle
    shut();
    reopen();
    turn();
    assert_false(ingest_idle(in, false));
    assert_true(ingest_idle(in, true));
    assert_in_range(slept, 1, 1000);
    take_all();
    assert_true(ingest_idle(in, false));
    assert_records(1);
}

static void what_cannot_be_claimed_is_waited_for_without_spinning(void **state)
{
    (void)state;
    drop_news("stuck");
    broken_at = "stuck";
    push_clocks(5000);
    turn();
    assert_true(slept > 0);
    assert_true(ingest_idle(in, false)); // --once would wait for ever.
    assert_int_equal(stats_get(STAT_BACKLOG), 1); // It waits, though all was tried.
    assert_non_null(strstr(ingest_stuck(in), "may not take files"));
    drop_news("a");
    take_all();
    assert_records(1);
    assert_int_equal(stats_get(STAT_BACKLOG), 1);
    broken_at = NULL;
    take_all();
    assert_records(2);
    assert_null(ingest_stuck(in));
    assert_int_equal(stats_get(STAT_BACKLOG), 0);
}

static void more_than_a_batch_is_several(void **state)
{
    (void)state;
    char name[20];
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "%03d", i);
        drop(w, name, news(name));
    }
    push_clocks(5000);
    turn();
    assert_int_equal(commits, 1);
    assert_records(64);
    assert_int_equal(slept, 0);
    assert_false(ingest_idle(in, true));
    turns();
    assert_int_equal(commits, 3);
    assert_records(150);
    assert_came_from(150, "149");
}

// --- settings and hints ---------------------------------------------------------------------------------------------

static int64_t expected_of(const char *feed)
{
    static struct stats_feed feeds[STATS_FEEDS_MAX];
    size_t n = stats_feeds(feeds, STATS_FEEDS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(feeds[i].name, feed) == 0)
            return feeds[i].expect_ms;
    }
    return -1;
}

static void new_settings_are_in_force_from_the_next_file_on(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct tagger *tagger2;
    struct rules *rules2 = rules_with("[watch meeting]\nwords = met again\n", &tagger2);
    static const char text[] = "[feed default]\ntopics = watch/always/\n[feed extra]\nexpect = 1h\n";
    struct conf *conf2 = conf_read("test.conf", text, sizeof text - 1, &problems);
    assert_non_null(conf2);
    assert_int_equal(problems.count, 0);
    conf2->spool = w->conf->spool;
    conf2->store = w->conf->store;
    drop_news("a");
    take_all();
    ingest_settings(in, conf2, rules2, tagger2);
    drop_news("b");
    take_all();
    kit_holds(&kit, "count(*) = 0 from records where seq = 1 and topics like '%watch/%'");
    kit_holds(&kit, "count(*) = 1 from records where seq = 2 and topics like '%watch/meeting/%'"
                    " and topics like '%watch/always/%'");
    kit_holds(&kit, "count(distinct rules) = 2 from file");
    assert_int_equal(expected_of("extra"), 3600 * 1000);
    ingest_settings(in, w->conf, shipped, tagger);
    assert_int_equal(expected_of("extra"), 0); // It went out of the configuration.
    drop_news("c");
    take_all();
    kit_holds(&kit, "count(*) = 0 from records where seq = 3 and topics like '%watch/%'");
    conf_free(conf2);
    tagger_free(tagger2);
    rules_free(rules2);
}

static void a_hint_spares_the_wait(void **state)
{
    (void)state;
    shut();
    watch = watch_new(in_world(w, "incoming"), &w->e);
    assert_non_null(watch);
    if (watch_polling(watch))
        skip();
    reopen();
    turns();
    put(in_world(w, "incoming/.a"), news("a"));
    assert_int_equal(rename(in_world(w, "incoming/.a"), in_world(w, "incoming/a")), 0);
    drop(w, "desk/b", news("b"));
    drop(w, "wire/c", news("c")); // trust_close
    turn();
    assert_records(2);
    assert_archived("default.a");
    assert_archived("wire.c");
    assert_true(there(in_world(w, "incoming/desk/b"))); // Only closed: it waits its time.
    take_all();
    assert_records(3);
}

// --- upkeep ---------------------------------------------------------------------------------------------------------

static void old_records_and_old_days_go(void **state)
{
    (void)state;
    int64_t day = INT64_C(86400) * 1000;
    drop_news("a");
    drop_news("b");
    take_all();
    assert_int_equal(files("archive/*/*", NULL), 2);
    w->conf->store.keep_ms = 20 * day;
    push_clocks(15 * day);
    some_turns();
    assert_records(2);
    push_clocks(10 * day);
    some_turns();
    assert_false(kit_segment(&kit, 1)); // The whole segment.
    assert_true(kit_segment(&kit, 2));
    assert_records(0);
    kit_holds(&kit, "oldest = 3 and seq = 2 from head");
    assert_int_equal(files("archive/*/*", NULL), 2); // These are kept for thirty.
    push_clocks(10 * day);
    some_turns();
    assert_int_equal(files("archive/*", NULL), 0);
    drop(w, "again", news("a")); // Its id is still known.
    take_all();
    assert_int_equal(since(STAT_FRESH), 2);
    assert_int_equal(since(STAT_SEEN), 1);
}

static void sizes_and_rates_are_measured(void **state)
{
    (void)state;
    drop_news("a");
    some_turns();
    push_clocks(5000);
    turns();
    push_clocks(2000);
    turn();
    uint64_t rate = stats_get(STAT_RATE_1M);
    assert_in_range(rate, 1, 999);
    assert_true(stats_get(STAT_STORE_BYTES) > 4096);
    assert_true(stats_get(STAT_STORE_FREE) > 0);
    push_clocks(600 * 1000);
    turn();
    assert_true(stats_get(STAT_RATE_1M) < rate);
    uint64_t beats = since(STAT_BEAT_INGEST);
    turn();
    assert_int_equal(since(STAT_BEAT_INGEST), beats + 1); // The watchdog looks here.
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(a_batch_is_one_commit_in_order_of_arrival),
        T(a_bad_file_is_rejected_alone),
        T(a_broken_slice_is_set_aside_and_the_others_stored),
        T(the_same_file_again_is_seen_and_not_stored),
        T(what_changes_while_it_is_read_goes_back),
        T(nothing_is_set_aside_of_what_goes_back),
        T(once_ends_when_nothing_can_become_ready),
        T(what_cannot_be_claimed_is_waited_for_without_spinning),
        T(more_than_a_batch_is_several),
        T(new_settings_are_in_force_from_the_next_file_on),
        T(a_hint_spares_the_wait),
        T(old_records_and_old_days_go),
        T(sizes_and_rates_are_measured),
    };
    return cmocka_run_group_tests_name("ingest", tests, compile, forget);
}

// SPDX-License-Identifier: MIT
/* test_catchup_rules: what catchup promises besides the invariants: when it asks, when it does not, and how
 * often. Through its header alone; tests/test_catchup.c is the one that looks for losses. */
#include "tests/unit.h"

#include "clients/catchup.h"
#include "clients/filter.h"
#include "proto/frames.h"

#include <stdio.h>
#include <string.h>

#define EPOCH 77

static struct catchup *machine;
static unsigned dropped;
static const char *const mine[] = {"a/x/", NULL}, *const other[] = {"b/", NULL};

static void drop(void *frames)
{
    (void)frames;
    dropped++;
}

static void start(uint64_t epoch, uint64_t seen, const char *topic, size_t copies)
{
    struct catchup_limits limits = {.copies = copies, .bytes = 1000, .credit = 10};
    struct topic_pattern p;
    dropped = 0;
    machine = catchup_new(&limits, epoch, seen, 0, drop);
    assert_non_null(machine);
    assert_true(topic_pattern(topic, &p, NULL));
    assert_true(catchup_subscribe(machine, &p, 1, 0, 0));
    catchup_start(machine, 0, 0.5);
}

static int stop(void **state)
{
    (void)state;
    catchup_free(machine);
    return 0;
}

static struct catchup_todo todo(enum catchup_what what)
{
    struct catchup_todo t;
    catchup_next(machine, &t);
    assert_int_equal(t.what, what);
    return t;
}

static struct catchup_copy copy_of(uint64_t seq, const char *const *topics)
{
    return (struct catchup_copy){.epoch = EPOCH,
                                 .seq = seq,
                                 .check = 100 + seq,
                                 .topics = topics,
                                 .ntopics = 1,
                                 .size = 10,
                                 .frames = &dropped};
}

static void live(uint64_t seq, const char *const *topics)
{
    struct catchup_copy c = copy_of(seq, topics);
    catchup_copy(machine, &c);
}

/* One hash for each record from `from` on: 'm' is mine, anything else is not. */
static void trail(uint64_t from, const char *records, int64_t now, double jitter)
{
    static uint32_t hashes[64];
    struct trail_set sets[64];
    size_t n = strlen(records);
    for (size_t i = 0; i < n; i++) {
        hashes[i] = records[i] == 'm' ? topic_hash("a/", 2) : 1;
        sets[i] = (struct trail_set){.hashes = &hashes[i], .n = 1};
    }
    struct trail t = {.epoch = EPOCH, .head = from + n - 1, .from = from, .sets = sets, .nsets = n};
    catchup_trail(machine, &t, now, jitter);
}

/* Nothing is there yet: LIVE at `head`. */
static void go_live(uint64_t head)
{
    struct catchup_todo t = todo(CATCHUP_ASK);
    catchup_end(machine, t.rid, 0, head, head, 0, 0);
    todo(CATCHUP_NOTHING);
    assert_true(catchup_live(machine));
}

static void test_the_first_request(void **state)
{
    (void)state;
    start(EPOCH, 9, "a", 100);
    struct catchup_todo t = todo(CATCHUP_ASK);
    assert_int_equal(t.epoch, EPOCH);
    assert_int_equal(t.after, 9);
    assert_int_equal(t.credit, 10);
    todo(CATCHUP_NOTHING);
    assert_false(catchup_live(machine));
}

static void test_first_contact_is_not_reported(void **state)
{
    (void)state;
    start(0, 0, "a", 100);
    struct catchup_todo t = todo(CATCHUP_ASK);
    assert_int_equal(t.epoch, 0);
    catchup_epoch(machine, t.rid, EPOCH, 0, 0);
    todo(CATCHUP_SAVE);
    t = todo(CATCHUP_ASK);
    assert_int_equal(t.epoch, EPOCH);
    catchup_epoch(machine, t.rid, EPOCH, 0, 0); // ours, from the start: nonsense
    todo(CATCHUP_NOTHING);
    catchup_epoch(machine, t.rid, EPOCH + 1, 0, 0);
    t = todo(CATCHUP_EPOCH);
    assert_int_equal(t.epoch, EPOCH + 1);
    todo(CATCHUP_ASK);
}

static void test_what_is_not_mine_costs_no_request(void **state)
{
    (void)state;
    start(EPOCH, 0, "a", 100);
    go_live(0);
    trail(1, "ooooo", 10, 0);
    todo(CATCHUP_NOTHING);
    assert_int_equal(catchup_seen(machine), 5);
    assert_int_equal(catchup_check(machine), 0); // the record at 5 was never seen
    live(6, mine);
    todo(CATCHUP_DELIVER);
    assert_int_equal(catchup_check(machine), 106);
    trail(1, "ooooomo", 20, 0);
    todo(CATCHUP_NOTHING);
    assert_int_equal(catchup_seen(machine), 7);
    assert_true(catchup_live(machine));
}

/* "a", but not "a/x": the hash says mine, the copy says no. It must not be asked for. */
static void test_an_excluded_copy_costs_no_request(void **state)
{
    (void)state;
    struct topic_pattern p[2];
    start(EPOCH, 0, "a", 100);
    assert_true(topic_pattern("a", &p[0], NULL) && topic_pattern("!a/x", &p[1], NULL));
    assert_true(catchup_subscribe(machine, p, 2, 0, 0));
    todo(CATCHUP_SAVE);
    go_live(0);
    live(2, mine);
    trail(1, "om", 10, 0);
    todo(CATCHUP_NOTHING);
    assert_int_equal(catchup_seen(machine), 2);
    assert_int_equal(dropped, 1);
}

static void test_a_gap_is_asked_for_once(void **state)
{
    (void)state;
    start(EPOCH, 0, "a", 100);
    go_live(0);
    trail(1, "m", 10, 0);
    struct catchup_todo t = todo(CATCHUP_ASK);
    trail(1, "mm", 20, 0);
    todo(CATCHUP_NOTHING); // an answer is on its way
    struct catchup_copy c = copy_of(1, mine);
    catchup_entry(machine, t.rid, 0, &c, 30);
    todo(CATCHUP_DELIVER);
    catchup_end(machine, t.rid, 1, 1, 2, 30, 0);
    t = todo(CATCHUP_ASK); // the page was cut
    assert_int_equal(t.after, 1);
    assert_int_equal(t.check, 101);
    catchup_end(machine, t.rid, 0, 1, 2, 30, 0);
    todo(CATCHUP_NOTHING); // this one brought nothing: not at once
    assert_false(catchup_live(machine));
    catchup_tick(machine, 60000, 0);
    todo(CATCHUP_ASK);
}

static void test_an_empty_page_may_be_cut(void **state)
{
    (void)state;
    start(EPOCH, 0, "a", 100);
    struct catchup_todo t = todo(CATCHUP_ASK);
    catchup_end(machine, t.rid, 0, 50, 100, 0, 0);
    t = todo(CATCHUP_ASK);
    assert_int_equal(t.after, 50);
}

static void test_the_lowest_is_evicted(void **state)
{
    (void)state;
    size_t bytes;
    uint64_t lowest;
    start(EPOCH, 0, "a", 2);
    go_live(0);
    live(5, mine);
    live(9, mine);
    live(7, mine);
    assert_int_equal(dropped, 1);
    assert_int_equal(catchup_buffered(machine, &bytes, &lowest), 2);
    assert_int_equal(lowest, 7);
    assert_int_equal(bytes, 20);
    live(3, mine);
    assert_int_equal(dropped, 2);
    live(9, mine); // a second copy
    assert_int_equal(dropped, 3);
    live(1, mine); // its turn, however full
    todo(CATCHUP_DELIVER);
    todo(CATCHUP_NOTHING);
}

static void test_timers_back_off(void **state)
{
    (void)state;
    int64_t now = 0, waits[8];
    start(EPOCH, 0, "a", 2);
    for (int i = 0; i < 8; i++) {
        todo(CATCHUP_ASK);
        int wait = catchup_tick(machine, now, 0.5);
        todo(CATCHUP_NOTHING);
        waits[i] = wait;
        now += wait;
        catchup_tick(machine, now, 0.5);
    }
    static const int64_t want[8] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
    assert_memory_equal(waits, want, sizeof want);
}

static void test_silence_asks_and_backs_off(void **state)
{
    (void)state;
    int64_t now = 0, waits[6];
    start(EPOCH, 0, "a", 2);
    for (int i = 0; i < 6; i++) {
        struct catchup_todo t = todo(CATCHUP_ASK);
        catchup_end(machine, t.rid, 0, 0, 0, now, 0);
        waits[i] = catchup_tick(machine, now, 0);
        todo(CATCHUP_NOTHING);
        now += waits[i];
        catchup_tick(machine, now, 0);
    }
    static const int64_t want[6] = {3000, 6000, 12000, 24000, 48000, 60000};
    assert_memory_equal(waits, want, sizeof want);
}

static void test_after_a_silence_the_herd_is_spread(void **state)
{
    (void)state;
    start(EPOCH, 0, "a", 2);
    go_live(0);
    trail(1, "m", 5000, 0.5);
    todo(CATCHUP_NOTHING);
    trail(1, "m", 5100, 0.5); // no longer silent, but the time was drawn
    todo(CATCHUP_NOTHING);
    catchup_tick(machine, 5900, 0.5);
    todo(CATCHUP_NOTHING);
    catchup_tick(machine, 6100, 0.5);
    todo(CATCHUP_ASK);
}

static void test_another_epoch_is_asked_about_not_adopted(void **state)
{
    (void)state;
    start(EPOCH, 3, "a", 2);
    go_live(3);
    struct trail t = {.epoch = EPOCH + 1, .head = 9, .from = 10};
    catchup_trail(machine, &t, 10, 0);
    struct catchup_todo asked = todo(CATCHUP_ASK);
    assert_int_equal(asked.epoch, EPOCH);
    assert_int_equal(asked.after, 3);
}

static void test_a_head_that_fell_is_asked_about(void **state)
{
    (void)state;
    start(EPOCH, 0, "b", 2);
    go_live(0);
    trail(1, "ooo", 10, 0);
    todo(CATCHUP_NOTHING);
    trail(1, "oo", 20, 0);
    assert_int_equal(todo(CATCHUP_ASK).after, 3);
}

static void test_what_was_not_handed_out_is_not_seen(void **state)
{
    (void)state;
    struct topic_pattern p;
    start(EPOCH, 0, "a", 9);
    go_live(0);
    live(3, mine);
    live(2, mine);
    live(1, mine);
    assert_int_equal(todo(CATCHUP_DELIVER).copy.seq, 1);
    assert_true(topic_pattern("b", &p, NULL));
    assert_true(catchup_subscribe(machine, &p, 1, 0, 0)); // between two deliveries
    todo(CATCHUP_SAVE);
    assert_int_equal(catchup_seen(machine), 1);
    assert_int_equal(dropped, 2);
    live(2, other);
    assert_int_equal(todo(CATCHUP_DELIVER).copy.seq, 2);
}

/* The filter says what topic_wanted() says; and a set of a trail never hides what is wanted. */
static void test_the_filter_means_topic_wanted(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "a/b", "*/b", "all", "!a/b", "a/*/c", "!b", "b/c"};
    static const char *const topics[] = {"a/", "a/b/", "b/", "b/c/", "a/b/c/", "a/x/c/", "c/b/"};
    struct topic_pattern patterns[8], chosen[8];
    for (size_t i = 0; i < 8; i++)
        assert_true(topic_pattern(texts[i], &patterns[i], NULL));
    for (unsigned mask = 0; mask < 256; mask++) {
        size_t n = 0;
        for (size_t i = 0; i < 8; i++)
            if (mask & 1u << i)
                chosen[n++] = patterns[i];
        struct filter *f = filter_new(chosen, n);
        assert_non_null(f);
        for (size_t i = 0; i < 7; i++)
            for (size_t j = 0; j < 7; j++) {
                const char *record[] = {topics[i], topics[j]};
                uint32_t hashes[16];
                size_t nhashes = topic_hashes(topics[i], hashes, 8);
                nhashes += topic_hashes(topics[j], hashes + nhashes, 8);
                bool wanted = topic_wanted(chosen, n, record, 2);
                assert_int_equal(filter_wants(f, record, 2), wanted);
                assert_true(!wanted || filter_may_want(f, hashes, nhashes));
            }
        filter_free(f);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, NULL, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_first_request),
        CASE(test_first_contact_is_not_reported),
        CASE(test_what_is_not_mine_costs_no_request),
        CASE(test_an_excluded_copy_costs_no_request),
        CASE(test_a_gap_is_asked_for_once),
        CASE(test_an_empty_page_may_be_cut),
        CASE(test_the_lowest_is_evicted),
        CASE(test_timers_back_off),
        CASE(test_silence_asks_and_backs_off),
        CASE(test_after_a_silence_the_herd_is_spread),
        CASE(test_another_epoch_is_asked_about_not_adopted),
        CASE(test_a_head_that_fell_is_asked_about),
        CASE(test_what_was_not_handed_out_is_not_seen),
        cmocka_unit_test(test_the_filter_means_topic_wanted),
    };
    return cmocka_run_group_tests_name("catchup_rules", tests, NULL, NULL);
}

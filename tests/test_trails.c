// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/flows/trails.h"

#include <string.h>

static bool has(const struct trail_set *set, const char *topic)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->hashes[i] == topic_hash(topic, strlen(topic)))
            return true;
    return false;
}

/* Adds seqs from..to, each under one topic, at `now`. */
static void add(struct trails *t, uint64_t from, uint64_t to, int64_t now)
{
    const char *const topics[] = {"feed/default/", NULL};
    for (uint64_t seq = from; seq <= to; seq++)
        trails_add(t, seq, topics, 1, now);
}

static void assert_trail(struct trails *t, int64_t now, uint64_t from, uint64_t head)
{
    struct trail trail;
    trails_make(t, now, &trail);
    assert_int_equal(trail.head, head);
    assert_int_equal(trail.from, from);
    assert_int_equal(trail.nsets, head - from + 1);
}

static void a_new_one_knows_nothing(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 100);
    struct trail trail;
    trails_make(t, 0, &trail);
    assert_int_equal(trail.epoch, 7);
    assert_int_equal(trail.head, 100);
    assert_int_equal(trail.from, 101);
    assert_int_equal(trail.nsets, 0);
    trails_free(t);
    trails_free(NULL);
}

static void a_set_has_each_topic_and_ancestor_once(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 0);
    const char *const topics[] = {"subject/sport/football/", "subject/sport/", "place/am/yerevan/", NULL};
    trails_add(t, 1, topics, 3, 0);
    trails_add(t, 2, topics, 0, 0);
    struct trail trail;
    trails_make(t, 0, &trail);
    assert_int_equal(trail.nsets, 2);
    const struct trail_set *set = &trail.sets[0];
    assert_int_equal(set->n, 6);
    assert_true(has(set, "subject/") && has(set, "subject/sport/") && has(set, "subject/sport/football/"));
    assert_true(has(set, "place/") && has(set, "place/am/") && has(set, "place/am/yerevan/"));
    assert_false(has(set, "place/a"));
    assert_int_equal(trail.sets[1].n, 0);
    trails_free(t);
}

static void reaches_back_to_the_last_trail(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 0);
    add(t, 1, TRAILS_RUN, 0);
    assert_trail(t, 1000000, 1, TRAILS_RUN); // however old
    assert_trail(t, 1000000, TRAILS_RUN + 1, TRAILS_RUN);
    trails_free(t);
}

static void repeats_young_records(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 0);
    add(t, 1, 50, 0);
    assert_trail(t, 0, 1, 50);
    assert_trail(t, 1, 50 - TRAILS_BACK + 1, 50);
    add(t, 51, 60, 20000);
    assert_trail(t, 20000, 60 - TRAILS_BACK + 1, 60);
    assert_trail(t, TRAILS_BACK_MS - 1, 60 - TRAILS_BACK + 1, 60);
    assert_trail(t, TRAILS_BACK_MS, 51, 60);
    assert_trail(t, 20000 + TRAILS_BACK_MS, 61, 60);
    trails_free(t);
}

static void is_bounded_without_trails(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 0);
    add(t, 1, 10 * TRAILS_WINDOW, 0);
    assert_trail(t, 0, 9 * TRAILS_WINDOW + 1, 10 * TRAILS_WINDOW);
    trails_free(t);
}

static void begins_anew_behind_what_it_never_saw(void **state)
{
    (void)state;
    struct trails *t = trails_new(7, 0);
    add(t, 1, 10, 0);
    add(t, 21, 22, 0); // 11..20 were pruned
    assert_trail(t, 0, 21, 22);
    trails_restart(t, 7, 30);
    assert_trail(t, 0, 31, 30);
    add(t, 31, 31, 0);
    assert_trail(t, 0, 31, 31);
    trails_restart(t, 8, 2);
    struct trail trail;
    trails_make(t, 0, &trail);
    assert_int_equal(trail.epoch, 8);
    assert_int_equal(trail.head, 2);
    trails_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_knows_nothing),
        cmocka_unit_test(a_set_has_each_topic_and_ancestor_once),
        cmocka_unit_test(reaches_back_to_the_last_trail),
        cmocka_unit_test(repeats_young_records),
        cmocka_unit_test(is_bounded_without_trails),
        cmocka_unit_test(begins_anew_behind_what_it_never_saw),
    };
    return cmocka_run_group_tests_name("trails", tests, NULL, NULL);
}

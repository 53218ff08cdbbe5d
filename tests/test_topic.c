// SPDX-License-Identifier: MIT
/* Topics: the grammar, the hash that strangers must compute alike, and what a subscription means. */
#include "tests/unit.h"

#include "proto/topic.h"

#include <stdio.h>
#include <string.h>

static void grammar(void **state)
{
    (void)state;
    static const char *const good[] = {"all/", "place/am/yerevan/", "a/", "subject/economy-2/", "-/"};
    static const char *const bad[] = {"",        "/",         "a",         "a//",    "/a/",      "A/", "a b/", "a/\xc3\xa9/",
                                      "@trail/", "a/@trail/", "place/*/x/", "all/x/", "!a/", "a/b", "a_b/"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!topic_valid(good[i]))
            fail_msg("'%s' is a topic", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (topic_valid(bad[i]))
            fail_msg("'%s' is not a topic", bad[i]);
    char longest[TOPIC_MAX + 2];
    memset(longest, 'a', sizeof longest);
    strcpy(longest + TOPIC_MAX - 1, "/");
    assert_true(topic_valid(longest));
    strcpy(longest + TOPIC_MAX - 1, "a/");
    assert_false(topic_valid(longest));
}

/* proto/README.md shows these two to strangers; "123456789" is the check value of every list of CRCs. */
static void hash_is_what_the_page_says(void **state)
{
    (void)state;
    assert_int_equal(topic_hash("123456789", 9), 0xcbf43926);
    assert_int_equal(topic_hash("place/am/", 9), 0xa95b96db);
    assert_int_equal(topic_hash("place/am/yerevan/", 17), 0x83746bdf);
}

static void hashes_of_all_ancestors(void **state)
{
    (void)state;
    uint32_t h[8];
    assert_int_equal(topic_hashes("a/bb/c/", h, 8), 3);
    assert_int_equal(h[0], topic_hash("a/", 2));
    assert_int_equal(h[1], topic_hash("a/bb/", 5));
    assert_int_equal(h[2], topic_hash("a/bb/c/", 7));
    assert_int_equal(topic_hashes("a/bb/c/", h, 2), 2);
    assert_int_equal(topic_hashes("all/", h, 8), 0);
}

static void check_pattern(const char *text, const char *normal, const char *prefix, bool exclude, bool wild)
{
    struct topic_pattern p;
    struct err e = {""};
    if (!topic_pattern(text, &p, &e))
        fail_msg("%s", e.text);
    assert_string_equal(p.text, normal);
    assert_string_equal(p.prefix, prefix);
    assert_int_equal(p.exclude, exclude);
    assert_int_equal(p.wild, wild);
}

static void patterns(void **state)
{
    (void)state;
    check_pattern("subject/sport", "subject/sport/", "subject/sport/", false, false);
    check_pattern("subject/sport/", "subject/sport/", "subject/sport/", false, false);
    check_pattern("all", "all/", "all/", false, false);
    check_pattern("place/*/paris", "place/*/paris/", "place/", false, true);
    check_pattern("*/am", "*/am/", "all/", false, true);
    check_pattern("!language/en/", "language/en/", "language/en/", true, false);
    check_pattern("!place/*/paris", "place/*/paris/", "place/", true, true);
}

static void refuse_pattern(const char *text, const char *words)
{
    struct topic_pattern p;
    struct err e = {""};
    assert_false(topic_pattern(text, &p, &e));
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", e.text, words);
}

static void patterns_refused(void **state)
{
    (void)state;
    refuse_pattern("", "empty");
    refuse_pattern("!", "empty");
    refuse_pattern("/", "empty segment");
    refuse_pattern("/subject", "empty segment");
    refuse_pattern("subject//sport", "empty segment");
    refuse_pattern("subject/sport//", "empty segment");
    refuse_pattern("Subject/sport", "lower case");
    refuse_pattern("@trail", "daemon's own");
    refuse_pattern("@trail/", "daemon's own");
    refuse_pattern("subject/sp*", "whole segment");
    refuse_pattern("a/!b", "first character");
    refuse_pattern("!!a", "first character");
    refuse_pattern("place/\xc3\xa9", "a-z");
    refuse_pattern("place am", "a-z");
    refuse_pattern("all/x", "below all/");
    refuse_pattern("!all", "nothing");
    char text[TOPIC_MAX + 10];
    memset(text, 'a', sizeof text);
    text[TOPIC_MAX] = '\0'; // one too many with its `/`
    refuse_pattern(text, "longer");
    text[TOPIC_MAX - 1] = '\0';
    struct topic_pattern p;
    assert_true(topic_pattern(text, &p, NULL));
    assert_int_equal(strlen(p.text), TOPIC_MAX);
}

static bool matches(const char *pattern, const char *topic)
{
    struct topic_pattern p;
    assert_true(topic_pattern(pattern, &p, NULL));
    return topic_matches(&p, topic);
}

static void matching(void **state)
{
    (void)state;
    assert_true(matches("subject/sport", "subject/sport/"));
    assert_true(matches("subject/sport", "subject/sport/football/"));
    assert_false(matches("subject/sport", "subject/"));
    assert_false(matches("subject/sport", "subject/sports/"));
    assert_false(matches("subject/sport", "subject/spor/"));
    assert_true(matches("place/*/paris", "place/fr/paris/"));
    assert_true(matches("place/*/paris", "place/us/paris/texas/"));
    assert_false(matches("place/*/paris", "place/paris/"));
    assert_false(matches("place/*/paris", "place/fr/lyon/"));
    assert_true(matches("place/*", "place/fr/"));
    assert_false(matches("place/*", "place/"));
    assert_true(matches("*/am", "place/am/yerevan/"));
    assert_true(matches("all", "place/am/yerevan/"));
}

static bool wanted(const char *a, const char *b, const char *const *topics, size_t n)
{
    struct topic_pattern p[2];
    size_t np = 0;
    if (a != NULL)
        assert_true(topic_pattern(a, &p[np++], NULL));
    if (b != NULL)
        assert_true(topic_pattern(b, &p[np++], NULL));
    return topic_wanted(p, np, topics, n);
}

static void what_is_wanted(void **state)
{
    (void)state;
    const char *const t[] = {"place/am/yerevan/", "language/en/", "subject/sport/chess/"};
    assert_true(wanted(NULL, NULL, t, 3));
    assert_true(wanted(NULL, NULL, NULL, 0));
    assert_true(wanted("all", NULL, NULL, 0));
    assert_false(wanted("place/am", NULL, NULL, 0));
    assert_true(wanted("place/am", NULL, t, 3));
    assert_true(wanted("place/ge", "subject/sport", t, 3));
    assert_false(wanted("place/ge", "place/az", t, 3));
    assert_false(wanted("!language/en", NULL, t, 3));
    assert_true(wanted("!language/ru", NULL, t, 3));
    assert_false(wanted("place/am", "!language/en", t, 3));
    assert_false(wanted("!language/en", "place/am", t, 3));
    assert_false(wanted("place/ge", "!language/ru", t, 3));
    assert_true(wanted("!language/en", NULL, NULL, 0));
}

static const char *segment(const char *words)
{
    static char out[64];
    size_t n = topic_segment(out, sizeof out, words, strlen(words));
    assert_int_equal(n, strlen(out));
    return out;
}

static void segments_of_words(void **state)
{
    (void)state;
    assert_string_equal(segment("New York"), "new-york");
    assert_string_equal(segment("  St. John's -- (N.B.) "), "st-john-s-n-b");
    assert_string_equal(segment("2023"), "2023");
    assert_string_equal(segment("---"), "");
    assert_string_equal(segment(""), "");
    char small[5];
    assert_int_equal(topic_segment(small, sizeof small, "abc def", 7), 3);
    assert_string_equal(small, "abc");
    assert_int_equal(topic_segment(small, 1, "abc", 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),
        cmocka_unit_test(hash_is_what_the_page_says),
        cmocka_unit_test(hashes_of_all_ancestors),
        cmocka_unit_test(patterns),
        cmocka_unit_test(patterns_refused),
        cmocka_unit_test(matching),
        cmocka_unit_test(what_is_wanted),
        cmocka_unit_test(segments_of_words),
    };
    return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}

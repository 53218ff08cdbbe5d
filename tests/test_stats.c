// SPDX-License-Identifier: MIT
/* Numbers and texts between threads: what is read was written in one piece. ThreadSanitizer has the last
 * word. */
#include "tests/unit.h"

#include "daemon/base/stats.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static void numbers(void **state)
{
    (void)state;
    assert_int_equal(stats_get(STAT_DONE), 0);
    stats_add(STAT_DONE, 2);
    stats_add(STAT_DONE, 3);
    assert_int_equal(stats_get(STAT_DONE), 5);
    stats_set(STAT_DONE, 1);
    assert_int_equal(stats_get(STAT_DONE), 1);
    assert_int_equal(stats_get(STAT_BAD), 0);
}

static void texts(void **state)
{
    (void)state;
    char text[STATS_TEXT_MAX], words[STATS_TEXT_MAX * 2] = "";
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, "");
    stats_say(TEXT_PAUSED, "disk full");
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, "disk full");
    stats_say(TEXT_PAUSED, "no");
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, "no");
    while (strlen(words) < sizeof words - 4)
        strcat(words, "\xe2\x82\xac");
    stats_say(TEXT_PAUSED, words);
    stats_read(TEXT_PAUSED, text);
    assert_int_equal(strlen(text), STATS_TEXT_MAX - 1 - (STATS_TEXT_MAX - 1) % 3); // whole characters
    stats_say(TEXT_PAUSED, "");
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, "");
}

static atomic_bool stop;

/* Writes texts of one letter each, of changing length: a torn one would mix letters or end early. */
static void *write_texts(void *unused)
{
    (void)unused;
    char text[STATS_TEXT_MAX];
    for (unsigned i = 0; !atomic_load(&stop); i++) {
        size_t n = 1 + i * 37 % (STATS_TEXT_MAX - 1);
        memset(text, 'a' + (int)(i % 13), n);
        text[n] = '\0';
        text[0] = (char)('0' + n % 10);
        stats_say(TEXT_LAST_ERROR, text);
        stats_add(STAT_PUBLISHED, 1);
        stats_feed_count("alpha", 1, 2, (int64_t)i);
    }
    return NULL;
}

static void *write_others(void *unused)
{
    (void)unused;
    for (unsigned i = 0; !atomic_load(&stop); i++)
        stats_say(TEXT_LAST_ERROR, i % 2 == 0 ? "2other error" : "");
    return NULL;
}

static void check_whole(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || strcmp(text, "2other error") == 0)
        return;
    assert_int_equal(text[0], '0' + n % 10);
    for (size_t i = 2; i < n; i++)
        if (text[i] != text[1])
            fail_msg("torn at %zu of %zu", i, n);
}

static void two_writers_and_a_reader(void **state)
{
    (void)state;
    pthread_t a, b;
    char text[STATS_TEXT_MAX] = "";
    struct stats_feed some[4];
    assert_int_equal(pthread_create(&a, NULL, write_texts, NULL), 0);
    assert_int_equal(pthread_create(&b, NULL, write_others, NULL), 0);
    for (int changes = 0; changes < 300;) {
        char before[STATS_TEXT_MAX];
        memcpy(before, text, sizeof before);
        stats_read(TEXT_LAST_ERROR, text);
        check_whole(text);
        changes += strcmp(before, text) != 0;
        stats_feeds(some, 4);
    }
    atomic_store(&stop, true);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    assert_true(stats_get(STAT_PUBLISHED) > 0);
}

static void feeds(void **state)
{
    (void)state;
    static struct stats_feed f[STATS_FEEDS_MAX + 1];
    size_t before = stats_feeds(f, STATS_FEEDS_MAX);
    char longest[STATS_FEED_NAME_MAX];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    stats_feed_expect("beta", 3600000);
    stats_feed_count("beta", 1, 10, 1000);
    stats_feed_count("beta", 1, 5, 900); // taken in later, arrived earlier
    stats_feed_count(longest, 1, 0, 5);
    stats_feed_count(longest, 1, 0, 5);
    assert_int_equal(stats_feeds(f, STATS_FEEDS_MAX), before + 2);
    assert_string_equal(f[before].name, "beta");
    assert_int_equal(f[before].files, 2);
    assert_int_equal(f[before].dispatches, 15);
    assert_int_equal(f[before].last, 1000);
    assert_int_equal(f[before].expect_ms, 3600000);
    assert_string_equal(f[before + 1].name, longest);
    assert_int_equal(f[before + 1].files, 2);
    assert_int_equal(stats_feeds(f, 1), 1);
    for (int i = 0; i < STATS_FEEDS_MAX + 10; i++) { // more than are kept: nothing breaks
        char name[16];
        snprintf(name, sizeof name, "feed-%d", i);
        stats_feed_count(name, 1, 1, 1);
    }
    assert_int_equal(stats_feeds(f, STATS_FEEDS_MAX + 1), STATS_FEEDS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(two_writers_and_a_reader),
        cmocka_unit_test(feeds),
    };
    return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}

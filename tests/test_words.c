// SPDX-License-Identifier: MIT
/* test_words: words are found, whole and by how they begin, and no others. */
#include "tests/unit.h"

#include "daemon/pure/words.h"

#include <stdio.h>
#include <string.h>

/* As a text of which nothing may be said beyond: other bytes follow. */
static const char *get(const struct words *w, const char *word, size_t least)
{
    char text[200];
    snprintf(text, sizeof text, "%.150s~~~~~~~~~~~~~~~~", word);
    return words_get(w, text, strlen(word), least);
}

static void put(struct words *w, const char *word, bool begin, const char *value)
{
    assert_true((begin ? words_put_begin : words_put)(w, word, strlen(word), value));
}

static void whole_words_and_beginnings(void **state)
{
    (void)state;
    struct words w = {0};
    assert_null(get(&w, "war", 1));
    put(&w, "war", false, "1");
    put(&w, "wars", false, "2");
    put(&w, "peacekeeper", false, "3");
    put(&w, "telecommunications", false, "4");
    put(&w, "telecommunicateons", false, "5");
    put(&w, "футбол", true, "6");
    put(&w, "футболист", true, "7");
    put(&w, "war", false, "8");
    assert_string_equal(get(&w, "war", 1), "8");
    assert_string_equal(get(&w, "wars", 1), "2");
    assert_null(get(&w, "warp", 1));
    assert_null(get(&w, "wa", 1));
    assert_string_equal(get(&w, "peacekeeper", 1), "3");
    assert_null(get(&w, "peacekeepers", 1));
    assert_string_equal(get(&w, "telecommunications", 1), "4");
    assert_string_equal(get(&w, "telecommunicateons", 1), "5");
    assert_string_equal(get(&w, "футбол", 1), "6");
    assert_string_equal(get(&w, "футболом", 1), "6");
    assert_string_equal(get(&w, "футболисты", 1), "7");
    assert_null(get(&w, "футбо", 1));
    assert_null(get(&w, "футболом", strlen("футбол") + 1)); // too short a beginning
    words_free(&w);
}

static void many_words(void **state)
{
    (void)state;
    enum { N = 5000 };
    static char keys[N][32];
    struct words w = {0};
    for (int i = 0; i < N; i++) {
        snprintf(keys[i], sizeof keys[i], "%.*sw%d", i % 19, "abcdefghijklmnopqrst", i);
        put(&w, keys[i], false, keys[i]);
    }
    for (int i = 0; i < N; i++)
        assert_ptr_equal(get(&w, keys[i], 1), keys[i]);
    assert_null(get(&w, "w5000", 1));
    words_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_words_and_beginnings), cmocka_unit_test(many_words)};
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}

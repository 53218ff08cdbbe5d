// SPDX-License-Identifier: MIT
/* Words of failures keep errno, are cut at whole characters, and can be put in front of each other. */
#include "tests/unit.h"

#include "proto/err.h"
#include "proto/utf8.h"

#include <errno.h>
#include <string.h>

static void sets_and_returns_false(void **state)
{
    (void)state;
    struct err e;
    errno = EBUSY;
    assert_false(err_set(&e, "offset %d: not text", 412));
    assert_string_equal(e.text, "offset 412: not text");
    assert_int_equal(errno, EBUSY);
    assert_false(err_set(NULL, "nobody listens"));
}

static void appends_the_system(void **state)
{
    (void)state;
    struct err e;
    errno = ENOENT;
    assert_false(err_sys(&e, "%s", "incoming/"));
    assert_string_equal(e.text, "incoming/: No such file or directory");
    assert_int_equal(errno, ENOENT);
}

static void puts_words_in_front(void **state)
{
    (void)state;
    struct err e;
    err_set(&e, "line 3: no such key");
    assert_false(err_in(&e, "%s: ", "newswired.conf"));
    assert_string_equal(e.text, "newswired.conf: line 3: no such key");
    assert_false(err_in(NULL, "nobody"));
}

static void cuts_at_a_whole_character(void **state)
{
    (void)state;
    char words[2000];
    struct err e;
    for (size_t start = 0; start < 4; start++) { // so that the cut falls on each byte of a character
        memset(words, 'x', start);
        words[start] = '\0';
        while (strlen(words) < 1000)
            strcat(words, "\xe2\x82\xac");
        err_set(&e, "%s", words);
        assert_true(strlen(e.text) > sizeof e.text - 5);
        assert_int_equal(utf8_valid(e.text, strlen(e.text)), strlen(e.text));
        err_set(&e, "end");
        err_in(&e, "%s", words);
        assert_int_equal(utf8_valid(e.text, strlen(e.text)), strlen(e.text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_and_returns_false),
        cmocka_unit_test(appends_the_system),
        cmocka_unit_test(puts_words_in_front),
        cmocka_unit_test(cuts_at_a_whole_character),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* UTF-8: what is valid is decided against a slow and plain reading of RFC 3629; what is shown can do no
 * harm. */
#include "tests/unit.h"

#include "proto/utf8.h"

#include <string.h>

static size_t valid(const char *text)
{
    return utf8_valid(text, strlen(text));
}

static void every_character_goes_round(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        char text[4];
        uint32_t back;
        size_t n = utf8_put(text, c);
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        if (utf8_valid(text, n) != n || utf8_valid(text, n - 1) != 0 || utf8_next(text, n, &back) != n || back != c)
            fail_msg("U+%04X", c);
    }
}

static void what_cannot_be_becomes_the_replacement(void **state)
{
    (void)state;
    char text[4];
    assert_int_equal(utf8_put(text, 0xd800), 3);
    assert_memory_equal(text, "\xef\xbf\xbd", 3);
    assert_int_equal(utf8_put(text, 0x110000), 3);
    uint32_t c;
    assert_int_equal(utf8_next("\xc3", 1, &c), 1);
    assert_int_equal(c, 0xfffd);
    assert_int_equal(utf8_next("\x80z", 2, &c), 1);
    assert_int_equal(c, 0xfffd);
}

static void refuses_what_is_not_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             "\xbf",             "\xc0\x80",     "\xc1\xbf",         "\xc3",
        "\xc3(",            "\xe0\x80\x80",     "\xe0\x9f\xbf", "\xed\xa0\x80",     "\xed\xbf\xbf",
        "\xe2\x82",         "\xe2\x82(",        "\xe2(\xac",    "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",         "\xfe",             "\xf0\x9f\x98",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(valid(bad[i]), 0);
}

/* Wherever in a word of eight a bad byte or a NUL stands, and whatever surrounds it. */
static void finds_the_bad_byte_at_any_place(void **state)
{
    (void)state;
    static const char *const around[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    char text[100];
    for (size_t k = 0; k < 4; k++) {
        for (size_t before = 0; before < 20; before++) {
            for (int bad = 0; bad < 3; bad++) {
                size_t n = 0, unit = strlen(around[k]);
                for (size_t i = 0; i < before; i++, n += unit)
                    memcpy(text + n, around[k], unit);
                size_t at = n;
                text[n++] = "\0\xff\x80"[bad];
                memset(text + n, 'z', 15);
                assert_int_equal(utf8_valid(text, n + 15), at);
                assert_int_equal(utf8_valid(text, at), at);
            }
        }
    }
    assert_int_equal(utf8_valid("", 0), 0);
}

/* All texts of three bytes from a choice that has every class of byte in it, plain reading against ours. */
static bool is_plainly_valid(const unsigned char *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint32_t c = p[i], least;
        size_t len = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : (c & 0xf8) == 0xf0 ? 4 : 0;
        if (len == 0 || len > n - i || c == 0)
            return false;
        c &= len == 1 ? 0x7f : 0xffu >> (len + 1);
        least = len == 1 ? 0 : len == 2 ? 0x80 : len == 3 ? 0x800 : 0x10000;
        for (size_t k = 1; k < len; k++) {
            if ((p[i + k] & 0xc0) != 0x80)
                return false;
            c = c << 6 | (p[i + k] & 0x3f);
        }
        if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return false;
        i += len;
    }
    return true;
}

static void agrees_with_a_plain_reading(void **state)
{
    (void)state;
    static const unsigned char some[] = {0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1,
                                         0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5};
    const size_t n = sizeof some;
    for (size_t i = 0; i < n * n * n * n; i++) {
        unsigned char p[4] = {some[i % n], some[i / n % n], some[i / n / n % n], some[i / n / n / n]};
        if ((utf8_valid((char *)p, 4) == 4) != is_plainly_valid(p, 4))
            fail_msg("%02x %02x %02x %02x", p[0], p[1], p[2], p[3]);
    }
}

static void shows_without_harm(void **state)
{
    (void)state;
    char out[100];
    const char evil[] = "a\x1b[2J\n\t\x7f\xc2\x9b\xe2\x80\xae\xd8\x9c\xff\\ \xd4\xb5\xe2\x82\xac";
    utf8_show(out, sizeof out, evil, sizeof evil - 1);
    assert_string_equal(out, "a\\x1b[2J\\n\\t\\x7f\\u{009b}\\u{202e}\\u{061c}\\xff\\ \xd4\xb5\xe2\x82\xac");
    assert_string_equal(utf8_show(out, sizeof out, "\0", 1), "\\x00");
    assert_string_equal(utf8_show(out, sizeof out, "", 0), "");
}

static void cuts_at_whole_characters(void **state)
{
    (void)state;
    char out[8] = "xxxxxxx";
    assert_string_equal(utf8_show(out, 6, "\xe2\x82\xac\xe2\x82\xac", 6), "\xe2\x82\xac");
    assert_string_equal(utf8_show(out, 2, "\n", 1), "");
    assert_string_equal(utf8_show(out, 3, "\nx", 2), "\\n");
    assert_string_equal(utf8_show(out, 1, "x", 1), "");
    out[0] = '!';
    utf8_show(out, 0, "x", 1);
    assert_int_equal(out[0], '!');
}

static void counts_columns(void **state)
{
    (void)state;
    assert_int_equal(utf8_width("Yerevan", 7), 7);
    assert_int_equal(utf8_width("\xd4\xb5\xd6\x80", 4), 2);
    assert_int_equal(utf8_width("e\xcc\x81", 3), 1);
    assert_int_equal(utf8_width("\xe6\x96\xb0\xe9\x97\xbb", 6), 4);
    assert_int_equal(utf8_width("", 0), 0);
}

static void cuts_between_characters(void **state)
{
    (void)state;
    const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xb0z"; // lengths 1, 2, 3, 4, 1
    static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    for (size_t max = 0; max < sizeof cuts / sizeof cuts[0]; max++)
        assert_int_equal(utf8_cut(text, strlen(text), max), cuts[max]);
    assert_int_equal(utf8_cut(text, 11, SIZE_MAX), 11);
    assert_int_equal(utf8_cut("\xa9\xa9\xa9\xa9\xa9\xa9\xa9\xa9", 8, 6), 6); // no UTF-8
    assert_int_equal(utf8_cut("\xa9\xa9", 2, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_goes_round),
        cmocka_unit_test(what_cannot_be_becomes_the_replacement),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(finds_the_bad_byte_at_any_place),
        cmocka_unit_test(agrees_with_a_plain_reading),
        cmocka_unit_test(shows_without_harm),
        cmocka_unit_test(cuts_at_whole_characters),
        cmocka_unit_test(counts_columns),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}

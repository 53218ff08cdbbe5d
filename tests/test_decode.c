// SPDX-License-Identifier: MIT
/* test_decode: charsets, line ends, blank runs, raw offsets, and what is refused. */
#include "tests/unit.h"

#include "daemon/pure/decode.h"
#include "daemon/pure/lines.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct decoded d;
static struct err e;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return arena == NULL;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum fate read_bytes(const void *p, size_t n, const char *declared)
{
    e.text[0] = '\0';
    return decode(arena, p, n, declared, UINT64_MAX, &d, &e);
}

static void expect_line(size_t i, uint64_t offset, uint32_t length, const char *text)
{
    assert_true(i < d.nlines);
    assert_int_equal(d.lines[i].offset, offset);
    assert_int_equal(d.lines[i].length, length);
    assert_int_equal(d.lines[i].text.n, strlen(text));
    assert_memory_equal(d.lines[i].text.p, text, strlen(text));
    assert_int_equal(d.lines[i].class, text[0] == '\0' ? LINE_BLANK : LINE_BODY);
}

static void any_line_end_and_runs_of_blanks(void **state)
{
    (void)state;
    const char text[] = "one\r\n \t\n\xc2\xa0\r\r\n\xef\xbb\xbf\ntwo\rthree";
    assert_int_equal(read_bytes(text, strlen(text), NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-8");
    assert_int_equal(d.nlines, 4);
    expect_line(0, 0, 5, "one");
    expect_line(1, 5, 12, "");
    expect_line(2, 17, 4, "two");
    expect_line(3, 21, 5, "three");
    assert_ptr_equal(d.lines[2].text.p, text + 17); /* not copied */
}

static void marks_are_cut_and_win(void **state)
{
    (void)state;
    assert_int_equal(read_bytes("\xef\xbb\xbfone\n", 7, "windows-1251"), FATE_DONE);
    assert_string_equal(d.charset, "UTF-8");
    expect_line(0, 0, 7, "one");
    assert_int_equal(read_bytes("\xff\xfeo\0n\0\n\0\x0a\x0a\r\0\n\0", 14, NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-16LE");
    assert_int_equal(d.nlines, 2);
    expect_line(0, 0, 8, "on");
    expect_line(1, 8, 6, "\xe0\xa8\x8a"); /* U+0A0A is no line end though both its bytes are */
    assert_int_equal(read_bytes("\0\0\xfe\xff\0\0\0o\0\0\0\n\0\0\0x", 16, NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-32BE");
    expect_line(0, 0, 12, "o");
    expect_line(1, 12, 4, "x");
}

static void wide_text_without_a_mark_is_found(void **state)
{
    (void)state;
    assert_int_equal(read_bytes("o\0n\0e\0\n\0t\0w\0o\0.\0", 16, NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-16LE");
    assert_true(d.code.detected);
    expect_line(1, 8, 8, "two.");
}

static void declared_charset_is_used(void **state)
{
    (void)state;
    assert_int_equal(read_bytes("\xcf\xe0\xf0\xee\xec\nabc", 9, "windows-1251"), FATE_DONE);
    expect_line(0, 0, 6, "Паром");
    expect_line(1, 6, 3, "abc");
    assert_int_equal(read_bytes("abc", 3, "no-such-charset"), FATE_BAD);
    assert_non_null(strstr(e.text, "no-such-charset"));
    assert_int_equal(read_bytes("abc", 3, "ibm-37"), FATE_BAD); /* EBCDIC: its line ends are other bytes */
}

static void broken_bytes_are_counted(void **state)
{
    (void)state;
    const char text[] = "good é é é é é é é é é é\nbr\xffken\0 line\nend of the story\n";
    assert_int_equal(read_bytes(text, sizeof text - 1, NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-8");
    expect_line(1, 35, 13, "br\xef\xbf\xbdken\xef\xbf\xbd line");
    assert_int_equal(d.lines[0].bad, 0);
    assert_int_equal(d.lines[1].bad, 2);
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    static const uint8_t zeros[1000];
    assert_int_equal(read_bytes("", 0, NULL), FATE_BAD);
    assert_string_equal(e.text, "empty file");
    assert_int_equal(read_bytes(" \n\xc2\xa0\n", 5, NULL), FATE_BAD);
    assert_string_equal(e.text, "empty file");
    assert_int_equal(read_bytes("\xef\xbb\xbf", 3, NULL), FATE_BAD);
    assert_string_equal(e.text, "empty file");
    assert_int_equal(read_bytes(zeros, sizeof zeros, NULL), FATE_BAD);
    assert_string_equal(e.text, "offset 0: not text (1000 NUL bytes in 1000 bytes)");
    assert_int_equal(read_bytes("\x7f"
                                "ELF\x02\x01\x01",
                                7, NULL),
                     FATE_BAD);
}

static void lines_have_a_limit_and_memory_too(void **state)
{
    (void)state;
    static const uint8_t text[] = "a\nb\n\n \n\nc\n\n";
    struct arena *small = arena_new(100);
    assert_int_equal(decode(small, text, sizeof text - 1, NULL, 5, &d, &e), FATE_RETRY);
    assert_true(arena_full(small));
    assert_int_equal(decode(arena, text, sizeof text - 1, NULL, 3, &d, &e), FATE_BAD);
    assert_string_equal(e.text, "offset 8: more than 3 lines");
    assert_int_equal(decode(arena, text, sizeof text - 1, NULL, 4, &d, &e), FATE_DONE);
    assert_int_equal(d.nlines, 5); // the blank run behind the last line is none to count
    assert_int_equal(d.lines[2].rows, 3);
    arena_free(small);
}

static void quoting_is_no_text(void **state)
{
    (void)state;
    const char text[] = "> one\n>\n> > two\n>>   three\n";
    assert_int_equal(read_bytes(text, strlen(text), NULL), FATE_DONE);
    assert_int_equal(d.nlines, 4);
    expect_line(0, 0, 6, "one");
    expect_line(1, 6, 2, "");
    expect_line(2, 8, 8, "two");
    expect_line(3, 16, 11, "three");
    assert_true(d.lines[0].quoted);
    assert_int_equal(d.lines[0].indent, 0);
    assert_int_equal(d.lines[3].indent, 2);
}

static void references_are_the_characters(void **state)
{
    (void)state;
    const char text[] = "&nbsp;\n&quot;R&amp;D&quot; &#8211; AT&T &amp;#8217; &bogus; &#0; &#x201C;\n";
    assert_int_equal(read_bytes(text, strlen(text), NULL), FATE_DONE);
    expect_line(0, 0, 7, "");
    expect_line(1, 7, 67, "\"R&D\" – AT&T ’ &bogus; &#0; “");
}

/* Words, and the bytes that they are in the file. */
static void expect_span(size_t i, const char *words, const char *bytes, const char *file)
{
    const char *at = strstr(d.lines[i].text.p, words);
    uint64_t offset;
    uint32_t length;
    assert_non_null(at);
    assert_true(decode_span(arena, &d, &d.lines[i], (struct view){at, strlen(words)}, &offset, &length));
    assert_int_equal(length, strlen(bytes));
    assert_memory_equal(file + offset, bytes, strlen(bytes));
}

static void spans_are_those_of_the_bytes(void **state)
{
    (void)state;
    static const char plain[] = "  > good \xd0\x9f\xd0\xb0 words here";
    assert_int_equal(read_bytes(plain, strlen(plain), NULL), FATE_DONE);
    expect_span(0, "words", "words", plain);
    static const char page[] = "abc\n  \xcf\xe0\xf0\xee\xec &laquo;\xcf\xe0&raquo; end";
    assert_int_equal(read_bytes(page, strlen(page), "windows-1251"), FATE_DONE);
    expect_span(1, "Паром", "\xcf\xe0\xf0\xee\xec", page);
    expect_span(1, "«Па»", "&laquo;\xcf\xe0&raquo;", page);
    expect_span(1, "end", "end", page);
    static const char broken[] = "good é é é é é é é é é é br\xffken end";
    assert_int_equal(read_bytes(broken, strlen(broken), NULL), FATE_DONE);
    expect_span(0, "br\xef\xbf\xbdken", "br\xffken", broken);
    expect_span(0, "end", "end", broken);
    static const char unseen[] = "8\xc2\xa0Novem\xc2\xad" "ber, \xe2\x80\x8b" "end";
    assert_int_equal(read_bytes(unseen, strlen(unseen), NULL), FATE_DONE);
    assert_int_equal(d.lines[0].text.n, strlen("8 November, end"));
    expect_span(0, "November", "Novem\xc2\xad" "ber", unseen);
    expect_span(0, "end", "\xe2\x80\x8b" "end", unseen);
    static const char wide[] = "\xff\xfe \0o\0n\0e\0 \0t\0w\0o\0\n\0";
    uint64_t offset;
    uint32_t length;
    assert_int_equal(read_bytes(wide, sizeof wide - 1, NULL), FATE_DONE);
    assert_true(decode_span(arena, &d, &d.lines[0], view_from(d.lines[0].text, 4), &offset, &length));
    assert_int_equal(offset, 12);
    assert_int_equal(length, 6);
}

static void lines_of_another_charset_are_read_in_theirs(void **state)
{
    (void)state;
    static const char mostly[] = "Le président a été reçu à l'Élysée après la séance.\n"
                                 "Le d\xe9put\xe9 a \x93parl\xe9\x94 trois fois.\nplain\n";
    assert_int_equal(read_bytes(mostly, strlen(mostly), NULL), FATE_DONE);
    assert_string_equal(d.charset, "UTF-8");
    assert_string_equal(d.foreign, "windows-1252");
    assert_false(d.lines[0].foreign);
    assert_true(d.lines[1].foreign);
    expect_line(1, d.lines[1].offset, d.lines[1].length, "Le député a “parlé” trois fois.");
    static const char other[] = "\xcf\xe0\xf0\xee\xec \xf1\xed\xee\xe2\xe0 \xf5\xee\xe4\xe8\xf2, "
                                "\xf1\xea\xe0\xe7\xe0\xeb \xea\xe0\xef\xe8\xf2\xe0\xed.\nПаром стоит.\n";
    assert_int_equal(read_bytes(other, strlen(other), NULL), FATE_DONE);
    assert_string_equal(d.charset, "windows-1251");
    expect_line(0, 0, 35, "Паром снова ходит, сказал капитан.");
    expect_line(1, 35, d.lines[1].length, "Паром стоит.");
    assert_true(d.lines[1].foreign);
    static const char told[] = "Content-Type: text/plain; charset=\"ISO-8859-5\"\n\n\xbf\xd0\xe0\xde\xdc\n";
    assert_int_equal(read_bytes(told, strlen(told), NULL), FATE_DONE);
    expect_line(2, d.lines[2].offset, 6, "Паром");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_line_end_and_runs_of_blanks),
        cmocka_unit_test(marks_are_cut_and_win),
        cmocka_unit_test(wide_text_without_a_mark_is_found),
        cmocka_unit_test(declared_charset_is_used),
        cmocka_unit_test(broken_bytes_are_counted),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(lines_have_a_limit_and_memory_too),
        cmocka_unit_test(quoting_is_no_text),
        cmocka_unit_test(references_are_the_characters),
        cmocka_unit_test(spans_are_those_of_the_bytes),
        cmocka_unit_test(lines_of_another_charset_are_read_in_theirs),
    };
    return cmocka_run_group_tests_name("decode", tests, begin, end);
}

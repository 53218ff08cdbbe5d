// SPDX-License-Identifier: MIT
/* test_search: what a person may ask the search index, and where it is wrong otherwise. */
#include "tests/unit.h"

#include "daemon/pure/search.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static int up(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena == NULL;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Terms as text: [-][|]WHERE:words[*], a blank between them. */
static void reads(const char *query, const char *wanted)
{
    static const char *const where[] = {"text", "headline", "body", "by", "topic"};
    struct search s;
    struct err e = {""};
    char got[2000] = "";
    if (!search_read(arena, query, &s, &e))
        fail_msg("%s: %s", query, e.text);
    for (size_t i = 0; i < s.n; i++) {
        const struct search_term *t = &s.terms[i];
        size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%s%s%s:%s%s", i > 0 ? " " : "", t->exclude ? "-" : "",
                 t->alternative ? "|" : "", where[t->where], t->topic != NULL ? t->topic->text : t->text,
                 t->begins ? "*" : "");
    }
    assert_string_equal(got, wanted);
}

static void refuses(const char *query, const char *wanted)
{
    struct search s;
    struct err e = {""};
    if (search_read(arena, query, &s, &e))
        fail_msg("%s was taken", query);
    if (strncmp(e.text, wanted, strlen(wanted)) != 0)
        fail_msg("%s: %s", query, e.text);
}

static void words_and_phrases(void **state)
{
    (void)state;
    reads("", "");
    reads(" \t ", "");
    reads("strike", "text:strike");
    reads("strike \"coal field\"*  min*", "text:strike text:coal field* text:min*");
    reads("headline:budget body:\"a b\" by:Lilit", "headline:budget body:a b by:Lilit");
    reads("a -b -headline:\"c d\"", "text:a -text:b -headline:c d");
    reads("well-known e-mail", "text:well-known text:e-mail");
    refuses("a - b", "column 3: a word to look for");
}

static void alternatives(void **state)
{
    (void)state;
    reads("a OR b c", "text:a |text:b text:c");
    reads("a OR b OR topic:subject/sport", "text:a |text:b |topic:subject/sport/");
    reads("ORBIT a or b", "text:ORBIT text:a text:or text:b");
    refuses("OR a", "column 1: OR stands between");
    refuses("a OR", "column 3: OR stands between");
    refuses("a OR OR b", "column 6: OR stands between");
    refuses("-a OR b", "column 4: OR stands between");
    refuses("a OR -b", "column 6: what is left out");
    refuses("a OR after:2026-11-23", "column 3: a time cannot be");
    refuses("after:2026-11-23 OR a", "column 18: OR stands between");
    reads("a OR topic:place/*/paris OR b", "text:a |topic:place/*/paris/ |text:b");
}

static void topics(void **state)
{
    (void)state;
    reads("topic:subject/sport -topic:language/en/", "topic:subject/sport/ -topic:language/en/");
    reads("topic:place/*/paris topic:all", "topic:place/*/paris/ topic:all/");
    reads("place:am/yerevan feed:wires subject:sport language:fr watch:mine",
          "topic:place/am/yerevan/ topic:feed/wires/ topic:subject/sport/ topic:language/fr/ "
          "topic:watch/mine/");
    reads("agency:ARMENPRESS agency:\"France Presse\"",
          "topic:agency/armenpress/ topic:agency/france-presse/");
    refuses("topic:Place", "column 1: topic 'Place': topics are in lower case");
    refuses("a topic:!place/am", "column 3: a topic is left out");
    refuses("a place:", "column 3: nothing stands behind the colon");
    refuses("agency:\"...\"", "column 1: nothing stands");
}

static void times(void **state)
{
    (void)state;
    struct search s;
    struct err e = {""};
    assert_true(search_read(arena, "a", &s, &e));
    assert_true(s.after == INT64_MIN && s.before == INT64_MAX);
    assert_true(search_read(arena, "after:2023-11-08T00:00:00Z before:2023-11-08T00:00:01Z", &s, &e));
    assert_int_equal(s.n, 0);
    assert_int_equal(s.before - s.after, 1000);
    assert_int_equal(s.after, 1699401600000);
    refuses("a after:yesterday", "column 3: a time was expected");
    refuses("a before:2023-02-30", "column 3: a time was expected");
    refuses("a -after:2023-11-08", "column 3: a time cannot be left out");
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    refuses("a \"b c", "column 3: a quotation mark is missing");
    refuses("a \"b\"c", "column 6: a blank is missing");
    refuses("a ... b", "column 3: a word to look for");
    refuses("* b", "column 1: a word to look for");
    refuses("\"\"", "column 1: a word to look for");
    refuses("http://x", "column 1: there are the fields");
    refuses("été http:x", "column 5: there are the fields"); // in characters, not bytes
    refuses("a\xff", "the query is not in UTF-8");
    char many[SEARCH_TERMS_MAX * 2 + 4] = "";
    for (size_t i = 0; i <= SEARCH_TERMS_MAX; i++)
        memcpy(many + 2 * i, "a ", 3);
    refuses(many, "column 129: that is one term too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_phrases),
        cmocka_unit_test(alternatives),
        cmocka_unit_test(topics),
        cmocka_unit_test(times),
        cmocka_unit_test(what_cannot_be_read),
    };
    return cmocka_run_group_tests_name("search", tests, up, down);
}

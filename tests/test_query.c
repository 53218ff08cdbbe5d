// SPDX-License-Identifier: MIT
/* test_query: what a query says, and what is no query. A text is a list of the terms found, by their words. */
#include "tests/unit.h"

#include "daemon/pure/query.h"

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

struct text {
    const struct query_terms *terms;
    const char *found; /* " a b c " */
};

static bool found(const void *context, size_t number)
{
    const struct text *text = context;
    const struct query_term *term = text->terms->first;
    for (; number > 0; number--)
        term = term->next;
    return strstr(text->found, arena_printf(arena, " %s ", term->text)) != NULL;
}

static bool ask(const char *query, const char *words)
{
    struct query_terms terms = {0};
    struct err e = {""};
    const struct query *q = query_read(arena, query, 1, &terms, &e);
    if (q == NULL)
        fail_msg("%s: %s", query, e.text);
    return query_true(q, found, &(struct text){&terms, words});
}

static void terms_side_by_side_must_all_be_there(void **state)
{
    (void)state;
    assert_true(ask("a b", " a b "));
    assert_false(ask("a b", " a "));
    assert_true(ask("a AND b AND c", " c b a "));
    assert_false(ask("a AND b AND c", " c b "));
    assert_true(ask("a b OR c", " c "));
    assert_true(ask("c OR a b", " a b "));
    assert_false(ask("a (b OR c)", " a "));
    assert_true(ask("a (b OR c)", " a c "));
    assert_false(ask("a NOT b", " a b "));
    assert_true(ask("a NOT b", " a "));
    assert_true(ask("a NOT (b c)", " a b "));
    assert_true(ask("a AND NOT NOT b", " a b "));
    assert_false(ask("a OR b OR c OR d", " e "));
    assert_true(ask("NOTE OR ANDES OR ORE", " ANDES "));
}

static void terms_are_read_as_written(void **state)
{
    (void)state;
    struct query_terms terms = {0};
    struct err e = {""};
    assert_non_null(query_read(arena, "headline:strike* body:\"coal field\" agency:/t(a|)ss\\/x/ a:b", 7, &terms, &e));
    assert_int_equal(terms.n, 4);
    const struct query_term *t = terms.first;
    assert_string_equal(t->text, "strike");
    assert_true(t->begins && t->fields == QUERY_HEADLINE && t->line == 7 && !t->alone);
    t = t->next;
    assert_string_equal(t->text, "coal field");
    assert_true(!t->begins && t->fields == QUERY_BODY && !t->regex);
    t = t->next;
    assert_string_equal(t->text, "t(a|)ss\\/x");
    assert_true(t->regex && t->fields == QUERY_AGENCY);
    t = t->next;
    assert_string_equal(t->text, "a:b"); // no field of that name: a word like others
    assert_true(t->fields == QUERY_TEXT && t->next == NULL);
    assert_true(query_phrase(arena, "x y", 8, &terms));
    assert_true(terms.n == 5 && t->next->alone);
}

static void what_is_no_query_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *query, *why;
    } bad[] = {{"NOT a", "true of every text"},     {"a OR NOT b", "true of every text"},
               {"(a", "')' is missing"},            {"a)", "what is ')' for?"},
               {"a OR", "missing at the end"},      {"AND a", "missing before 'AND a'"},
               {"\"a", "the \" that ends \"a"},     {"/a", "the / that ends /a"},
               {"\"\"", "nothing stands between"},  {"()", "missing before ')'"},
               {"a OR OR b", "missing before 'OR"}, {"headline:", "missing at the end"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct query_terms terms = {0};
        struct err e = {""};
        assert_null(query_read(arena, bad[i].query, 1, &terms, &e));
        if (strstr(e.text, bad[i].why) == NULL)
            fail_msg("%s: %s", bad[i].query, e.text);
    }
    char deep[200] = "";
    memset(deep, '(', 100);
    struct query_terms terms = {0};
    struct err e = {""};
    assert_null(query_read(arena, deep, 1, &terms, &e));
    assert_non_null(strstr(e.text, "brackets"));
}

/* A row of terms is no depth. */
static void rows_may_be_long(void **state)
{
    (void)state;
    char row[4000] = "a";
    while (strlen(row) < sizeof row - 10)
        strcat(row, " OR a");
    assert_true(ask(row, " a "));
    assert_false(ask(row, " b "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_side_by_side_must_all_be_there), cmocka_unit_test(terms_are_read_as_written),
        cmocka_unit_test(what_is_no_query_is_told), cmocka_unit_test(rows_may_be_long)};
    return cmocka_run_group_tests_name("query", tests, up, down);
}
